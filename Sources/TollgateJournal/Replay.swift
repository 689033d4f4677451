// Decides a record's commands once more and proves that outcomes and entries are those that were recorded.

internal import TollgateLedger
internal import TollgateValues

struct Replay {
  let name: String
  private var log = EntryLog()
  private var decisions: [Decision] = []

  init(name: String) { self.name = name }

  mutating func run<State>(
    _ record: DecodedRecord, on state: inout State, with replayer: Replayer<State>
  ) throws(JournalError) {
    var digest = OutcomeDigest()
    for step in record.steps {
      log.removeAll()
      decisions.removeAll(keepingCapacity: true)
      let commands = record.steps.count == 1 ? record.commands : Array(record.commands[step.commands])
      replayer.apply(&state, commands, step.instant, &log, &decisions)
      try judge(record, step, &digest)
    }
    guard digest.value == record.header.outcomeDigest else {
      throw diverged(record, "it decided otherwise than was recorded (outcomes differ)")
    }
  }

  private func judge(
    _ record: DecodedRecord, _ step: DecodedRecord.Step, _ digest: inout OutcomeDigest
  ) throws(JournalError) {
    guard decisions.count == step.commands.count else {
      throw diverged(record, "it made \(decisions.count) decisions of \(step.commands.count) commands")
    }
    for (offset, decision) in decisions.enumerated() {
      guard decision.standing == .fresh else {
        throw diverged(record, "it did not decide command \(step.commands.lowerBound + offset): \(decision)")
      }
      digest.fold(decision.outcome)
    }
    guard log.entries.count == step.entries.count else {
      throw diverged(record, "it made \(log.entries.count) entries where \(step.entries.count) were recorded")
    }
    for (offset, entry) in log.entries.enumerated() {
      let index = step.entries.lowerBound + offset
      if !isSame(entry, record.log.entries[index], record, step) {
        throw diverged(
          record, "entry \(record.header.firstEntry.rawValue + UInt64(index)) differs from the one that was recorded")
      }
    }
  }

  /// Compares an entry of this step with one of the whole record: their indices count from different places.
  private func isSame(
    _ made: Entry, _ recorded: Entry, _ record: DecodedRecord, _ step: DecodedRecord.Step
  ) -> Bool {
    var expected = recorded
    expected.command -= UInt32(step.commands.lowerBound)
    expected.postingStart = made.postingStart
    guard made == expected else { return false }
    for offset in 0..<Int(made.postingCount)
    where log.postings[Int(made.postingStart) + offset] != record.log.postings[Int(recorded.postingStart) + offset] {
      return false
    }
    return true
  }

  private func diverged(_ record: DecodedRecord, _ problem: String) -> JournalError {
    JournalError(
      .diverged,
      "record \(record.header.sequence) of \(name): replayed by this program, \(problem). Start with the program"
        + " and configuration that wrote it", record: record.header.sequence)
  }
}
