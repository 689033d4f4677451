// The one error of this program: what happened, what would mend it, and the exit status that says so to scripts.

internal import TollgateClient
internal import TollgateValues

/// Why a command did not do what it was asked.
struct Failure: Error {
  var status: ExitStatus
  /// One word for programs: `denied`, `unavailable`, `usage` …
  var kind: String
  /// A sentence for people.
  var message: String
  /// The reason of a denial, for programs.
  var reason: String?
  /// The idempotency id of the request, if it had one.
  var id: RequestID?
  /// More for programs: shortfall, largest count and so on.
  var details: [JSON.Field] = []
  /// What would mend it, one line each.
  var remedies: [String] = []
  /// What the parser of the command line says, with the command's usage, in place of `text`.
  var parserText: String?

  /// Wrong usage, a wrong setting or a wrong file.
  static func usage(_ message: String, remedies: [String] = []) -> Failure {
    Failure(status: .usage, kind: "usage", message: message, remedies: remedies)
  }

  /// For people, on standard error; without the last line's end.
  func text(_ style: (String, Console.Style) -> String = { text, _ in text }) -> String {
    let sentences = message.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
    var lines = [style("\(label): ", .red) + sentences.joined(separator: "\n")]
    lines += remedies.map { style("  try: ", .bold) + $0.printable }
    if let id { lines.append("  id:  \(id)") }
    return lines.joined(separator: "\n")
  }

  private var label: String { status == .denied ? "denied" : status == .usage ? "wrong usage" : "error" }

  /// For programs, on standard error: `{"error": {…}}` on one line.
  var json: JSON {
    var fields = [
      JSON.Field(name: "kind", value: .string(kind)), JSON.Field(name: "exitStatus", value: .number(status.rawValue)),
      JSON.Field(name: "message", value: .string(message)),
    ]
    if let reason { fields.append(.init(name: "reason", value: .string(reason))) }
    if let id { fields.append(.init(name: "id", value: .id(id))) }
    fields += details
    if !remedies.isEmpty { fields.append(.init(name: "remedies", value: .array(remedies.map { .string($0) }))) }
    return .object(["error": .object(fields)])
  }
}

extension Failure {
  /// An accident on the way to the gate or in it. `id` is that of a mutating request.
  init(_ error: TollgateError, id: RequestID?) {
    if let denial = error.cause as? Denial {
      self.init(denial, id: id, of: Subject())
      return
    }
    let status = ExitStatus(error, mutates: id != nil)
    let outcome =
      switch error.outcome {
      case .notProcessed: "notProcessed"
      case .done: "done"
      case .unknown: "unknown"
      }
    self.init(
      status: status, kind: status == .usage ? "usage" : error.code.description, message: error.message, id: id)
    details = [.init(name: "outcome", value: .string(outcome))]
    if let retryAfter = error.retryAfter {
      details.append(.init(name: "retryAfterMilliseconds", value: .milliseconds(retryAfter)))
    }
    remedies = Failure.remedies(status, error, id)
  }

  private static func remedies(_ status: ExitStatus, _ error: TollgateError, _ id: RequestID?) -> [String] {
    switch status {
    case .unknownOutcome:
      guard let id else { return ["ask again, with a longer --timeout"] }
      return ["repeat the same command with --id \(id): it happens once at most, and you get its answer"]
    case .unreachable where error.code == .tlsFailed:
      return [
        "check --ca, --cert and --key, and that the gate's certificate bears the name of --server or --server-name"
      ]
    case .unreachable: return ["check --server (tollgate settings shows what is in force), and that tollgated runs"]
    case .forbidden: return ["use a certificate whose role may call this: tollgate server describe lists the roles"]
    default: return []
    }
  }

  /// Any other error.
  init(unexpected error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as TollgateError: self.init(error, id: nil)
    case is CancellationError: self.init(status: .failure, kind: "cancelled", message: "cancelled")
    default: self.init(status: .failure, kind: "failure", message: "\(error)")
    }
  }
}

extension JSON {
  fileprivate static func milliseconds(_ duration: Duration) -> JSON {
    .number((duration / .milliseconds(1)).rounded(.up).clamped)
  }
}

extension Double {
  fileprivate var clamped: Int64 { Int64(max(0, min(self, 1e15))) }
}
