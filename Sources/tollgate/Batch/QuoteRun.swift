// Quotes for a file of jobs: a price for each row as it comes, and at the end what each account would have to pay.

internal import TollgateClient

/// A job to quote.
struct QuoteRow: Hashable, Sendable {
  var account: AccountID
  var job: Job
}

extension QuoteRow {
  /// A row of `quote --batch`, which may be that of an authorize: what only an authorize reads is skipped.
  static func request(_ row: FileRow, account: AccountID?, models: Models) throws(ParseProblem) -> QuoteRow {
    guard row.text("amount") == nil else { throw ParseProblem("amount has no price to quote: give a job") }
    guard let account: AccountID = try row.read("account", Parse.identifier) ?? account else {
      throw ParseProblem("account is missing: give it in the row or on the command line")
    }
    return QuoteRow(account: account, job: try SpendRow.job(row, models))
  }
}

/// What all quotes of one account come to.
struct QuoteTotal: Hashable {
  var account: AccountID
  var rows = 0
  var quoted = 0
  var amount = Credits.zero
  /// What the account could set aside when it was last asked; nil if it does not exist.
  var available: Credits?
  /// For how many rows, from the first on, the account has enough.
  var fitting = 0

  mutating func add(_ price: QuotedPrice?) {
    rows += 1
    guard let price else { return }
    quoted += 1
    let (sum, overflows) = amount.microcredits.addingReportingOverflow(price.amount.microcredits)
    amount = Credits(microcredits: overflows ? .max : sum)
    if let available, amount <= available { fitting = rows }
  }

  var shortfall: Credits {
    guard let available, amount > available else { return .zero }
    return Credits(microcredits: amount.microcredits - available.microcredits)
  }

  var text: String {
    var text = "account \(account): \(quoted) of \(rows) row\(rows == 1 ? "" : "s") quoted, \(amount.inWords)"
    guard let available else { return text + "\n" }
    text += " of \(available) available"
    if shortfall > .zero {
      text +=
        ": \(shortfall) short, " + (fitting > 0 ? "its first \(fitting) would fit" : "not even its first would fit")
    }
    return text + "\n"
  }

  var json: JSON {
    .object([
      "result": .string("total"), "account": .id(account), "rows": .number(rows), "quoted": .number(quoted),
      "amount": .credits(amount), "available": .credits(available), "shortfall": .credits(shortfall),
      "fittingRows": .number(fitting),
    ])
  }
}

/// What became of one row.
typealias QuoteResult = Result<QuotedPrice, Failure>

struct QuoteRun {
  /// Rows of one call.
  static let chunk = Limits.batchItemsMax
  /// Accounts whose totals are shown to people.
  static let totalsMax = 20
  static let columns: [Table.Column] = [
    .init("LINE", .right), .init("RESULT"), .init("QUOTE"), .init("AMOUNT", .decimal), .init("EXPIRES"),
    .init("MESSAGE"),
  ]

  var rows: [BatchRow<QuoteRow>]
  var lifetime: TimeSpan

  /// Asks for all rows and prints their quotes. Ends with the status of a denial if any row has no price.
  func run(_ session: Session) async throws {
    let progress = Progress("quote", total: rows.count)
    var table = Table(QuoteRun.columns)
    var totals = QuoteTotals()
    var denied = 0
    for start in stride(from: 0, to: rows.count, by: QuoteRun.chunk) {
      let part = rows[start..<min(start + QuoteRun.chunk, rows.count)]
      progress.show(start)
      let results = try await ask(Array(part), session, &totals)
      denied += results.count { (try? $0.get()) == nil }
      progress.clear()
      if session.output.json {
        Console.output.write(zip(part, results).map { QuoteRun.json($0, $1).line + "\n" }.joined())
      } else {
        Console.output.write(table.render(zip(part, results).map { QuoteRun.cells($0, $1) }))
      }
    }
    if session.output.json {
      Console.output.write(totals.all.map { $0.json.line + "\n" }.joined())
    } else {
      Console.error.write(QuoteRun.summary(totals.all))
    }
    if denied > 0 { throw Finished(status: .denied) }
  }

