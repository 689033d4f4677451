// Finds the frames of what has been read, one after the other, without copying or allocating anything.

public import TollgateValues

/// Judges frame headers against the limit in force. It keeps no bytes: those stay in the caller's buffer.
///
///     let bytes = buffer.readableBytesSpan
///     var position = 0
///     while let frame = try decoder.next(in: bytes, at: &position) {
///       let (head, place) = try frame.requestHead(in: bytes)
///       let message = try place.message(AuthorizeRequest.self, in: bytes)
///     }
///     buffer.moveReaderIndex(forwardBy: position)
///
/// All of this also takes the buffer itself, which costs an exclusivity check (some 10 ns) each time.
@usableFromInline
package struct FrameDecoder: Sendable {
  /// The longest frame taken, in bytes after the header. Small until the handshake is done.
  @usableFromInline package var frameBytesMax: Int

  package init(frameBytesMax: Int = WireLimits.handshakeBytesMax) { self.frameBytesMax = frameBytesMax }

  /// The frame that begins at `position` of the readable bytes, or nil if it is not there whole yet. Moves `position`
  /// behind it, and past frames of unknown type that may be skipped. A header is judged as soon as it is there, before
  /// its frame is waited for.
  @inlinable @inline(__always)
  package func next(in span: RawSpan, at position: inout Int) throws(WireError) -> Frame? {
    guard let frame = frequent(in: span, at: position) else { return try anyNext(in: span, at: &position) }
    position = frame.start + frame.bytes
    return frame
  }

  /// A whole REQUEST or RESPONSE of this version, with nothing to object to: two loads and few comparisons. Nil for all else.
  @inlinable @inline(__always)
  package func frequent(in span: RawSpan, at position: Int) -> Frame? {
    guard span.byteCount - position >= FrameHeader.bytes else { return nil }
    let header = span.extracting(position..<position + FrameHeader.bytes)
    let word = header.u64(at: 0)
    // The type, no flags, and the length of the block.
    guard word >> 32 == 64 << 16 | 0x10 || word >> 32 == 24 << 16 | 0x20 else { return nil }
    let frame = Frame(
      type: FrameType(rawValue: UInt8(truncatingIfNeeded: word >> 32)), call: header.u64(at: 8),
      start: position + FrameHeader.bytes, blockBytes: Int(word >> 48), bytes: Int(UInt32(truncatingIfNeeded: word)))
    guard frame.call != 0, frame.bytes >= frame.blockBytes, frame.bytes <= frameBytesMax,
      frame.bytes <= span.byteCount - frame.start
    else { return nil }
    return frame
  }

  @usableFromInline
  package func anyNext(in span: RawSpan, at position: inout Int) throws(WireError) -> Frame? {
    while span.byteCount - position >= FrameHeader.bytes {
      let header = span.extracting(position..<position + FrameHeader.bytes)
      let frame = try judged(header, at: position + FrameHeader.bytes)
      guard frame.bytes <= span.byteCount - frame.start else { return nil }
      position = frame.start + frame.bytes
      if frame.type.scope == .unknown && frame.type.isIgnorable { continue }
      return frame
    }
    return nil
  }

  @inline(__always)
  private func judged(_ header: RawSpan, at start: Int) throws(WireError) -> Frame {
    let frame = Frame(
      type: FrameType(rawValue: header.u8(at: 4)), call: header.u64(at: 8), start: start,
      blockBytes: Int(header.u16(at: 6)), bytes: Int(header.u32(at: 0)))
    guard frame.bytes <= frameBytesMax else { throw WireError(.frameTooLong, at: 0, value: UInt64(frame.bytes)) }
    guard header.u8(at: 5) == 0 else {
      throw WireError(.frameFlagsNotZero, at: 5, value: UInt64(header.u8(at: 5)))
    }
    let block = UInt64(frame.blockBytes)
    guard frame.blockBytes <= frame.bytes else { throw WireError(.blockBeyondFrame, at: 6, value: block) }
    guard frame.blockBytes & 7 == 0 else { throw WireError(.blockMisaligned, at: 6, value: block) }
    guard frame.blockBytes >= frame.type.blockBytesMin else { throw WireError(.blockTooShort, at: 6, value: block) }
    switch frame.type.scope {
    case .connection:
      guard frame.call == 0 else { throw WireError(.callIDNotZero, at: 8, value: frame.call) }
    case .call:
      guard frame.call != 0 else { throw WireError(.callIDMissing, at: 8) }
    case .unknown:
      guard frame.type.isIgnorable || frame.call != 0 else {
        throw WireError(.unknownConnectionFrame, at: 4, value: UInt64(frame.type.rawValue))
      }
    }
    return frame
  }
}

