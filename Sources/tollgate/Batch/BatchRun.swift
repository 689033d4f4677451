// Runs a batch: chunk by chunk, with a result for each row as it comes, and a summary at the end.

internal import TollgateClient

/// What a kind of batch must say of itself.
protocol Batch {
  associatedtype Request: Sendable
  associatedtype Value: Sendable
  /// For the progress bar: `authorize`.
  static var verb: String { get }
  /// A row's result when it is done: `authorized`.
  static var done: String { get }
  static var columns: [Table.Column] { get }
  var rows: [BatchRow<Request>] { get }
  static func id(_ request: Request) -> RequestID?
  static func with(_ id: RequestID, _ request: Request) -> Request
  static func subject(_ request: Request) -> Subject
  /// The cells of a row that is done, between its result and its message.
  static func cells(_ value: Value, _ request: Request) -> [String]
  /// The same for programs.
  static func fields(_ value: Value, _ request: Request) -> [JSON.Field]
  func call(
    _ client: TollgateClient, _ requests: [Request]
  ) async throws(TollgateError) -> [Result<Decision<Value>, TollgateError>]
}

/// What became of one row.
struct RowResult<Value: Sendable> {
  var line: Int
  var id: RequestID
  var outcome: Result<Accepted<Value>, Failure>

  var status: ExitStatus {
    if case .failure(let failure) = outcome { failure.status } else { .done }
  }
}

extension Batch {
  /// Rows of one call: enough to fill the pipe, few enough for progress to show.
  static var chunk: Int { 512 }

  /// Sends all rows and prints their results. Ends with the most urgent row's status if any is not done.
  func run(_ session: Session) async throws {
    let info = try await session.ask { () async throws(TollgateError) in try await session.client.serverInfo() }
    let ids = RequestIDs()
    ids.learn(serverTime: info.serverTime)
    let progress = Progress(Self.verb, total: rows.count)
    var table = Table([.init("LINE", .right), .init("RESULT")] + Self.columns + [.init("MESSAGE")])
    var counts: [ExitStatus: Int] = [:]
    var sent = 0
    while sent < rows.count {
      let part = rows[sent..<min(sent + Self.chunk, rows.count)]
      progress.show(sent)
      let results = await send(part, ids, session)
      sent += part.count
      for result in results { counts[result.status, default: 0] += 1 }
      progress.clear()
      show(zip(part, results).map { (Self.with($1.id, $0.request), $1) }, &table, session.output)
      // A gate that cannot be reached, does not answer or refuses the caller will do no better with the next rows.
      if results.allSatisfy({ [.unreachable, .unknownOutcome, .forbidden].contains($0.status) }) { break }
    }
    if !session.output.json { Console.error.write(Self.summary(counts, unsent: rows.count - sent)) }
    let worst = ExitStatus.worst(counts.keys)
    if worst != .done { throw Finished(status: worst) }
  }

  private func send(
    _ part: ArraySlice<BatchRow<Request>>, _ ids: RequestIDs, _ session: Session
  ) async -> [RowResult<Value>] {
    let requests = part.map { Self.with(Self.id($0.request) ?? ids.next(), $0.request) }
    let outcomes: [Result<Decision<Value>, TollgateError>]
    do throws(TollgateError) {
      outcomes = try await call(session.client, requests)
    } catch {
      outcomes = requests.map { _ in .failure(error) }
    }
    return zip(zip(part, requests), outcomes).map { pair, outcome in
      let (row, request) = pair
      let id = Self.id(request) ?? .zero
      return RowResult(line: row.line, id: id, outcome: Self.judge(outcome, id, Self.subject(request)))
    }
  }

  private static func judge(
    _ outcome: Result<Decision<Value>, TollgateError>, _ id: RequestID, _ subject: Subject
  ) -> Result<Accepted<Value>, Failure> {
    switch outcome {
    case .success(.accepted(let value, let replayed)): .success(Accepted(value: value, id: id, replayed: replayed))
    case .success(.denied(let denial)): .failure(Failure(denial, id: id, of: subject))
    case .failure(let error): .failure(Failure(error, id: id))
    }
  }

  private func show(_ results: [(Request, RowResult<Value>)], _ table: inout Table, _ output: OutputOptions) {
    if output.json {
      Console.output.write(results.map { Self.json($0, $1).line + "\n" }.joined())
    } else {
      Console.output.write(table.render(results.map { Self.row($0, $1) }))
    }
  }

