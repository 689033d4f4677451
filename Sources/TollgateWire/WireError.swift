// What a decoder or encoder found wrong: small and free of allocation, since a hostile peer decides how many there are.

/// A breach of the wire's rules, where it is, and the value found.
@usableFromInline
package struct WireError: Error, Hashable, BitwiseCopyable, CustomStringConvertible {
  package var problem: Problem
  /// The byte offset, within the frame for problems of frames, within the message for those of messages.
  package var offset: UInt32
  /// The value found, or the bytes that would have been needed.
  package var value: UInt64

  @usableFromInline
  package init(_ problem: Problem, at offset: Int, value: UInt64 = 0) {
    self.problem = problem
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.value = value
  }

  /// The kinds of breach; the numbers travel in the detail `malformedMessage`. Those below 32 end the connection,
  /// those from 32 on only refuse the call.
  @usableFromInline
  package enum Problem: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    // Frames.
    case frameTooLong = 1
    case blockBeyondFrame = 2
    case blockTooShort = 3
    case blockMisaligned = 4
    case frameFlagsNotZero = 5
    case callIDMissing = 6
    case callIDNotZero = 7
    case unknownConnectionFrame = 8
    case blockReservedNotZero = 9
    case messageBeyondFrame = 10
    case metadataTooLong = 11
    case metadataMalformed = 12
    case magicWrong = 13
    // Messages.
    case rootBeyondMessage = 32
    case rootMisaligned = 33
    case reservedNotZero = 34
    case flagNotBoolean = 35
    case referenceOutOfBounds = 36
    case referenceOverlaps = 37
    case referenceOfNothing = 38
    case textTooLong = 39
    case textNotUTF8 = 40
    case listTooLong = 41
    case strideInvalid = 42
    case detailUnknown = 43
    case columnsDiffer = 44
  }

  /// Whether the connection must end: the byte stream, or the peer, can no longer be trusted.
  package var endsConnection: Bool { problem.rawValue < 32 }

  /// The code of the CONN_ERROR that says so.
  package var connectionError: ConnectionErrorCode {
    switch problem {
    case .frameTooLong: .frameTooLong
    case .unknownConnectionFrame: .unknownFrame
    case .metadataTooLong: .metadataTooLong
    default: .malformedFrame
    }
  }

  @usableFromInline
  package var description: String { "\(problem) at byte \(offset) (\(value))" }
}

/// Bounds that only the wire knows; all others stand in `Limits`.
package enum WireLimits {
  /// Methods of WELCOME's table and of a describe.
  package static let methodsMax = 256
  /// Messages of a describe.
  package static let messagesMax = 512
  /// Fields of one message in a describe.
  package static let fieldsMax = 128
  /// Lines of a quote.
  package static let quoteLinesMax = 64
  /// Bytes of an element of a list.
  package static let strideMax = 4_096
  /// Entries of a frame's metadata.
  package static let metadataEntriesMax = 64
  /// Bytes of HELLO and WELCOME after the frame header, before any limit is agreed.
  package static let handshakeBytesMax = 16 << 10
}
