// What each of the 256 sets of features does to a price, worked out once when a book is read.

internal import TollgateValues

/// For every set of the eight features, by its bits: the product of the multipliers, the sum of the additions, the faults.
struct FeatureTable {
  /// Millionths, exact: a book whose products need more than six decimals is refused.
  private(set) var multipliers = [UInt64](repeating: 0, count: 256)
  /// Micro-credits per image.
  private(set) var additions = [UInt64](repeating: 0, count: 256)
  /// Bits as in `PriceTables.faultBit`.
  private(set) var faults = [UInt32](repeating: 0, count: 256)

  /// The multipliers of some features that may be combined cannot be multiplied exactly within the bounds.
  struct Problem: Error {
    var features: Job.Features
    var reason: String
  }

  init(rules: [PriceBook.FeatureRule], conflicts: [Job.Features]) throws(Problem) {
    let million: UInt64 = 1_000_000
    multipliers[0] = million
    for set in 1..<256 {
      // The set without its lowest feature is smaller, so it has been worked out already.
      let bit = set.trailingZeroBitCount
      let rest = set & (set - 1)
      faults[set] = faults[rest]
      if conflicts.contains(where: { Job.Features(rawValue: UInt32(set)).isSuperset(of: $0) }) {
        faults[set] |= PriceTables.faultBit(.conflictingFeatures)
      }
      var factor = million
      additions[set] = additions[rest]
      switch rules[bit] {
      case .notOffered: faults[set] |= PriceTables.faultBit(.unknownFeature)
      case .add(let credits): additions[set] += UInt64(credits.microcredits)
      case .multiply(let multiplier): factor = multiplier.millionths
      }
      // A set that is refused anyway needs no product.
      guard faults[set] == 0 else { continue }
      let product = UInt128(multipliers[rest]) * UInt128(factor)
      let features = Job.Features(rawValue: UInt32(set))
      guard product % UInt128(million) == 0 else {
        throw Problem(features: features, reason: "multiply to more than 6 decimals")
      }
      guard product / UInt128(million) <= UInt128(PriceBook.Bounds.combinedMultiplierMax * million) else {
        throw Problem(features: features, reason: "multiply to more than \(PriceBook.Bounds.combinedMultiplierMax)")
      }
      multipliers[set] = UInt64(product / UInt128(million))
    }
  }
}
