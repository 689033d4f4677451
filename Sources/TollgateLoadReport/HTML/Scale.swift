// From values to places: linear, logarithmic, and the axis of nines, each with ticks at round values.

internal import Foundation

/// An axis: where a value lies between 0 and 1, and where its ticks are.
struct Scale {
  /// A mark on an axis.
  struct Tick {
    var place: Double
    var label: String
  }

  private let lower: Double
  private let upper: Double
  private let map: @Sendable (Double) -> Double
  let ticks: [Tick]

  private init(
    _ lower: Double, _ upper: Double, _ ticks: [(Double, String)], _ map: @escaping @Sendable (Double) -> Double
  ) {
    let (start, end) = (map(lower), map(upper))
    self.lower = start
    self.upper = end > start ? end : start + 1
    self.map = map
    let span = self.upper - start
    self.ticks = ticks.map { Tick(place: (map($0.0) - start) / span, label: $0.1) }
  }

  /// 0 at the lower end of the axis, 1 at the upper; outside values lie on the ends.
  func place(_ value: Double) -> Double {
    let mapped = map(value)
    guard mapped.isFinite else { return 0 }
    return min(1, max(0, (mapped - lower) / (upper - lower)))
  }

  /// From zero to a round number above `most`.
  static func fromZero(to most: Double, _ label: (Double) -> String) -> Scale {
    let most = most.isFinite && most > 0 ? max(1e-9, min(most, 1e18)) : 1
    let step = roundStep(most * 1.04 / 4)
    let count = Int((most * 1.04 / step).rounded(.up))
    let ticks = (0...max(1, min(count, 12))).map { Double($0) * step }
    return Scale(0, ticks.last ?? most, ticks.map { ($0, label($0)) }) { $0 }
  }

  /// The next of 1, 2, 2.5, 5, 10… at or above.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= step * 0.999_999 } ?? 10
    return factor * power
  }

  /// Seconds, with ticks at round times.
  static func time(from start: Double, to end: Double) -> Scale {
    let start = start.isFinite ? max(-1e9, min(1e9, start)) : 0
    let end = end.isFinite ? max(start + 1e-3, min(2e9, end)) : start + 1
    let steps: [Double] = [
      0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200,
      86_400, 604_800, 2_592_000, 31_536_000,
    ]
    let step = steps.first { (end - start) / $0 <= 7 } ?? (end - start)
    let first = Int((start / step).rounded(.up))
    let last = max(first, min(first + 10, Int((end / step).rounded(.down))))
    let ticks = (first...last).map { Double($0) * step }
    return Scale(start, end, ticks.map { ($0, $0 < 0 ? "−" + Units.time(-$0) : Units.time($0)) }) { $0 }
  }

  /// Durations in nanoseconds on a logarithmic axis, from `least` to `most` widened to round values.
  static func durations(from least: UInt64, to most: UInt64) -> Scale {
    let all = roundDurations
    let low = all.last { $0 <= Double(max(1, least)) } ?? 1
    let high = all.first { $0 >= Double(max(1, most)) && $0 > low } ?? 3.6e12
    let shown = all.filter { $0 >= low && $0 <= high }
    let isLong = shown.count > 12
    let ticks = shown.filter { !isLong || isPowerOfTen($0) }.map { ($0, Units.short(duration: $0)) }
    return Scale(low, high, ticks) { log10(max($0, 0.5)) }
  }

  private static let roundDurations: [Double] = (0...12).flatMap { power in
    [1.0, 2, 5].map { $0 * pow(10, Double(power)) }
  }

  private static func isPowerOfTen(_ value: Double) -> Bool { log10(value).rounded() == log10(value) }

  /// Percentiles up to so many nines: 90 % at 1, 99 % at 2, 99.9 % at 3.
  static func nines(_ nines: Double) -> Scale {
    var ticks: [(Double, String)] = [(0, "0 %"), (50, "50 %"), (90, "90 %")]
    for count in 2...7 where Double(count) <= nines + 0.001 {
      ticks.append(
        (percentile(Double(count)), "99" + (count > 2 ? "." : "") + String(repeating: "9", count: count - 2) + " %"))
    }
    return Scale(0, percentile(nines), ticks) { -log10(max(1e-12, 1 - $0 / 100)) }
  }

  /// The percentile that stands at a place of the axis of nines.
  static func percentile(_ nines: Double) -> Double { 100 * (1 - pow(10, -nines)) }

  /// Rates a second: from zero, or on a logarithmic axis if they lie far apart. All are positive.
  static func rates(from least: Double, to most: Double) -> Scale {
    guard least > 0, most.isFinite, most / least > 16 else { return fromZero(to: most) { Units.short($0) + "/s" } }
    let low = pow(10, log10(max(least, 1e-6)).rounded(.down))
    let high = max(low * 10, min(most * 1.1, 1e15))
    let powers = Int(log10(low).rounded())...Int(log10(high).rounded(.down))
    return Scale(low, high, powers.map { (pow(10, Double($0)), Units.short(pow(10, Double($0))) + "/s") }) {
      log10(max($0, 1e-9))
    }
  }
}

extension Units {
  /// A round duration for an axis: `5 ms`.
  static func short(duration nanoseconds: Double) -> String {
    for (factor, name) in [(1e9, " s"), (1e6, " ms"), (1e3, " µs")] where nanoseconds >= factor {
      return short(nanoseconds / factor) + name
    }
    return short(nanoseconds) + " ns"
  }
}
