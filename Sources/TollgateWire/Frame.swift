// Frames: a header of 16 bytes, a block of fixed offsets, and for calls a message and metadata behind it.

/// The type of a frame. Unknown numbers are kept: from 0x80 on they may be skipped.
@usableFromInline
package struct FrameType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt8
  @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable @inline(__always)
  package var isRequest: Bool { rawValue == 0x10 }

  @inlinable package static var hello: FrameType { FrameType(rawValue: 0x01) }
  @inlinable package static var welcome: FrameType { FrameType(rawValue: 0x02) }
  @inlinable package static var ping: FrameType { FrameType(rawValue: 0x03) }
  @inlinable package static var pong: FrameType { FrameType(rawValue: 0x04) }
  @inlinable package static var goAway: FrameType { FrameType(rawValue: 0x05) }
  @inlinable package static var connectionError: FrameType { FrameType(rawValue: 0x06) }
  @inlinable package static var settings: FrameType { FrameType(rawValue: 0x07) }
  @inlinable package static var request: FrameType { FrameType(rawValue: 0x10) }
  @inlinable package static var cancel: FrameType { FrameType(rawValue: 0x11) }
  @inlinable package static var credit: FrameType { FrameType(rawValue: 0x12) }
  @inlinable package static var response: FrameType { FrameType(rawValue: 0x20) }
  @inlinable package static var item: FrameType { FrameType(rawValue: 0x21) }
  @inlinable package static var unimplemented: FrameType { FrameType(rawValue: 0x22) }

  /// Whether a receiver that does not know the type skips the frame.
  package var isIgnorable: Bool { rawValue >= 0x80 }

  /// Whether the frame belongs to a call (id above 0), to the connection (id 0), or is unknown.
  package var scope: Scope {
    switch rawValue {
    case 0x01...0x07: .connection
    case 0x10...0x12, 0x20...0x22: .call
    default: .unknown
    }
  }

  package enum Scope: Sendable { case connection, call, unknown }

  /// The least that the frame's block has; later versions may append to it.
  package var blockBytesMin: Int {
    switch self {
    case .hello: Hello.rootBytes
    case .welcome: Welcome.rootBytes
    case .ping, .pong: Ping.rootBytes
    case .goAway: GoAway.rootBytes
    case .connectionError: ConnectionError.rootBytes
    case .settings: Settings.rootBytes
    case .request: RequestHead.blockBytes
    case .cancel: Cancel.rootBytes
    case .credit: Credit.rootBytes
    case .response: ResponseHead.blockBytes
    case .item: ItemHead.blockBytes
    case .unimplemented: Unimplemented.rootBytes
    default: 0
    }
  }
}

/// The frame header.
@usableFromInline
package enum FrameHeader {
  /// length u32, type u8, flags u8, block length u16, call id u64.
  @inlinable package static var bytes: Int { 16 }

  /// Stores the header of a frame that has so many bytes behind it.
  @inlinable @inline(__always)
  package static func store(
    _ type: FrameType, _ call: UInt64, blockBytes: Int, bytes: Int, into frame: UnsafeMutableRawBufferPointer
  ) {
    let word = UInt64(UInt32(bytes)) | UInt64(type.rawValue) << 32 | UInt64(UInt16(blockBytes)) << 48
    frame.storeBytes(of: word.littleEndian, toByteOffset: 0, as: UInt64.self)
    frame.storeBytes(of: call.littleEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// A part of some memory, which must lie inside: `init(rebasing:)` without the slice's arithmetic.
  @inlinable @inline(__always)
  package static func part(
    of memory: UnsafeMutableRawBufferPointer, from start: Int, count: Int
  ) -> UnsafeMutableRawBufferPointer {
    precondition(start >= 0 && count >= 0 && start + count <= memory.count, "a part lies outside of its frame")
    return UnsafeMutableRawBufferPointer(start: memory.baseAddress.map { $0 + start }, count: count)
  }
}

/// A frame that lies whole in a buffer: where it is, not what it holds. Places count from the buffer's reader index and
/// hold until that moves.
@usableFromInline
package struct Frame: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var type: FrameType
  /// 0: the connection.
  @usableFromInline package var call: UInt64
  /// Where the block begins: right behind the header.
  @usableFromInline package var start: Int
  @usableFromInline package var blockBytes: Int
  /// Bytes after the header: block, message and metadata.
  @usableFromInline package var bytes: Int

  @inlinable
  package init(type: FrameType, call: UInt64, start: Int, blockBytes: Int, bytes: Int) {
    self.type = type
    self.call = call
    self.start = start
    self.blockBytes = blockBytes
    self.bytes = bytes
  }
}

/// Where a message lies in a buffer; counts from the reader index like `Frame`.
@usableFromInline
package struct MessagePlace: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var start: Int
  @usableFromInline package var rootBytes: Int
  @usableFromInline package var bytes: Int
  /// The frame's metadata follows the message.
  @usableFromInline package var metadataBytes: Int

  @inlinable
  package init(start: Int, rootBytes: Int, bytes: Int, metadataBytes: Int) {
    self.start = start
    self.rootBytes = rootBytes
    self.bytes = bytes
    self.metadataBytes = metadataBytes
  }
}

/// The trace of a request, as in W3C's trace context; all zero: none.
@usableFromInline
package struct TraceContext: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var traceHigh: UInt64
  @usableFromInline package var traceLow: UInt64
  @usableFromInline package var span: UInt64
  @usableFromInline package var flags: UInt8

  @inlinable
  package init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.flags = flags
  }

  @inlinable package static var none: TraceContext { TraceContext(traceHigh: 0, traceLow: 0, span: 0, flags: 0) }
}
