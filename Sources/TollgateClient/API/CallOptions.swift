// What a caller may say of one call: how long it may take, under which id, in which trace.

public import TollgateValues

/// Options of one call; the defaults are right for most.
public struct CallOptions: Sendable, Hashable {
  /// How long the call may take, retries included; nil takes the client's default (5 s).
  public var timeout: Duration?
  /// The idempotency id of a mutating call; nil lets the client make one. Give the same id to repeat a call safely.
  public var id: RequestID?
  /// The trace that the call belongs to.
  public var trace: TraceContext?

  /// Options of one call.
  public init(timeout: Duration? = nil, id: RequestID? = nil, trace: TraceContext? = nil) {
    self.timeout = timeout
    self.id = id
    self.trace = trace
  }
}

/// The W3C trace context: which trace a call belongs to, and which span made it.
public struct TraceContext: Sendable, Hashable, BitwiseCopyable {
  /// The first eight bytes of the trace id, big-endian.
  public var traceHigh: UInt64
  /// The last eight bytes of the trace id, big-endian.
  public var traceLow: UInt64
  /// The span id, big-endian.
  public var span: UInt64
  /// The trace flags; bit 0 says that the trace is sampled.
  public var flags: UInt8

  /// A trace context of its numbers.
  public init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.flags = flags
  }

  /// Reads a W3C `traceparent` header of version 00; nil for anything else.
  public init?(traceparent: String) {
    let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[3].utf8.count == 2, let high = UInt64(parts[1].prefix(16), radix: 16),
      let low = UInt64(parts[1].suffix(16), radix: 16), let span = UInt64(parts[2], radix: 16),
      let flags = UInt8(parts[3], radix: 16), high | low != 0, span != 0
    else { return nil }
    self.init(traceHigh: high, traceLow: low, span: span, flags: flags)
  }
}
