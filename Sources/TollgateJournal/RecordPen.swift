// Writes fields through one pointer with a bound: the hot path's writer, which never allocates.

internal import TollgateLedger
internal import TollgateValues

/// A cursor over memory that the builder has reserved. Lives only inside of one `withUnsafeMutableBytes`. Room is asked for
/// once for what is written together, not field by field: whoever puts a field has called `need` with at least its bytes.
struct RecordPen {
  private var cursor: UnsafeMutableRawPointer
  private let start: UnsafeMutableRawPointer
  private let end: UnsafeMutableRawPointer

  /// A pen at a place of memory that is not empty.
  init(_ memory: UnsafeMutableRawBufferPointer, at offset: Int) {
    guard let base = memory.baseAddress, offset >= 0, offset <= memory.count else {
      preconditionFailure("a pen outside of its memory")
    }
    start = base
    cursor = base + offset
    end = base + memory.count
  }

  var offset: Int { cursor - start }

  /// There must be room for so many bytes.
  @inline(__always)
  func need(_ count: Int) { precondition(end - cursor >= count, "the reserved space is too small") }

  @inline(__always)
  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    cursor.storeBytes(of: value.littleEndian, as: Value.self)
    cursor += MemoryLayout<Value>.size
  }

  @inline(__always)
  mutating func put(_ id: some Identifier) {
    put(id.high)
    put(id.low)
  }

  @inline(__always)
  mutating func put(_ credits: Credits) { put(credits.microcredits) }

  @inline(__always)
  mutating func put(_ instant: Instant) { put(instant.nanoseconds) }

  @inline(__always)
  mutating func put(_ span: TimeSpan) { put(span.nanoseconds) }

  @inline(__always)
  mutating func put(_ checksum: Checksum) {
    put(checksum.high)
    put(checksum.low)
  }

  @inline(__always)
  mutating func put(_ job: Job) {
    put(job.width)
    put(job.height)
    put(job.steps)
    put(job.count)
    put(job.model)
    put(job.quality.rawValue)
    put(job.controlNets)
    put(job.features.rawValue)
  }

  mutating func put(text: String) {
    let count = text.utf8.count
    precondition(count <= Int(UInt16.max), "a text of \(count) bytes does not fit")
    need(count + 2)
    put(UInt16(count))
    for byte in text.utf8 { put(byte) }
  }

  mutating func put(_ note: Note) {
    put(text: note.actor)
    put(text: note.reason)
  }
}
