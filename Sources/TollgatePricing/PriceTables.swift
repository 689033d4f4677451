// A price book as flat tables, and the exact integer arithmetic that prices one job from them (rule 11).
//
// Order of operations: per image, base price × class multiplier × feature multipliers, plus the additions of features,
// extra ControlNets and extra steps; times the number of images; then, once, rounded up to the quantum.
// Everything before the rounding is an integer in units of 1/scale µcr, so nothing is lost on the way.

package import TollgateValues

/// The tables of one book. Bounds, from `PriceBook.Bounds`: base < 2^40, class multiplier < 2^30, feature multiplier
/// < 2^40, additions < 2^57, scale < 2^40, images < 2^16: so a job's exact total stays below 2^127 and cannot overflow.
///
/// A class, because pricing reads a handful of its words and must not copy the rest for each job.
package final class PriceTables: Sendable {
  /// The largest side of each tier, ascending.
  package let tierSides: [UInt16]
  /// The tier of every side from 0 to the longest.
  package let tierOfSide: [UInt8]
  /// µcr at `tier << 2 | quality`; the fourth quality of each tier is empty.
  package let basePrices: [UInt64]
  /// Index into `classMultipliers` by model number; `noClass` where there is no such model.
  package let classOfModel: [UInt8]
  /// In units of 1/classScale.
  package let classMultipliers: [UInt64]
  /// By the eight feature bits, in units of 1/featureScale.
  package let featureMultipliers: [UInt64]
  /// By the eight feature bits, µcr per image.
  package let featureAdditions: [UInt64]
  /// By the eight feature bits, as `faultBit`.
  package let featureFaults: [UInt32]
  package let classScale: UInt64
  package let featureScale: UInt64
  /// Units in one µcr: classScale × featureScale.
  package let scale: UInt64
  /// µcr.
  package let quantum: UInt64
  /// The quantum in units, where it fits; only read if `fitsInWords`.
  package let quantumUnits: UInt64
  package let imagesMax: UInt16
  package let includedSteps: UInt16
  package let stepsMax: UInt16
  package let stepBlock: UInt16
  /// µcr per started block of extra steps and image.
  package let stepPrice: UInt64
  package let includedControlNets: UInt8
  package let controlNetsMax: UInt8
  /// µcr per extra ControlNet and image.
  package let controlNetPrice: UInt64
  /// Whether 64-bit words hold every total and no price exceeds `Credits.amountMax`: then the wide path is never needed.
  package let fitsInWords: Bool

  package static let noClass: UInt8 = 0xFF
  /// The longest side of the largest tier.
  package var longestSide: UInt16 { tierSides[tierSides.count - 1] }

  /// A refusal as a bit, so that the lowest bit of all faults is the refusal that wins.
  @inline(__always)
  package static func faultBit(_ refusal: PriceRefusal) -> UInt32 { 1 << (UInt32(refusal.rawValue) - 1) }

  init(_ terms: PriceBook.Terms, features: FeatureTable) {
    tierSides = terms.tiers.map(\.maxSide)
    var tierOfSide: [UInt8] = [0]
    var basePrices: [UInt64] = []
    for (index, tier) in terms.tiers.enumerated() {
      while tierOfSide.count <= Int(tier.maxSide) { tierOfSide.append(UInt8(index)) }
      basePrices += [tier.draft, tier.standard, tier.high, .zero].map { UInt64($0.microcredits) }
    }
    self.tierOfSide = tierOfSide
    self.basePrices = basePrices
    let modelNumberMax = terms.models.map { Int($0.number) }.max() ?? 0
    var classOfModel = [UInt8](repeating: PriceTables.noClass, count: modelNumberMax + 1)
    for model in terms.models { classOfModel[Int(model.number)] = UInt8(model.classIndex) }
    self.classOfModel = classOfModel
    (classMultipliers, classScale) = PriceTables.reduced(terms.classes.map(\.multiplier.millionths))
    (featureMultipliers, featureScale) = PriceTables.reduced(features.multipliers)
    featureAdditions = features.additions
    featureFaults = features.faults
    scale = classScale * featureScale
    quantum = UInt64(terms.quantum.microcredits)
    quantumUnits = quantum.multipliedReportingOverflow(by: scale).partialValue
    imagesMax = terms.maxima.images
    includedSteps = terms.includedSteps
    stepsMax = terms.maxima.steps
    stepBlock = terms.extraSteps.perStarted
    stepPrice = UInt64(terms.extraSteps.add.microcredits)
    includedControlNets = terms.includedControlNets
    controlNetsMax = terms.maxima.controlNets
    controlNetPrice = UInt64(terms.extraControlNet.microcredits)

    // The dearest job that passes all checks, or one dearer than it.
    let additions =
      (featureAdditions.max() ?? 0) + controlNetPrice * UInt64(controlNetsMax) + stepPrice * UInt64(stepsMax)
    let dearest = JobFactors(
      faults: 0, base: basePrices.max() ?? 0, classMultiplier: classMultipliers.max() ?? 0,
      featureMultiplier: featureMultipliers.max() ?? 0, additions: additions)
    let total = dearest.unitsPerImage(UInt128(scale)) * UInt128(imagesMax)
    let wordMax = UInt128(Int64.max)
    fitsInWords =
      total + UInt128(quantum) * UInt128(scale) <= wordMax
      && total / UInt128(scale) + UInt128(quantum) <= UInt128(Credits.amountMax.microcredits)
  }

  /// Millionths divided by what they all have in common, and what 1 then is.
  private static func reduced(_ millionths: [UInt64]) -> (values: [UInt64], scale: UInt64) {
    var common: UInt64 = 1_000_000
    for value in millionths {
      var rest = value
      while rest != 0 { (common, rest) = (rest, common % rest) }
    }
    return (millionths.map { $0 / common }, 1_000_000 / common)
  }
}

