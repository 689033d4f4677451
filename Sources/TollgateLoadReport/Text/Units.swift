// Numbers for people: three digits and a unit, or all digits in groups of three.

internal import Foundation

/// How the harness writes numbers.
package enum Units {
  /// `812 ns`, `12.3 µs`, `1.23 ms`, `4.56 s`, `61.0 min`.
  package static func duration(_ nanoseconds: UInt64) -> String { duration(Double(nanoseconds)) }

  /// The same of fractions, as in a mean.
  package static func duration(_ nanoseconds: Double) -> String {
    guard nanoseconds.isFinite else { return "–" }
    if nanoseconds < 0 { return "−" + duration(-nanoseconds) }
    // What would round up to the next unit's first number is written in that unit.
    for (name, factor, end) in [("ns", 1.0, 1e3), ("µs", 1e3, 1e6), ("ms", 1e6, 1e9), ("s", 1e9, 60e9)]
    where nanoseconds < end * 0.9995 {
      let isWhole = factor == 1 && nanoseconds.rounded() == nanoseconds
      return (isWhole ? fixed(nanoseconds, 0) : digits(nanoseconds / factor)) + " " + name
    }
    return digits(nanoseconds / 60e9) + " min"
  }

  /// `1,234,567`.
  package static func count(_ count: UInt64) -> String { grouped(String(count)) }

  /// `1,234,567`.
  package static func count(_ count: Int) -> String {
    count < 0 ? "−" + grouped(String(count.magnitude)) : grouped(String(count))
  }

  /// `1,234,567/s`, below ten with fractions.
  package static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite else { return "–" }
    return (abs(perSecond) < 10 ? digits(perSecond) : grouped(fixed(perSecond, 0))) + "/s"
  }

  /// `1.23 M`, `45.6 k`, `789`: short, for axes and narrow places.
  package static func short(_ number: Double) -> String {
    guard number.isFinite else { return "–" }
    for (factor, name) in [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k")] where abs(number) >= factor * 0.9995 {
      return trimmed(digits(number / factor)) + name
    }
    return trimmed(digits(number))
  }

  /// `12.3 %`; a share of 0.123.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let percent = share * 100
    if percent != 0, abs(percent) < 0.01 { return percent > 0 ? "< 0.01 %" : "> −0.01 %" }
    return fixed(percent, abs(percent) < 1 ? 2 : 1) + " %"
  }

  /// `+12.3 %`, `−4.0 %`.
  package static func change(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let text = fixed(abs(share) * 100, 1)
    return text == "0.0" ? "0.0 %" : (share > 0 ? "+" : "−") + text + " %"
  }

  /// `45 s`, `1 min 30 s`, `2 h 5 min`.
  package static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "–" }
    if seconds < 9.95 { return trimmed(fixed(seconds, 1)) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s") }
    return "\(whole / 3_600) h" + (whole / 60 % 60 == 0 ? "" : " \(whole / 60 % 60) min")
  }

  /// `1.43 GiB`.
  package static func bytes(_ bytes: UInt64) -> String {
    var value = Double(bytes)
    for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
      if value < 1_023.5 { return trimmed(digits(value)) + " " + unit }
      value /= 1_024
    }
    return digits(value) + " PiB"
  }

  /// `1,234.5` credits of micro-credits.
  package static func credits(_ micro: Int64) -> String {
    let whole = grouped(String(micro.magnitude / 1_000_000))
    let rest = String(micro.magnitude % 1_000_000)
    let fraction = String(
      (String(repeating: "0", count: 6 - rest.count) + rest).reversed().drop { $0 == "0" }.reversed())
    return (micro < 0 ? "−" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// Three significant digits.
  static func digits(_ number: Double) -> String {
    let size = abs(number)
    return fixed(number, size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
  }

  static func fixed(_ number: Double, _ places: Int) -> String {
    guard number.isFinite else { return "–" }
    let text = String(format: "%.\(places)f", number)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// Without zeros at the end of a fraction.
  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  private static func grouped(_ digits: String) -> String {
    let sign = digits.hasPrefix("−") ? "−" : ""
    let digits = Array(digits.dropFirst(sign.count))
    var text = sign
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