  /// Asks once for each account of these rows, in the order in which they are first named.
  private func ask(
    _ part: [BatchRow<QuoteRow>], _ session: Session, _ totals: inout QuoteTotals
  ) async throws -> [QuoteResult] {
    var places: [AccountID: [Int]] = [:]
    for (place, row) in part.enumerated() { places[row.request.account, default: []].append(place) }
    var results: [QuoteResult] = part.map { _ in .failure(.usage("")) }
    var asked = Set<AccountID>()
    for row in part where asked.insert(row.request.account).inserted {
      let account = row.request.account
      let own = places[account] ?? []
      let jobs = own.map { part[$0].request.job }
      let decision = try await session.ask { () async throws(TollgateError) in
        try await session.client.quoteBatch(jobs, for: account, lifetime: lifetime)
      }
      if let batch = decision.success { totals.learn(account, available: batch.available) }
      for (index, place) in own.enumerated() {
        let item = decision.success?.items[index]
        totals.add(account, item?.success)
        results[place] = QuoteRun.judge(item, decision.denial, part[place].request)
      }
    }
    return results
  }

  private static func judge(_ item: Decision<QuotedPrice>?, _ denial: Denial?, _ row: QuoteRow) -> QuoteResult {
    if let price = item?.success { return .success(price) }
    let denial = item?.denial ?? denial ?? Denial(reason: .priceRefused, message: "there is no answer for this row")
    return .failure(Failure(denial, id: nil, of: Subject(account: row.account, count: row.job.count)))
  }
}

extension QuoteRun {
  static func cells(_ row: BatchRow<QuoteRow>, _ result: QuoteResult) -> [String] {
    switch result {
    case .success(let price):
      return [
        String(row.line), "quoted", price.id.description, price.amount.description, price.expires.brief, "",
      ]
    case .failure(let failure):
      let remedy = failure.remedies.first.map { "; try: \($0)" } ?? ""
      return [String(row.line), "denied", "", "", "", failure.message + remedy]
    }
  }

  static func json(_ row: BatchRow<QuoteRow>, _ result: QuoteResult) -> JSON {
    let line = JSON.Field(name: "line", value: .number(row.line))
    let account = JSON.Field(name: "account", value: .id(row.request.account))
    switch result {
    case .success(let price):
      return .object([
        line, .init(name: "result", value: .string("quoted")), account, .init(name: "quote", value: .id(price.id)),
        .init(name: "amount", value: .credits(price.amount)), .init(name: "expires", value: .instant(price.expires)),
        .init(name: "priceBook", value: .book(price.priceBook)),
      ])
    case .failure(let failure):
      return .object([
        line, .init(name: "result", value: .string("denied")), account,
        .init(name: "error", value: failure.json["error"] ?? .null),
      ])
    }
  }

  static func summary(_ totals: [QuoteTotal]) -> String {
    let (rows, quoted) = (totals.map(\.rows).reduce(0, +), totals.map(\.quoted).reduce(0, +))
    var text = "\(rows) row\(rows == 1 ? "" : "s"): \(quoted) quoted"
    if rows > quoted { text += ", \(rows - quoted) denied" }
    text += "\n" + totals.prefix(totalsMax).map(\.text).joined()
    if totals.count > totalsMax { text += "… and \(totals.count - totalsMax) more accounts (all with --json)\n" }
    return text
  }
}

/// The totals by account, in the order in which the accounts came.
struct QuoteTotals {
  private(set) var all: [QuoteTotal] = []
  private var places: [AccountID: Int] = [:]

  private mutating func place(_ account: AccountID) -> Int {
    if let place = places[account] { return place }
    places[account] = all.count
    all.append(QuoteTotal(account: account))
    return all.count - 1
  }

  mutating func learn(_ account: AccountID, available: Credits) { all[place(account)].available = available }
  mutating func add(_ account: AccountID, _ price: QuotedPrice?) { all[place(account)].add(price) }
}
