// SipHash-2-4, the keyed 64-bit checksum: what proves a quote, and what keeps hash tables out of an attacker's reach.

/// A keyed checksum of whole 64-bit words.
package struct SipHash: Sendable {
  private let key: (UInt64, UInt64)

  package init(key: (UInt64, UInt64)) { self.key = key }

  /// The checksum of `words` as little-endian bytes.
  package func hash(_ words: UInt64...) -> UInt64 {
    var state = State(key)
    for word in words { state.absorb(word) }
    return state.finish(UInt64(words.count * 8) << 56)
  }

  /// What many checksums have in common that begin with the same two words.
  package func prefix(_ first: UInt64, _ second: UInt64) -> Prefix {
    var state = State(key)
    state.absorb(first)
    state.absorb(second)
    return Prefix(state: state)
  }

  /// A checksum that lacks its last three words.
  package struct Prefix: Sendable {
    fileprivate let state: State

    /// The same as `hash` of all five words.
    package func hash(_ third: UInt64, _ fourth: UInt64, _ fifth: UInt64) -> UInt64 {
      var state = state
      state.absorb(third)
      state.absorb(fourth)
      state.absorb(fifth)
      return state.finish(5 * 8 << 56)
    }
  }

  fileprivate struct State: Sendable {
    var v0, v1, v2, v3: UInt64

    @inline(__always)
    init(_ key: (UInt64, UInt64)) {
      v0 = 0x736f_6d65_7073_6575 ^ key.0
      v1 = 0x646f_7261_6e64_6f6d ^ key.1
      v2 = 0x6c79_6765_6e65_7261 ^ key.0
      v3 = 0x7465_6462_7974_6573 ^ key.1
    }

    @inline(__always)
    mutating func round() {
      v0 &+= v1
      v1 = rotated(v1, 13) ^ v0
      v0 = rotated(v0, 32)
      v2 &+= v3
      v3 = rotated(v3, 16) ^ v2
      v0 &+= v3
      v3 = rotated(v3, 21) ^ v0
      v2 &+= v1
      v1 = rotated(v1, 17) ^ v2
      v2 = rotated(v2, 32)
    }

    @inline(__always)
    mutating func absorb(_ word: UInt64) {
      v3 ^= word
      round()
      round()
      v0 ^= word
    }

    @inline(__always)
    mutating func finish(_ last: UInt64) -> UInt64 {
      absorb(last)
      v2 ^= 0xFF
      for _ in 0..<4 { round() }
      return v0 ^ v1 ^ v2 ^ v3
    }

    @inline(__always)
    func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
  }
}
