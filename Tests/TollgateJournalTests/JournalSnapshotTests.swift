// What every engine must keep of snapshots: they count when they are finished, and writing them holds up nothing.

import Synchronization
import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct JournalSnapshotTests {
  @Test(arguments: Engine.allCases)
  func `A damaged snapshot is passed over for the one before, then for the beginning`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    for _ in 0..<2 {
      try life.append(4, &generator)
      try life.snapshot()
    }
    try life.append(2, &generator)
    for (from, replayed) in [(4, 6), (0, 10)] {
      let newest = try #require(try recover(from: medium.journal, with: Tally.replayer()).snapshot)
      try medium.tamperSnapshot(newest.id, chunk: newest.chunkCount - 1) { $0[0] ^= 1 }
      try medium.reopen()
      let recovered = try recover(from: medium.journal, with: Tally.replayer())
      #expect(recovered.state == life.tally, "\(generator.recipe)")
      #expect(recovered.recordsReplayed == replayed)
      #expect(Int(recovered.snapshot?.mark.head.sequence ?? 0) == from)
      #expect(recovered.snapshotsRefused.last?.contains("checksum mismatch") == true)
    }
  }

  @Test(arguments: Engine.allCases)
  func `A snapshot counts only once it is finished`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(3, &generator)
    let journal = medium.journal
    try journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
    try journal.appendSnapshotChunk(life.tally.encoded)
    try journal.syncSnapshot()
    #expect(try journal.snapshots().isEmpty)
    try life.append(1, &generator)
    try medium.reopen()
    #expect(try medium.journal.snapshots().isEmpty)
    #expect(try recover(from: medium.journal, with: Tally.replayer()).recordsReplayed == 4)
    #expect(throws: JournalError.self) { try medium.journal.appendSnapshotChunk([1]) }
    #expect(throws: JournalError.self) { try medium.journal.syncSnapshot() }
    #expect(throws: JournalError.self) { try medium.journal.finishSnapshot() }
  }

  @Test(arguments: Engine.allCases)
  func `A snapshot is finished only after its sync, and nothing is added between the two`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(3, &generator)
    let journal = medium.journal
    try journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
    try journal.appendSnapshotChunk(life.tally.encoded)
    let early = #expect(throws: JournalError.self) { try journal.finishSnapshot() }
    #expect(early?.code == .outOfOrder)
    try journal.syncSnapshot()
    let late = #expect(throws: JournalError.self) { try journal.appendSnapshotChunk([1]) }
    #expect(late?.code == .outOfOrder)
    try journal.finishSnapshot()
    #expect(try recover(from: journal, with: Tally.replayer()).recordsReplayed == 0)
    #expect(throws: JournalError.self) { try journal.finishSnapshot() }
  }

  @Test(arguments: Engine.allCases)
  func `A snapshot that is abandoned, or begun anew, leaves nothing of itself`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(3, &generator)
    let journal = medium.journal
    let mark = SnapshotMark(head: life.builder.head, taken: life.instant)
    try journal.beginSnapshot(mark)
    try journal.appendSnapshotChunk([1])
    try journal.abandonSnapshot()
    #expect(throws: JournalError.self) { try journal.appendSnapshotChunk([2]) }
    try journal.beginSnapshot(mark)
    try journal.appendSnapshotChunk([3])
    try life.snapshot()
    let recovered = try recover(from: journal, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.recordsReplayed == 0 && recovered.snapshotsRefused.isEmpty)
  }

  @Test(arguments: Engine.allCases)
  func `Snapshots are written on a thread of their own beside appends`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    let journal = medium.journal
    let latest = Mutex(Life(journal))
    // The calls of the writer's thread: appends, and what makes a snapshot count.
    let writer = Mutex(())
    let isDone = Atomic(false)
    try withThread {
      defer { isDone.store(true, ordering: .releasing) }
      for _ in 0..<6 {
        let life = latest.withLock { $0 }
        try journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
        for start in stride(from: 0, to: life.tally.encoded.count, by: 3) {
          try journal.appendSnapshotChunk(Array(life.tally.encoded[start...].prefix(3)))
        }
        try journal.syncSnapshot()
        try writer.withLock { _ in try journal.finishSnapshot() }
      }
    } whileIn: {
      var life = latest.withLock { $0 }
      while !isDone.load(ordering: .acquiring) {
        try writer.withLock { _ in try life.append(1, &generator) }
        latest.withLock { [life] in $0 = life }
      }
    }
    let life = latest.withLock { $0 }
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.head == life.builder.head, "\(generator.recipe)")
    #expect(recovered.snapshot != nil && recovered.snapshotsRefused.isEmpty, "\(generator.recipe)")
  }

  @Test(arguments: Engine.allCases)
  func `A snapshot of what is not durable yet is refused`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    _ = life.next(&generator)
    let error = #expect(throws: JournalError.self) { try life.snapshot() }
    #expect(error?.code == .outOfOrder)
  }

  @Test(arguments: Engine.allCases)
  func `The two newest snapshots count`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    for _ in 0..<5 {
      try life.append(1, &generator)
      try life.snapshot()
    }
    #expect(try medium.journal.snapshots().map(\.mark.head.sequence) == [5, 4])
    for snapshot in try medium.journal.snapshots() {
      var reader = SnapshotReader(snapshot, of: medium.journal)
      #expect(throws: Never.self) { try reader.all() }
    }
    #expect(try recover(from: medium.journal, with: Tally.replayer()).recordsReplayed == 0)
  }
}
