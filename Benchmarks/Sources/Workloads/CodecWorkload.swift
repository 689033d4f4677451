// Frames of the hot path, decoded and encoded as a connection does it: all that one read brought, into one buffer.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// A buffer of frames of one kind, and what is done with it in a round.
package final class CodecWorkload: Workload {
  package let name: String
  package let operationsPerRound = batchSize
  private var buffer: ByteBuffer
  private let work: (inout ByteBuffer) throws -> UInt64
  private var sum: UInt64 = 0

  private init(
    decode name: String, write: (inout ByteBuffer, UInt64) throws -> Void,
    _ work: @escaping (inout ByteBuffer) throws -> UInt64
  ) {
    self.name = "codec.decode.\(name)"
    self.work = work
    buffer = CodecWorkload.filled(write)
  }

  private init(encode name: String, _ write: @escaping (inout ByteBuffer, UInt64) throws -> Void) {
    self.name = "codec.encode.\(name)"
    buffer = CodecWorkload.filled(write)
    work = { buffer in
      buffer.clear()
      for call in 1...UInt64(batchSize) { try write(&buffer, call) }
      return UInt64(buffer.readableBytes)
    }
  }

  /// Answers as the server writes them: all of a read through one pen.
  private init(
    answer name: String, _ write: (inout ByteBuffer, UInt64) throws -> Void,
    _ put: @escaping (inout ResponsePen, UInt64) -> Void
  ) {
    self.name = "codec.encode.\(name)"
    buffer = CodecWorkload.filled(write)
    work = { buffer in
      buffer.clear()
      buffer.writeResponses(atMost: batchSize) { pen in
        for call in 1...UInt64(batchSize) { put(&pen, call) }
      }
      return UInt64(buffer.readableBytes)
    }
  }

  package func prepare(rounds: Int) {}

  package func run(rounds: Int) {
    do {
      for _ in 0..<rounds { sum &+= try work(&buffer) }
    } catch {
      preconditionFailure("the benchmark's own frames: \(error)")
    }
    consume(sum)
  }

  private static func filled(_ write: (inout ByteBuffer, UInt64) throws -> Void) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: 64 << 10)
    do {
      for call in 1...UInt64(batchSize) { try write(&buffer, call) }
    } catch {
      preconditionFailure("the benchmark's own frames: \(error)")
    }
    return buffer
  }
}

extension CodecWorkload {
  static func all() -> [CodecWorkload] { requests() + replies() }

  private static func requests() -> [CodecWorkload] {
    let authorize = AuthorizeRequest(
      account: AccountID(high: 7, low: 11), job: Job(width: 512, height: 512), project: ProjectID(high: 1, low: 2))
    let capture = CaptureRequest(hold: HoldID(high: 3, low: 4), takeKind: 0, closes: true)
    let writeAuthorize: (inout ByteBuffer, UInt64) throws -> Void = {
      try $0.writeRequest(RequestHead(method: .authorize, request: RequestID(high: 5, low: $1)), authorize, call: $1)
    }
    let writeCapture: (inout ByteBuffer, UInt64) throws -> Void = {
      try $0.writeRequest(RequestHead(method: .capture, request: RequestID(high: 5, low: $1)), capture, call: $1)
    }
    return [
      CodecWorkload(decode: "authorize-request", write: writeAuthorize) { buffer in
        try frames(of: buffer.readableBytesSpan) { span, frame throws(WireError) in
          let (head, place) = try frame.requestHead(in: span)
          let message = try place.message(AuthorizeRequest.self, in: span)
          return fold(head) ^ fold(message)
        }
      },
      CodecWorkload(encode: "authorize-request", writeAuthorize),
      CodecWorkload(decode: "capture-request", write: writeCapture) { buffer in
        try frames(of: buffer.readableBytesSpan) { span, frame throws(WireError) in
          let (head, place) = try frame.requestHead(in: span)
          let message = try place.message(CaptureRequest.self, in: span)
          return fold(head) ^ fold(message)
        }
      },
      CodecWorkload(encode: "capture-request", writeCapture),
    ]
  }

