// Reads the scalars of a price book's file from their text: exact decimals and UTC instants, by hand.

internal import TollgateValues

/// A decimal of at most six decimals, in millionths: digits, then perhaps a point and digits; nil for anything else.
/// What exceeds 64 bits is given as the largest number, so that the caller's bound refuses it.
func millionths(of text: String) -> UInt64? {
  let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
  guard let whole = parts.first, !whole.isEmpty, whole.allSatisfy(isDigit) else { return nil }
  guard whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
  var decimals = parts.count == 2 ? Array(parts[1]) : []
  guard parts.count == 1 || !decimals.isEmpty, decimals.count <= 6, decimals.allSatisfy(isDigit) else { return nil }
  decimals += [UInt8](repeating: UInt8(ascii: "0"), count: 6 - decimals.count)
  return UInt64(String(decoding: Array(whole) + decimals, as: UTF8.self)) ?? .max
}

/// A whole number without sign, point or exponent; nil for anything else. Too large ones are given as the largest.
func wholeNumber(of text: String) -> UInt64? {
  guard !text.isEmpty, text.utf8.allSatisfy(isDigit), text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0")
  else {
    return nil
  }
  return UInt64(text) ?? .max
}

/// An RFC 3339 instant in UTC, `2026-01-01T00:00:00Z`, with up to nine decimals of a second, of the years 1970 to 2261;
/// nil for anything else. Neither offsets nor leap seconds: both would let two texts mean one instant.
func instant(of text: String) -> Instant? {
  let bytes = Array(text.utf8)
  guard bytes.count >= 20, bytes.count <= 30, bytes.last == UInt8(ascii: "Z") else { return nil }
  let pattern = Array("dddd-dd-ddTdd:dd:dd".utf8)
  for (byte, form) in zip(bytes, pattern) {
    guard form == UInt8(ascii: "d") ? isDigit(byte) : byte == form else { return nil }
  }
  func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } }
  let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
  let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
  let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  let monthDays: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  guard (1970...2261).contains(year), (1...12).contains(month), (1...monthDays[Int(month) - 1]).contains(day),
    hour < 24, minute < 60, second < 60
  else { return nil }

  var nanoseconds: Int64 = 0
  if bytes.count > 20 {
    let fraction = bytes[20..<bytes.count - 1]
    guard bytes[19] == UInt8(ascii: "."), !fraction.isEmpty, fraction.allSatisfy(isDigit) else { return nil }
    for position in 0..<9 {
      nanoseconds = nanoseconds * 10
      if position < fraction.count { nanoseconds += Int64(fraction[20 + position] - UInt8(ascii: "0")) }
    }
  }
  // Leap days since 1970, then days of the months before.
  let past = year - 1
  let leapDays = (past / 4 - past / 100 + past / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
  let days = (year - 1970) * 365 + leapDays + monthDays.prefix(Int(month) - 1).reduce(0, +) + day - 1
  return Instant(
    nanoseconds: ((days * 24 + hour) * 60 + minute) * 60_000_000_000 + second * 1_000_000_000 + nanoseconds)
}
