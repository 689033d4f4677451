// What people type is read exactly, and what is wrong is answered with what would be right.

import Testing
import TollgateTestSupport
import TollgateValues

@testable import tollgate

@Suite struct ParsingTests {
  @Test(
    arguments: [
      ("90s", 90_000_000_000), ("15m", 900_000_000_000), ("1h30m", 5_400_000_000_000), ("30d", 2_592_000_000_000_000),
      ("250ms", 250_000_000), ("1d2h3m4s5ms6us7ns", 93_784_005_006_007), ("0s", 0), ("7µs", 7_000),
    ] as [(String, Int64)])
  func durationsAreWholeNumbersWithUnits(_ text: String, _ nanoseconds: Int64) throws {
    #expect(try Parse.timeSpan(text) == TimeSpan(nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "", "15", "m", "1.5h", "-5m", "5 m", "30m1h", "1h1h", "1w", "5M", "1h30", "99999999999999999999s", "300000d", "٣s",
  ])
  func otherDurationsAreRefused(_ text: String) {
    #expect(throws: ParseProblem.self) { try Parse.timeSpan(text) }
  }

  @Test func aWrongDurationSaysWhatWouldBeRight() {
    #expect(throws: ParseProblem("expected a duration such as 90s, 15m, 1h30m or 30d")) { try Parse.timeSpan("soon") }
    #expect(throws: ParseProblem.self) { try Parse.positiveTimeSpan("0s") }
  }

  @Test func everyDurationReadsBackFromItsOwnText() throws {
    var generator = SeededGenerator()
    for _ in 0..<500 {
      // Texts have two units at most, so only what such a text can say comes back.
      let text = TimeSpan(nanoseconds: Int64.random(in: 0...(.max), using: &generator)).description
      #expect(try Parse.timeSpan(text).description == text, "\(generator.recipe)")
    }
  }

  @Test(arguments: [
    ("2026-12-31T23:59:59Z", "2026-12-31T23:59:59Z"), ("2026-12-31", "2026-12-31T00:00:00Z"),
    ("2026-12-31T23:59:59.25Z", "2026-12-31T23:59:59.25Z"), ("2026-03-01T01:30:00+02:00", "2026-02-28T23:30:00Z"),
    ("2024-02-29t00:00:00z", "2024-02-29T00:00:00Z"), ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ("2026-01-01 00:00:00-00:30", "2026-01-01T00:30:00Z"), ("+30d", "1970-01-31T00:00:00Z"),
    ("+1h30m", "1970-01-01T01:30:00Z"), ("now", "1970-01-01T00:00:00Z"),
  ])
  func instantsAreRFC3339OrFromNow(_ text: String, _ expected: String) throws {
    #expect(try Parse.instant(text, now: .epoch).description == expected)
  }

  @Test(arguments: [
    "", "tomorrow", "2026-13-01", "2026-02-29", "2026-1-1", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
    "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+2:00", "30d", "+", "9999-01-01",
    "2026-01-01T00:00Z",
  ])
  func otherInstantsAreRefused(_ text: String) {
    #expect(throws: ParseProblem.self) { try Parse.instant(text, now: .epoch) }
  }

  @Test func everyInstantReadsBackFromItsOwnText() throws {
    var generator = SeededGenerator()
    let range = -9_214_560_000_000_000_000...9_214_646_400_000_000_000 as ClosedRange<Int64>
    for _ in 0..<500 {
      let instant = Instant(nanoseconds: Int64.random(in: range, using: &generator))
      #expect(try Parse.instant(instant.description) == instant, "\(instant), \(generator.recipe)")
    }
  }

  @Test func anExpiryMayBeNever() throws {
    #expect(try Parse.expiry("never") == .never)
    #expect(try Parse.expiry("2026-12-31") < .never)
  }

  @Test(
    arguments: [
      ("1024x768", 1024, 768), ("1024X768", 1024, 768), ("1024×768", 1024, 768), ("512", 512, 512),
    ] as [(String, UInt16, UInt16)])
  func sizesAreTwoSidesOrOne(_ text: String, _ width: UInt16, _ height: UInt16) throws {
    #expect(try Parse.size(text) == Size(width: width, height: height))
  }

  @Test(arguments: ["", "x", "1024x", "0x10", "10x0", "0", "70000", "1x2x3", "1024*768", "-5", "1 024"])
  func otherSizesAreRefused(_ text: String) {
    #expect(throws: ParseProblem.self) { try Parse.size(text) }
  }

  @Test func amountsAreDecimalsOfSixPlaces() throws {
    #expect(try Parse.amount("2.5") == Credits(microcredits: 2_500_000))
    #expect(try Parse.amount("0") == .zero)
    #expect(try Parse.amount("0.000001") == Credits(microcredits: 1))
    for wrong in ["", "1.", ".5", "1,5", "1e3", "0.0000001", "-1", "2 ", "1000000000001"] {
      #expect(throws: ParseProblem.self, "\(wrong)") { try Parse.amount(wrong) }
    }
    #expect(throws: ParseProblem.self) { try Parse.positiveAmount("0") }
  }

  @Test func dollarsAreMicroDollars() throws {
    #expect(try Parse.dollars("9.90") == 9_900_000)
    #expect(try Parse.dollars("$14.9") == 14_900_000)
    #expect(throws: ParseProblem.self) { try Parse.dollars("-1") }
    #expect(dollars(9_900_000) == "$9.90")
    #expect(dollars(70_000) == "$0.07")
    #expect(dollars(3_000_000) == "$3.00")
  }

  @Test func idsAreUUIDsAndNeverZero() throws {
    let id: AccountID = try Parse.identifier("0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90")
    #expect(id.description == "0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90")
    for wrong in ["", "xx", "00000000-0000-0000-0000-000000000000", "0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e9"] {
      #expect(throws: ParseProblem.self, "\(wrong)") { let _: AccountID = try Parse.identifier(wrong) }
    }
  }

  @Test func wholeNumbersSayTheirRange() {
    #expect(throws: ParseProblem("expected a whole number from 1 to 64")) { try Parse.number("65", 1...64) }
    #expect(throws: ParseProblem.self) { try Parse.number("1.0", 1...64) }
  }
}
