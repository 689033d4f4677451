// A price book as the C kernel of 64-bit words reads it: for CPUs without a vector kernel, and books too fine for lanes.

internal import CPricingKernel

/// Owns the memory of the tables. Unchecked, because the memory never changes after `init`.
final class WordPlan: @unchecked Sendable {
  private let bytes: [UnsafeMutablePointer<UInt8>]
  private let faultBits: [UnsafeMutablePointer<UInt32>]
  private let words: [UnsafeMutablePointer<UInt64>]
  private let tables: tollgate_tables

  /// Only for tables of which `fitsInWords` holds.
  init(_ source: PriceTables) {
    let scale = source.scale
    func faults(_ refusal: PriceRefusal, _ isFault: (Int) -> Bool) -> [UInt32] {
      (0..<256).map { isFault($0) ? PriceTables.faultBit(refusal) : 0 }
    }
    let stepAdditions = (0..<256).map { steps -> UInt64 in
      let extra = UInt64(max(steps - Int(source.includedSteps), 0))
      return (extra + UInt64(source.stepBlock) - 1) / UInt64(source.stepBlock) * source.stepPrice &* scale
    }
    let netAdditions = (0..<64).map { nets in
      UInt64(max(nets - Int(source.includedControlNets), 0)) * source.controlNetPrice &* scale
    }
    let qualityFaults = faults(.unknownQuality) { $0 >> 6 == 3 }
    let netFaults = faults(.controlNetsOutOfRange) { $0 & 63 > Int(source.controlNetsMax) }
    bytes = [source.tierOfSide, source.classOfModel].map(WordPlan.memory)
    faultBits = [
      source.featureFaults, faults(.stepsOutOfRange) { $0 > Int(source.stepsMax) },
      faults(.countOutOfRange) { $0 + 1 > Int(source.imagesMax) },
      zip(qualityFaults, netFaults).map { $0 | $1 },
    ].map(WordPlan.memory)
    // A model that there is not has the class after the last, whatever byte says so.
    let classes = source.classMultipliers + Array(repeating: 0, count: 256 - source.classMultipliers.count)
    words = [
      source.basePrices, classes, source.featureMultipliers, source.featureAdditions.map { $0 &* scale },
      stepAdditions, netAdditions,
    ].map(WordPlan.memory)
    tables = tollgate_tables(
      tier_of_side: bytes[0], longest_side: UInt32(source.longestSide), base: words[0], class_of_model: bytes[1],
      models: UInt32(source.classOfModel.count), class_multiplier: words[1], class_none: PriceTables.noClass,
      feature_multiplier: words[2], feature_addition: words[3], steps_addition: words[4], nets_addition: words[5],
      feature_faults: faultBits[0], steps_faults: faultBits[1], images_faults: faultBits[2],
      kind_faults: faultBits[3], quantum_units: source.quantumUnits,
      quantum_reciprocal: UInt64.max / source.quantumUnits, quantum: source.quantum)
  }

  deinit {
    bytes.forEach { $0.deallocate() }
    faultBits.forEach { $0.deallocate() }
    words.forEach { $0.deallocate() }
  }

  private static func memory<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
    memory.initialize(from: elements, count: elements.count)
    return memory
  }

  /// Prices the columns; exceptions are not looked at.
  func run(_ jobs: JobRows, _ prices: UnsafeMutablePointer<Int64>) {
    withUnsafePointer(to: tables) { tables in
      withUnsafePointer(to: jobs.columns) { tollgate_price_tables(tables, $0, jobs.count, prices) }
    }
  }
}
