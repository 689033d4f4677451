// The smallest pieces: identifiers, credits, instants, checksums, bytes, limits.

import Testing
import TollgateTestSupport
import TollgateValues

@Suite struct ValuesTests {
  @Test func identifiersAreUUIDText() {
    let text = "0198c0de-1234-7abc-8def-0123456789ab"
    let id = AccountID(text)
    #expect(id?.description == text)
    #expect(AccountID(text.replacing("-", with: "").uppercased()) == id)
    for wrong in [
      "", "0198c0de", text + "0", "0198c0de-1234-7abc-8def-0123456789ag", "0198c0de1-234-7abc-8def-0123456789ab",
    ] {
      #expect(AccountID(wrong) == nil, "\(wrong)")
    }
  }

  @Test func requestIDsCarryTheirTime() {
    var generator = SeededGenerator()
    for _ in 0..<200 {
      let instant = Instant(nanoseconds: .random(in: 0..<4_000_000_000_000_000_000, using: &generator))
      let id = RequestID(at: instant, randomness: (generator.next(), generator.next()))
      #expect(id.embeddedInstant?.nanoseconds == instant.nanoseconds / 1_000_000 * 1_000_000, "\(generator.recipe)")
    }
    #expect(RequestID(high: 0, low: 0).embeddedInstant == nil)
    #expect(RequestID("0198c0de-1234-4abc-8def-0123456789ab")?.embeddedInstant == nil, "version 4 carries no time")
  }

  @Test func creditsAreExactDecimals() {
    for (text, micro) in [
      ("0", 0), ("12", 12_000_000), ("0.5", 500_000), ("-3.000001", -3_000_001), ("9223372036854.775807", Int64.max),
    ] as [(String, Int64)] {
      #expect(Credits(text)?.microcredits == micro)
      #expect(Credits(microcredits: micro).description == text)
    }
    for wrong in ["", ".5", "5.", "1.0000001", "1e3", "1,5", "--1", " 1", "9223372036854.775808"] {
      #expect(Credits(wrong) == nil, "\(wrong)")
    }
  }

  @Test func creditsDoNotOverflowSilently() {
    let most = Credits(microcredits: .max)
    #expect(most.adding(Credits(microcredits: 1)) == nil)
    #expect(Credits(microcredits: .min).subtracting(Credits(microcredits: 1)) == nil)
    #expect(Credits(credits: .max) == nil)
  }

  @Test func instantsPrintInUTC() {
    for (nanoseconds, text) in [
      (0, "1970-01-01T00:00:00Z"), (1_767_225_600_250_000_000, "2026-01-01T00:00:00.25Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
    ] as [(Int64, String)] {
      #expect(Instant(nanoseconds: nanoseconds).description == text)
    }
    #expect(Instant.never.description == "never")
  }

  @Test func timeStopsAtItsEnds() {
    #expect(Instant.never.advanced(by: .seconds(1)) == .never)
    #expect(Instant.distantPast.advanced(by: .seconds(-1)) == .distantPast)
    #expect(TimeSpan.days(.max).nanoseconds == .max)
    #expect(TimeSpan.minutes(90).description == "1h30m")
  }

  @Test func sipHashAgreesWithItsReference() {
    let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
    #expect(hash.hash(0x0706_0504_0302_0100) == 0x93F5_F579_9A93_2462)
    #expect(hash.hash(0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908) == 0x3F2A_CC7F_57C2_9BDB)
  }

  @Test func aChecksumSeesEveryFlippedBitAndTheRecordBefore() {
    var generator = SeededGenerator()
    for count in [0, 1, 15, 16, 31, 32, 33, 100, 1_000] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let sum = Checksum.over(bytes)
      #expect(Checksum.over(bytes, after: sum) != sum)
      #expect(Checksum.over(bytes + [0]) != sum, "a longer record of zeros is another one")
      for _ in 0..<min(64, count * 8) {
        var flipped = bytes
        flipped[.random(in: 0..<count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        #expect(Checksum.over(flipped) != sum, "\(generator.recipe)")
      }
    }
  }

  @Test func readersReadWhatWritersWrote() throws {
    var writer = ByteWriter()
    writer.write(UInt32(7))
    writer.write(HoldID(high: 1, low: 2))
    writer.write(text: "größer")
    writer.write(true)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.read(UInt32.self) == 7)
    #expect(try reader.read(HoldID.self) == HoldID(high: 1, low: 2))
    #expect(try reader.readText() == "größer")
    #expect(try reader.readBool())
    #expect(reader.remaining == 0)
    #expect(throws: ByteReaderError.self) { try reader.read(UInt8.self) }
  }

  @Test func shortBytesNeverTrap() {
    for count in 0..<24 {
      var reader = ByteReader([UInt8](repeating: 0xFF, count: count))
      #expect(throws: ByteReaderError.self) {
        _ = try reader.readText()
        _ = try reader.read(HoldID.self)
        _ = try reader.readBool()
      }
    }
  }

  @Test func theLimitsFitEachOther() { #expect(Limits.areConsistent) }
}
