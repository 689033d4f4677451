// What stands in an index: a slot and its whole hash, so that an index grows and shrinks without reading any record.

/// A place of an index; all bits zero where it is empty.
struct HashedSlot: BitwiseCopyable, Equatable {
  private var bits: UInt64

  @inline(__always)
  init(hash: UInt32, slot: Slot) { bits = UInt64(hash) &<< 32 | UInt64(slot &+ 1) }

  /// The slot + 1, or zero where empty.
  @inline(__always)
  var slotEnd: UInt32 { UInt32(truncatingIfNeeded: bits) }

  @inline(__always)
  var hash: UInt32 { UInt32(truncatingIfNeeded: bits &>> 32) }

  @inline(__always)
  var isEmpty: Bool { bits == 0 }
}