  private static func replies() -> [CodecWorkload] {
    let authorized = AuthorizeReply(
      hold: HoldID(high: 3, low: 4), amount: Credits(microcredits: 1_500_000), expires: .start, book: 1)
    let captured = CaptureReply(captured: Credits(microcredits: 1_500_000), left: .zero, closed: true)
    let writeAuthorized: (inout ByteBuffer, UInt64) throws -> Void = {
      try $0.writeResponse(ResponseHead(), authorized, call: $1)
    }
    let writeCaptured: (inout ByteBuffer, UInt64) throws -> Void = {
      try $0.writeResponse(ResponseHead(), captured, call: $1)
    }
    return [
      CodecWorkload(decode: "authorize-reply", write: writeAuthorized) { buffer in
        try frames(of: buffer.readableBytesSpan) { span, frame throws(WireError) in
          let (head, place) = try frame.responseHead(in: span)
          let message = try place.message(AuthorizeReply.self, in: span)
          return fold(head) ^ fold(message)
        }
      },
      CodecWorkload(answer: "authorize-reply", writeAuthorized) { $0.put(ResponseHead(), authorized, call: $1) },
      CodecWorkload(decode: "capture-reply", write: writeCaptured) { buffer in
        try frames(of: buffer.readableBytesSpan) { span, frame throws(WireError) in
          let (head, place) = try frame.responseHead(in: span)
          let message = try place.message(CaptureReply.self, in: span)
          return fold(head) ^ fold(message)
        }
      },
      CodecWorkload(answer: "capture-reply", writeCaptured) { $0.put(ResponseHead(), captured, call: $1) },
    ]
  }

  /// Walks over the frames of a read.
  @inline(__always)
  private static func frames(
    of span: RawSpan, _ decode: (RawSpan, Frame) throws(WireError) -> UInt64
  ) throws(WireError) -> UInt64 {
    let decoder = FrameDecoder()
    var position = 0
    var sum: UInt64 = 0
    while let frame = try decoder.next(in: span, at: &position) { sum &+= try decode(span, frame) }
    return sum
  }
}

// Decoding may be inlined, so a case that looked at some fields only would be spared the others: these look at all.

@inline(__always)
private func fold(_ id: some Identifier) -> UInt64 { id.high ^ id.low }

@inline(__always)
private func fold(_ head: RequestHead) -> UInt64 {
  let trace = head.trace.traceHigh ^ head.trace.traceLow ^ head.trace.span ^ UInt64(head.trace.flags)
  let numbers = UInt64(head.method.rawValue) ^ UInt64(head.version) ^ UInt64(head.timeoutMicroseconds)
  return fold(head.request) ^ trace ^ numbers ^ UInt64(head.attempt) ^ UInt64(head.credit)
}

@inline(__always)
private func fold(_ head: ResponseHead) -> UInt64 {
  let codes = UInt64(head.status.rawValue) ^ UInt64(head.detail.rawValue) ^ UInt64(head.outcome.rawValue)
  return codes ^ UInt64(head.retryAfterMilliseconds) ^ UInt64(head.flags.rawValue) ^ UInt64(head.serverMicroseconds)
}

@inline(__always)
private func fold(_ job: Job) -> UInt64 {
  let sizes = UInt64(job.width) ^ UInt64(job.height) ^ UInt64(job.steps) ^ UInt64(job.count) ^ UInt64(job.model)
  return sizes ^ UInt64(job.quality.rawValue) ^ UInt64(job.controlNets) ^ UInt64(job.features.rawValue)
}

@inline(__always)
private func fold(_ message: AuthorizeRequest) -> UInt64 {
  let ids = fold(message.account) ^ fold(message.quote) ^ fold(message.project) ^ fold(message.member)
  let numbers = message.rawAmount.microcredits ^ message.lifetime.nanoseconds
  return ids ^ fold(message.job) ^ UInt64(bitPattern: numbers)
}

@inline(__always)
private func fold(_ message: CaptureRequest) -> UInt64 {
  let flags: UInt64 = (message.closes ? 1 : 0) ^ (message.allowsExcess ? 2 : 0)
  return fold(message.hold) ^ UInt64(message.takeKind) ^ flags ^ UInt64(bitPattern: message.takeValue)
}

@inline(__always)
private func fold(_ message: AuthorizeReply) -> UInt64 {
  let numbers = message.amount.microcredits ^ message.expires.nanoseconds
  return fold(message.hold) ^ UInt64(message.book) ^ UInt64(bitPattern: numbers)
}

@inline(__always)
private func fold(_ message: CaptureReply) -> UInt64 {
  UInt64(bitPattern: message.captured.microcredits ^ message.left.microcredits) ^ (message.closed ? 1 : 0)
}
