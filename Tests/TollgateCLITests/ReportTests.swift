// The JSON of results is a contract with scripts: field names, order and forms are pinned here.

import Testing
import TollgatePricing
import TollgateValues

@testable import TollgateClient
@testable import tollgate

@Suite struct ReportTests {
  static let id = RequestID(high: 0x0199_F0AA_5E31_7C44, low: 0x9D5B_0C2F_6A1B_7E90)
  static let account = AccountID(high: 1, low: 2)
  static let hold = id.hold
  static let job = Job(width: 1024, height: 1024, count: 4, model: 1, features: [.preview])
  static let at = Instant(nanoseconds: 1_795_366_800_250_000_000)

  func accepted<Value: Sendable>(_ value: Value, replayed: Bool = false) -> Accepted<Value> {
    Accepted(value: value, id: Self.id, replayed: replayed)
  }

  func credits(_ text: String) throws -> Credits { try #require(Credits(text)) }

  func models() throws -> Models { try Models(Settings(ConnectionFlags(), config: nil, environment: [:])) }

  @Test func authorization() throws {
    let report = accepted(
      Authorization(hold: Self.hold, amount: try credits("24"), expires: Self.at, priceBook: 1), replayed: true
    ).report
    #expect(
      report.json.line
        == #"{"hold":"0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90","amount":"24","expires":"2026-11-22T17:00:00.25Z","#
        + #""priceBook":1,"id":"0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90","replayed":true}"#)
    #expect(report.text.hasPrefix("authorized  24 credits\nhold        0199f0aa-"))
    #expect(report.text.contains("replayed"))
  }

  @Test func settlements() throws {
    let (one, two) = (try credits("1"), try credits("2.5"))
    let hold = #""hold":"\#(Self.hold)""#
    let tail = #""id":"\#(Self.id)","replayed":false}"#
    let reports = [
      accepted(Captured(amount: one, left: two, closed: false)).report(of: Self.hold),
      accepted(Voided(released: two)).report(of: Self.hold), accepted(Extended(expires: Self.at)).report(of: Self.hold),
      accepted(Increased(added: one, total: two, priceBook: 0)).report(of: Self.hold),
      accepted(CapturedLate(amount: one)).report(of: Self.hold),
    ]
    #expect(
      reports.map(\.json.line) == [
        "{\(hold),\"captured\":\"1\",\"left\":\"2.5\",\"closed\":false,\(tail)",
        "{\(hold),\"released\":\"2.5\",\(tail)", "{\(hold),\"expires\":\"2026-11-22T17:00:00.25Z\",\(tail)",
        "{\(hold),\"added\":\"1\",\"total\":\"2.5\",\"priceBook\":null,\(tail)", "{\(hold),\"captured\":\"1\",\(tail)",
      ])
    #expect(reports[0].text.hasPrefix("captured  1 credit\n"))
  }

  @Test func balanceByLot() throws {
    let lot = Balance.Lot(
      lot: Self.id.lot, source: .plan, priority: 100, effective: Self.at, expires: .never, pricePaid: 9_900_000,
      granted: try credits("50"), pending: .zero, available: try credits("26"), held: try credits("6"),
      captured: try credits("18"), expired: .zero, voided: .zero)
    let balance = Balance(
      account: Self.account, state: .active, available: try credits("26"), held: try credits("6"), pending: .zero,
      overdraftLimit: .zero, overdraftUsed: .zero, expiringSoon: .zero, openHolds: 1, lotCount: 2, asOf: Self.at,
      lots: [lot], nextLots: nil)
    let report = balance.report([lot], hasMore: true)
    #expect(
      report.json.line
        == #"{"account":"00000000-0000-0001-0000-000000000002","state":"active","available":"26","held":"6","#
        + #""pending":"0","overdraftLimit":"0","overdraftUsed":"0","expiringSoon":"0","openHolds":1,"lotCount":2,"#
        + #""asOf":"2026-11-22T17:00:00.25Z","lots":[{"lot":"0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90","source":"plan","#
        + #""priority":100,"effective":"2026-11-22T17:00:00.25Z","expires":null,"pricePaid":"9.9","granted":"50","#
        + #""pending":"0","available":"26","held":"6","captured":"18","expired":"0","voided":"0"}],"more":true}"#)
    #expect(report.text.contains("$9.90"))
    #expect(report.text.hasSuffix("… and 1 more lots: --all lists them\n"))
  }

  @Test func entry() throws {
    let entry = Entry(
      number: EntryNumber(rawValue: 7), previous: .none, kind: .held, at: Self.at, request: Self.id, hold: Self.hold,
      amount: try credits("6"), available: try credits("44"), held: try credits("6"), job: Self.job, project: .zero,
      member: .zero, priceBook: 1, actor: "", reason: "",
      postings: [
        Posting(lot: Self.id.lot, from: Bucket(rawValue: 2), to: Bucket(rawValue: 3), amount: try credits("6"))
      ])
    #expect(
      entry.json.line
        == #"{"entry":7,"previous":null,"kind":"held","at":"2026-11-22T17:00:00.25Z","amount":"6","available":"44","#
        + #""held":"6","request":"\#(Self.id)","hold":"\#(Self.id)","project":null,"member":null,"priceBook":1,"#
        + #""job":{"width":1024,"height":1024,"count":4,"model":1,"quality":"standard","steps":0,"controlNets":0,"#
        + #""features":["preview"]},"actor":null,"reason":null,"postings":[{"lot":"\#(Self.id)","from":"available","#
        + #""to":"held","amount":"6"}]}"#)
    #expect(try entry.row(models()).last == "4 × 1024×1024 standard studio, preview")
  }

  @Test func holdOfARawAmountHasNoJob() throws {
    var job = Self.job
    job.count = 0
    let hold = Hold(
      hold: Self.hold, account: Self.account, state: .open, job: job, project: .zero, member: .zero,
      amount: try credits("3"), captured: .zero, left: try credits("3"), images: 0, imagesCaptured: 0,
      authorizedAt: Self.at, expires: Self.at, priceBook: 0)
    #expect(hold.json["job"] == .null)
    #expect(hold.json["priceBook"] == .null)
    #expect(try !hold.report(models()).text.contains("job"))
  }

  @Test func namesOfModelsComeOnlyFromTheBookThatPriced() throws {
    let models = try models()
    #expect(models.name(of: 1, priceBook: 1) == "studio")
    #expect(models.name(of: 1, priceBook: 2) == "model 1")
    #expect(models.name(of: 99, priceBook: 1) == "model 99")
  }

  @Test func healthAndInfo() {
    let report = HealthReport(service: "", since: Self.at, status: .draining)
    #expect(report.json.line == #"{"service":"gate","status":"draining","since":"2026-11-22T17:00:00.25Z"}"#)
    #expect(report.text == "gate  draining  since 2026-11-22T17:00:00Z\n")
  }
}
