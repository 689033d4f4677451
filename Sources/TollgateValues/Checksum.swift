// The 128-bit checksum of journal records and snapshots: it finds damage, not forgery (it has no key).

/// A 128-bit checksum that chains: the checksum of a record starts from that of the record before it.
package struct Checksum: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Where every chain begins.
  package static let seed = Checksum(high: 0x746f_6c6c_6761_7465, low: 0x6368_6169_6e20_7631)

  package var description: String { HoldID(high: high, low: low).description }

  /// The checksum of `bytes`, started from `previous`.
  package static func over(_ bytes: [UInt8], after previous: Checksum = .seed) -> Checksum {
    bytes.withUnsafeBytes { over($0, after: previous) }
  }

  /// The checksum of `bytes`, started from `previous`: two lanes of 16 bytes a round, each folded from a 128-bit product.
  package static func over(_ bytes: UnsafeRawBufferPointer, after previous: Checksum = .seed) -> Checksum {
    var first = previous.high ^ 0x9E37_79B9_7F4A_7C15
    var second = previous.low ^ 0xC2B2_AE3D_27D4_EB4F
    var offset = 0
    while offset + 32 <= bytes.count {
      first = folded(first ^ load(bytes, offset), load(bytes, offset + 8) ^ 0xA076_1D64_78BD_642F) &+ second
      second = folded(second ^ load(bytes, offset + 16), load(bytes, offset + 24) ^ 0xE703_7ED1_A0B4_28DB) ^ first
      offset += 32
    }
    var tail: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &tail) { $0.copyBytes(from: bytes[offset...]) }
    first = folded(first ^ tail.0.littleEndian, tail.1.littleEndian ^ 0x8EBC_6AF0_9C88_C6E3) &+ second
    second = folded(second ^ tail.2.littleEndian, tail.3.littleEndian ^ 0x5899_65CC_7537_4CC3) ^ first
    let length = UInt64(bytes.count)
    return Checksum(
      high: folded(first ^ length, 0x1D8E_4E27_C47D_124F ^ second),
      low: folded(second ^ length, 0xEB44_ACCA_B455_D165 ^ first))
  }

  @inline(__always)
  private static func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low ^ left
  }
}
