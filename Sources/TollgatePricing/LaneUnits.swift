// Finds the units in which a price book's arithmetic fits 16-bit lanes exactly, or finds that there are none.
//
// A job's price per image is base × class × features + additions + steps. Each factor is divided by what all its values
// have in common, and all is counted in the largest unit that divides every product, addition and the quantum: a book of
// prices in half credits and multipliers of quarters has numbers of a few bits.

/// The factors of a price book, reduced, and the units that they are in.
struct LaneUnits {
  /// By tier << 2 | quality, by class, by the low four features, by the high four: zero where there is nothing.
  var bases: [UInt64]
  var classes: [UInt64]
  var multipliersLow: [UInt64]
  var multipliersHigh: [UInt64]
  /// By feature bit, and for each ControlNet above the included: in addition units.
  var additions: [UInt64]
  var netAddition: UInt64
  /// Lane units in the product of one of each factor, an addition unit, a block of steps, and the quantum.
  var productUnits: UInt64
  var additionUnits: UInt64
  var stepUnits: UInt64
  var quantumUnits: UInt64

  /// Nil if some number is out of all proportion. With `stepsAreAdditions`, additions are counted in units that the
  /// price of a block of steps is a multiple of.
  init?(_ tables: PriceTables, stepsAreAdditions: Bool) {
    let valid = (0..<256).map { tables.featureFaults[$0] == 0 }
    let baseCommon = LaneUnits.common(tables.basePrices)
    let classCommon = LaneUnits.common(tables.classMultipliers)
    let low = (0..<16).map { valid[$0] ? tables.featureMultipliers[$0] : 0 }
    let high = (0..<16).map { valid[$0 << 4] ? tables.featureMultipliers[$0 << 4] : 0 }
    let (lowCommon, highCommon) = (LaneUnits.common(low), LaneUnits.common(high))
    let offered = (0..<8).map { valid[1 << $0] ? tables.featureAdditions[1 << $0] : 0 }
    let alike = offered + [tables.controlNetPrice, stepsAreAdditions ? tables.stepPrice : 0]
    let additionCommon = max(LaneUnits.common(alike), 1)

    // Both features' factors are in 1/featureScale, so their product has one scale more than a price has.
    let product = UInt128(baseCommon) * UInt128(classCommon) * UInt128(lowCommon) * UInt128(highCommon)
    let scale = UInt128(tables.scale) * UInt128(tables.featureScale)
    let parts = [
      product, UInt128(additionCommon) * scale, UInt128(tables.stepPrice) * scale, UInt128(tables.quantum) * scale,
    ]
    let unit = LaneUnits.common(parts)
    let counts = parts.map { UInt64(clamping: $0 / unit) }
    guard counts.allSatisfy({ $0 < 1 << 20 }) else { return nil }
    (productUnits, additionUnits, stepUnits, quantumUnits) = (counts[0], counts[1], counts[2], counts[3])
    bases = tables.basePrices.map { $0 / baseCommon }
    classes = tables.classMultipliers.map { $0 / classCommon }
    multipliersLow = low.map { $0 / lowCommon }
    multipliersHigh = high.map { $0 / highCommon }
    additions = offered.map { $0 / additionCommon }
    netAddition = tables.controlNetPrice / additionCommon
    let factors = bases + classes + multipliersLow + multipliersHigh + additions + [netAddition]
    guard factors.allSatisfy({ $0 < 1 << 16 }) else { return nil }
  }

  /// Counts in units that are `factor` times smaller.
  func divided(by factor: UInt64) -> LaneUnits {
    var finer = self
    finer.productUnits *= factor
    finer.additionUnits *= factor
    finer.stepUnits *= factor
    finer.quantumUnits *= factor
    return finer
  }

  /// Moves the units of a product into its factors, so that none is left to multiply with; nil if no factor has room.
  func folded(baseMax: UInt64) -> LaneUnits? {
    for share in 1...255 where productUnits % UInt64(share) == 0 {
      var folded = self
      folded.productUnits = 1
      folded.multipliersLow = multipliersLow.map { $0 * UInt64(share) }
      folded.bases = bases.map { $0 * (productUnits / UInt64(share)) }
      if folded.fits(baseMax: baseMax) { return folded }
    }
    return nil
  }

  /// Whether the factors fit the bytes that the kernel multiplies.
  private func fits(baseMax: UInt64) -> Bool {
    let low = multipliersLow.max() ?? 0
    return bases.allSatisfy { $0 <= baseMax } && classes.allSatisfy { $0 <= 127 } && low <= 255
      && multipliersHigh.allSatisfy { $0 <= 127 }
      && additionUnits <= UInt64(UInt16.max) && stepUnits <= UInt64(UInt16.max)
  }

  /// The greatest common divisor; 0 of zeros alone.
  private static func common<Number: FixedWidthInteger & UnsignedInteger>(_ values: [Number]) -> Number {
    values.reduce(0) { common, value in
      var (left, right) = (common, value)
      while right != 0 { (left, right) = (right, left % right) }
      return left
    }
  }
}
