// Reads instants: RFC 3339 with any offset, or a duration from now; and the clock that "now" means.

internal import TollgateValues

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension Instant {
  /// This machine's clock.
  static var now: Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// For people: RFC 3339 in UTC, cut to whole seconds.
  var brief: String {
    if self == .never || self == .distantPast { return description }
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    return Instant(nanoseconds: (quotient - (remainder < 0 ? 1 : 0)) &* 1_000_000_000).description
  }
}

extension Parse {
  static let instantRule =
    "expected an instant such as 2026-12-31T23:59:59Z, a day such as 2026-12-31 (UTC), or a duration from now such as +30d"

  /// An instant of RFC 3339, a day, or `+30d` from now.
  @Sendable static func instant(_ text: String) throws -> Instant { try instant(text, now: .now) }

  /// An instant, or `never`.
  @Sendable static func expiry(_ text: String) throws -> Instant { text == "never" ? .never : try instant(text) }

  /// An instant, judged at `now`.
  static func instant(_ text: String, now: Instant) throws -> Instant {
    if text.hasPrefix("+") { return now.advanced(by: try timeSpan(String(text.dropFirst()))) }
    if text == "now" { return now }
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let day = scanner.number(2), (1678...2261).contains(year), (1...12).contains(month),
      (1...daysOfMonth(year, month)).contains(day)
    else { throw ParseProblem(instantRule) }
    let midnight = daysSince1970(year, month, day) * 86_400
    if scanner.isAtEnd { return Instant(nanoseconds: midnight * 1_000_000_000) }
    guard scanner.take("T", or: "t") || scanner.take(" ", or: "_"), let hour = scanner.number(2), scanner.take(":"),
      let minute = scanner.number(2), scanner.take(":"), let second = scanner.number(2), hour < 24, minute < 60,
      second < 60, let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
    else { throw ParseProblem(instantRule) }
    let seconds = midnight + hour * 3_600 + minute * 60 + second - offset
    return Instant(nanoseconds: seconds * 1_000_000_000 + fraction)
  }

  private static func daysOfMonth(_ year: Int64, _ month: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
  }

  /// The day's number, by eras of 400 years that begin in March; years from 1678 here, so nothing is negative.
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

/// Takes fixed-width numbers off the front of a text.
private struct DigitScanner {
  private var rest: Substring
  init(_ text: String) { rest = Substring(text) }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Character, or other: Character? = nil) -> Bool {
    guard let first = rest.first, first == character || first == other else { return false }
    rest.removeFirst()
    return true
  }

  mutating func number(_ digits: Int) -> Int64? {
    let text = rest.prefix(digits)
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest = rest.dropFirst(digits)
    return Int64(text)
  }

  /// The nanoseconds of `.25`; zero where there is no fraction.
  mutating func fraction() -> Int64? {
    guard take(".") else { return 0 }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard (1...9).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    return Int64(digits + String(repeating: "0", count: 9 - digits.count))
  }

  /// The seconds of `Z` or `+02:00`.
  mutating func offset() -> Int64? {
    if take("Z", or: "z") { return 0 }
    let isEast = take("+")
    guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
    else {
      return nil
    }
    return (hours * 3_600 + minutes * 60) * (isEast ? 1 : -1)
  }
}
