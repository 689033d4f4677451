// Where the secret of the hash tables lives. An attacker who chooses ids must not be able to choose collisions.

/// A key of 128 bits that no outcome depends on.
struct HashKey: Sendable {
  var first: UInt64
  var second: UInt64

  init(_ key: (UInt64, UInt64)) {
    first = key.0
    second = key.1
  }

  /// A keyed hash of 128 bits: two folded 128-bit products.
  @inline(__always)
  func hash(_ high: UInt64, _ low: UInt64) -> UInt32 {
    let inner = folded(high ^ first, low ^ second)
    return UInt32(truncatingIfNeeded: folded(inner ^ second, 0x9E37_79B9_7F4A_7C15 ^ first) >> 32)
  }
}

@inline(__always)
func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
