// Frames: a header of 16 bytes, a block of fixed offsets, and for calls a message and metadata behind it.

/// The type of a frame. Unknown numbers are kept: from 0x80 on they may be skipped.
package struct FrameType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  @inline(__always)
  package var isRequest: Bool { rawValue == 0x10 }

  package static let hello = FrameType(rawValue: 0x01)
  package static let welcome = FrameType(rawValue: 0x02)
  package static let ping = FrameType(rawValue: 0x03)
  package static let pong = FrameType(rawValue: 0x04)
  package static let goAway = FrameType(rawValue: 0x05)
  package static let connectionError = FrameType(rawValue: 0x06)
  package static let settings = FrameType(rawValue: 0x07)
  package static let request = FrameType(rawValue: 0x10)
  package static let cancel = FrameType(rawValue: 0x11)
  package static let credit = FrameType(rawValue: 0x12)
  package static let response = FrameType(rawValue: 0x20)
  package static let item = FrameType(rawValue: 0x21)
  package static let unimplemented = FrameType(rawValue: 0x22)

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
package enum FrameHeader {
  /// length u32, type u8, flags u8, block length u16, call id u64.
  package static let bytes = 16
}

/// A frame that lies whole in a buffer: where it is, not what it holds. Places count from the buffer's reader index and
/// hold until that moves.
package struct Frame: Hashable, Sendable, BitwiseCopyable {
  package var type: FrameType
  /// 0: the connection.
  package var call: UInt64
  /// Where the block begins: right behind the header.
  package var start: Int
  package var blockBytes: Int
  /// Bytes after the header: block, message and metadata.
  package var bytes: Int
}

/// Where a message lies in a buffer; counts from the reader index like `Frame`.
package struct MessagePlace: Hashable, Sendable, BitwiseCopyable {
  package var start: Int
  package var rootBytes: Int
  package var bytes: Int
  /// The frame's metadata follows the message.
  package var metadataBytes: Int
}

/// The trace of a request, as in W3C's trace context; all zero: none.
package struct TraceContext: Hashable, Sendable, BitwiseCopyable {
  package var traceHigh: UInt64
  package var traceLow: UInt64
  package var span: UInt64
  package var flags: UInt8

  package init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, flags: UInt8) {
    self.traceHigh = traceHigh
    self.traceLow = traceLow
    self.span = span
    self.flags = flags
  }

  package static let none = TraceContext(traceHigh: 0, traceLow: 0, span: 0, flags: 0)
}
