// Reads the little-endian bytes of journal records and snapshots. Never traps: a short or wrong field is an error.

/// What a reader found wrong, and where.
package struct ByteReaderError: Error, Hashable, CustomStringConvertible {
  package var offset: Int
  package var problem: String

  package init(offset: Int, problem: String) {
    self.offset = offset
    self.problem = problem
  }

  package var description: String { "at byte \(offset): \(problem)" }
}

/// A cursor over bytes.
package struct ByteReader: Sendable {
  private let bytes: [UInt8]
  /// Where the next field begins.
  package private(set) var offset: Int
  private let end: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
    end = bytes.count
  }

  package var remaining: Int { end - offset }

  @inline(__always)
  package mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type = Value.self)
    throws(ByteReaderError) -> Value
  {
    let width = MemoryLayout<Value>.size
    guard width <= end - offset else { throw missing(width) }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    offset += width
    return Value(littleEndian: value)
  }

  @inline(__always)
  package mutating func read<ID: Identifier>(_ type: ID.Type = ID.self) throws(ByteReaderError) -> ID {
    ID(high: try read(UInt64.self), low: try read(UInt64.self))
  }

  @inline(__always)
  package mutating func readCredits() throws(ByteReaderError) -> Credits { Credits(microcredits: try read()) }

  @inline(__always)
  package mutating func readInstant() throws(ByteReaderError) -> Instant { Instant(nanoseconds: try read()) }

  @inline(__always)
  package mutating func readTimeSpan() throws(ByteReaderError) -> TimeSpan { TimeSpan(nanoseconds: try read()) }

  /// Eight fields of eight bytes at once, which is a good deal quicker than one by one.
  @inline(__always)
  package mutating func readEight() throws(ByteReaderError) -> EightWords {
    guard end - offset >= 64 else { throw missing(64) }
    let words = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: EightWords.self) }
    offset += 64
    return (
      UInt64(littleEndian: words.0), UInt64(littleEndian: words.1), UInt64(littleEndian: words.2),
      UInt64(littleEndian: words.3), UInt64(littleEndian: words.4), UInt64(littleEndian: words.5),
      UInt64(littleEndian: words.6), UInt64(littleEndian: words.7)
    )
  }

  /// The eight bytes that stand so many behind the next field, or zero where there are none: a look ahead that decides
  /// nothing.
  @inline(__always)
  package func peek(_ distance: Int) -> UInt64 {
    guard distance >= 0, end - offset - 8 >= distance else { return 0 }
    return UInt64(
      littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset + distance, as: UInt64.self) })
  }

  package mutating func readBool() throws(ByteReaderError) -> Bool {
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw ByteReaderError(offset: offset - 1, problem: "a flag is \(other), expected 0 or 1")
    }
  }

  /// A text: u16 length, then UTF-8.
  package mutating func readText() throws(ByteReaderError) -> String {
    let count = Int(try read(UInt16.self))
    guard count <= end - offset else { throw missing(count) }
    guard let text = String(validating: bytes[offset..<offset + count], as: UTF8.self) else {
      throw ByteReaderError(offset: offset, problem: "a text of \(count) bytes is not UTF-8")
    }
    offset += count
    return text
  }

  package mutating func readBytes(_ count: Int) throws(ByteReaderError) -> [UInt8] {
    guard count >= 0, count <= end - offset else { throw missing(count) }
    defer { offset += count }
    return Array(bytes[offset..<offset + count])
  }

  package mutating func skip(_ count: Int) throws(ByteReaderError) {
    guard count >= 0, count <= end - offset else { throw missing(count) }
    offset += count
  }

  private func missing(_ width: Int) -> ByteReaderError {
    ByteReaderError(offset: offset, problem: "\(width) bytes expected, \(end - offset) left")
  }
}
