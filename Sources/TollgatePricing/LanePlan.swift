// A price book as the vector kernels read it: 16-bit lanes and lookup tables of sixteen bytes. Everything that the C code
// relies upon is proved here, so a book either has a plan that is exact for every row, or none.

internal import CPricingKernel

/// Owns the memory of the plan. Unchecked, because the memory never changes after `init`.
final class LanePlan: @unchecked Sendable {
  private let plan: UnsafeMutablePointer<tollgate_plan>
  private let slots: UnsafeMutablePointer<UInt8>?

  /// Whether the book needs the fewest instructions.
  var isQuick: Bool { plan.pointee.quick }

  /// Nil if the book does not fit lanes.
  init?(_ tables: PriceTables) {
    guard tables.fitsInWords else { return nil }
    let memory = UnsafeMutablePointer<tollgate_plan>.allocate(capacity: 1)
    guard
      let draft = LanePlanDraft(tables, quick: true, memory) ?? LanePlanDraft(tables, quick: false, memory)
    else {
      memory.deallocate()
      return nil
    }
    if let map = draft.slotOfModel {
      let slots = UnsafeMutablePointer<UInt8>.allocate(capacity: map.count)
      slots.initialize(from: map, count: map.count)
      memory.pointee.slot_of_model = UnsafePointer(slots)
      memory.pointee.model_last = UInt16(map.count - 1)
      self.slots = slots
    } else {
      slots = nil
    }
    plan = memory
  }

  deinit {
    slots?.deallocate()
    plan.deallocate()
  }

  /// Prices the columns; exceptions are not looked at. Returns whether every price fits its lane.
  func run(_ kernel: PricingLevel.Kernel, _ jobs: JobRows, _ lanes: UnsafeMutablePointer<Int16>) -> Bool {
    withUnsafePointer(to: jobs.columns) { !kernel(plan, $0, jobs.count, lanes) }
  }
}

/// A plan in the making. Each step says whether the book fits so far.
private struct LanePlanDraft {
  // By pointer, as the compiler takes very long over copies of structures with arrays of C.
  private let plan: UnsafeMutablePointer<tollgate_plan>
  /// The slots by model number and one more for larger numbers, unless numbers are slots.
  var slotOfModel: [UInt8]?
  private let tables: PriceTables
  private let units: LaneUnits

