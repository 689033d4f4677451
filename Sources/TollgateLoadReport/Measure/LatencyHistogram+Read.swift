// What a histogram says: percentiles by rank, the mean, and counts between two bounds.

extension LatencyHistogram {
  /// The smallest value recorded; 0 when there is none.
  package var min: UInt64 { count == 0 ? 0 : lowest }

  /// Whether nothing was recorded.
  package var isEmpty: Bool { count == 0 }

  /// The value that `percentile` per cent of all values do not exceed, rounded up to the end of its slot and never above
  /// the largest value; 0 when nothing was recorded.
  ///
  /// The rank is `⌈percentile / 100 × count⌉`, at least 1.
  package func percentile(_ percentile: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = Self.rank(percentile, of: count)
    if rank >= count { return max }
    var seen: UInt64 = 0
    for slot in usedSlots {
      seen &+= counts[slot]
      if seen >= rank { return Swift.min(Self.values(of: slot).upperBound, max) }
    }
    return max
  }

  /// Several percentiles in one walk; `percentiles` ascend.
  package func percentiles(_ percentiles: [Double]) -> [UInt64] {
    var values: [UInt64] = []
    var seen: UInt64 = 0
    var slot = usedSlots.lowerBound
    for percentile in percentiles {
      let rank = count == 0 ? 0 : Self.rank(percentile, of: count)
      if rank >= count {
        values.append(max)
        continue
      }
      while slot < usedSlots.upperBound, seen &+ counts[slot] < rank {
        seen &+= counts[slot]
        slot += 1
      }
      values.append(Swift.min(Self.values(of: slot).upperBound, max))
    }
    return values
  }

  /// `⌈percentile / 100 × count⌉` within 1…count. What the division of a decimal fraction leaves over does not count:
  /// 99.9 % of 1,000 is rank 999.
  static func rank(_ percentile: Double, of count: UInt64) -> UInt64 {
    guard percentile < 100 else { return count }
    guard percentile > 0 else { return 1 }
    let exact = percentile / 100 * Double(count)
    let rank = (exact - exact.ulp * 4).rounded(.up)
    return rank < Double(count) ? Swift.max(1, UInt64(rank)) : count
  }

  /// The mean, from the middle of each slot.
  package var mean: Double {
    guard count > 0 else { return 0 }
    var sum = 0.0
    forEachSlot { sum += Self.middle($0) * Double($1) }
    return Swift.min(Double(max), Swift.max(Double(min), sum / Double(count)))
  }

  /// The standard deviation, from the middle of each slot.
  package var standardDeviation: Double {
    guard min < max else { return 0 }
    let mean = mean
    var sum = 0.0
    forEachSlot { sum += (Self.middle($0) - mean) * (Self.middle($0) - mean) * Double($1) }
    return (sum / Double(count)).squareRoot()
  }

  private static func middle(_ values: ClosedRange<UInt64>) -> Double {
    (Double(values.lowerBound) + Double(values.upperBound)) / 2
  }

  /// The slots that counted anything, ascending.
  package func forEachSlot(_ body: (_ values: ClosedRange<UInt64>, _ count: UInt64) -> Void) {
    for slot in usedSlots where counts[slot] > 0 { body(Self.values(of: slot), counts[slot]) }
  }

  /// How many values lie in slots that end at or below `nanoseconds`.
  package func count(atMost nanoseconds: UInt64) -> UInt64 {
    var sum: UInt64 = 0
    for slot in usedSlots {
      if Self.values(of: slot).upperBound > nanoseconds { break }
      sum &+= counts[slot]
    }
    return nanoseconds >= max ? count : sum
  }
}
