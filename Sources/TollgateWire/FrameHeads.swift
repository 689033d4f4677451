// What a call's frames say beside their message: the blocks of REQUEST, RESPONSE and ITEM.

public import TollgateValues

/// REQUEST's block.
@usableFromInline
package struct RequestHead: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var method: Method
  /// The version of the method's messages.
  @usableFromInline package var version: UInt16
  /// How long the caller waits, in microseconds from when the frame arrives; 0 means as long as the server allows.
  @usableFromInline package var timeoutMicroseconds: UInt32
  /// The idempotency id; zero of a method that changes nothing, and of a batch, whose items have their own.
  @usableFromInline package var request: RequestID
  @usableFromInline package var trace: TraceContext
  /// 0 at first, then one more with each retry.
  @usableFromInline package var attempt: UInt8
  /// Of a stream: how many items the caller can take before it grants more.
  @usableFromInline package var credit: UInt32

  @inlinable package static var blockBytes: Int { 64 }

  @inlinable
  package init(
    method: Method, version: UInt16 = 1, timeoutMicroseconds: UInt32 = 0, request: RequestID = .zero,
    trace: TraceContext = .none, attempt: UInt8 = 0, credit: UInt32 = 0
  ) {
    self.method = method
    self.version = version
    self.timeoutMicroseconds = timeoutMicroseconds
    self.request = request
    self.trace = trace
    self.attempt = attempt
    self.credit = credit
  }

  @inlinable @inline(__always)
  package init(block whole: RawSpan) {
    let block = whole.extracting(0..<RequestHead.blockBytes)  // one check for all loads
    method = Method(rawValue: block.u16(at: 0))
    version = block.u16(at: 2)
    timeoutMicroseconds = block.u32(at: 4)
    request = block.id(at: 8)
    trace = TraceContext(
      traceHigh: block.bigEndian64(at: 24), traceLow: block.bigEndian64(at: 32), span: block.bigEndian64(at: 40),
      flags: block.u8(at: 48))
    attempt = block.u8(at: 49)
    credit = block.u32(at: 52)
  }

  @inlinable @inline(__always)
  package func encode(into block: UnsafeMutableRawBufferPointer, rootBytes: Int, messageBytes: Int) {
    block.storeBytes(of: method.rawValue.littleEndian, toByteOffset: 0, as: UInt16.self)
    block.storeBytes(of: version.littleEndian, toByteOffset: 2, as: UInt16.self)
    block.storeBytes(of: timeoutMicroseconds.littleEndian, toByteOffset: 4, as: UInt32.self)
    block.storeBytes(of: request.high.bigEndian, toByteOffset: 8, as: UInt64.self)
    block.storeBytes(of: request.low.bigEndian, toByteOffset: 16, as: UInt64.self)
    block.storeBytes(of: trace.traceHigh.bigEndian, toByteOffset: 24, as: UInt64.self)
    block.storeBytes(of: trace.traceLow.bigEndian, toByteOffset: 32, as: UInt64.self)
    block.storeBytes(of: trace.span.bigEndian, toByteOffset: 40, as: UInt64.self)
    block.storeBytes(of: trace.flags, toByteOffset: 48, as: UInt8.self)
    block.storeBytes(of: attempt, toByteOffset: 49, as: UInt8.self)
    block.storeBytes(of: UInt16(rootBytes).littleEndian, toByteOffset: 50, as: UInt16.self)
    block.storeBytes(of: credit.littleEndian, toByteOffset: 52, as: UInt32.self)
    block.storeBytes(of: UInt32(messageBytes).littleEndian, toByteOffset: 56, as: UInt32.self)
    block.storeBytes(of: 0, toByteOffset: 60, as: UInt32.self)
  }
}

/// RESPONSE's block.
@usableFromInline
package struct ResponseHead: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var status: StatusCode
  /// Which detail the message is, when the status is not OK.
  @usableFromInline package var detail: DetailType
  /// When a retry makes sense, in milliseconds from now; 0 says nothing.
  @usableFromInline package var retryAfterMilliseconds: UInt32
  @usableFromInline package var outcome: CallOutcome
  @usableFromInline package var flags: ResponseFlags
  /// How long the server had the call, in microseconds.
  @usableFromInline package var serverMicroseconds: UInt32

  @inlinable package static var blockBytes: Int { 24 }
  /// Where `serverMicroseconds` stands in the block: a server stamps it when the answer leaves.
  package static let serverTimeOffset = 12

  @inlinable
  package init(
    status: StatusCode = .ok, detail: DetailType = .none, retryAfterMilliseconds: UInt32 = 0,
    outcome: CallOutcome = .done, flags: ResponseFlags = ResponseFlags(rawValue: 0), serverMicroseconds: UInt32 = 0
  ) {
    self.status = status
    self.detail = detail
    self.retryAfterMilliseconds = retryAfterMilliseconds
    self.outcome = outcome
    self.flags = flags
    self.serverMicroseconds = serverMicroseconds
  }

  @inlinable @inline(__always)
  package init(block whole: RawSpan) {
    let block = whole.extracting(0..<ResponseHead.blockBytes)  // one check for all loads
    status = StatusCode(rawValue: block.u16(at: 0))
    detail = DetailType(rawValue: block.u16(at: 2))
    retryAfterMilliseconds = block.u32(at: 4)
    outcome = CallOutcome(rawValue: block.u8(at: 10))
    flags = ResponseFlags(rawValue: block.u8(at: 11))
    serverMicroseconds = block.u32(at: 12)
  }

  @inlinable @inline(__always)
  package func encode(into block: UnsafeMutableRawBufferPointer, rootBytes: Int, messageBytes: Int) {
    block.storeBytes(of: status.rawValue.littleEndian, toByteOffset: 0, as: UInt16.self)
    block.storeBytes(of: detail.rawValue.littleEndian, toByteOffset: 2, as: UInt16.self)
    block.storeBytes(of: retryAfterMilliseconds.littleEndian, toByteOffset: 4, as: UInt32.self)
    block.storeBytes(of: UInt16(rootBytes).littleEndian, toByteOffset: 8, as: UInt16.self)
    block.storeBytes(of: outcome.rawValue, toByteOffset: 10, as: UInt8.self)
    block.storeBytes(of: flags.rawValue, toByteOffset: 11, as: UInt8.self)
    block.storeBytes(of: serverMicroseconds.littleEndian, toByteOffset: 12, as: UInt32.self)
    block.storeBytes(of: UInt32(messageBytes).littleEndian, toByteOffset: 16, as: UInt32.self)
    block.storeBytes(of: 0, toByteOffset: 20, as: UInt32.self)
  }
}

/// ITEM's block.
package struct ItemHead: Hashable, Sendable, BitwiseCopyable {
  /// 0, 1, 2, … within the stream.
  package var sequence: UInt32

  package static let blockBytes = 16

  package init(sequence: UInt32) { self.sequence = sequence }

  init(block: RawSpan) { sequence = block.u32(at: 0) }

  @inlinable @inline(__always)
  package func encode(into block: UnsafeMutableRawBufferPointer, rootBytes: Int, messageBytes: Int) {
    block.storeBytes(of: sequence.littleEndian, toByteOffset: 0, as: UInt32.self)
    block.storeBytes(of: UInt16(rootBytes).littleEndian, toByteOffset: 4, as: UInt16.self)
    block.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
    block.storeBytes(of: UInt32(messageBytes).littleEndian, toByteOffset: 8, as: UInt32.self)
    block.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
  }
}