  /// Fills `memory` from scratch.
  init?(_ tables: PriceTables, quick: Bool, _ memory: UnsafeMutablePointer<tollgate_plan>) {
    guard let units = LaneUnits(tables, stepsAreAdditions: quick),
      let scaled = LanePlanDraft.scaled(units, quick: quick), let folded = scaled.folded(baseMax: quick ? 255 : 65_535)
    else { return nil }
    (self.tables, self.units) = (tables, folded)
    plan = memory
    plan.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout<tollgate_plan>.size) {
      $0.update(repeating: 0, count: MemoryLayout<tollgate_plan>.size)
    }
    plan.pointee.quick = quick
    guard setTiers(), setModels(), setFeatures(), setSteps(), let dearest = dearestImage, setQuantum(dearest)
    else { return nil }
    plan.pointee.images_less_one_max = UInt8(min(tables.imagesMax, 256) - 1)
  }

  /// The units that the kernel wants: for `quick`, 2^9 in a quantum; else at least two, as one has no 16-bit reciprocal.
  private static func scaled(_ units: LaneUnits, quick: Bool) -> LaneUnits? {
    guard quick else { return units.quantumUnits == 1 ? units.divided(by: 2) : units }
    guard 512 % units.quantumUnits == 0 else { return nil }
    return units.divided(by: 512 / units.quantumUnits)
  }

  private mutating func setTiers() -> Bool {
    let sides = tables.tierSides
    let tiersMax = plan.pointee.quick ? Int(TOLLGATE_TIERS_MAX) / 2 : Int(TOLLGATE_TIERS_MAX)
    guard sides.count <= tiersMax else { return false }
    let padded = (0..<Int(TOLLGATE_TIERS_MAX)).map { sides[min($0, sides.count - 1)] - 1 }
    LanePlanDraft.fill(&plan.pointee.side_less_one, padded)
    plan.pointee.tiers = UInt8(sides.count)
    let bases = units.bases + Array(repeating: 0, count: 32 - units.bases.count)
    LanePlanDraft.fill(&plan.pointee.base_low, bases.map { UInt8(truncatingIfNeeded: $0) })
    LanePlanDraft.fill(&plan.pointee.base_high, bases.map { UInt8(truncatingIfNeeded: $0 >> 8) })
    guard plan.pointee.quick else { return true }

    // A grid of 2^n pixels on which all sides lie, in at most 15 steps: the sixteenth means too large.
    let grid = sides.map(\.trailingZeroBitCount).min() ?? 0
    guard grid >= 1, sides[sides.count - 1] >> UInt16(grid) <= 15 else { return false }
    plan.pointee.tier_reciprocal = UInt16(1) << UInt16(16 - grid)
    plan.pointee.step_last = UInt8(sides[sides.count - 1] >> UInt16(grid)) - 1
    let tiers = (0..<16).map { step in sides.firstIndex { step < Int($0 >> UInt16(grid)) } }
    LanePlanDraft.fill(&plan.pointee.tier_of_step, tiers.map { UInt8(($0 ?? 0) << 2) })
    LanePlanDraft.fill(&plan.pointee.tier_code, tiers.map { $0 == nil ? UInt8(0xFE) : 0 })
    return true
  }

  private mutating func setModels() -> Bool {
    let classes = tables.classOfModel
    var multipliers = [UInt8](repeating: 0, count: 16)
    if classes.count <= 15 {
      for (number, index) in classes.enumerated() where index != PriceTables.noClass {
        multipliers[number] = UInt8(units.classes[Int(index)])
      }
      plan.pointee.slots = UInt8(classes.count)
    } else {
      guard units.classes.count <= 15 else { return false }
      for (index, multiplier) in units.classes.enumerated() { multipliers[index] = UInt8(multiplier) }
      plan.pointee.slots = UInt8(units.classes.count)
      // Numbers above the largest share the last entry; if there are no such numbers, it is never read.
      slotOfModel = (classes.map { $0 == PriceTables.noClass ? 15 : $0 } + [15]).prefix(1 << 16).map { $0 }
    }
    LanePlanDraft.fill(&plan.pointee.class_multiplier, multipliers)
    return true
  }

  private mutating func setFeatures() -> Bool {
    let faults = tables.featureFaults
    let refused = PriceTables.faultBit(.unknownFeature)
    let netsMax = min(tables.controlNetsMax, 63)
    guard netsMax <= 15 else { return false }
    let netAdditions = (0..<16).map { net in
      net <= Int(netsMax) ? UInt64(max(net - Int(tables.includedControlNets), 0)) * units.netAddition : 0
    }
    let additionsMax = (0..<256).map { faults[$0] == 0 ? addition($0) : 0 }.max() ?? 0
    guard additionsMax + netAdditions[Int(netsMax)] <= 255 else { return false }
    LanePlanDraft.fill(&plan.pointee.addition_low, (0..<16).map { faults[$0] == 0 ? UInt8(addition($0)) : 0 })
    LanePlanDraft.fill(
      &plan.pointee.addition_high, (0..<16).map { faults[$0 << 4] == 0 ? UInt8(addition($0 << 4)) : 0 })
    LanePlanDraft.fill(&plan.pointee.addition_nets, netAdditions.map { UInt8($0) })
    plan.pointee.addition_units = UInt16(units.additionUnits)
    plan.pointee.nets_max = netsMax

    LanePlanDraft.fill(&plan.pointee.multiplier_low, units.multipliersLow.map { UInt8($0) })
    LanePlanDraft.fill(&plan.pointee.multiplier_high, units.multipliersHigh.map { UInt8($0) })
    for bit in 0..<8 where faults[1 << bit] == 0 {
      let flag = UInt8(1) << UInt8(bit)
      if units.additions[bit] != 0 { plan.pointee.adding |= flag }
      let (table, entry) = bit < 4 ? (units.multipliersLow, 1 << bit) : (units.multipliersHigh, 1 << (bit - 4))
      if table[entry] != table[0] { plan.pointee.multiplying |= flag }
    }
    for bit in 0..<8 where faults[1 << bit] & refused != 0 { plan.pointee.features_refused |= UInt8(1) << UInt8(bit) }
    return setConflicts()
  }

  /// What a set of features adds, in addition units.
  private func addition(_ set: Int) -> UInt64 {
    var sum: UInt64 = 0
    for bit in 0..<8 where set >> bit & 1 == 1 { sum += units.additions[bit] }
    return sum
  }

  /// The smallest sets that conflict; sets with a feature that is refused anyway do not count.
  private mutating func setConflicts() -> Bool {
    func conflicts(_ set: Int) -> Bool { tables.featureFaults[set] == PriceTables.faultBit(.conflictingFeatures) }
    let sets = (0..<256).filter { set in
      conflicts(set) && (0..<8).allSatisfy { set >> $0 & 1 == 0 || !conflicts(set & ~(1 << $0)) }
    }
    guard sets.count <= Int(TOLLGATE_CONFLICTS_MAX) else { return false }
    func present(_ part: (Int) -> Int) -> [UInt8] {
      (0..<16).map { index in
        sets.enumerated().reduce(0) { bits, set in
          index & part(set.element) == part(set.element) ? bits | 1 << UInt8(set.offset) : bits
        }
      }
    }
    LanePlanDraft.fill(&plan.pointee.conflict_low, present { $0 & 15 })
    LanePlanDraft.fill(&plan.pointee.conflict_high, present { $0 >> 4 })
    LanePlanDraft.fill(&plan.pointee.conflict_sets, sets.map { UInt8($0) } + Array(repeating: 0, count: 8 - sets.count))
    plan.pointee.conflicts = UInt8(sets.count)
    return true
  }

  private mutating func setSteps() -> Bool {
    plan.pointee.steps_max = UInt8(clamping: tables.stepsMax)
    plan.pointee.steps_less = 255
    let included = Int(min(tables.includedSteps, 255))
    // Without a price, or with none above what is included, there are no blocks.
    guard units.stepUnits > 0, included < 255 else { return true }
    guard !plan.pointee.quick || units.stepUnits == units.additionUnits else { return false }
    let block = min(Int(tables.stepBlock), 255 - included)
    // One step a block: the excess plus one, times (2^16 - 1) / 2^16, rounds down to the excess.
    let first = block == 1 ? included - 1 : included - block + 1
    plan.pointee.steps_less = UInt8(max(first, 0))
    plan.pointee.steps_plus = UInt16(max(-first, 0))
    plan.pointee.step_reciprocal = block == 1 ? .max : UInt16(65_536 / block + 1)
    plan.pointee.step_units = UInt16(units.stepUnits)
    guard !plan.pointee.quick || plan.pointee.steps_plus == 0 else { return false }
    // Rather than argue about rounding, try every number of steps.
    return (0...Int(plan.pointee.steps_max)).allSatisfy { blocks($0) == (max($0 - included, 0) + block - 1) / block }
  }

  /// What the kernel makes of a number of steps.
  private func blocks(_ steps: Int) -> Int {
    ((max(steps - Int(plan.pointee.steps_less), 0) + Int(plan.pointee.steps_plus)) * Int(plan.pointee.step_reciprocal))
      >> 16
  }

  private mutating func setQuantum(_ dearestImage: UInt64) -> Bool {
    guard !plan.pointee.quick else {
      // The dearest job fits a lane, below "nothing wrong" as its high byte: so no price is too dear.
      return (dearestImage * UInt64(min(tables.imagesMax, 256)) + 511) / 512 <= 0x7F00
    }
    guard (2...256).contains(units.quantumUnits) else { return false }
    // What is divided: the price of an image, and what that leaves over for all images.
    let dividendMax = max(dearestImage, 257 * units.quantumUnits)
    plan.pointee.quantum_units = UInt16(units.quantumUnits)
    // n × ceil(2^k / q) / 2^k is exact while n × (what was rounded up) stays below 2^k.
    for shift in 0..<16 {
      let power = UInt64(1) << UInt64(16 + shift)
      let reciprocal = (power + units.quantumUnits - 1) / units.quantumUnits
      guard reciprocal <= UInt64(UInt16.max) else { return false }
      if (reciprocal * units.quantumUnits - power) * dividendMax < power {
        (plan.pointee.quantum_reciprocal, plan.pointee.quantum_shift) = (UInt16(reciprocal), UInt16(shift))
        return true
      }
    }
    return false
  }

  /// No image of a job without a fault costs more, in lane units; nil if that exceeds 16 bits, or if a part of it exceeds
  /// the signed words that multiplying bytes gives.
  private var dearestImage: UInt64? {
    let based: UInt64 = (units.bases.max() ?? 0) * (units.classes.max() ?? 0)
    var dearest: UInt64 = 0
    var factorMax: UInt64 = 0
    for set in 0..<256 where tables.featureFaults[set] == 0 {
      let factor: UInt64 = units.multipliersLow[set & 15] * units.multipliersHigh[set >> 4]
      let added: UInt64 = addition(set) * units.additionUnits
      factorMax = max(factorMax, factor)
      dearest = max(dearest, based * factor + added)
    }
    let blocksMax = UInt64(blocks(Int(plan.pointee.steps_max)))
    dearest += netAdditionMax * units.additionUnits
    dearest += blocksMax * units.stepUnits
    guard dearest <= UInt64(UInt16.max), factorMax <= UInt64(Int16.max) else { return nil }
    guard !plan.pointee.quick || based <= UInt64(Int16.max) else { return nil }
    return dearest
  }

  private var netAdditionMax: UInt64 {
    UInt64(plan.pointee.nets_max - min(tables.includedControlNets, plan.pointee.nets_max)) * units.netAddition
  }

  /// Fills an array of C with elements; arrays of C are tuples here.
  private static func fill<Storage, Element: BitwiseCopyable>(_ storage: inout Storage, _ elements: [Element]) {
    withUnsafeMutableBytes(of: &storage) { target in
      elements.withUnsafeBytes { source in
        precondition(source.count == target.count, "\(source.count) bytes for \(target.count)")
        target.copyMemory(from: source)
      }
    }
  }
}
