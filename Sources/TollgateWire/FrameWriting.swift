// Appends frames to a connection's outbound buffer: room is reserved once, lengths are put in when they are known.

package import NIOCore
internal import TollgateValues

extension ByteBuffer {
  /// Appends a REQUEST; returns the bytes written. On an error the buffer is as it was before.
  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: some WireMessage, call: UInt64, metadata: Metadata = .none,
    frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeCallFrame(.request, call, RequestHead.blockBytes, message, metadata, frameBytesMax) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
  }

  /// Appends a RESPONSE with a reply; returns the bytes written. On an error the buffer is as it was before.
  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: some WireMessage, call: UInt64, metadata: Metadata = .none,
    frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeCallFrame(.response, call, ResponseHead.blockBytes, message, metadata, frameBytesMax) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
  }

  /// Appends a RESPONSE that carries a detail, whose type is put into the head; nil writes none.
  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, detail: Detail?, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    var head = head
    head.detail = detail?.type ?? .none
    let rootBytes = detail?.rootBytes ?? 0
    return try writeFrame(
      .response, call, ResponseHead.blockBytes, rootBytes, detail?.tailBytesMax ?? 0, .none, frameBytesMax,
      block: { head.encode(into: $0, rootBytes: $1, messageBytes: $2) },
      message: { detail?.encode(into: &$0, at: 0) })
  }

  /// Appends an AuthorizeBatchReply, result by result. On an error the buffer is as it was before.
  package mutating func writeAuthorizeResults(
    _ count: Int, call: UInt64, frameBytesMax: Int, _ result: (Int) -> AuthorizeResult
  ) throws(WireError) {
    try writeResults(count, call, frameBytesMax, AuthorizeBatchReply.rootBytes, result)
  }

  /// Appends a CaptureBatchReply, result by result. On an error the buffer is as it was before.
  package mutating func writeCaptureResults(
    _ count: Int, call: UInt64, frameBytesMax: Int, _ result: (Int) -> CaptureResult
  ) throws(WireError) {
    try writeResults(count, call, frameBytesMax, CaptureBatchReply.rootBytes, result)
  }

  @inline(__always)
  private mutating func writeResults<Result: WireMessage>(
    _ count: Int, _ call: UInt64, _ frameBytesMax: Int, _ rootBytes: Int, _ result: (Int) -> Result
  ) throws(WireError) {
    _ = try writeFrame(
      .response, call, ResponseHead.blockBytes, rootBytes, 7 + count * Result.rootBytes, .none, frameBytesMax,
      block: { ResponseHead().encode(into: $0, rootBytes: $1, messageBytes: $2) },
      message: { $0.flatList(count, at: 0, max: Limits.batchItemsMax, result) })
  }

  /// Appends an ITEM of a stream; returns the bytes written. On an error the buffer is as it was before.
  @discardableResult
  package mutating func writeItem(
    _ head: ItemHead, _ message: some WireMessage, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeCallFrame(.item, call, ItemHead.blockBytes, message, .none, frameBytesMax) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
  }

  /// Appends a frame whose block is the message's root: every frame but REQUEST, RESPONSE and ITEM; call 0 is the
  /// connection. Returns the bytes written. On an error the buffer is as it was before.
  @discardableResult
  package mutating func writeFrame<Message: WireMessage>(
    _ type: FrameType, _ message: Message, call: UInt64 = 0, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeFrame(
      type, call, 0, Message.rootBytes, message.tailBytesMax, .none, frameBytesMax, block: { _, _, _ in },
      message: { message.encode(into: &$0, at: 0) })
  }

  @inline(__always)
  private mutating func writeCallFrame<Message: WireMessage>(
    _ type: FrameType, _ call: UInt64, _ blockBytes: Int, _ message: Message, _ metadata: Metadata,
    _ frameBytesMax: Int, block: (UnsafeMutableRawBufferPointer, Int, Int) -> Void
  ) throws(WireError) -> Int {
    try writeFrame(
      type, call, blockBytes, Message.rootBytes, message.tailBytesMax, metadata, frameBytesMax, block: block,
      message: { message.encode(into: &$0, at: 0) })
  }

  /// One frame: header, block (0 bytes: the root is the block), message, metadata.
  @inline(__always)
  private mutating func writeFrame(
    _ type: FrameType, _ call: UInt64, _ blockBytes: Int, _ rootBytes: Int, _ tailBytesMax: Int, _ metadata: Metadata,
    _ frameBytesMax: Int, block: (UnsafeMutableRawBufferPointer, Int, Int) -> Void,
    message: (inout MessageWriter) -> Void
  ) throws(WireError) -> Int {
    let messageStart = FrameHeader.bytes + blockBytes
    let reserved = messageStart + rootBytes + tailBytesMax + metadata.bytes.count
    var problem: WireError?
    let written = writeWithUnsafeMutableBytes(minimumWritableBytes: reserved) { memory in
      let room = FrameHeader.part(of: memory, from: messageStart, count: reserved - messageStart)
      var writer = MessageWriter(room, rootBytes: rootBytes)
      message(&writer)
      let messageBytes = writer.end
      let bytes = blockBytes + messageBytes + metadata.bytes.count
      problem = writer.problem
      if bytes > frameBytesMax { problem = problem ?? WireError(.frameTooLong, at: 0, value: UInt64(bytes)) }
      guard problem == nil else { return 0 }
      if !metadata.bytes.isEmpty {
        FrameHeader.part(of: room, from: messageBytes, count: metadata.bytes.count).copyBytes(from: metadata.bytes)
      }
      FrameHeader.store(type, call, blockBytes: blockBytes == 0 ? rootBytes : blockBytes, bytes: bytes, into: memory)
      block(FrameHeader.part(of: memory, from: FrameHeader.bytes, count: blockBytes), rootBytes, messageBytes)
      return FrameHeader.bytes + bytes
    }
    if let problem { throw problem }
    return written
  }
}
