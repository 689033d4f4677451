// A toy state machine that recovery is tested with: each command makes an outcome, and most make an entry.

import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

struct Tally: Hashable, Sendable {
  var digest: UInt64 = 1
  var nextEntry: UInt64 = 1
  var latest: [UInt64: UInt64] = [:]
  /// Makes a program that decides otherwise than another.
  var salt: UInt64 = 0

  static func account(_ number: UInt64) -> AccountID { AccountID(high: 0xACC0, low: number) }

  mutating func apply(_ commands: [Command], at instant: Instant, into log: inout EntryLog, _ made: inout [Decision]) {
    for (index, command) in commands.enumerated() {
      let mixed = (command.request.high ^ command.request.low &* 31) &+ UInt64(bitPattern: instant.nanoseconds)
      digest = (digest ^ mixed) &* 0x9E37_79B9_7F4A_7C15 &+ salt << 40
      made.append(Decision(outcome: .granted(Credits(microcredits: Int64(digest >> 20))), standing: .fresh))
      if command.request.low % 5 == 4 { continue }
      let account = command.request.low % 8
      log.postings.append(
        Posting(
          lot: LotID(high: 1, low: account), from: .available, to: .held,
          amount: Credits(microcredits: Int64(index + 1))))
      log.entries.append(
        Entry(
          number: EntryNumber(rawValue: nextEntry), previous: EntryNumber(rawValue: latest[account] ?? 0),
          account: Tally.account(account), kind: .held, hold: command.request.hold,
          amount: Credits(microcredits: Int64(index + 1)), available: Credits(microcredits: Int64(nextEntry)),
          held: .zero, command: UInt32(index), postingStart: UInt32(log.postings.count - 1), postingCount: 1))
      latest[account] = nextEntry
      nextEntry += 1
    }
  }

  var encoded: [UInt8] {
    var writer = ByteWriter()
    writer.write(digest)
    writer.write(nextEntry)
    for (account, entry) in latest.sorted(by: { $0.key < $1.key }) {
      writer.write(account)
      writer.write(entry)
    }
    return writer.bytes
  }

  init(salt: UInt64 = 0) { self.salt = salt }

  init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    digest = try reader.read()
    nextEntry = try reader.read()
    while reader.remaining > 0 { latest[try reader.read()] = try reader.read(UInt64.self) }
  }

  static func replayer(salt: UInt64 = 0) -> Replayer<Tally> {
    Replayer(
      empty: { Tally(salt: salt) },
      restore: { reader in
        var tally = try Tally(decoding: try reader.all())
        tally.salt = salt
        return tally
      },
      apply: { tally, commands, instant, log, made in tally.apply(commands, at: instant, into: &log, &made) })
  }
}

/// A tally with its journal: what a service does, without the threads.
struct Life {
  var tally = Tally()
  var builder: RecordBuilder
  let journal: any Journal
  var instant = Instant(nanoseconds: 1_800_000_000_000_000_000)

  init(_ journal: any Journal) {
    self.journal = journal
    builder = RecordBuilder(after: .start(of: journal.metadata))
  }

  init(_ journal: any Journal, continuing recovered: Recovered<Tally>) {
    self.journal = journal
    tally = recovered.state
    builder = RecordBuilder(after: recovered.head)
    instant = recovered.head.instant
  }

  /// The next record, of one to three steps, not appended yet.
  mutating func next(_ generator: inout SeededGenerator, commandsMax: Int = 12) -> EncodedRecord {
    for _ in 0...generator.below(3) {
      instant = instant.advanced(by: .milliseconds(Int64(generator.below(3))))
      let commands = (0...generator.below(commandsMax)).map { _ in
        Command(
          request: RequestID(high: generator.next(), low: generator.next()),
          operation: generator.operation(generator.below(13)))
      }
      var log = EntryLog()
      var made: [Decision] = []
      tally.apply(commands, at: instant, into: &log, &made)
      builder.append(at: instant, commands: commands, decisions: made, log: log)
    }
    return builder.finish()
  }

  mutating func append(_ count: Int, _ generator: inout SeededGenerator) throws {
    for _ in 0..<count { try journal.append(next(&generator)) }
  }

  /// Writes a snapshot of the present state in chunks of `chunkBytes`.
  func snapshot(chunkBytes: Int = 16) throws {
    try journal.beginSnapshot(SnapshotMark(head: builder.head, taken: instant))
    var rest = tally.encoded[...]
    while !rest.isEmpty {
      try journal.appendSnapshotChunk(Array(rest.prefix(chunkBytes)))
      rest = rest.dropFirst(chunkBytes)
    }
    try journal.syncSnapshot()
    try journal.finishSnapshot()
  }
}
