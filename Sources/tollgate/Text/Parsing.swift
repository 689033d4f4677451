// Reads what people type: durations, sizes, amounts, ids. Whatever is wrong is answered with what would be right.

internal import ArgumentParser
internal import TollgateValues

/// Why a text cannot be read; its description ends a sentence such as "The value 'x' is invalid for '--size': …".
struct ParseProblem: Error, Hashable, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Readers for options and for the fields of files; usable as `transform:` of an option.
enum Parse {
  static let durationRule = "expected a duration such as 90s, 15m, 1h30m or 30d"

  /// `90s`, `15m`, `1h30m`, `250ms`, `30d`: whole numbers, each with its unit, from the largest unit to the smallest.
  @Sendable static func timeSpan(_ text: String) throws -> TimeSpan {
    let units: [(name: String, nanoseconds: Int64)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
      ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1),
    ]
    var rest = Substring(text)
    var total: Int64 = 0
    var smallest = Int64.max
    guard !rest.isEmpty else { throw ParseProblem(durationRule) }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { !($0.isASCII && $0.isNumber) }
      rest = rest.dropFirst(name.count)
      guard let count = Int64(digits), let unit = units.first(where: { $0.name == name }), unit.nanoseconds < smallest
      else { throw ParseProblem(durationRule) }
      let (product, isTooLong) = count.multipliedReportingOverflow(by: unit.nanoseconds)
      let (sum, overflows) = total.addingReportingOverflow(product)
      guard !isTooLong, !overflows else { throw ParseProblem("a duration has at most 292 years") }
      total = sum
      smallest = unit.nanoseconds
    }
    return TimeSpan(nanoseconds: total)
  }

  /// A duration above zero.
  @Sendable static func positiveTimeSpan(_ text: String) throws -> TimeSpan {
    let span = try timeSpan(text)
    guard span > .zero else { throw ParseProblem("expected a duration above zero, such as 15m") }
    return span
  }

  /// Decimal credits of either sign.
  @Sendable static func credits(_ text: String) throws -> Credits {
    guard let credits = Credits(text), credits.microcredits.magnitude <= Credits.amountMax.microcredits.magnitude else {
      throw ParseProblem("expected credits with at most 6 decimals, such as 24 or 2.5")
    }
    return credits
  }

  /// Decimal credits, zero or above.
  @Sendable static func amount(_ text: String) throws -> Credits {
    let credits = try credits(text)
    guard credits >= .zero else { throw ParseProblem("an amount of credits cannot be negative") }
    return credits
  }

  /// Decimal credits above zero.
  @Sendable static func positiveAmount(_ text: String) throws -> Credits {
    let credits = try credits(text)
    guard credits > .zero else { throw ParseProblem("expected an amount of credits above zero, such as 24 or 2.5") }
    return credits
  }

  /// Decimal dollars, as micro-dollars.
  @Sendable static func dollars(_ text: String) throws -> Int64 {
    let digits = text.hasPrefix("$") ? String(text.dropFirst()) : text
    guard let amount = Credits(digits), amount >= .zero else {
      throw ParseProblem("expected dollars with at most 6 decimals, such as 9.90")
    }
    return amount.microcredits
  }

  /// `1024x768`, `1024×768`, or `1024` for a square.
  @Sendable static func size(_ text: String) throws -> Size {
    let sides = text.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "X" || $0 == "×" }
    let numbers = sides.compactMap { UInt16($0) }
    guard (1...2).contains(sides.count), numbers.count == sides.count, !numbers.contains(0) else {
      throw ParseProblem("expected a size in pixels such as 1024x768, or 1024 for a square")
    }
    return Size(width: numbers[0], height: numbers[numbers.count - 1])
  }

  /// The canonical text of a UUID, or its 32 digits.
  @Sendable static func identifier<ID: Identifier>(_ text: String) throws -> ID {
    guard let id = ID(text) else {
      throw ParseProblem("expected a UUID, such as 0199f0aa-5e31-7c44-9d5b-0c2f6a1b7e90")
    }
    guard !id.isZero else { throw ParseProblem("the id of all zeros means none, and names nothing") }
    return id
  }

  /// A whole number in a range.
  static func number<Number: FixedWidthInteger>(_ text: String, _ range: ClosedRange<Number>) throws -> Number {
    guard let number = Number(text), range.contains(number) else {
      throw ParseProblem("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `true` or `false`, or what people write for them.
  @Sendable static func flag(_ text: String) throws -> Bool {
    switch text.lowercased() {
    case "true", "yes", "1", "on": return true
    case "false", "no", "0", "off": return false
    default: throw ParseProblem("expected true or false")
    }
  }
}

/// The sides of an image in pixels.
struct Size: Hashable, CustomStringConvertible {
  var width: UInt16
  var height: UInt16
  var description: String { "\(width)×\(height)" }
}
