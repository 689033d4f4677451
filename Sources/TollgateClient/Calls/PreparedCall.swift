// A call on its way to a connection: its frame is encoded on the caller's thread, so that the loop only copies bytes.

internal import NIOCore
internal import TollgateWire

/// A REQUEST frame that lacks only what the connection adds: call id, timeout and attempt.
struct PreparedCall: Sendable {
  /// The whole frame; call id, timeout and attempt hold placeholders.
  var frame: ByteBuffer
  var deadline: NIODeadline
  var attempt: UInt8
  /// Who waits for the answer, and which of its calls this is.
  var sink: any ReplySink
  var index: Int

  init(frame: ByteBuffer, deadline: NIODeadline, attempt: UInt8, sink: any ReplySink, index: Int = 0) {
    self.frame = frame
    self.deadline = deadline
    self.attempt = attempt
    self.sink = sink
    self.index = index
  }
}

/// Where the connection writes into a prepared frame.
enum RequestPatch {
  static let callID = 8
  static let timeout = FrameHeader.bytes + 4
  static let attempt = FrameHeader.bytes + 49
}

extension ByteBuffer {
  /// Appends a prepared frame and fills in what only the connection knows.
  mutating func write(_ call: PreparedCall, id: UInt64, now: NIODeadline) {
    let start = writerIndex
    writeImmutableBuffer(call.frame)
    setInteger(id, at: start + RequestPatch.callID, endianness: .little)
    // Zero: no timeout of ours, the gate's own counts.
    let timeout = call.deadline < .distantFuture ? (call.deadline - now).timeoutMicroseconds : 0
    setInteger(timeout, at: start + RequestPatch.timeout, endianness: .little)
    setInteger(call.attempt, at: start + RequestPatch.attempt)
  }
}

extension TimeAmount {
  /// As REQUEST carries it: at least one, as 0 would mean no timeout at all; at most 71 minutes.
  var timeoutMicroseconds: UInt32 { UInt32(clamping: max(1, nanoseconds / 1_000)) }
}

/// The answer to a call, still in the buffer in which it arrived: the caller decodes it on its own thread.
struct RawReply: Sendable {
  var head: ResponseHead
  var place: MessagePlace
  var buffer: ByteBuffer

  init(head: ResponseHead, place: MessagePlace, buffer: ByteBuffer) {
    self.head = head
    self.place = place
    self.buffer = buffer
  }
}

/// Who waits for answers. May be called from any thread; only the first end of a call counts.
protocol ReplySink: AnyObject, Sendable {
  /// Whether nobody waits any more, so that the call need not be sent.
  func isFinished(_ index: Int) -> Bool
  /// The call is about to be sent; from now on nobody can say that it was not processed.
  func sent(_ index: Int, on connection: ConnectionHandle, as call: UInt64)
  /// The call has ended.
  func finish(_ index: Int, _ result: Result<RawReply, TollgateError>)
  /// An item of a stream has come.
  func item(_ index: Int, _ item: RawReply)
}