  static func row(_ request: Request, _ result: RowResult<Value>) -> [String] {
    switch result.outcome {
    case .success(let accepted):
      return [String(result.line), done] + cells(accepted.value, request) + [accepted.replayed ? "replayed" : ""]
    case .failure(let failure):
      let empty = columns.map { $0.title == "ID" ? result.id.description : "" }
      let word = failure.status == .denied ? "denied" : "failed"
      let remedy = failure.remedies.first.map { "; try: \($0)" } ?? ""
      return [String(result.line), word] + empty + [failure.message + remedy]
    }
  }

  static func json(_ request: Request, _ result: RowResult<Value>) -> JSON {
    let line = JSON.Field(name: "line", value: .number(result.line))
    switch result.outcome {
    case .success(let accepted):
      return .object(
        [line, .init(name: "result", value: .string(done))] + fields(accepted.value, request) + accepted.fields)
    case .failure(let failure):
      let word = failure.status == .denied ? "denied" : "failed"
      return .object([
        line, .init(name: "result", value: .string(word)), .init(name: "id", value: .id(result.id)),
        .init(name: "error", value: failure.json["error"] ?? .null),
      ])
    }
  }

  static func summary(_ counts: [ExitStatus: Int], unsent: Int) -> String {
    let total = counts.values.reduce(0, +)
    let (done, denied) = (counts[.done] ?? 0, counts[.denied] ?? 0)
    var parts = ["\(done) \(Self.done)"]
    if denied > 0 { parts.append("\(denied) denied") }
    if total > done + denied { parts.append("\(total - done - denied) failed") }
    if unsent > 0 { parts.append("\(unsent) not sent") }
    return "\(total + unsent) row\(total + unsent == 1 ? "" : "s"): \(parts.joined(separator: ", "))\n"
  }
}

struct AuthorizeBatch: Batch {
  static let verb = "authorize"
  static let done = "authorized"
  static let columns: [Table.Column] = [.init("ID"), .init("AMOUNT", .decimal), .init("EXPIRES")]
  var rows: [BatchRow<SpendRequest>]

  static func id(_ request: SpendRequest) -> RequestID? { request.id }
  static func with(_ id: RequestID, _ request: SpendRequest) -> SpendRequest {
    var request = request
    request.id = id
    return request
  }
  static func subject(_ request: SpendRequest) -> Subject {
    Subject(account: request.account, count: request.spend.count)
  }
  static func cells(_ value: Authorization, _ request: SpendRequest) -> [String] {
    [value.hold.description, value.amount.description, value.expires.brief]
  }
  static func fields(_ value: Authorization, _ request: SpendRequest) -> [JSON.Field] {
    [
      .init(name: "account", value: .id(request.account)), .init(name: "hold", value: .id(value.hold)),
      .init(name: "amount", value: .credits(value.amount)), .init(name: "expires", value: .instant(value.expires)),
      .init(name: "priceBook", value: .book(value.priceBook)),
    ]
  }
  func call(
    _ client: TollgateClient, _ requests: [SpendRequest]
  ) async throws(TollgateError) -> [Result<Decision<Authorization>, TollgateError>] {
    try await client.authorizeBatch(requests)
  }
}

struct CaptureBatch: Batch {
  static let verb = "capture"
  static let done = "captured"
  static let columns: [Table.Column] = [
    .init("HOLD"), .init("CAPTURED", .decimal), .init("LEFT", .decimal), .init("ID"),
  ]
  var rows: [BatchRow<CaptureRequest>]

  static func id(_ request: CaptureRequest) -> RequestID? { request.id }
  static func with(_ id: RequestID, _ request: CaptureRequest) -> CaptureRequest {
    var request = request
    request.id = id
    return request
  }
  static func subject(_ request: CaptureRequest) -> Subject { Subject(hold: request.hold) }
  static func cells(_ value: Captured, _ request: CaptureRequest) -> [String] {
    [request.hold.description, value.amount.description, value.left.description, request.id?.description ?? ""]
  }
  static func fields(_ value: Captured, _ request: CaptureRequest) -> [JSON.Field] {
    [
      .init(name: "hold", value: .id(request.hold)), .init(name: "captured", value: .credits(value.amount)),
      .init(name: "left", value: .credits(value.left)), .init(name: "closed", value: .bool(value.closed)),
    ]
  }
  func call(
    _ client: TollgateClient, _ requests: [CaptureRequest]
  ) async throws(TollgateError) -> [Result<Decision<Captured>, TollgateError>] {
    try await client.captureBatch(requests)
  }
}
