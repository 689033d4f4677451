// Reads the fields of a snapshot through one pointer: room is judged once a record, not field by field.

internal import TollgateValues

/// A cursor over the records of a chunk. Lives only inside of one `withUnsafeBytes`. Whoever takes a field has judged before
/// that its bytes are there.
struct SnapshotEye {
  private let memory: UnsafeRawBufferPointer
  /// Where the next field begins.
  private(set) var offset = 0

  init(_ memory: UnsafeRawBufferPointer) { self.memory = memory }

  @inline(__always)
  var remaining: Int { memory.count &- offset }

  @inline(__always)
  func judge(_ bytes: Int) throws(ByteReaderError) {
    if remaining < bytes { throw fault("\(bytes) bytes expected, \(remaining) left") }
  }

  @inline(never)
  func fault(_ problem: String) -> ByteReaderError { ByteReaderError(offset: offset, problem: problem) }

  @inline(__always)
  mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type = Value.self) -> Value {
    let value = memory.loadUnaligned(fromByteOffset: offset, as: Value.self)
    offset &+= MemoryLayout<Value>.size
    return Value(littleEndian: value)
  }

  @inline(__always)
  mutating func take<ID: Identifier>(_ type: ID.Type = ID.self) -> ID {
    ID(high: take(UInt64.self), low: take(UInt64.self))
  }

  @inline(__always)
  mutating func takeCredits() -> Credits { Credits(microcredits: take()) }

  @inline(__always)
  mutating func takeInstant() -> Instant { Instant(nanoseconds: take()) }

  @inline(__always)
  mutating func takeTimeSpan() -> TimeSpan { TimeSpan(nanoseconds: take()) }

  /// What stands so many bytes further on, or zero where nothing does: a look ahead that decides nothing.
  @inline(__always)
  func peek<Value: FixedWidthInteger & BitwiseCopyable>(_ distance: Int, _ type: Value.Type = Value.self) -> Value {
    guard remaining >= distance &+ MemoryLayout<Value>.size else { return 0 }
    return Value(littleEndian: memory.loadUnaligned(fromByteOffset: offset &+ distance, as: Value.self))
  }
}
