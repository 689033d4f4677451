// Randomness of a run: fast, seeded, one generator a thread.

/// xoshiro256++, seeded by SplitMix64.
struct RunRandom: RandomNumberGenerator {
  private var a: UInt64
  private var b: UInt64
  private var c: UInt64
  private var d: UInt64

  init(seed: UInt64, stream: UInt64) {
    var state = seed &+ stream &* 0xD1B5_4A32_D192_ED03
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return RunRandom.mix(state)
    }
    a = next()
    b = next()
    c = next()
    d = next()
  }

  /// A bijection of 64 bits that looks random.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    let sum = a &+ d
    let result = (sum << 23 | sum >> 41) &+ a
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = d << 45 | d >> 19
    return result
  }

  /// From 0 (included) to 1 (excluded).
  @inline(__always)
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// From 0 (excluded) to 1 (included): its logarithm is finite.
  @inline(__always)
  mutating func positiveUnit() -> Double { Double(next() >> 11 &+ 1) * 0x1p-53 }

  /// A number below a bound, by one multiplication; the bias is below bound / 2^64.
  @inline(__always)
  mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }
}
