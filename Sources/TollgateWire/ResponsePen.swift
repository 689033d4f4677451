// The answers of one read in one go: room is made once for all of them, and each is stored through the same pointer.

package import NIOCore
internal import TollgateValues

/// Writes the short replies of the hot path. Lives only inside of `ByteBuffer.writeResponses`.
package struct ResponsePen {
  private let memory: UnsafeMutableRawBufferPointer
  /// Bytes written so far.
  fileprivate var offset = 0

  /// The longest frame that a pen writes.
  fileprivate static let frameBytesMax = FrameHeader.bytes + ResponseHead.blockBytes + AuthorizeReply.rootBytes

  fileprivate init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  package mutating func put(_ head: ResponseHead, _ reply: AuthorizeReply, call: UInt64) { frame(head, reply, call) }
  package mutating func put(_ head: ResponseHead, _ reply: CaptureReply, call: UInt64) { frame(head, reply, call) }
  package mutating func put(_ head: ResponseHead, _ reply: VoidReply, call: UInt64) { frame(head, reply, call) }
  package mutating func put(_ head: ResponseHead, _ reply: ExtendReply, call: UInt64) { frame(head, reply, call) }
  package mutating func put(_ head: ResponseHead, _ reply: ChargeReply, call: UInt64) { frame(head, reply, call) }

  @inline(__always)
  private mutating func frame<Message: WireMessage>(_ head: ResponseHead, _ message: Message, _ call: UInt64) {
    let bytes = ResponseHead.blockBytes + Message.rootBytes
    let length = FrameHeader.bytes + bytes
    precondition(length <= memory.count - offset, "more answers than room was made for")
    let place = UnsafeMutableRawBufferPointer(start: memory.baseAddress.map { $0 + offset }, count: length)
    let root = UnsafeMutableRawBufferPointer(
      start: place.baseAddress.map { $0 + (FrameHeader.bytes + ResponseHead.blockBytes) }, count: Message.rootBytes)
    var writer = MessageWriter(root, rootBytes: Message.rootBytes)
    message.encode(into: &writer, at: 0)
    place.storeBytes(of: UInt32(bytes).littleEndian, toByteOffset: 0, as: UInt32.self)
    place.storeBytes(of: FrameType.response.rawValue, toByteOffset: 4, as: UInt8.self)
    place.storeBytes(of: 0, toByteOffset: 5, as: UInt8.self)
    place.storeBytes(of: UInt16(ResponseHead.blockBytes).littleEndian, toByteOffset: 6, as: UInt16.self)
    place.storeBytes(of: call.littleEndian, toByteOffset: 8, as: UInt64.self)
    let block = UnsafeMutableRawBufferPointer(
      start: place.baseAddress.map { $0 + FrameHeader.bytes }, count: ResponseHead.blockBytes)
    head.encode(into: block, rootBytes: Message.rootBytes, messageBytes: Message.rootBytes)
    offset += length
  }
}

extension ByteBuffer {
  /// Appends what `body` writes: at most `count` answers.
  package mutating func writeResponses(atMost count: Int, _ body: (inout ResponsePen) -> Void) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: count * ResponsePen.frameBytesMax) { memory in
      var pen = ResponsePen(memory)
      body(&pen)
      return pen.offset
    }
  }

  /// Puts the time that the server had the calls into every RESPONSE of the buffer, which holds whole frames only.
  package mutating func stampServerTime(microseconds: UInt32) {
    withUnsafeMutableReadableBytes { memory in
      var position = 0
      while position + FrameHeader.bytes <= memory.count {
        let length = UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        let next = position + FrameHeader.bytes + Int(length)
        precondition(next <= memory.count, "answers are whole frames")
        if memory[position + 4] == FrameType.response.rawValue {
          memory.storeBytes(
            of: microseconds.littleEndian, toByteOffset: position + FrameHeader.bytes + ResponseHead.serverTimeOffset,
            as: UInt32.self)
        }
        position = next
      }
    }
  }
}
