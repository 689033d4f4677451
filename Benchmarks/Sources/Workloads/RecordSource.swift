// Records in a row, of a ledger of their own, for whoever appends them to a journal.

package import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

/// Makes one record after another, each with the checksum of the one before it, as a journal wants them.
package final class RecordSource {
  private let bank = Bank(accounts: 1_024, standingHolds: 0)
  private var builder: RecordBuilder
  private var pending: [Command] = []

  /// Commands of a batch: few, so that a record's size can be chosen.
  private static let commands = 4

  /// Continues an empty journal; the first record opens and funds the accounts.
  package init(after head: JournalHead) { builder = RecordBuilder(after: head) }

  /// The record that opens and funds the accounts, or any later one: authorizes and captures in turn, until it has as
  /// many bytes.
  package func next(bytes: Int) -> EncodedRecord {
    if builder.head.sequence == 0 { bank.fill { self.add($0) } }
    while builder.byteCount < bytes {
      let commands =
        pending.isEmpty ? bank.authorizes(RecordSource.commands) : bank.captures(of: pending)
      pending = pending.isEmpty ? commands : []
      add(bank.decided(commands))
    }
    return builder.finish()
  }

  private func add(_ batch: DecidedBatch) {
    builder.append(at: batch.instant, commands: batch.commands, decisions: batch.decisions, log: batch.log)
  }
}
