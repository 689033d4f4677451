// The same on a whole buffer, for those who read one frame at a time.

package import NIOCore

extension FrameDecoder {
  /// The frame that begins `position` bytes behind the buffer's reader index; see the span's.
  package func next(in buffer: ByteBuffer, at position: inout Int) throws(WireError) -> Frame? {
    try next(in: buffer.readableBytesSpan, at: &position)
  }
}

extension ByteBuffer {
  /// REQUEST's block, and where its message is.
  package func requestHead(of frame: Frame) throws(WireError) -> (RequestHead, MessagePlace) {
    try frame.requestHead(in: readableBytesSpan)
  }

  /// RESPONSE's block, and where its message is.
  package func responseHead(of frame: Frame) throws(WireError) -> (ResponseHead, MessagePlace) {
    try frame.responseHead(in: readableBytesSpan)
  }

  /// ITEM's block, and where its message is.
  package func itemHead(of frame: Frame) throws(WireError) -> (ItemHead, MessagePlace) {
    try frame.itemHead(in: readableBytesSpan)
  }

  /// The message of a frame whose block is the message's root: every frame but REQUEST, RESPONSE and ITEM.
  package func message<Message: WireMessage>(
    _ type: Message.Type = Message.self, of frame: Frame
  ) throws(WireError) -> Message {
    try frame.message(type, in: readableBytesSpan)
  }

  /// The message at a place.
  package func message<Message: WireMessage>(
    _ type: Message.Type = Message.self, at place: MessagePlace
  ) throws(WireError) -> Message {
    try place.message(type, in: readableBytesSpan)
  }

  /// The detail at a place; nil if its type is unknown or none.
  package func detail(_ type: DetailType, at place: MessagePlace) throws(WireError) -> Detail? {
    try place.detail(type, in: readableBytesSpan)
  }

  /// The metadata behind a message, in order; keys may repeat.
  package func metadata(at place: MessagePlace) throws(WireError) -> [(key: String, value: [UInt8])] {
    try readableBytesSpan.metadata(at: place)
  }
}
