// `tollgated verify`: reads a whole journal and checks its hash chain, without deciding anything and without serving.

internal import Foundation
package import TollgateJournal
internal import TollgateLedger
internal import TollgateSQLite
internal import TollgateValues

/// What a whole journal showed.
package struct JournalFindings: Sendable, CustomStringConvertible {
  package var name: String
  package var metadata: JournalMetadata
  package var head: JournalHead
  package var snapshots: [SnapshotSummary]

  /// One fact a line.
  package var description: String {
    var lines = [
      "journal    \(name)", "id         \(metadata.id)", "created    \(metadata.created)",
      "records    \(head.sequence)", "entries    \(head.nextEntry.rawValue - 1)",
    ]
    if head.sequence > 0 { lines.append("last time  \(head.instant)") }
    lines.append("chain      \(head.chain)")
    for snapshot in snapshots {
      lines.append("snapshot   after record \(snapshot.mark.head.sequence), \(snapshot.byteCount) bytes")
    }
    return lines.joined(separator: "\n")
  }
}

package enum JournalCheck {
  /// Verifies the journal in a file that no other process has. Blocks.
  ///
  /// - Parameter progress: Hears of records done and in all, some times a second.
  package static func run(
    path: String, progress: (UInt64, UInt64) -> Swift.Void
  ) throws(JournalError) -> JournalFindings {
    let journal = try SQLiteJournal(path: path, options: SQLiteJournal.Options())
    defer { journal.close() }
    let head = try audit(journal) { progress($0.recordsDone, $0.recordsTotal) }
    return JournalFindings(
      name: journal.name, metadata: journal.metadata, head: head, snapshots: try journal.snapshots())
  }
}
