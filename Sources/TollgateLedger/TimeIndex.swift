// Finds the rows of a generation by their ids: one index for each slice of the generation's time, so that requests of the same
// moment, as those of a batch are, find theirs in lines that are near already.

/// The indices of a generation, the earliest slice first. Copying it is cheap; a copy must be `share`d before it is changed.
struct TimeIndex: @unchecked Sendable {
  private var slices: TimeSlices
  private var base: UnsafeMutablePointer<TimeSlice>
  private var count: UInt64
  /// Rows that each slice will probably have.
  private let expected: Int

  /// Rows for which a slice is worth its while: their index has sixteen pages, most of which a core's second cache holds.
  private static let rowsOfSlice = 10_200
  private static let slicesMax = 1_024

  /// For a generation that will probably have so many rows. One of few rows has a single slice.
  init(expecting rows: Int) {
    let wanted = min(rows / Self.rowsOfSlice + 1, Self.slicesMax)
    expected = rows / wanted
    slices = TimeSlices(count: wanted)
    base = slices.base
    count = UInt64(wanted)
  }

  /// The slice of an id, whose high half is given, by its milliseconds within the generation.
  @inline(__always)
  private func slice(_ high: UInt64) -> UnsafeMutablePointer<TimeSlice> {
    let milliseconds = (high &>> 16) & ((1 &<< Memory.spanBits) &- 1)
    // Less than `count`, as the milliseconds are less than the span.
    return base + Int(truncatingIfNeeded: (milliseconds &* count) &>> Memory.spanBits)
  }

  /// Looks for an id; good until anything changes.
  @inline(__always)
  func reader(_ high: UInt64) -> IndexReader { slice(high).pointee.index.reader }

  /// Inserts where a probe of the same id ended, nothing having changed since.
  @inline(__always)
  mutating func insert(_ high: UInt64, _ hash: UInt32, _ slot: Slot, at probe: IndexProbe, _ epoch: UInt64) {
    let slice = slice(high)
    if slice.pointee.epoch != epoch || !slice.pointee.index.insert(hash, slot, at: probe) {
      slice.pointee.insertMakingReady(hash, slot, epoch, expecting: expected)
    }
  }

  /// The ledger was copied: each slice claims its pages anew before it is written.
  mutating func share() {
    slices = TimeSlices(slices)
    base = slices.base
  }

  var entries: Int { slices.sum { $0.index.count } }

  var bytes: Int { slices.sum { $0.hasBegun ? $0.index.bytes : 0 } }
}

/// One slice's index.
private struct TimeSlice {
  var index: IndexMap
  /// The ownership under which its pages were last claimed.
  var epoch = TimeSlice.notBegun

  private static let notBegun = UInt64.max

  var hasBegun: Bool { epoch != Self.notBegun }

  /// Inserts where the pages are not known to be ours, or are not there yet, or are full.
  @inline(never)
  mutating func insertMakingReady(_ hash: UInt32, _ slot: Slot, _ epoch: UInt64, expecting rows: Int) {
    if !hasBegun {
      index = IndexMap(expecting: rows)
    } else if self.epoch != epoch {
      index.share()
    }
    self.epoch = epoch
    index.insert(hash, slot)
  }
}

/// The slices in plain memory of their own, as an array asks at each access whether it is the only owner.
private final class TimeSlices {
  let base: UnsafeMutablePointer<TimeSlice>
  private let count: Int

  /// Slices that have not begun; all of them show the same empty index.
  init(count: Int) {
    self.count = count
    base = .allocate(capacity: count)
    base.initialize(repeating: TimeSlice(index: IndexMap()), count: count)
  }

  init(_ other: TimeSlices) {
    count = other.count
    base = .allocate(capacity: count)
    base.initialize(from: other.base, count: count)
  }

  func sum(_ value: (TimeSlice) -> Int) -> Int {
    UnsafeBufferPointer(start: base, count: count).reduce(0) { $0 + value($1) }
  }

  deinit {
    base.deinitialize(count: count)
    base.deallocate()
  }
}
