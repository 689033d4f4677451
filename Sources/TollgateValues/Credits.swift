// Credits: checked integers of micro-credits. No floating point touches an amount.

/// An amount of credits, stored as whole micro-credits (1 credit = 1,000,000 µcr). May be negative as a difference.
public struct Credits: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Micro-credits in one credit.
  public static let microcreditsPerCredit: Int64 = 1_000_000
  /// Nothing.
  @inlinable public static var zero: Credits { Credits(microcredits: 0) }
  /// The most that a single amount may be: 10^12 credits, so that sums of many amounts stay far from `Int64.max`.
  @inlinable public static var amountMax: Credits { Credits(microcredits: 1_000_000_000_000_000_000) }

  /// Whole micro-credits.
  public var microcredits: Int64

  /// An amount in micro-credits.
  @inlinable public init(microcredits: Int64) { self.microcredits = microcredits }

  /// An amount in whole credits; nil if it overflows.
  @inlinable public init?(credits: Int64) {
    let (product, overflow) = credits.multipliedReportingOverflow(by: Credits.microcreditsPerCredit)
    guard !overflow else { return nil }
    self.microcredits = product
  }

  /// Orders by amount.
  @inlinable public static func < (left: Credits, right: Credits) -> Bool { left.microcredits < right.microcredits }

  /// The sum, or nil on overflow.
  @inlinable public func adding(_ other: Credits) -> Credits? {
    let (sum, overflow) = microcredits.addingReportingOverflow(other.microcredits)
    return overflow ? nil : Credits(microcredits: sum)
  }

  /// The difference, or nil on overflow.
  @inlinable public func subtracting(_ other: Credits) -> Credits? {
    let (difference, overflow) = microcredits.subtractingReportingOverflow(other.microcredits)
    return overflow ? nil : Credits(microcredits: difference)
  }

  /// Sum of amounts that our own invariants keep in range; traps if they do not hold.
  @inlinable public static func + (left: Credits, right: Credits) -> Credits {
    Credits(microcredits: left.microcredits + right.microcredits)
  }

  /// Difference of amounts that our own invariants keep in range; traps if they do not hold.
  @inlinable public static func - (left: Credits, right: Credits) -> Credits {
    Credits(microcredits: left.microcredits - right.microcredits)
  }

  /// Adds in place; traps on overflow, which our own invariants exclude.
  @inlinable public static func += (left: inout Credits, right: Credits) { left = left + right }

  /// Subtracts in place; traps on overflow, which our own invariants exclude.
  @inlinable public static func -= (left: inout Credits, right: Credits) { left = left - right }
}

extension Credits: CustomStringConvertible, LosslessStringConvertible {
  /// Decimal credits with as many decimals as needed, at most six: `12`, `0.5`, `-3.000001`.
  public var description: String {
    let magnitude = microcredits.magnitude
    let whole = String(magnitude / 1_000_000)
    let micro = magnitude % 1_000_000
    var text = microcredits < 0 ? "-" + whole : whole
    if micro != 0 {
      var decimals = String(micro)
      decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
      while decimals.last == "0" { decimals.removeLast() }
      text += "." + decimals
    }
    return text
  }

  /// Reads decimal credits: an optional sign, digits, and at most six decimals; nil for anything else or on overflow.
  public init?(_ description: String) {
    var digits = Substring(description)
    let negative = digits.first == "-"
    if negative || digits.first == "+" { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, !first.isEmpty, first.utf8.allSatisfy(isDigit) else { return nil }
    var decimals = parts.count == 2 ? String(parts[1]) : ""
    guard parts.count == 1 || !decimals.isEmpty, decimals.count <= 6, decimals.utf8.allSatisfy(isDigit) else {
      return nil
    }
    decimals += String(repeating: "0", count: 6 - decimals.count)
    guard let value = Int64((negative ? "-" : "") + first + decimals) else { return nil }
    self.init(microcredits: value)
  }
}

private func isDigit(_ character: UInt8) -> Bool {
  character >= UInt8(ascii: "0") && character <= UInt8(ascii: "9")
}
