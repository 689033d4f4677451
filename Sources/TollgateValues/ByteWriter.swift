// Writes little-endian bytes where speed is not everything; its reading twin is ByteReader.

/// Appends fixed-width little-endian fields to an array of bytes.
package struct ByteWriter: Sendable {
  /// What has been written.
  package private(set) var bytes: [UInt8]

  package init(reserving capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  package var count: Int { bytes.count }

  @inline(__always)
  package mutating func write<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  @inline(__always)
  package mutating func write(_ id: some Identifier) {
    write(id.high)
    write(id.low)
  }

  @inline(__always)
  package mutating func write(_ credits: Credits) { write(credits.microcredits) }

  @inline(__always)
  package mutating func write(_ instant: Instant) { write(instant.nanoseconds) }

  @inline(__always)
  package mutating func write(_ span: TimeSpan) { write(span.nanoseconds) }

  package mutating func write(_ flag: Bool) { write(UInt8(flag ? 1 : 0)) }

  /// Bytes as they are, without their length.
  package mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  /// A text as its UTF-8 length (u16) and bytes; longer texts are the caller's error.
  package mutating func write(text: String) {
    let count = text.utf8.count
    precondition(count <= Int(UInt16.max), "a text of \(count) bytes does not fit a u16 length")
    write(UInt16(count))
    bytes.append(contentsOf: text.utf8)
  }

  /// Puts a u32 over four bytes written earlier: lengths that are known only afterwards.
  package mutating func overwrite(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset + 4 <= bytes.count, "overwrite outside of what was written")
    withUnsafeBytes(of: value.littleEndian) { source in
      for index in 0..<4 { bytes[offset + index] = source[index] }
    }
  }
}
