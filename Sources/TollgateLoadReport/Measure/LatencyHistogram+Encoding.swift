// Histograms as bytes: HdrHistogram's encoding "V2", plain and compressed, so that its tools can read ours.

internal import CZlib
internal import Foundation

extension LatencyHistogram {
  /// Why bytes are no histogram of ours.
  package struct EncodingError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
  }

  private static let plainCookie: UInt32 = 0x1C84_9313
  private static let compressedCookie: UInt32 = 0x1C84_9314
  /// Cookie, length, offset, digits (4 bytes each), lowest, highest and ratio (8 each).
  private static let headerSize = 40
  /// Every slot in 9 bytes, which no counts of ours reach.
  private static let plainSizeMax = headerSize + 9 * slotCount

  /// The plain encoding: a header and the counts as zigzag LEB128, runs of zeros as one negative number.
  func encoded() -> [UInt8] {
    var payload: [UInt8] = []
    // Nothing lies below the first used slot, and the last one is not empty: no run is left over at the end.
    var zeros = usedSlots.lowerBound
    for slot in usedSlots {
      guard counts[slot] > 0 else {
        zeros += 1
        continue
      }
      if zeros > 0 { Self.append(zeros == 1 ? 0 : -Int64(zeros), to: &payload) }
      zeros = 0
      Self.append(Int64(clamping: counts[slot]), to: &payload)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.headerSize + payload.count)
    Self.append(big: Self.plainCookie, to: &bytes)
    Self.append(big: UInt32(payload.count), to: &bytes)
    Self.append(big: 0 as UInt32, to: &bytes)
    Self.append(big: 3 as UInt32, to: &bytes)
    Self.append(big: 1 as UInt64, to: &bytes)
    Self.append(big: Self.longest, to: &bytes)
    Self.append(big: (1.0).bitPattern, to: &bytes)
    return bytes + payload
  }

  /// The compressed encoding in base64, as it stands in logs and reports.
  package func base64() -> String {
    let plain = encoded()
    var size = compressBound(uLong(plain.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    // With a buffer of `compressBound`, memory is all that `compress2` can lack.
    let status = compress2(&packed, &size, plain, uLong(plain.count), Z_DEFAULT_COMPRESSION)
    guard status == Z_OK else { return "" }
    var bytes: [UInt8] = []
    Self.append(big: Self.compressedCookie, to: &bytes)
    Self.append(big: UInt32(size), to: &bytes)
    return Data(bytes + packed.prefix(Int(size))).base64EncodedString()
  }

  /// The histogram that `base64()` or another HdrHistogram with our layout wrote.
  ///
  /// - Throws: `EncodingError`, whatever the text is.
  package init(base64: String) throws(EncodingError) {
    guard let data = Data(base64Encoded: base64) else { throw EncodingError("not base64") }
    let bytes = [UInt8](data)
    guard bytes.count >= 8, Self.big(bytes, 0, 4) == UInt64(Self.compressedCookie) else {
      throw EncodingError("not a compressed histogram, version 2")
    }
    guard Self.big(bytes, 4, 4) == UInt64(bytes.count - 8) else { throw EncodingError("its length is wrong") }
    var plain = [UInt8](repeating: 0, count: Self.plainSizeMax)
    var size = uLong(plain.count)
    let packed = Array(bytes[8...])
    guard uncompress(&plain, &size, packed, uLong(packed.count)) == Z_OK else {
      throw EncodingError("it cannot be inflated")
    }
    try self.init(encoded: Array(plain.prefix(Int(size))))
  }

  /// The histogram of a plain encoding.
  init(encoded bytes: [UInt8]) throws(EncodingError) {
    guard bytes.count >= Self.headerSize, Self.big(bytes, 0, 4) == UInt64(Self.plainCookie) else {
      throw EncodingError("not a histogram, version 2")
    }
    guard Self.big(bytes, 4, 4) == UInt64(bytes.count - Self.headerSize) else {
      throw EncodingError("its length is wrong")
    }
    guard Self.big(bytes, 8, 4) == 0, Self.big(bytes, 12, 4) == 3, Self.big(bytes, 16, 8) == 1 else {
      throw EncodingError("its layout is not three digits from one nanosecond on")
    }
    self.init()
    var slot = 0
    var place = Self.headerSize
    while place < bytes.count {
      let number = try Self.readNumber(bytes, &place)
      if number < 0 {
        guard number >= -Int64(Self.slotCount) else { throw EncodingError("a run of zeros is too long") }
        slot += Int(-number)
      } else {
        guard slot < Self.slotCount else { throw EncodingError("it reaches beyond an hour") }
        let (_, overflows) = count.addingReportingOverflow(UInt64(number))
        guard !overflows else { throw EncodingError("its counts overflow") }
        // The end of the slot stands for its values, as a percentile does.
        record(Swift.min(Self.values(of: slot).upperBound, Self.longest), times: UInt64(number))
        slot += 1
      }
    }
  }

  /// LEB128 of the zigzag number: 7 bits a byte, and all 8 of the ninth.
  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
    for _ in 0..<8 {
      guard rest > 0x7F else { break }
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func readNumber(_ bytes: [UInt8], _ place: inout Int) throws(EncodingError) -> Int64 {
    var bits: UInt64 = 0
    for index in 0..<9 {
      guard place < bytes.count else { throw EncodingError("it ends within a number") }
      let byte = bytes[place]
      place += 1
      bits |= UInt64(index < 8 ? byte & 0x7F : byte) << UInt64(7 * index)
      if byte & 0x80 == 0 || index == 8 { break }
    }
    return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
  }

  private static func append(big value: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private static func big(_ bytes: [UInt8], _ start: Int, _ size: Int) -> UInt64 {
    bytes[start..<start + size].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
