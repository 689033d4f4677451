// The wire's numbers in words, for error messages.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension GoAwayReason {
  var sentence: String {
    switch self {
    case .shutdown: "the gate shuts down"
    case .maxAge: "the connection reached its maximum age"
    case .idle: "the connection was idle"
    case .notLeader: "the gate no longer leads"
    case .overload: "the gate is overloaded"
    default: "the gate drains for reason \(rawValue)"
    }
  }
}

extension ConnectionErrorCode {
  var sentence: String {
    switch self {
    case .malformedFrame: "the gate saw a malformed frame"
    case .frameTooLong: "the gate saw a frame above its limit"
    case .unknownFrame: "the gate saw a frame of an unknown type"
    case .unexpectedFrame: "the gate saw a frame out of order"
    case .handshakeTimeout: "the gate waited too long for HELLO"
    case .versionUnsupported: "the gate speaks another version of the protocol"
    case .unauthenticated: "the gate does not know this client: check its certificate"
    case .callIDNotIncreasing: "the gate saw a call id that does not increase"
    case .tooManyCalls: "the gate saw too many calls in flight"
    case .controlFlood: "the gate saw too many control frames"
    case .pingTimeout: "the gate's ping had no answer"
    case .slowReader: "this client read too slowly"
    case .tooManyConnections: "the gate has too many connections"
    case .metadataTooLong: "the gate saw metadata above its limit"
    case .internalError: "the gate failed"
    default: "the gate closed with code \(rawValue)"
    }
  }

  var clientCode: TollgateError.Code {
    switch self {
    case .unauthenticated: .unauthenticated
    case .versionUnsupported: .unimplemented
    case .tooManyConnections, .tooManyCalls, .controlFlood, .slowReader: .resourceExhausted
    case .handshakeTimeout, .pingTimeout, .internalError: .unavailable
    default: .protocolViolation
    }
  }
}

extension TimeAmount {
  init(_ span: TimeSpan) { self = .nanoseconds(span.nanoseconds) }

  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    self = .nanoseconds(overflow ? (seconds < 0 ? .min / 2 : .max / 2) : whole + attoseconds / 1_000_000_000)
  }

  var text: String { TimeSpan(nanoseconds: nanoseconds).description }
}
