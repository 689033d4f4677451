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
    let recovered = try TollgateJournal.recover(
      from: journal, with: .ledger(of: journal.metadata), progress: progress)
    let quoteKey = journal.metadata.quoteKey
    var core = GateCore(
      ledger: recovered.state, desk: QuoteDesk(key: QuoteKey(quoteKey.first, quoteKey.second), shelf: books),
      clock: ServiceClock(source: time, floor: recovered.head.instant), record: RecordBuilder(after: recovered.head))
    core.configure(configuration)
    let report = RecoveryReport(
      commit: recovered.head.sequence, snapshotCommit: recovered.snapshot?.mark.head.sequence,
      recordsReplayed: recovered.recordsReplayed, commandsReplayed: recovered.commandsReplayed,
      snapshotsRefused: recovered.snapshotsRefused, trimmed: recovered.trimmed)
    core.note(report)
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
