// Batch files: both forms give the same requests, and every mistake is reported by line before anything is sent.

import Testing
import TollgateValues

@testable import TollgateClient
@testable import tollgate

@Suite struct BatchFileTests {
  static let account = "0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90"

  func spends(_ text: String, account: AccountID? = nil) throws -> [BatchRow<SpendRequest>] {
    let models = try Models(Settings(ConnectionFlags(), config: nil, environment: [:]))
    let defaults = SpendRow.Defaults(account: account, lifetime: .minutes(2))
    return try BatchFile.read(text: text, name: "jobs", fields: SpendRow.fields) { row throws(ParseProblem) in
      try SpendRow.request(row, defaults: defaults, models: models)
    }
  }

  func captures(_ text: String) throws -> [BatchRow<CaptureRequest>] {
    try BatchFile.read(text: text, name: "file", fields: CaptureRow.fields) { row throws(ParseProblem) in
      try CaptureRow.request(row)
    }
  }

  func message(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? Failure)?.message ?? "\(error)" }
    return nil
  }

  @Test func csvAndJSONLinesSayTheSame() throws {
    let csv = """
      account,size,model,quality,count,features,control-nets,lifetime,amount
      \(Self.account),1024x768,studio,high,4,preview;face-restoration,2,30m,
      \(Self.account),,,,,,,,2.5
      """
    let json = """
      {"account": "\(Self.account)", "width": 1024, "height": 768, "model": 1, "quality": "high", "count": 4, \
      "features": ["preview", "face-restoration"], "controlNets": 2, "lifetime": "30m"}

      {"account": "\(Self.account)", "amount": 2.5, "size": null}
      """
    let (left, right) = (try spends(csv), try spends(json))
    #expect(left.map(\.request) == right.map(\.request))
    #expect(left.map(\.line) == [2, 3])
    #expect(right.map(\.line) == [1, 3])
    #expect(
      left[0].request.spend
        == .job(
          Job(
            width: 1024, height: 768, count: 4, model: 1, quality: .high, controlNets: 2,
            features: [.preview, .faceRestoration])))
    #expect(left[0].request.lifetime == .minutes(30))
    #expect(left[1].request.spend == .amount(Credits(microcredits: 2_500_000)))
    #expect(left[1].request.lifetime == .minutes(2))
  }

  @Test func decimalsOfJSONAreExact() throws {
    let rows = try spends(#"{"account": "\#(Self.account)", "amount": 0.000001}"#)
    #expect(rows[0].request.spend == .amount(Credits(microcredits: 1)))
    let large = try spends(#"{"account": "\#(Self.account)", "amount": 999999999999.123456}"#)
    #expect(large[0].request.spend == .amount(Credits(microcredits: 999_999_999_999_123_456)))
  }

  @Test func theCommandLinesAccountStandsIn() throws {
    let account = try #require(AccountID(Self.account))
    #expect(try spends("size\n512\n", account: account)[0].request.account == account)
    #expect(message { _ = try spends("size\n512\n") }?.contains("jobs:2: account is missing") == true)
  }

  @Test func allMistakesAreReportedTogether() throws {
    let csv = """
      account,size,count,model,features,amount
      \(Self.account),10y10,1,,,
      nobody,512,1,,,
      \(Self.account),512,0,,,
      \(Self.account),512,1,nope,,
      \(Self.account),512,1,,sparkle,
      \(Self.account),512,,,,3
      \(Self.account),,,,,
      \(Self.account),512
      """
    let text = try #require(message { _ = try spends(csv) })
    let lines = text.split(separator: "\n").dropFirst().map(String.init)
    let expected = [
      "jobs:2: size is \"10y10\": expected a size", "jobs:3: account is \"nobody\": expected a UUID",
      "jobs:4: count is \"0\": expected a whole number from 1", "jobs:5: model is \"nope\": no model is called",
      "jobs:6: features is \"sparkle\": sparkle is no feature", "jobs:7: amount and size exclude each other",
      "jobs:8: size is missing", "jobs:9: expected 6 fields, as in the first line; found 2",
    ]
    #expect(lines.count == expected.count, "\(text)")
    for (line, start) in zip(lines, expected) { #expect(line.hasPrefix(start), "\(line)") }
  }

  @Test func unknownFieldsAreRefused() {
    #expect(
      message { _ = try spends("acount,size\n,512\n") }?.contains("jobs:1: \"acount\" is no field: fields are account")
        == true)
    #expect(message { _ = try spends("{\"sise\": 512}") }?.contains("jobs:1: \"sise\" is no field") == true)
    #expect(message { _ = try spends("size,size\n1,2\n") }?.contains("a field is named twice") == true)
    #expect(message { _ = try spends("{\"size\": {}}") }?.contains("jobs:1: expected an object of texts") == true)
    #expect(message { _ = try spends("{\"size\": ") }?.contains("jobs:1: ") == true)
    #expect(message { _ = try spends("") }?.contains("there are no rows") == true)
    #expect(message { _ = try spends("size\n\"512") }?.contains("a quoted field has no end") == true)
  }

  @Test func csvIsReadAsRFC4180HasIt() {
    var scanner = CSVScanner("a,\"b,\"\"c\"\"\r\nd\"\r\n\r\n,\n")
    let first = scanner.next()
    #expect(first?.line == 1)
    #expect(first?.cells == ["a", "b,\"c\"\r\nd"])
    let second = scanner.next()
    #expect(second?.line == 4)
    #expect(second?.cells == ["", ""])
    #expect(scanner.next() == nil)
  }

  @Test func whatStandsBehindQuotesBelongsToTheField() {
    var scanner = CSVScanner("\"a\"b,\"c\"\n\"d\"e")
    #expect(scanner.next()?.cells == ["ab", "c"])
    #expect(scanner.next()?.cells == ["de"])
    #expect(scanner.next() == nil)
  }

  @Test func capturesTakeAllUnlessToldOtherwise() throws {
    let rows = try captures(
      """
      \u{FEFF}hold,amount,images,close,allow_excess
      \(Self.account),,,,
      \(Self.account),2.5,,,true
      \(Self.account),,3,yes,
      \(Self.account),0,,,
      """)
    #expect(rows.map(\.request.take) == [.all, .amount(Credits(microcredits: 2_500_000)), .images(3), .amount(.zero)])
    #expect(rows.map(\.request.closes) == [true, false, true, false])
    #expect(rows.map(\.request.allowsExcess) == [false, true, false, false])
    #expect(message { _ = try captures("hold,amount,images\n\(Self.account),1,1") }?.contains("exclude") == true)
    #expect(message { _ = try captures("hold\n-\n") }?.contains("file:2: hold is \"-\"") == true)
  }

  func quotes(_ text: String, account: AccountID? = nil) throws -> [BatchRow<QuoteRow>] {
    let models = try Models(Settings(ConnectionFlags(), config: nil, environment: [:]))
    return try BatchFile.read(text: text, name: "jobs", fields: SpendRow.fields) { row throws(ParseProblem) in
      try QuoteRow.request(row, account: account, models: models)
    }
  }

  @Test func quotesReadTheFileOfAnAuthorize() throws {
    let csv = """
      account,size,model,count,lifetime,project,id
      \(Self.account),1024x768,studio,4,30m,\(Self.account),\(Self.account)
      ,512,0,,,,
      """
    let account = try #require(AccountID(Self.account))
    let other = AccountID(high: 1, low: 2)
    let rows = try quotes(csv, account: other)
    #expect(rows.map(\.request.account) == [account, other])
    #expect(
      rows.map(\.request.job) == [Job(width: 1024, height: 768, count: 4, model: 1), Job(width: 512, height: 512)])
    #expect(message { _ = try quotes(csv) }?.contains("jobs:3: account is missing") == true)
    #expect(
      message { _ = try quotes("amount\n3\n", account: account) }?.contains("jobs:2: amount has no price") == true)
  }

  @Test func quotesOfRowsAndTheirTotals() throws {
    let account = try #require(AccountID(Self.account))
    let row = BatchRow(line: 2, request: QuoteRow(account: account, job: Job(width: 512, height: 512)))
    let quote = QuoteID(high: 0x6b02_1f00_0000_0001, low: 7)
    let price = QuotedPrice(
      id: quote, amount: Credits(microcredits: 1_500_000), priceBook: 1,
      expires: Instant(nanoseconds: 1_800_000_000_000_000_000))
    #expect(
      QuoteRun.json(row, .success(price)).line
        == #"{"line":2,"result":"quoted","account":"\#(account)","quote":"\#(quote)","amount":"1.5","#
        + #""expires":"2027-01-15T08:00:00Z","priceBook":1}"#)
    let failure = Failure(
      Denial(reason: .priceRefused, message: "the price book has no such model"), id: nil, of: Subject())
    #expect(QuoteRun.json(row, .failure(failure))["result"] == .string("denied"))
    #expect(QuoteRun.cells(row, .failure(failure)).last?.contains("no such model") == true)
    #expect(QuoteRun.cells(row, .failure(failure)).count == QuoteRun.columns.count)
    var totals = QuoteTotals()
    totals.learn(account, available: Credits(microcredits: 4_000_000))
    for price in [price, nil, price, price] { totals.add(account, price) }
    totals.add(AccountID(high: 1, low: 2), nil)
    #expect(
      QuoteRun.summary(totals.all)
        == """
        5 rows: 3 quoted, 2 denied
        account \(account): 3 of 4 rows quoted, 4.5 credits of 4 available: 0.5 short, its first 3 would fit
        account 00000000-0000-0001-0000-000000000002: 0 of 1 row quoted, 0 credits

        """)
    #expect(
      totals.all[0].json.line
        == #"{"result":"total","account":"\#(account)","rows":4,"quoted":3,"amount":"4.5","available":"4","#
        + #""shortfall":"0.5","fittingRows":3}"#)
    #expect(totals.all[1].json["available"] == .null)
  }

  @Test func resultsSayWhatBecameOfEachRow() throws {
    let id = try #require(RequestID(Self.account))
    let request = CaptureRequest(hold: id.hold, id: id)
    let done = RowResult(
      line: 2, id: id,
      outcome: .success(
        Accepted(value: Captured(amount: Credits(microcredits: 1), left: .zero, closed: true), id: id, replayed: false))
    )
    #expect(
      CaptureBatch.json(request, done).line
        == #"{"line":2,"result":"captured","hold":"\#(id)","captured":"0.000001","left":"0","closed":true,"#
        + #""id":"\#(id)","replayed":false}"#)
    let denial = Denial(reason: .holdExpired, message: "the hold expired")
    let denied = RowResult<Captured>(
      line: 3, id: id, outcome: .failure(Failure(denial, id: id, of: CaptureBatch.subject(request))))
    #expect(CaptureBatch.json(request, denied)["result"] == .string("denied"))
    #expect(CaptureBatch.row(request, denied).last?.contains("tollgate capture-late \(id)") == true)
    #expect(CaptureBatch.row(request, denied).count == CaptureBatch.columns.count + 3)
    #expect(
      CaptureBatch.summary([.done: 3, .denied: 1, .unknownOutcome: 1], unsent: 2)
        == "7 rows: 3 captured, 1 denied, 1 failed, 2 not sent\n")
  }
}
