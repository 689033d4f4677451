// Every way to fail has its exit status, and every denial says what would mend it.

import ArgumentParser
import Testing
import TollgateValues

@testable import TollgateClient
@testable import tollgate

@Suite struct FailureTests {
  static let id = RequestID(high: 0x0199_F0AA_5E31_7C44, low: 0x9D5B_0C2F_6A1B_7E90)
  static let account = AccountID(high: 1, low: 2)
  static let hold = HoldID(high: 3, low: 4)

  @Test(
    arguments: [
      (.unavailable, .notProcessed, true, .unreachable), (.tlsFailed, .notProcessed, true, .unreachable),
      (.unavailable, .unknown, true, .unknownOutcome), (.unavailable, .unknown, false, .unreachable),
      (.deadlineExceeded, .unknown, true, .unknownOutcome), (.deadlineExceeded, .notProcessed, false, .unknownOutcome),
      (.permissionDenied, .notProcessed, true, .forbidden), (.unauthenticated, .notProcessed, false, .forbidden),
      (.invalidConfiguration, .notProcessed, false, .usage), (.internalError, .unknown, true, .unknownOutcome),
      (.internalError, .notProcessed, true, .failure), (.resourceExhausted, .notProcessed, true, .failure),
      (.unimplemented, .notProcessed, true, .failure),
    ] as [(TollgateError.Code, TollgateError.Outcome, Bool, tollgate.ExitStatus)])
  func accidentsHaveTheirStatus(
    _ code: TollgateError.Code, _ outcome: TollgateError.Outcome, _ mutates: Bool, _ status: tollgate.ExitStatus
  ) {
    let error = TollgateError(code: code, message: "…", outcome: outcome)
    #expect(tollgate.ExitStatus(error, mutates: mutates) == status)
    #expect(Failure(error, id: mutates ? Self.id : nil).status == status)
  }

  @Test func statusesKeepTheirNumbers() {
    #expect(tollgate.ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6])
    #expect(tollgate.ExitStatus.worst([.done, .denied, .unknownOutcome]) == .unknownOutcome)
    #expect(tollgate.ExitStatus.worst([.done, .denied]) == .denied)
    #expect(tollgate.ExitStatus.worst([]) == .done)
  }

  @Test func wrongUsageIsTwoAndHelpIsNone() async throws {
    for arguments in [["nope"], ["void", "x"], ["capture", "--all", "--images", "3"]] {
      let error = await #expect(throws: (any Error).self) { _ = try await Tollgate.asyncParseAsRoot(arguments) }
      #expect(error.flatMap { Main.failure($0) }?.status == .usage, "\(arguments)")
    }
    do { _ = try await Tollgate.asyncParseAsRoot(["--help"]) } catch { #expect(Main.failure(error) == nil) }
  }

  @Test func anUnknownOutcomeSaysHowToRepeat() {
    let error = TollgateError(code: .deadlineExceeded, message: "no answer came", outcome: .unknown)
    let failure = Failure(error, id: Self.id)
    #expect(failure.text().contains("--id \(Self.id)"))
    #expect(
      failure.json.line
        == #"{"error":{"kind":"deadlineExceeded","exitStatus":6,"message":"no answer came","#
        + #""id":"0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90","outcome":"unknown","remedies":["#
        + #""repeat the same command with --id 0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90: "#
        + #"it happens once at most, and you get its answer"]}}"#)
  }

  @Test func tooFewCreditsAreMendedThreeWays() {
    var denial = Denial(reason: .insufficientCredits, message: "24 credits are needed and 14 available, 10 short")
    denial.shortfall = Credits(microcredits: 10_000_000)
    denial.available = Credits(microcredits: 14_000_000)
    denial.required = Credits(microcredits: 24_000_000)
    (denial.largestCountThatFits, denial.smallerSideThatFits, denial.priceBook) = (2, 768, 1)
    let failure = Failure(denial, id: Self.id, of: Subject(account: Self.account, count: 4))
    #expect(failure.status == .denied)
    #expect(
      failure.text() == """
        denied: insufficientCredits: 24 credits are needed and 14 available, 10 short
          try: --count 2: so many images of this kind fit now
          try: --size 768x768: at this size all of them fit now
          try: tollgate grant \(Self.account) 10 …: covers what is missing
          id:  \(Self.id)
        """)
    let json = failure.json["error"]
    #expect(json?["reason"] == .string("insufficientCredits"))
    #expect(json?["shortfall"] == .string("10"))
    #expect(json?["largestCountThatFits"] == .integer(2))
    #expect(json?["exitStatus"] == .integer(3))
  }

  @Test(
    arguments: [
      (.holdExpired, "tollgate capture-late \(hold)"), (.holdNotExpired, "tollgate capture \(hold)"),
      (.holdEnded, "tollgate hold show \(hold)"), (.accountUnknown, "tollgate account open \(account)"),
      (.accountFrozen, "tollgate account activate \(account)"),
      (.accountHasOpenHolds, "tollgate account holds \(account)"), (.captureExceedsHold, "--amount up to 6"),
      (.imagesExceedHold, "--images up to 2"), (.lifetimeOutOfRange, "--lifetime from 1s to 1d"),
      (.refundExceedsCapture, "--amount up to 6"), (.payloadConflict, "with the same amount"),
      (.idOutsideWindow, "without --id"), (.quoteRefused, "tollgate quote \(account)"),
      (.priceRefused, "another --size: tollgate pricebook show"),
      (.tooManyOpenHolds, "tollgate account holds \(account)"),
    ] as [(Denial.Reason, String)])
  func denialsNameTheCommandThatMendsThem(_ reason: Denial.Reason, _ remedy: String) {
    var denial = Denial(reason: reason, message: "…")
    denial.left = Credits(microcredits: 6_000_000)
    denial.imagesLeft = 2
    (denial.lifetimeMin, denial.lifetimeMax) = (.seconds(1), .hours(24))
    denial.field = Denial.Field(rawValue: 5)
    denial.quoteRefusal = .expired
    denial.priceRefusal = 2
    let failure = Failure(denial, id: Self.id, of: Subject(account: Self.account, hold: Self.hold))
    #expect(failure.remedies.contains { $0.hasPrefix(remedy) }, "\(failure.remedies)")
  }

  @Test func anIdOutsideOfTheWindowIsMadeAnewOnTheGatesClock() {
    var denial = Denial(reason: .idOutsideWindow, message: "…")
    denial.idLatest = Instant(nanoseconds: 1_800_000_000_000_000_000)
    let fresh = Session.freshID(after: denial)
    #expect(fresh?.embeddedInstant == Instant(nanoseconds: 1_799_999_700_000_000_000))
    #expect(Session.freshID(after: Denial(reason: .payloadConflict, message: "…")) == nil)
    #expect(Session.freshID(after: nil) == nil)
  }

  @Test func nothingInAMessageMovesTheCursor() {
    #expect(Failure.usage("a\u{1B}[2Jb\nc").text() == "wrong usage: a\\u{1b}[2Jb\nc")
  }
}
