// Writing the hot path's frames: a message that is a root alone has a length that the compiler knows, so that a frame is room
// made once and stores at known places. Other modules cannot specialize what extends ByteBuffer, hence an overload each,
// which the compiler prefers by itself.

package import NIOCore
internal import TollgateValues

extension ByteBuffer {
  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: AuthorizeRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootRequest(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: CaptureRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootRequest(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: VoidRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootRequest(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: ExtendRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootRequest(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeRequest(
    _ head: RequestHead, _ message: ChargeRequest, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootRequest(head, message, call, frameBytesMax)
  }
}

extension ByteBuffer {
  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: AuthorizeReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootResponse(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: CaptureReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootResponse(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: VoidReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootResponse(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: ExtendReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootResponse(head, message, call, frameBytesMax)
  }

  @discardableResult
  package mutating func writeResponse(
    _ head: ResponseHead, _ message: ChargeReply, call: UInt64, frameBytesMax: Int = Limits.frameBytesMax
  ) throws(WireError) -> Int {
    try writeRootResponse(head, message, call, frameBytesMax)
  }
}

extension ByteBuffer {
  @inline(__always)
  private mutating func writeRootRequest(
    _ head: RequestHead, _ message: some RootMessage, _ call: UInt64, _ frameBytesMax: Int
  ) throws(WireError) -> Int {
    try writeRootFrame(.request, call, RequestHead.blockBytes, message, frameBytesMax) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
  }

  @inline(__always)
  private mutating func writeRootResponse(
    _ head: ResponseHead, _ message: some RootMessage, _ call: UInt64, _ frameBytesMax: Int
  ) throws(WireError) -> Int {
    try writeRootFrame(.response, call, ResponseHead.blockBytes, message, frameBytesMax) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
  }

  /// `withUnsafeMutableWritableBytes` would do as well, at the cost of slicing a slice.
  @inline(__always)
  private mutating func writeRootFrame<Message: RootMessage>(
    _ type: FrameType, _ call: UInt64, _ blockBytes: Int, _ message: Message, _ frameBytesMax: Int,
    block: (UnsafeMutableRawBufferPointer, Int, Int) -> Void
  ) throws(WireError) -> Int {
    let bytes = blockBytes + Message.rootBytes
    guard bytes <= frameBytesMax else { throw WireError(.frameTooLong, at: 0, value: UInt64(bytes)) }
    let length = FrameHeader.bytes + bytes
    if writableBytes < length { reserveCapacity(minimumWritableBytes: length) }
    let start = writerIndex
    withVeryUnsafeMutableBytes { memory in
      let frame = FrameHeader.part(of: memory, from: start, count: length)
      message.storeFrame(type, call, blockBytes: blockBytes, into: frame, block: block)
    }
    moveWriterIndex(forwardBy: length)
    return length
  }
}

extension RootMessage {
  /// Stores a whole frame into memory of its length. `block` writes the block, given the root's and the message's bytes.
  @inlinable @inline(__always)
  package func storeFrame(
    _ type: FrameType, _ call: UInt64, blockBytes: Int, into frame: UnsafeMutableRawBufferPointer,
    block: (UnsafeMutableRawBufferPointer, Int, Int) -> Void
  ) {
    let bytes = Self.rootBytes
    let root = FrameHeader.part(of: frame, from: FrameHeader.bytes + blockBytes, count: bytes)
    var writer = MessageWriter(root, rootBytes: bytes)
    encode(into: &writer, at: 0)
    FrameHeader.store(type, call, blockBytes: blockBytes, bytes: blockBytes + bytes, into: frame)
    block(FrameHeader.part(of: frame, from: FrameHeader.bytes, count: blockBytes), bytes, bytes)
  }
}
