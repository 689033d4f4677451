// The one error of this library: accidents only. What the gate refuses is no error but a `Decision`.

/// Why a call has no answer. Every method of the client throws this type and no other.
public struct TollgateError: Error, Sendable {
  /// What kind of accident it was.
  public var code: Code
  /// A sentence for people: what happened, and where there is a remedy, what it is.
  public var message: String
  /// Whether the gate carried the call out. Only `.notProcessed` promises that nothing moved.
  public var outcome: Outcome
  /// The error beneath, if another library's error led to this one.
  public var cause: (any Error)?
  /// How long the gate asks to wait before trying again, if it said so.
  public var retryAfter: Duration?
  /// Whether the call is kept and repeated by the client itself (see ``TollgateClientConfiguration/Settlement``).
  public var isQueuedForSettlement = false
  /// Whether the gate itself turned the call away; otherwise the connection, or this library, did.
  var isFromGate = false

  /// An error of a kind, with a sentence that says what happened.
  public init(
    code: Code, message: String, outcome: Outcome, cause: (any Error)? = nil, retryAfter: Duration? = nil
  ) {
    self.code = code
    self.message = message
    self.outcome = outcome
    self.cause = cause
    self.retryAfter = retryAfter
  }

  /// What became of a call that failed.
  public enum Outcome: Hashable, Sendable {
    /// The gate did not carry it out; sending it again is safe, with any id.
    case notProcessed
    /// The gate carried it out, and the failure is its lasting answer.
    case done
    /// Nobody here knows. Sending it again is safe only with the same id.
    case unknown
  }

  /// The kind of an accident. New kinds may join, so a `switch` needs a `default`.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Name: String {
      case unavailable, deadlineExceeded, cancelled, permissionDenied, unauthenticated, tlsFailed, protocolViolation
      case resourceExhausted, invalidArgument, invalidConfiguration, notFound, failedPrecondition, aborted
      case unimplemented, internalError, dataLoss, unknown
    }
    private let name: Name
    private init(_ name: Name) { self.name = name }

    /// The name of the kind.
    public var description: String { name.rawValue }

    /// The gate cannot be reached, is draining, or is not ready. Nothing is ever allowed in its stead.
    public static let unavailable = Code(.unavailable)
    /// The call's timeout passed before the answer came.
    public static let deadlineExceeded = Code(.deadlineExceeded)
    /// The task was cancelled, or the client was shut down.
    public static let cancelled = Code(.cancelled)
    /// The certificate's role may not call this method.
    public static let permissionDenied = Code(.permissionDenied)
    /// The gate does not know who this is.
    public static let unauthenticated = Code(.unauthenticated)
    /// The TLS handshake failed, or a certificate was refused.
    public static let tlsFailed = Code(.tlsFailed)
    /// One side sent what the protocol does not allow.
    public static let protocolViolation = Code(.protocolViolation)
    /// A bound was reached: of this client's queue, the retry budget, or the gate's.
    public static let resourceExhausted = Code(.resourceExhausted)
    /// The request itself is wrong, and would be refused again.
    public static let invalidArgument = Code(.invalidArgument)
    /// A setting of the client is wrong; the message says which, and what would be right.
    public static let invalidConfiguration = Code(.invalidConfiguration)
    /// The gate does not know what was asked for.
    public static let notFound = Code(.notFound)
    /// The gate's state does not allow it.
    public static let failedPrecondition = Code(.failedPrecondition)
    /// The gate gave the call up because of a conflict.
    public static let aborted = Code(.aborted)
    /// The gate does not have this method, or not in this version.
    public static let unimplemented = Code(.unimplemented)
    /// Something broke inside the gate or this library.
    public static let internalError = Code(.internalError)
    /// The gate found its own data damaged.
    public static let dataLoss = Code(.dataLoss)
    /// A status that this version does not know.
    public static let unknown = Code(.unknown)
  }
}

extension TollgateError: CustomStringConvertible {
  /// Kind, sentence, what became of the call, and the cause.
  public var description: String {
    let fate =
      switch outcome {
      case .notProcessed: "not processed"
      case .done: "done"
      case .unknown: "outcome unknown"
      }
    return "\(code) (\(fate)): \(message)" + (cause.map { " (\($0))" } ?? "")
  }
}
