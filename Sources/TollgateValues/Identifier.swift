// 128-bit identifiers: accounts, holds, lots, requests, projects and members are each a type of their own.

/// A 128-bit identifier, ordered by its bits; UUIDv7 values therefore order by time.
public protocol Identifier: Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible,
  LosslessStringConvertible, Codable
{
  /// The first eight bytes, big-endian: of a UUIDv7, the milliseconds and `rand_a`.
  var high: UInt64 { get }
  /// The last eight bytes, big-endian.
  var low: UInt64 { get }
  /// Makes an identifier of its two halves.
  init(high: UInt64, low: UInt64)
}

extension Identifier {
  /// All bits zero: "none" wherever an identifier is optional on the wire.
  @inlinable public static var zero: Self { Self(high: 0, low: 0) }

  /// Whether every bit is zero.
  @inlinable public var isZero: Bool { high | low == 0 }

  /// Orders by the bits, first to last.
  @inlinable public static func < (left: Self, right: Self) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// The canonical text of a UUID: 8-4-4-4-12 lower-case hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for position in 0..<32 {
      if position == 8 || position == 12 || position == 16 || position == 20 { text.append(UInt8(ascii: "-")) }
      let half = position < 16 ? high : low
      text.append(digits[Int(half >> UInt64(60 - 4 * (position % 16)) & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads 32 hexadecimal digits of either case, with or without the hyphens of a UUID; nil for anything else.
  public init?(_ description: String) {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for (position, character) in description.utf8.enumerated() {
      if character == UInt8(ascii: "-") {
        guard position == 8 || position == 13 || position == 18 || position == 23 else { return nil }
        continue
      }
      guard let value = hexadecimalValue(character), digits < 32 else { return nil }
      if digits < 16 { high = high << 4 | value } else { low = low << 4 | value }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  /// Decodes the canonical text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(text)' is not a 128-bit id: expected 32 hexadecimal digits, as in a UUID")
    }
    self = value
  }

  /// Encodes the canonical text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

private func hexadecimalValue(_ character: UInt8) -> UInt64? {
  switch character {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(character - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(character - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(character - UInt8(ascii: "A") + 10)
  default: nil
  }
}
