// Latencies in a table of fixed size: recording is an increment, and a percentile is right to one part in 1,024.
//
// The layout is that of HdrHistogram with three significant digits, so that its files can be written and read without a
// translation: values below 2,048 ns have a slot each, and every doubling from there on is cut into 1,024 slots.

/// Counts of durations from 0 ns to an hour, in nanoseconds.
///
/// What takes longer than an hour counts as an hour.
package struct LatencyHistogram: Sendable {
  /// The longest duration that is told apart: one hour.
  package static let longest: UInt64 = 3_600_000_000_000
  /// One doubling of the value is cut into 2 to this power slots.
  static let slotBits = 10
  /// Slots in all.
  static let slotCount = slot(of: longest) + 1

  /// How often each slot was hit.
  var counts: [UInt64]
  /// Values recorded.
  package private(set) var count: UInt64 = 0
  /// The smallest value recorded; above every value when there is none.
  private(set) var lowest = UInt64.max
  /// The largest value recorded; 0 when there is none.
  package private(set) var max: UInt64 = 0

  package init() {
    counts = [UInt64](repeating: 0, count: Self.slotCount)
  }

  /// The slot that counts a value of at most `longest`.
  @inline(__always)
  static func slot(of value: UInt64) -> Int {
    // The highest bit decides how coarse the slot is; `| 2047` gives all small values the finest ones.
    let shift = 53 &- (value | 2_047).leadingZeroBitCount
    return shift << slotBits &+ Int(truncatingIfNeeded: value >> UInt64(truncatingIfNeeded: shift))
  }

  /// The values that a slot counts.
  static func values(of slot: Int) -> ClosedRange<UInt64> {
    let shift = Swift.max(0, slot >> slotBits - 1)
    let first = UInt64(slot - shift << slotBits) << UInt64(shift)
    return first...(first + (1 << UInt64(shift)) - 1)
  }

  /// Counts one duration.
  @inline(__always)
  package mutating func record(_ nanoseconds: UInt64) {
    record(nanoseconds, times: 1)
  }

  /// Counts a duration that occurred several times, as the items of one batch do.
  @inline(__always)
  package mutating func record(_ nanoseconds: UInt64, times: UInt64) {
    guard times > 0 else { return }
    let value = Swift.min(nanoseconds, Self.longest)
    counts[Self.slot(of: value)] &+= times
    count &+= times
    lowest = Swift.min(lowest, value)
    max = Swift.max(max, value)
  }

  /// A histogram without values, whose memory all that have none share.
  static let none = LatencyHistogram()

  /// Adds what another histogram counted.
  package mutating func merge(_ other: LatencyHistogram) {
    for slot in other.usedSlots { counts[slot] &+= other.counts[slot] }
    count &+= other.count
    lowest = Swift.min(lowest, other.lowest)
    max = Swift.max(max, other.max)
  }

  /// Forgets everything, and keeps its memory.
  package mutating func reset() {
    for slot in usedSlots { counts[slot] = 0 }
    count = 0
    lowest = .max
    max = 0
  }

  /// The slots between the smallest and the largest value; all others are 0.
  var usedSlots: Range<Int> {
    count == 0 ? 0..<0 : Self.slot(of: lowest)..<(Self.slot(of: max) + 1)
  }
}

extension LatencyHistogram: Equatable {
  package static func == (left: LatencyHistogram, right: LatencyHistogram) -> Bool {
    left.count == right.count && left.lowest == right.lowest && left.max == right.max && left.counts == right.counts
  }
}
