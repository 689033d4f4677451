// Instants and spans of time: whole nanoseconds, passed in and never read from a clock here.

/// A point in time: nanoseconds since 1970-01-01 UTC, without leap seconds.
public struct Instant: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Nanoseconds since 1970 UTC.
  public var nanoseconds: Int64

  /// An instant of nanoseconds since 1970 UTC.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Later than every other instant: "never" where an expiry is optional.
  @inlinable public static var never: Instant { Instant(nanoseconds: .max) }
  /// Earlier than every other instant.
  @inlinable public static var distantPast: Instant { Instant(nanoseconds: .min) }
  /// 1970-01-01 00:00 UTC: "at once" where an effective time is optional.
  @inlinable public static var epoch: Instant { Instant(nanoseconds: 0) }

  /// Orders by time.
  @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

  /// This instant moved by a span; stops at the ends of time instead of overflowing.
  @inlinable public func advanced(by span: TimeSpan) -> Instant {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(span.nanoseconds)
    return Instant(nanoseconds: overflow ? (span.nanoseconds < 0 ? .min : .max) : sum)
  }

  /// The span from an earlier instant to this one; stops at the ends instead of overflowing.
  @inlinable public func since(_ earlier: Instant) -> TimeSpan {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    return TimeSpan(nanoseconds: overflow ? (nanoseconds < earlier.nanoseconds ? .min : .max) : difference)
  }
}

/// A length of time in nanoseconds; may be negative.
public struct TimeSpan: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Whole nanoseconds.
  public var nanoseconds: Int64

  /// A span of nanoseconds.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// No time at all.
  @inlinable public static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }
  /// A span of microseconds, clamped to what fits.
  @inlinable public static func microseconds(_ count: Int64) -> TimeSpan { scaled(count, by: 1_000) }
  /// A span of milliseconds, clamped to what fits.
  @inlinable public static func milliseconds(_ count: Int64) -> TimeSpan { scaled(count, by: 1_000_000) }
  /// A span of seconds, clamped to what fits.
  @inlinable public static func seconds(_ count: Int64) -> TimeSpan { scaled(count, by: 1_000_000_000) }
  /// A span of minutes, clamped to what fits.
  @inlinable public static func minutes(_ count: Int64) -> TimeSpan { scaled(count, by: 60_000_000_000) }
  /// A span of hours, clamped to what fits.
  @inlinable public static func hours(_ count: Int64) -> TimeSpan { scaled(count, by: 3_600_000_000_000) }
  /// A span of days of 86,400 seconds (rule 13), clamped to what fits.
  @inlinable public static func days(_ count: Int64) -> TimeSpan { scaled(count, by: 86_400_000_000_000) }

  /// Orders by length.
  @inlinable public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.nanoseconds < right.nanoseconds }

  /// A count of units, clamped to what fits.
  @usableFromInline static func scaled(_ count: Int64, by unit: Int64) -> TimeSpan {
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return TimeSpan(nanoseconds: overflow ? (count < 0 ? .min : .max) : product)
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC with as many decimals as needed: `2026-11-22T15:04:05.25Z`; `never` for the end of time.
  public var description: String {
    if self == .never { return "never" }
    let (date, time) = (
      nanoseconds.flooredQuotient(86_400_000_000_000), nanoseconds.flooredRemainder(86_400_000_000_000)
    )
    let (year, month, day) = civilDate(daysSince1970: date)
    let seconds = time / 1_000_000_000
    var fraction = padded(time % 1_000_000_000, 9)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
      + "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + (fraction.isEmpty ? "Z" : ".\(fraction)Z")
  }
}

extension TimeSpan: CustomStringConvertible {
  /// The largest units that fit, at most two: `15m`, `1h30m`, `250ms`, `30d`.
  public var description: String {
    var rest = nanoseconds.magnitude
    var parts: [String] = []
    let units: [(String, UInt64)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
      ("ms", 1_000_000), ("µs", 1_000), ("ns", 1),
    ]
    for (name, size) in units where rest >= size && parts.count < 2 {
      parts.append("\(rest / size)\(name)")
      rest %= size
    }
    return parts.isEmpty ? "0s" : (nanoseconds < 0 ? "-" : "") + parts.joined()
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 { self / divisor - (self % divisor < 0 ? 1 : 0) }
  fileprivate func flooredRemainder(_ divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

/// The Gregorian date of a day number, by the usual eras of 400 years that begin in March.
private func civilDate(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = daysSince1970 + 719_468
  let era = shifted.flooredQuotient(146_097)
  let dayOfEra = shifted.flooredRemainder(146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let marchMonth = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
  let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let text = String(number)
  return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
}
