// Snapshots: what bytes say is judged, so that no damage can trap or make an unsound ledger.

import Testing
import TollgateLedger
import TollgateTestSupport
import TollgateValues

/// A ledger with some of everything, and its snapshot.
private func sample(_ seed: UInt64) -> (ledger: Ledger, chunks: [[UInt8]]) {
  var world = RandomCommands(SeededGenerator(seed: seed))
  var ledger = Ledger(configuration: LedgerConfiguration(lateCaptureWindow: .seconds(900)), hashKey: (3, 4))
  var (log, decisions) = (EntryLog(), [Decision]())
  for _ in 0..<120 {
    world.step()
    log.removeAll()
    ledger.apply(world.batch(), at: world.now, into: &log, decisions: &decisions)
    world.learn(log)
  }
  var chunks: [[UInt8]] = []
  ledger.encodeSnapshot { chunks.append($0) }
  return (ledger, chunks)
}

/// Puts the right checksum under changed bytes, so that the damage reaches the records.
private func sealed(_ chunk: [UInt8]) -> [UInt8] {
  let body = Array(chunk.dropLast(16))
  let checksum = Checksum.over(body)
  var writer = ByteWriter()
  writer.write(raw: body)
  writer.write(checksum.high)
  writer.write(checksum.low)
  return writer.bytes
}

@Test func anEmptyLedgerHasASnapshot() throws {
  let empty = Ledger(configuration: LedgerConfiguration(), hashKey: (1, 2))
  var chunks: [[UInt8]] = []
  empty.encodeSnapshot { chunks.append($0) }
  let copy = try Ledger(snapshot: chunks, hashKey: (5, 6))
  #expect(copy.digest == empty.digest && copy.audit().isEmpty && copy.configuration == empty.configuration)
  #expect(copy.nextDue == .never && !copy.isDue(at: .never))
}

@Test func aDamagedSnapshotIsAnErrorThatNamesThePlace() {
  let (_, chunks) = sample(1)
  var damaged = chunks
  damaged[0][200] ^= 4
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: damaged, hashKey: (1, 2)) }
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: [], hashKey: (1, 2)) }
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: [[]], hashKey: (1, 2)) }
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: chunks + chunks, hashKey: (1, 2)) }
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: [Array(chunks[0].dropLast(40))], hashKey: (1, 2)) }
  var newer = chunks
  newer[0][4] = 9
  let error = #expect(throws: SnapshotError.self) { try Ledger(snapshot: [sealed(newer[0])], hashKey: (1, 2)) }
  #expect(error?.description == "snapshot chunk 0, byte 6: version 9 is unknown")
}

/// Even with right checksums: every changed byte is refused, or makes a ledger that is sound and can live on.
@Test func damagedSnapshotsNeverTrap() {
  var random = SeededGenerator()
  let (original, chunks) = sample(random.next())
  var (refused, accepted) = (0, 0)
  for _ in 0..<100 {
    var bytes = chunks[0]
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let position = Int.random(in: 10..<bytes.count - 16, using: &random)
      bytes[position] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : bytes[position] ^ 1
    }
    if Int.random(in: 0..<20, using: &random) == 0 {
      bytes.removeSubrange(Int.random(in: 11..<bytes.count - 16, using: &random)..<bytes.count - 16)
    }
    guard var ledger = try? Ledger(snapshot: [sealed(bytes)], hashKey: (7, 8)) else {
      refused += 1
      continue
    }
    accepted += 1
    var world = RandomCommands(SeededGenerator(seed: random.next()))
    world.now = max(ledger.lastInstant, original.lastInstant)
    var (log, decisions) = (EntryLog(), [Decision]())
    for _ in 0..<10 {
      world.step()
      ledger.apply(world.batch(), at: world.now, into: &log, decisions: &decisions)
    }
    let findings = ledger.audit()
    #expect(findings.isEmpty, "\(findings) \(random.recipe)")
  }
  #expect(refused > 10 && accepted > 1, "\(refused) refused, \(accepted) accepted; \(random.recipe)")
}

@Test func aLargeLedgerIsEncodedInSeveralChunks() throws {
  var ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (1, 2))
  var (log, decisions) = (EntryLog(), [Decision]())
  let note = Note(actor: "a", reason: "b")
  let commands = (0..<9_000).map { number in
    Command(
      request: RequestID(at: Book.start, randomness: (0, UInt64(number) << 4)),
      operation: .openAccount(OpenAccount(account: AccountID(high: 9, low: UInt64(number)), note: note)))
  }
  ledger.apply(commands, at: Book.start, into: &log, decisions: &decisions)
  var chunks: [[UInt8]] = []
  ledger.encodeSnapshot { chunks.append($0) }
  #expect(chunks.count > 1 && chunks.allSatisfy { $0.count <= 1 << 20 })
  var index = 0
  let copy = try Ledger(
    hashKey: (3, 4),
    nextSnapshotChunk: {
      defer { index += 1 }
      return index < chunks.count ? chunks[index] : nil
    })
  #expect(copy.digest == ledger.digest && copy.statistics.accounts == 9_000)
  #expect(throws: SnapshotError.self) { try Ledger(snapshot: chunks.reversed(), hashKey: (1, 2)) }
}
