// Failing appends and power cuts, on the in-memory journal: what was acknowledged is never lost.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct PowerCutTests {
  private func journal(
    _ generator: inout SeededGenerator, _ faults: InMemoryJournal.Faults = InMemoryJournal.Faults()
  ) -> InMemoryJournal {
    InMemoryJournal(metadata: .new(created: .epoch, using: &generator), faults: faults)
  }

  @Test func `After a failed append everything is refused, and the next process finds what was acknowledged`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator, InMemoryJournal.Faults(failAppend: 4))
    var life = Life(journal)
    try life.append(3, &generator)
    let acknowledged = life.tally
    let error = #expect(throws: JournalError.self) { try life.append(1, &generator) }
    #expect(error?.code == .failed)
    let next = life.next(&generator)
    for _ in 0..<2 {
      let refused = #expect(throws: JournalError.self) { try journal.append(next) }
      #expect(refused?.code == .poisoned)
    }
    #expect(throws: JournalError.self) { try journal.records(after: 0, upTo: .max) }
    #expect(throws: JournalError.self) { try journal.snapshots() }
    #expect(try recover(from: journal.reopened(), with: Tally.replayer()).state == acknowledged)
  }

  @Test func `An append that failed after it was written may be there again: then it is whole`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator, InMemoryJournal.Faults(failAfterAppend: 4))
    var life = Life(journal)
    #expect(throws: JournalError.self) { try life.append(4, &generator) }
    #expect(try recover(from: journal.reopened(), with: Tally.replayer()).state == life.tally)
  }

  @Test func `A failed snapshot chunk gives the snapshot up, and nothing else`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator, InMemoryJournal.Faults(failSnapshotChunk: 1))
    var life = Life(journal)
    try life.append(2, &generator)
    let error = #expect(throws: JournalError.self) { try life.snapshot() }
    #expect(error?.code == .failed)
    #expect(throws: JournalError.self) { try journal.syncSnapshot() }
    try life.append(1, &generator)
    try life.snapshot()
    #expect(try journal.snapshots().map(\.mark.head.sequence) == [3])
  }

  @Test func `A snapshot that fails when it is to count poisons`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator, InMemoryJournal.Faults(failSnapshotFinish: true))
    var life = Life(journal)
    try life.append(2, &generator)
    #expect(throws: JournalError.self) { try life.snapshot() }
    let record = life.next(&generator)
    let error = #expect(throws: JournalError.self) { try journal.append(record) }
    #expect(error?.code == .poisoned)
  }

  @Test func `A record torn at any byte is trimmed, and life goes on in its place`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator)
    var life = Life(journal)
    try life.append(4, &generator)
    let acknowledged = life.tally
    let torn = life.next(&generator, commandsMax: 2)
    var counts = Set([1, torn.bytes.count - 1, torn.bytes.count])
    for _ in 0..<25 { counts.insert(1 + generator.below(torn.bytes.count)) }
    for count in counts {
      let next = journal.afterPowerCut(during: torn, keeping: count)
      let recovered = try recover(from: next, with: Tally.replayer(), portion: 1 + generator.below(2_000))
      if count == torn.bytes.count {
        #expect(recovered.trimmed == nil && recovered.state == life.tally)
      } else {
        #expect(recovered.trimmed == 5 && recovered.state == acknowledged, "\(count) bytes: \(generator.recipe)")
      }
      var continued = Life(next, continuing: recovered)
      try continued.append(2, &generator)
      #expect(try recover(from: next.reopened(), with: Tally.replayer()).state == continued.tally)
    }
  }

  @Test func `A torn tail excuses no damage before it`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator)
    var life = Life(journal)
    try life.append(4, &generator)
    let cut = journal.afterPowerCut(during: life.next(&generator), keeping: 50)
    cut.tamper { $0[3].bytes[90] ^= 1 }
    let error = #expect(throws: JournalError.self) { try recover(from: cut, with: Tally.replayer()) }
    #expect(error?.code == .damaged && error?.record == 4)
  }

  @Test func `Where tails cannot be torn a damaged last record is refused`() throws {
    var generator = SeededGenerator()
    let journal = journal(&generator)
    var life = Life(journal)
    try life.append(4, &generator)
    journal.tamper { $0[3].bytes.removeLast() }
    let error = #expect(throws: JournalError.self) { try recover(from: journal, with: Tally.replayer()) }
    #expect(error?.code == .damaged && error?.record == 4)
    #expect(throws: JournalError.self) { try journal.trimTornTail(4) }
  }
}
