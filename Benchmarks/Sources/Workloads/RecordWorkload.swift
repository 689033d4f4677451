// A batch of 64 decided commands becomes one journal record: encoded, digested, checksummed; authorizes and captures in turn.

internal import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

final class RecordWorkload: Workload {
  let name = "journal.record"
  let operationsPerRound = batchSize
  private let bank = Bank(accounts: 1_024, standingHolds: 0)
  private var batches: [DecidedBatch] = []
  private var builder: RecordBuilder?
  private var pending: [Command] = []

  init() {}

  func prepare(rounds: Int) {
    bank.fill()
    let head = JournalHead(
      sequence: 1, chain: Checksum.over([]), nextEntry: EntryNumber(rawValue: bank.lastEntry.rawValue + 1),
      instant: bank.now)
    let builder = builder ?? RecordBuilder(after: head)
    batches = (0..<rounds).map { _ in
      if pending.isEmpty {
        pending = bank.authorizes()
        return bank.decided(pending)
      }
      defer { pending = [] }
      return bank.decided(bank.captures(of: pending))
    }
    self.builder = builder
  }

  func run(rounds: Int) {
    guard var builder else { preconditionFailure("not prepared") }
    self.builder = nil
    for index in 0..<rounds {
      let batch = batches[index]
      builder.append(at: batch.instant, commands: batch.commands, decisions: batch.decisions, log: batch.log)
      let record = builder.finish()
      consume(record.checksum)
      builder.recycle(record)
    }
    self.builder = builder
  }
}
