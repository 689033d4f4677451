// The record bytes: what goes in comes out, and nothing else is taken for a record.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct RecordCodecTests {
  static let metadata = JournalMetadata(
    id: JournalID(high: 1, low: 2), created: Instant(nanoseconds: 3), quoteKey: SecretKey(4, 5),
    hashKey: SecretKey(6, 7))

  @Test func `A record decodes to what was encoded, without what was not fresh`() throws {
    var generator = SeededGenerator()
    var builder = RecordBuilder(after: .start(of: Self.metadata))
    var instant = Instant(nanoseconds: 0)
    for round in 0..<25 {
      var expected = ExpectedRecord()
      repeat {
        for _ in 0...generator.below(3) {
          instant = instant.advanced(by: TimeSpan(nanoseconds: Int64(generator.below(1_000))))
          let batch = generator.batch(at: instant, first: builder.nextEntry, commands: generator.below(40))
          builder.append(at: batch.instant, commands: batch.commands, decisions: batch.decisions, log: batch.log)
          expected.add(batch)
        }
      } while builder.isEmpty
      let before = builder.head
      let record = builder.finish()
      let decoded = try DecodedRecord(decoding: record.bytes)
      #expect(decoded.steps == expected.steps, "round \(round): \(generator.recipe)")
      #expect(decoded.commands == expected.commands, "round \(round): \(generator.recipe)")
      #expect(decoded.log == expected.log, "round \(round): \(generator.recipe)")
      #expect(decoded.header == record.header && decoded.checksum == record.checksum)
      #expect(decoded.header.outcomeDigest == expected.digest.value)
      #expect(decoded.header.previous == before.chain && decoded.header.firstEntry == before.nextEntry)
      #expect(decoded.head == builder.head)
      if generator.chance(50) { builder.recycle(record) }
    }
  }

  @Test func `Every flipped bit of a record is noticed`() throws {
    var generator = SeededGenerator()
    let bytes = try Self.record(&generator, commands: 6).bytes
    // One expectation for all: thousands of them took seconds, in which other tests waited for a thread.
    let unnoticed = bytes.indices.filter { offset in
      var damaged = bytes
      damaged[offset] ^= 1 << UInt8(generator.below(8))
      return (try? DecodedRecord(decoding: damaged)) != nil
    }
    #expect(unnoticed == [], "\(generator.recipe)")
  }

  @Test func `A record cut short or followed by more is noticed`() throws {
    var generator = SeededGenerator()
    let bytes = try Self.record(&generator, commands: 4).bytes
    let unnoticed = bytes.indices.filter { (try? DecodedRecord(decoding: Array(bytes[..<$0]))) != nil }
    #expect(unnoticed == [], "\(generator.recipe)")
    #expect(throws: ByteReaderError.self) { try DecodedRecord(decoding: bytes + [0]) }
  }

  /// The checksum keeps damage away from the parser; this is for what an attacker or a fault of ours would write.
  @Test func `The parser never traps, whatever stands behind a valid checksum`() throws {
    var generator = SeededGenerator()
    var refused = 0
    for _ in 0..<600 {
      var bytes = try Self.record(&generator, commands: 1 + generator.below(5)).bytes
      for _ in 0...generator.below(3) {
        let offset = generator.below(bytes.count - 16)
        bytes[offset] = generator.chance(50) ? UInt8(generator.below(256)) : [0, 1, 127, 128, 255][generator.below(5)]
      }
      Self.seal(&bytes)
      do {
        let record = try DecodedRecord(decoding: bytes)
        #expect(record.commands.count == Int(record.header.commandCount))
        #expect(record.log.entries.allSatisfy { Int($0.postingStart + $0.postingCount) <= record.log.postings.count })
      } catch {
        refused += 1
      }
    }
    #expect(refused > 40, "\(generator.recipe)")
  }

  @Test func `Each outcome has a digest of its own, and their order counts`() {
    let outcomes: [Outcome] = [
      .opened, .stateSet(.active), .stateSet(.frozen), .granted(.zero), .granted(Credits(microcredits: 1)),
      .authorized(.zero, expires: .epoch, book: 0), .authorized(.zero, expires: .epoch, book: 1),
      .captured(.zero, left: .zero, closed: false), .captured(.zero, left: .zero, closed: true), .voided(.zero),
      .extended(expires: .epoch), .increased(.zero, total: .zero, book: 0), .charged(.zero, book: 0),
      .capturedLate(.zero), .refunded(.zero, expired: .zero), .expired(count: 0, more: false),
      .expired(count: 0, more: true),
      .denied(.accountUnknown), .denied(.accountExists), .denied(.malformed(.account)), .denied(.holdEnded(.voided)),
      .denied(.insufficientCredits(shortfall: Credits(microcredits: 1), available: .zero, book: 0)),
      .denied(.insufficientCredits(shortfall: .zero, available: Credits(microcredits: 1), book: 0)),
    ]
    var seen: Set<UInt64> = []
    for outcome in outcomes {
      var digest = OutcomeDigest()
      digest.fold(outcome)
      #expect(seen.insert(digest.value).inserted, "\(outcome)")
    }
    var (forth, back) = (OutcomeDigest(), OutcomeDigest())
    for outcome in outcomes { forth.fold(outcome) }
    for outcome in outcomes.reversed() { back.fold(outcome) }
    #expect(forth != back)
  }

  @Test func `An authorize takes at most 170 bytes and a capture 110, entries included`() throws {
    let account = AccountID(high: 1, low: 1)
    let lot = LotID(high: 3, low: 3)
    let request = RequestID(high: 2, low: 2)
    let spend = Spend(
      account: account, job: Job(width: 512, height: 512), quote: QuoteID(high: 9, low: 9),
      project: ProjectID(high: 4, low: 4), member: MemberID(high: 5, low: 5),
      price: .amount(Credits(microcredits: 8), book: 1))
    let hold = Command(request: request, operation: .authorize(Authorize(spend: spend, lifetime: .minutes(5))))
    let take = Command(
      request: RequestID(high: 8, low: 8),
      operation: .capture(Capture(hold: request.hold, take: .amount(Credits(microcredits: 8)), closes: true)))
    for (command, kind, most) in [(hold, EntryKind.held, 170), (take, .captured, 110)] {
      var log = EntryLog()
      log.postings = [Posting(lot: lot, from: .available, to: .held, amount: Credits(microcredits: 8))]
      log.entries = [
        Entry(
          number: EntryNumber(rawValue: 1), previous: .none, account: account, kind: kind, hold: request.hold,
          amount: Credits(microcredits: 8), available: .zero, held: Credits(microcredits: 8), command: 0,
          postingStart: 0,
          postingCount: 1)
      ]
      // The entry follows one far back, as on a busy day.
      var head = JournalHead.start(of: Self.metadata)
      head.nextEntry = EntryNumber(rawValue: 1_000)
      log.entries[0].number = head.nextEntry
      var builder = RecordBuilder(after: head)
      builder.append(
        at: .epoch, commands: [command], decisions: [Decision(outcome: .opened, standing: .fresh)], log: log)
      let bytes = builder.finish().bytes
      #expect(try DecodedRecord(decoding: bytes).log == log)
      #expect(bytes.count - 80 - 16 - 9 <= most)
    }
  }

  @Test func `Metadata survives its bytes, and damage to it is noticed`() throws {
    let bytes = Self.metadata.encoded
    #expect(try JournalMetadata(decoding: bytes, of: "x") == Self.metadata)
    for offset in bytes.indices {
      var damaged = bytes
      damaged[offset] ^= 16
      #expect(throws: JournalError.self) { try JournalMetadata(decoding: damaged, of: "x") }
    }
  }

  static func record(_ generator: inout SeededGenerator, commands: Int) throws -> EncodedRecord {
    var builder = RecordBuilder(after: .start(of: metadata))
    let batch = generator.batch(at: .epoch, first: builder.nextEntry, commands: commands, onlyFresh: true)
    builder.append(at: batch.instant, commands: batch.commands, decisions: batch.decisions, log: batch.log)
    return builder.finish()
  }

  /// Puts the right checksum under changed bytes.
  static func seal(_ bytes: inout [UInt8]) {
    let sealed = bytes
    let word = { (offset: Int) in sealed[offset..<offset + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    let previous = Checksum(high: word(64), low: word(72))
    let checksum = Checksum.over(Array(bytes.dropLast(16)), after: previous)
    var writer = ByteWriter()
    writer.write(checksum.high)
    writer.write(checksum.low)
    bytes.replaceSubrange(bytes.count - 16..<bytes.count, with: writer.bytes)
  }
}
