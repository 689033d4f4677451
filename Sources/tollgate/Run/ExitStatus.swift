// What the program's exit status says: scripts decide by it, so the numbers never change.

internal import TollgateClient

/// The exit statuses; documented in docs/cli.md and in `tollgate --help`.
enum ExitStatus: Int32, CaseIterable {
  /// Done.
  case done = 0
  /// Something failed that none of the others names.
  case failure = 1
  /// The command line, a setting or an input file is wrong; nothing was asked.
  case usage = 2
  /// The gate refused by a rule of the business.
  case denied = 3
  /// The gate cannot be reached, or TLS failed; nothing moved.
  case unreachable = 4
  /// The gate knows the caller, or not, and does not let it do this.
  case forbidden = 5
  /// The time was over, or the connection broke: whether the gate carried it out is unknown.
  case unknownOutcome = 6

  /// For `--help` and the documentation.
  var meaning: String {
    switch self {
    case .done: "done"
    case .failure: "failed in a way that none of the others names"
    case .usage: "wrong usage: the command line, a setting or an input file"
    case .denied: "denied by a rule of the business: the message says what would mend it"
    case .unreachable: "the gate cannot be reached, or TLS failed; nothing moved"
    case .forbidden: "the certificate may not do this, or the gate does not know it"
    case .unknownOutcome: "no answer, outcome unknown: repeat with the id that is printed"
    }
  }

  /// The status of an accident. Only a call that mutates can leave its outcome unknown.
  init(_ error: TollgateError, mutates: Bool) {
    switch error.code {
    case .permissionDenied, .unauthenticated: self = .forbidden
    case .invalidConfiguration: self = .usage
    case _ where error.outcome == .unknown && mutates: self = .unknownOutcome
    case .deadlineExceeded: self = .unknownOutcome
    case .unavailable, .tlsFailed: self = .unreachable
    default: self = .failure
    }
  }

  /// The status of a batch: what is most urgent to look at wins.
  static func worst(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
    let urgency: [ExitStatus] = [.unknownOutcome, .failure, .unreachable, .forbidden, .usage, .denied]
    let seen = Set(statuses)
    return urgency.first { seen.contains($0) } ?? .done
  }
}
