// Reads little-endian bytes where speed is not everything. Never traps: a short or wrong field is an error.

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

  package mutating func skip(_ count: Int) throws(ByteReaderError) {
    guard count >= 0, count <= end - offset else { throw missing(count) }
    offset += count
  }

  private func missing(_ width: Int) -> ByteReaderError {
    ByteReaderError(offset: offset, problem: "\(width) bytes expected, \(end - offset) left")
  }
}
