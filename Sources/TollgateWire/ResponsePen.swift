// The answers of one read in one go: room is made once for all of them, and each is stored through the same pointer.

package import NIOCore
internal import TollgateValues

/// Writes the short replies of the hot path. Lives only inside of `ByteBuffer.writeResponses`.
@usableFromInline
package struct ResponsePen {
  @usableFromInline package let memory: UnsafeMutableRawBufferPointer
  /// Bytes written so far.
  @usableFromInline package var offset = 0

  /// The longest frame that a pen writes.
  fileprivate static let frameBytesMax = FrameHeader.bytes + ResponseHead.blockBytes + AuthorizeReply.rootBytes

  fileprivate init(_ memory: UnsafeMutableRawBufferPointer) { self.memory = memory }

  /// Writes an answer; none is longer than AuthorizeReply.
  @inlinable @inline(__always)
  package mutating func put<Reply: RootMessage>(_ head: ResponseHead, _ reply: Reply, call: UInt64) {
    let length = FrameHeader.bytes + ResponseHead.blockBytes + Reply.rootBytes
    let frame = FrameHeader.part(of: memory, from: offset, count: length)
    reply.storeFrame(.response, call, blockBytes: ResponseHead.blockBytes, into: frame) {
      head.encode(into: $0, rootBytes: $1, messageBytes: $2)
    }
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
