// What every engine must keep: order, durability across a restart, and a chain that damage cannot pass.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct JournalTests {
  @Test(arguments: Engine.allCases)
  func `What was appended is there after a restart, and deciding it again gives the same state`(_ engine: Engine) throws
  {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    for _ in 0..<4 {
      try life.append(generator.below(20), &generator)
      let metadata = medium.journal.metadata
      try medium.reopen()
      #expect(medium.journal.metadata == metadata)
      var steps: [RecoveryProgress] = []
      let recovered = try recover(from: medium.journal, with: Tally.replayer()) { steps.append($0) }
      #expect(recovered.state == life.tally && recovered.head == life.builder.head, "\(generator.recipe)")
      #expect(UInt64(recovered.recordsReplayed) == recovered.head.sequence)
      #expect(steps.last.map { $0.recordsDone == $0.recordsTotal } ?? true)
      #expect(try audit(medium.journal) == recovered.head)
      life = Life(medium.journal, continuing: recovered)
    }
  }

  @Test(arguments: Engine.allCases)
  func `Recovery begins at the newest snapshot and replays only what came later`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(5, &generator)
    try life.snapshot()
    try life.append(7, &generator)
    try life.snapshot()
    try life.append(3, &generator)
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.head == life.builder.head, "\(generator.recipe)")
    #expect(recovered.snapshot?.mark.head.sequence == 12 && recovered.recordsReplayed == 3)
    #expect(recovered.snapshotsRefused.isEmpty)
  }

  @Test(arguments: Engine.allCases)
  func `A flipped byte anywhere in any record is refused, and the record named`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(6, &generator)
    for _ in 0..<40 {
      let sequence = UInt64(1 + generator.below(6))
      let random = generator.next()
      let flip = { (bytes: inout [UInt8]) in
        bytes[Int(random % UInt64(bytes.count))] ^= UInt8(1 << (random >> 60 & 7))
      }
      try medium.tamper(sequence, flip)
      let error = #expect(throws: JournalError.self, "\(generator.recipe)") {
        try recover(from: medium.journal, with: Tally.replayer())
      }
      #expect(error?.code == .damaged && error?.record == sequence, "\(generator.recipe)")
      #expect(error?.message.contains("record \(sequence) of \(medium.journal.name)") == true)
      #expect(throws: JournalError.self) { try audit(medium.journal) }
      try medium.tamper(sequence, flip)
    }
    #expect(try recover(from: medium.journal, with: Tally.replayer()).state == life.tally)
  }

  @Test(arguments: Engine.allCases)
  func `A missing or duplicated record is refused, and named`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    for (change, named) in [(0, 3), (1, 3), (2, 1)] {
      let medium = try engine.medium(&generator)
      var life = Life(medium.journal)
      try life.append(5, &generator)
      switch change {
      case 0: try medium.remove(3)
      case 1: try medium.replace(3, withCopyOf: 2)
      default: try medium.remove(1)
      }
      let error = #expect(throws: JournalError.self) { try recover(from: medium.journal, with: Tally.replayer()) }
      #expect(error?.code == .damaged && error?.record == UInt64(named), "\(change): \(generator.recipe)")
    }
  }

  /// Whole records of the right number, but of a life that went otherwise: only the chain tells them apart.

  @Test(arguments: Engine.allCases, [false, true])
  func `A record of another chain is refused, also where a snapshot follows it`(_ engine: Engine, snapshot: Bool) throws
  {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    let twin = InMemoryJournal(metadata: medium.journal.metadata)
    var (life, other) = (Life(medium.journal), Life(twin))
    try life.append(3, &generator)
    try other.append(3, &generator)
    if snapshot { try life.snapshot() }
    let foreign = try #require(try twin.records(after: 2, upTo: 1).first)
    try medium.tamper(3) { $0 = foreign.bytes }
    try medium.reopen()
    let error = #expect(throws: JournalError.self) { try recover(from: medium.journal, with: Tally.replayer()) }
    #expect(error?.code == .damaged && error?.record == 3, "\(generator.recipe)")
    #expect(error?.message.contains("wrong chain") == true)
  }

  @Test(arguments: Engine.allCases)
  func `Records that a snapshot has seen cannot go missing unnoticed`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(3, &generator)
    try life.snapshot()
    try medium.remove(3)
    try medium.reopen()
    let error = #expect(throws: JournalError.self) { try recover(from: medium.journal, with: Tally.replayer()) }
    #expect(error?.code == .damaged && error?.record == 3)
  }

  @Test(arguments: Engine.allCases)
  func `A record of another journal is refused`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let (medium, other) = (try engine.medium(&generator), try engine.medium(&generator))
    var life = Life(medium.journal)
    let error = #expect(throws: JournalError.self) { try other.journal.append(life.next(&generator)) }
    #expect(error?.code == .outOfOrder)
  }

  @Test(arguments: Engine.allCases)
  func `An append must continue the last one`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    let (first, second, third) = (life.next(&generator), life.next(&generator), life.next(&generator))
    try medium.journal.append(first)
    for wrong in [first, third] {
      let error = #expect(throws: JournalError.self) { try medium.journal.append(wrong) }
      #expect(error?.code == .outOfOrder && error?.record == wrong.header.sequence)
    }
    try medium.journal.append(second)
    try medium.journal.append(third)
    #expect(try medium.journal.lastSequence() == 3)
  }

  @Test(arguments: Engine.allCases)
  func `A program that decides otherwise refuses to start`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(3, &generator)
    let error = #expect(throws: JournalError.self) { try recover(from: medium.journal, with: Tally.replayer(salt: 1)) }
    #expect(error?.code == .diverged && error?.record == 1)
  }

  @Test(arguments: Engine.allCases)
  func `A closed journal refuses everything`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(1, &generator)
    let record = life.next(&generator)
    let journal = medium.journal
    journal.close()
    journal.close()
    #expect(throws: JournalError.self) { try journal.append(record) }
    #expect(throws: JournalError.self) { try journal.lastSequence() }
    #expect(throws: JournalError.self) { try journal.records(after: 0, upTo: 1) }
    #expect(throws: JournalError.self) { try journal.snapshots() }
    try medium.reopen()
    #expect(try medium.journal.lastSequence() == 1)
  }

  @Test(arguments: Engine.allCases)
  func `Records are read in pieces of the size asked for`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(9, &generator)
    var sequence: UInt64 = 0
    while sequence < 9 {
      let part = try medium.journal.records(after: sequence, upTo: 1)
      #expect(part.map(\.sequence) == [sequence + 1])
      sequence += 1
    }
    #expect(try medium.journal.records(after: 9, upTo: 1).isEmpty)
    #expect(try medium.journal.records(after: 2, upTo: .max).map(\.sequence) == Array(3...9))
  }
}
