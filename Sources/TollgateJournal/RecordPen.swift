// Writes fields through one pointer with a bound: the hot path's writer, which never allocates.

internal import TollgateLedger
internal import TollgateValues

/// A cursor over memory that the builder has reserved. Lives only inside of one `withUnsafeMutableBytes`.
struct RecordPen {
  private let memory: UnsafeMutableRawBufferPointer
  private(set) var offset: Int

  init(_ memory: UnsafeMutableRawBufferPointer, at offset: Int) {
    self.memory = memory
    self.offset = offset
  }

  @inline(__always)
  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    precondition(MemoryLayout<Value>.size <= memory.count - offset, "the reserved space is too small")
    memory.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    offset += MemoryLayout<Value>.size
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
    precondition(
      count <= Int(UInt16.max) && count + 2 <= memory.count - offset, "a text of \(count) bytes does not fit")
    put(UInt16(count))
    for byte in text.utf8 {
      memory[offset] = byte
      offset += 1
    }
  }

  mutating func put(_ note: Note) {
    put(text: note.actor)
    put(text: note.reason)
  }
}