/// What the tables say about one job, before anything is multiplied.
struct JobFactors {
  var faults: UInt32
  /// µcr per image.
  var base: UInt64
  /// In units of 1/classScale.
  var classMultiplier: UInt64
  /// In units of 1/featureScale.
  var featureMultiplier: UInt64
  /// µcr per image.
  var additions: UInt64

  /// The exact price of one image in units of 1/scale µcr. The caller's word is wide enough: 128 bits always are, 64
  /// where `fitsInWords` says so.
  @inline(__always)
  func unitsPerImage<Word: FixedWidthInteger & UnsignedInteger>(_ scale: Word) -> Word {
    Word(truncatingIfNeeded: base) &* Word(truncatingIfNeeded: classMultiplier)
      &* Word(truncatingIfNeeded: featureMultiplier) &+ Word(truncatingIfNeeded: additions) &* scale
  }
}

extension PriceTables {
  /// Looks a job up. Every index is clamped first, and what is wrong becomes a bit of `faults`.
  @inline(__always)
  func factors(of job: Job) -> JobFactors {
    let longer = max(job.width, job.height)
    let quality = min(job.quality.rawValue, 3)
    let tier = Int(tierOfSide[Int(min(longer, longestSide))])
    let model = Int(job.model)
    let modelClass = model < classOfModel.count ? classOfModel[model] : PriceTables.noClass
    let features = Int(job.features.rawValue & 0xFF)
    // Larger of both, less the included number: zero or the excess, without a branch that data could mispredict.
    let extraControlNets = UInt64(max(job.controlNets, includedControlNets) &- includedControlNets)
    let extraSteps = UInt32(max(job.steps, includedSteps) &- includedSteps)
    let stepBlocks = UInt64((extraSteps &+ UInt32(stepBlock) &- 1) / UInt32(stepBlock))

    var faults = featureFaults[features]
    faults |= PriceTables.fault(.zeroSize, if: 1, exceeds: UInt32(min(job.width, job.height)))
    faults |= PriceTables.fault(.tooLarge, if: UInt32(longer), exceeds: UInt32(longestSide))
    faults |= PriceTables.fault(.unknownModel, if: UInt32(modelClass), exceeds: UInt32(PriceTables.noClass) - 1)
    faults |= PriceTables.fault(.unknownQuality, if: UInt32(quality), exceeds: 2)
    faults |= PriceTables.fault(.unknownFeature, if: job.features.rawValue >> 8, exceeds: 0)
    faults |= PriceTables.fault(.countOutOfRange, if: 1, exceeds: UInt32(job.count))
    faults |= PriceTables.fault(.countOutOfRange, if: UInt32(job.count), exceeds: UInt32(imagesMax))
    faults |= PriceTables.fault(.stepsOutOfRange, if: UInt32(job.steps), exceeds: UInt32(stepsMax))
    faults |= PriceTables.fault(.controlNetsOutOfRange, if: UInt32(job.controlNets), exceeds: UInt32(controlNetsMax))
    // Additions stay below 2^57 whatever the job says, as the bounds above show.
    return JobFactors(
      faults: faults, base: basePrices[tier << 2 | Int(quality)],
      classMultiplier: classMultipliers[modelClass == PriceTables.noClass ? 0 : Int(modelClass)],
      featureMultiplier: featureMultipliers[features],
      additions: featureAdditions[features] &+ controlNetPrice &* extraControlNets &+ stepPrice &* stepBlocks)
  }

  /// The bit of a refusal if `value` exceeds `bound`, both below 2^31: then the difference's sign bit is set.
  @inline(__always)
  private static func fault(_ refusal: PriceRefusal, if value: UInt32, exceeds bound: UInt32) -> UInt32 {
    ((bound &- value) >> 31) << (UInt32(refusal.rawValue) - 1)
  }

  /// The price of a job as one word: µcr, or a refusal's code below zero (`Price.init(encoded:)`).
  @inline(__always)
  package func encodedPrice(of job: Job) -> Int64 {
    let factors = factors(of: job)
    guard factors.faults == 0 else { return -Int64(factors.faults.trailingZeroBitCount + 1) }
    guard fitsInWords else { return widePrice(factors, count: job.count) }
    // `fitsInWords` has shown that nothing here can pass 2^63.
    let units = factors.unitsPerImage(scale) &* UInt64(job.count)
    return Int64(truncatingIfNeeded: (units &+ quantumUnits &- 1) / quantumUnits &* quantum)
  }

  /// The same in 128 bits, for books whose prices or multipliers are extreme.
  @inline(never)
  private func widePrice(_ factors: JobFactors, count: UInt16) -> Int64 {
    let units = factors.unitsPerImage(UInt128(scale)) * UInt128(count)
    let quantumUnits = UInt128(quantum) * UInt128(scale)
    // Quotient and remainder apart, as adding quantumUnits - 1 first could pass 2^128.
    let (whole, part) = units.quotientAndRemainder(dividingBy: quantumUnits)
    let quanta = part == 0 ? whole : whole + 1
    guard quanta <= UInt128(Credits.amountMax.microcredits) / UInt128(quantum) else {
      return -Int64(PriceRefusal.overflow.rawValue)
    }
    return Int64(quanta * UInt128(quantum))
  }
}
