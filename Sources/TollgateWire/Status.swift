// How a call ended: gRPC's canonical codes by number, and whether a retry can do harm.

/// gRPC's canonical status codes. Unknown numbers are kept.
@usableFromInline
package struct StatusCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable package static var ok: StatusCode { StatusCode(rawValue: 0) }
  @inlinable package static var cancelled: StatusCode { StatusCode(rawValue: 1) }
  @inlinable package static var unknown: StatusCode { StatusCode(rawValue: 2) }
  @inlinable package static var invalidArgument: StatusCode { StatusCode(rawValue: 3) }
  @inlinable package static var deadlineExceeded: StatusCode { StatusCode(rawValue: 4) }
  @inlinable package static var notFound: StatusCode { StatusCode(rawValue: 5) }
  @inlinable package static var alreadyExists: StatusCode { StatusCode(rawValue: 6) }
  @inlinable package static var permissionDenied: StatusCode { StatusCode(rawValue: 7) }
  @inlinable package static var resourceExhausted: StatusCode { StatusCode(rawValue: 8) }
  @inlinable package static var failedPrecondition: StatusCode { StatusCode(rawValue: 9) }
  @inlinable package static var aborted: StatusCode { StatusCode(rawValue: 10) }
  @inlinable package static var outOfRange: StatusCode { StatusCode(rawValue: 11) }
  @inlinable package static var unimplemented: StatusCode { StatusCode(rawValue: 12) }
  package static let `internal` = StatusCode(rawValue: 13)
  @inlinable package static var unavailable: StatusCode { StatusCode(rawValue: 14) }
  @inlinable package static var dataLoss: StatusCode { StatusCode(rawValue: 15) }
  @inlinable package static var unauthenticated: StatusCode { StatusCode(rawValue: 16) }
}

extension StatusCode: CustomStringConvertible {
  private static let names = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
  ]

  /// The canonical name, or the number of an unknown code.
  @usableFromInline package var description: String {
    Int(rawValue) < StatusCode.names.count ? StatusCode.names[Int(rawValue)] : "status \(rawValue)"
  }
}

/// Whether the call changed anything: what tells a client if a retry is safe. Unknown numbers mean `unknown`.
@usableFromInline
package struct CallOutcome: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt8
  @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// It may have been carried out or not: only a retry with the same idempotency id is safe.
  @inlinable package static var unknown: CallOutcome { CallOutcome(rawValue: 0) }
  /// Nothing happened, nothing is remembered: any retry is safe.
  @inlinable package static var notProcessed: CallOutcome { CallOutcome(rawValue: 1) }
  /// Decided, and durable: this is the lasting answer.
  @inlinable package static var done: CallOutcome { CallOutcome(rawValue: 2) }
}

/// Flags of a RESPONSE and of a batch's results. Unknown bits are kept.
@usableFromInline
package struct ResponseFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt8
  @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The original answer of an earlier request with the same id, byte for byte.
  @inlinable package static var replayed: ResponseFlags { ResponseFlags(rawValue: 1) }
}

/// Why a connection ends by CONN_ERROR. Unknown numbers are kept.
package struct ConnectionErrorCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let malformedFrame = ConnectionErrorCode(rawValue: 1)
  package static let frameTooLong = ConnectionErrorCode(rawValue: 2)
  package static let unknownFrame = ConnectionErrorCode(rawValue: 3)
  package static let unexpectedFrame = ConnectionErrorCode(rawValue: 4)
  package static let handshakeTimeout = ConnectionErrorCode(rawValue: 5)
  package static let versionUnsupported = ConnectionErrorCode(rawValue: 6)
  package static let unauthenticated = ConnectionErrorCode(rawValue: 7)
  package static let callIDNotIncreasing = ConnectionErrorCode(rawValue: 8)
  package static let tooManyCalls = ConnectionErrorCode(rawValue: 9)
  package static let controlFlood = ConnectionErrorCode(rawValue: 10)
  package static let pingTimeout = ConnectionErrorCode(rawValue: 11)
  package static let slowReader = ConnectionErrorCode(rawValue: 12)
  package static let tooManyConnections = ConnectionErrorCode(rawValue: 13)
  package static let metadataTooLong = ConnectionErrorCode(rawValue: 14)
  package static let internalError = ConnectionErrorCode(rawValue: 15)
}

/// Why a connection is drained. Unknown numbers are kept.
package struct GoAwayReason: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let shutdown = GoAwayReason(rawValue: 1)
  package static let maxAge = GoAwayReason(rawValue: 2)
  package static let idle = GoAwayReason(rawValue: 3)
  package static let notLeader = GoAwayReason(rawValue: 4)
  package static let overload = GoAwayReason(rawValue: 5)
}

/// Why a caller cancels. Unknown numbers are kept.
package struct CancelReason: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let unspecified = CancelReason(rawValue: 0)
  package static let callerGone = CancelReason(rawValue: 1)
  package static let deadline = CancelReason(rawValue: 2)
}

/// The health of a service. Unknown numbers count as not serving.
package struct HealthStatus: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let unknown = HealthStatus(rawValue: 0)
  package static let serving = HealthStatus(rawValue: 1)
  package static let draining = HealthStatus(rawValue: 2)
  package static let notServing = HealthStatus(rawValue: 3)
  package static let notLeader = HealthStatus(rawValue: 4)
}

/// How much a capture takes, as it travels in `takeKind`. Unknown numbers are refused by the server.
package enum TakeKind {
  /// All that is left.
  package static let all: UInt8 = 0
  /// `takeValue` micro-credits.
  package static let amount: UInt8 = 1
  /// The share of the next `takeValue` images.
  package static let images: UInt8 = 2
}

/// The state of a hold, as it travels in `HoldView.state`; the ended states have the numbers of the ledger's `HoldEnd`.
package enum HoldState {
  package static let open: UInt8 = 0
  package static let captured: UInt8 = 1
  package static let voided: UInt8 = 2
  package static let expired: UInt8 = 3
}

/// Which limit `limitExceeded` names.
package enum LimitNumber {
  package static let frameBytes: UInt8 = 1
  package static let callsInFlight: UInt8 = 2
  package static let batchItems: UInt8 = 3
  package static let textBytes: UInt8 = 4
  package static let deadline: UInt8 = 5
  package static let openStreams: UInt8 = 6
}

/// Why `quoteRefused` refuses a quote.
package enum QuoteRefusalNumber {
  package static let expired: UInt8 = 1
  package static let mismatch: UInt8 = 2
  package static let bookGone: UInt8 = 3
  package static let noBookInForce: UInt8 = 4
}
