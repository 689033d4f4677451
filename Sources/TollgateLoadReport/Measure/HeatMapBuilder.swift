// Turns the histograms of intervals into the columns of a heat map: rows of an eighth of a doubling, about 9 % each.

/// Collects columns.
struct HeatMapBuilder {
  private var rows: [[Int: UInt64]] = []

  mutating func append(_ histogram: LatencyHistogram) {
    var column: [Int: UInt64] = [:]
    histogram.forEachSlot { values, count in column[Self.row(of: values.lowerBound), default: 0] += count }
    rows.append(column)
  }

  /// The map, from the lowest row that counted anything to the highest.
  func finished() -> HeatMap {
    let used = rows.flatMap(\.keys)
    guard let first = used.min(), let last = used.max() else {
      return HeatMap(bounds: [], columns: rows.map { _ in [] })
    }
    return HeatMap(
      bounds: (first...last).map(Self.bound), columns: rows.map { column in (first...last).map { column[$0] ?? 0 } })
  }

  /// The row of a duration: three bits behind the highest one. Below 16 ns every nanosecond has its own.
  static func row(of nanoseconds: UInt64) -> Int {
    let shift = Swift.max(0, 60 - (nanoseconds | 1).leadingZeroBitCount)
    return shift << 3 + Int(truncatingIfNeeded: nanoseconds >> UInt64(shift))
  }

  /// The largest duration of a row.
  static func bound(_ row: Int) -> UInt64 {
    let shift = Swift.max(0, row >> 3 - 1)
    return (UInt64(row - shift << 3) + 1) << UInt64(shift) - 1
  }
}
