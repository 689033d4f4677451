// The beginning of a gate: the ledger is rebuilt from the journal before anybody may call.

package import TollgateJournal
package import TollgateLedger
package import TollgatePricing
internal import TollgateValues

extension GateCore {
  /// Recovers the ledger from a journal; blocks, so call it on a thread of its own. Returns what was found for the log.
  package static func recover(
    from journal: any Journal, configuration: LedgerConfiguration, books: PriceBookShelf,
    time: any TimeSource = SystemTime(), progress: (RecoveryProgress) -> Void = { _ in }
  ) throws -> (core: GateCore, report: RecoveryReport) {
    let secret = journal.metadata.hashKey
    let hashKey = (secret.first, secret.second)
    let replayer = Replayer<Ledger>(
      empty: { Ledger(configuration: .genesis, hashKey: hashKey) },
      restore: { reader in try Ledger(snapshot: reader.chunks(), hashKey: hashKey) },
      apply: { ledger, commands, instant, log, decisions in
        ledger.apply(commands, at: instant, into: &log, decisions: &decisions)
      })
    let recovered = try TollgateJournal.recover(from: journal, with: replayer, progress: progress)
    let quoteKey = journal.metadata.quoteKey
    var core = GateCore(
      ledger: recovered.state, desk: QuoteDesk(key: QuoteKey(quoteKey.first, quoteKey.second), shelf: books),
      clock: ServiceClock(source: time, floor: recovered.head.instant), record: RecordBuilder(after: recovered.head))
    core.configure(configuration)
    let report = RecoveryReport(
      commit: recovered.head.sequence, snapshotCommit: recovered.snapshot?.mark.head.sequence,
      recordsReplayed: recovered.recordsReplayed, commandsReplayed: recovered.commandsReplayed,
      snapshotsRefused: recovered.snapshotsRefused, trimmed: recovered.trimmed)
    return (core, report)
  }
}

/// What a recovery found.
package struct RecoveryReport: Hashable, Sendable {
  package var commit: CommitNumber
  package var snapshotCommit: CommitNumber?
  package var recordsReplayed: Int
  package var commandsReplayed: Int
  package var snapshotsRefused: [String]
  package var trimmed: CommitNumber?
}

extension SnapshotReader {
  fileprivate mutating func chunks() throws -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    while let chunk = try next() { chunks.append(chunk) }
    return chunks
  }
}