// What reads a frame of the hot path is inlined where it is used: it loads no more than is wanted there, and copies nothing.

extension Frame {
  /// REQUEST's block, and where its message is.
  @inlinable @inline(__always)
  package func requestHead(in bytes: RawSpan) throws(WireError) -> (RequestHead, MessagePlace) {
    let block = bytes.extracting(start..<start + blockBytes)
    guard block.u32(at: 60) == 0 else { throw WireError(.blockReservedNotZero, at: FrameHeader.bytes + 60) }
    let place = try place(rootBytes: block.u16(at: 50), messageBytes: block.u32(at: 56))
    return (RequestHead(block: block), place)
  }

  /// RESPONSE's block, and where its message is.
  @inlinable @inline(__always)
  package func responseHead(in bytes: RawSpan) throws(WireError) -> (ResponseHead, MessagePlace) {
    let block = bytes.extracting(start..<start + blockBytes)
    guard block.u32(at: 20) == 0 else { throw WireError(.blockReservedNotZero, at: FrameHeader.bytes + 20) }
    let place = try place(rootBytes: block.u16(at: 8), messageBytes: block.u32(at: 16))
    return (ResponseHead(block: block), place)
  }

  /// ITEM's block, and where its message is.
  package func itemHead(in bytes: RawSpan) throws(WireError) -> (ItemHead, MessagePlace) {
    let block = bytes.extracting(start..<start + blockBytes)
    guard block.u16(at: 6) == 0, block.u32(at: 12) == 0 else {
      throw WireError(.blockReservedNotZero, at: FrameHeader.bytes + 6)
    }
    let place = try place(rootBytes: block.u16(at: 4), messageBytes: block.u32(at: 8))
    return (ItemHead(block: block), place)
  }

  /// The message of a frame whose block is the message's root: every frame but REQUEST, RESPONSE and ITEM.
  package func message<Message: WireMessage>(
    _ type: Message.Type = Message.self, in span: RawSpan
  ) throws(WireError) -> Message {
    try MessagePlace(start: start, rootBytes: blockBytes, bytes: bytes, metadataBytes: 0).message(type, in: span)
  }

  /// Judges a message's length against its frame, and the metadata behind it against its limit.
  @inlinable @inline(__always)
  package func place(rootBytes: UInt16, messageBytes: UInt32) throws(WireError) -> MessagePlace {
    let rest = bytes - blockBytes - Int(messageBytes)
    guard rest >= 0 else { throw WireError(.messageBeyondFrame, at: FrameHeader.bytes, value: UInt64(messageBytes)) }
    guard rest <= Limits.metadataBytesMax else {
      throw WireError(.metadataTooLong, at: FrameHeader.bytes, value: UInt64(rest))
    }
    return MessagePlace(
      start: start + blockBytes, rootBytes: Int(rootBytes), bytes: Int(messageBytes), metadataBytes: rest)
  }
}

extension MessagePlace {
  /// The message at this place.
  package func message<Message: WireMessage>(
    _ type: Message.Type = Message.self, in span: RawSpan
  ) throws(WireError) -> Message {
    try Message(message: span.extracting(start..<start + bytes), rootBytes: rootBytes)
  }

  /// The message of the hot path at this place. What is not of this version's length, or breaks a rule, goes the general way.
  @inlinable @inline(__always)
  package func message<Message: RootMessage>(
    _ type: Message.Type = Message.self, in span: RawSpan
  ) throws(WireError) -> Message {
    let message = span.extracting(start..<start + bytes)
    guard rootBytes == Message.rootBytes, rootBytes <= bytes else {
      return try Message(message: message, rootBytes: rootBytes)
    }
    let root = message.extracting(0..<Message.rootBytes)
    if let problem = Message.problem(in: root) { throw problem }
    return Message(fields: root)
  }

  /// The detail at this place; nil if its type is unknown or none.
  package func detail(_ type: DetailType, in span: RawSpan) throws(WireError) -> Detail? {
    try Detail(type: type, message: span.extracting(start..<start + bytes), rootBytes: rootBytes)
  }
}
