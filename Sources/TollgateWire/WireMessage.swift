// What every message is: a root of fixed offsets and a tail that the root's references point into.

internal import TollgateValues

/// A message, or an element of a message's list. Both sides of the wire use the same structs.
@usableFromInline
package protocol WireMessage: Hashable, Sendable {
  /// Bytes of the root that this version writes; a multiple of 8.
  static var rootBytes: Int { get }
  /// The root's fields, for describe, the specification and the golden vectors.
  static var layout: MessageLayout { get }
  /// Reads the fields. `root` has at least `rootBytes` bytes; references point into `message`, beyond `cursor`.
  init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError)
  /// Writes the fields of the root at `root`, which is all zero before, and appends the tail.
  func encode(into writer: inout MessageWriter, at root: Int)
  /// What `encode` appends at most.
  var tailBytesMax: Int { get }
}

extension WireMessage {
  @inlinable package var tailBytesMax: Int { 0 }

  /// Reads a whole message whose root has `count` bytes: what a shorter root lacks reads as zero, what a longer one
  /// has besides is skipped.
  @inlinable @inline(__always)
  package init(message: RawSpan, rootBytes count: Int) throws(WireError) {
    guard count <= message.byteCount else { throw WireError(.rootBeyondMessage, at: 0, value: UInt64(count)) }
    guard count & 7 == 0 else { throw WireError(.rootMisaligned, at: 0, value: UInt64(count)) }
    var cursor = TailCursor(end: count)
    try self.init(shortOrLong: message.extracting(0..<count), message: message, cursor: &cursor)
  }

  @inlinable @inline(__always)
  package init(shortOrLong root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    if root.byteCount >= Self.rootBytes {
      // Cut to our own size, which the compiler knows: one check for all loads.
      try self.init(root: root.extracting(0..<Self.rootBytes), message: message, cursor: &cursor)
    } else {
      let padded = root.padded(to: Self.rootBytes)
      try self.init(root: padded.span.bytes, message: message, cursor: &cursor)
    }
  }
}

/// A message of the hot path that is a root alone, without texts and lists. What is `@inlinable` about it is inlined into other
/// modules, which then load only the fields that they want, and make no copy of the message.
@usableFromInline
package protocol RootMessage: WireMessage {
  /// Reads the fields of a root that was judged.
  init(fields root: RawSpan)
  /// The first breach of the rules in a root of `rootBytes` bytes. A function that says so rather than throws, as the compiler does
  /// not see through a requirement that throws.
  static func problem(in root: RawSpan) -> WireError?
}

extension RootMessage {
  @inlinable @inline(__always)
  package static func problem(in root: RawSpan) -> WireError? { nil }

  @inlinable @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    if let problem = Self.problem(in: root) { throw problem }
    self.init(fields: root)
  }
}

/// How far the references of a message have reached: they ascend and never overlap.
@usableFromInline
package struct TailCursor: BitwiseCopyable, Sendable {
  @usableFromInline package var end: Int
  @inlinable package init(end: Int) { self.end = end }
}

/// An opaque place in a list, as the server gave it; zero begins a list, and ends one.
package struct Cursor: Identifier {
  package var high: UInt64
  package var low: UInt64
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Names a run of a server process.
package struct InstanceID: Identifier {
  package var high: UInt64
  package var low: UInt64
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// The 32 bytes in which a batch's result carries a detail's root; `Detail(type:area:)` reads them.
package struct DetailArea: Hashable, Sendable, BitwiseCopyable {
  package var words: (UInt64, UInt64, UInt64, UInt64)
  package init(_ words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }
  package static let bytes = 32
  package static var zero: DetailArea { DetailArea((0, 0, 0, 0)) }
  package static func == (left: Self, right: Self) -> Bool { left.words == right.words }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}
