// Reads fields through one pointer with a bound: the reading twin of RecordPen, in this module so that it is inlined.

internal import TollgateLedger
internal import TollgateValues

/// A cursor over a record's bytes. Lives only inside of one `withUnsafeBytes`.
struct RecordEye {
  private let memory: UnsafeRawBufferPointer
  private(set) var offset = 0

  init(_ memory: UnsafeRawBufferPointer) { self.memory = memory }

  var remaining: Int { memory.count - offset }

  @inline(__always)
  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
    _ type: Value.Type = Value.self
  ) throws(ByteReaderError) -> Value {
    guard MemoryLayout<Value>.size <= memory.count - offset else { throw missing(MemoryLayout<Value>.size) }
    let value = memory.loadUnaligned(fromByteOffset: offset, as: Value.self)
    offset += MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }

  @inline(__always)
  mutating func read<ID: Identifier>(_ type: ID.Type = ID.self) throws(ByteReaderError) -> ID {
    ID(high: try read(UInt64.self), low: try read(UInt64.self))
  }

  @inline(__always)
  mutating func readCredits() throws(ByteReaderError) -> Credits { Credits(microcredits: try read()) }

  @inline(__always)
  mutating func readInstant() throws(ByteReaderError) -> Instant { Instant(nanoseconds: try read()) }

  @inline(__always)
  mutating func readTimeSpan() throws(ByteReaderError) -> TimeSpan { TimeSpan(nanoseconds: try read()) }

  /// A text: u16 length, then UTF-8.
  mutating func readText() throws(ByteReaderError) -> String {
    let count = Int(try read(UInt16.self))
    guard count <= remaining else { throw missing(count) }
    guard let text = String(validating: memory[offset..<offset + count], as: UTF8.self) else {
      throw ByteReaderError(offset: offset, problem: "a text of \(count) bytes is not UTF-8")
    }
    offset += count
    return text
  }

  mutating func skip(_ count: Int) throws(ByteReaderError) {
    guard count >= 0, count <= remaining else { throw missing(count) }
    offset += count
  }

  private func missing(_ width: Int) -> ByteReaderError {
    ByteReaderError(offset: offset, problem: "\(width) bytes expected, \(remaining) left")
  }
}
