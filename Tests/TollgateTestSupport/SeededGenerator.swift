// Randomness that a test can repeat: every generator knows its seed, and every failure message should print it.

/// SplitMix64. Take `SeededGenerator()` for a fresh seed, or set `TOLLGATE_SEED` to repeat a run.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What to set `TOLLGATE_SEED` to.
  package let seed: UInt64
  private var state: UInt64

  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// A generator with the seed of the environment, or else a new one.
  package init() {
    self.init(seed: environmentSeed() ?? UInt64.random(in: 1 ... .max))
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// The line that repeats this run.
  package var recipe: String { "repeat with TOLLGATE_SEED=\(seed)" }
}
