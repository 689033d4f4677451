// Shows people how a price comes about: one line for each step of the arithmetic, adding up exactly to the price.

package import TollgateValues

/// The lines of a quote. Their amounts add up to `total`.
package struct PriceExplanation: Hashable, Sendable {
  package var lines: [Line]
  package var total: Credits

  /// One step, and how much it adds to the price (or takes from it).
  package struct Line: Hashable, Sendable {
    package var kind: Kind
    /// For people: `studio (advanced) ×1.5`.
    package var label: String
    package var amount: Credits
  }

  /// The steps, in the order in which they are taken; the first seven are about a single image.
  package enum Kind: Hashable, Sendable {
    case base
    case model
    case multiplier(Job.Features)
    case addition(Job.Features)
    case controlNets
    case steps
    case images
    case rounding
  }
}

/// What came of explaining a job.
package enum PriceExplanationOutcome: Hashable, Sendable {
  case explained(PriceExplanation)
  case refused(PriceRefusal)
}

extension PriceBook {
  /// How the price of a job comes about. Steps that change nothing are left out, except the first two.
  package func explain(_ job: Job) -> PriceExplanationOutcome {
    let price: Credits
    switch self.price(job) {
    case .refused(let refusal): return .refused(refusal)
    case .amount(let amount): price = amount
    }
    guard let tier = tier(width: job.width, height: job.height), let model = model(job.model) else {
      return .refused(.unknownModel)
    }
    var sheet = ExplanationSheet()
    let factors = compiled.factors(of: job)
    explainImage(job, factors, tier: tier, model: model, on: &sheet)

    // Subtotals are cut to whole µcr; what that leaves over is part of the rounding line.
    let units = factors.unitsPerImage(UInt128(compiled.scale))
    if job.count != 1 {
      sheet.raise(to: units * UInt128(job.count) / UInt128(compiled.scale), .images, "×\(job.count) images")
    }
    sheet.raise(to: UInt128(price.microcredits), .rounding, "rounded up to a multiple of \(quantum)")
    return .explained(PriceExplanation(lines: sheet.lines, total: price))
  }

  private func explainImage(
    _ job: Job, _ factors: JobFactors, tier: Tier, model: Model, on sheet: inout ExplanationSheet
  ) {
    let qualities = ["draft", "standard", "high"]
    let quality = qualities[Int(min(job.quality.rawValue, 2))]
    sheet.raise(
      to: UInt128(factors.base), .base,
      "\(job.width)×\(job.height), \(quality) (tier up to \(tier.maxSide)×\(tier.maxSide))", always: true)
    let modelClass = terms.classes[model.classIndex]
    let based = UInt128(factors.base) * UInt128(factors.classMultiplier)
    sheet.raise(
      to: based / UInt128(compiled.classScale), .model,
      "model \(model.name) (\(modelClass.name)) ×\(modelClass.multiplier)", always: true)

    // The table holds the exact product of every set of features, so also of the features met so far.
    var multiplied = 0
    for (feature, rule, name) in rules(of: job) {
      guard case .multiply(let multiplier) = rule else { continue }
      multiplied |= Int(feature.rawValue)
      let units = based * UInt128(compiled.featureMultipliers[multiplied])
      sheet.raise(to: units / UInt128(compiled.scale), .multiplier(feature), "\(name) ×\(multiplier)")
    }
    for (feature, rule, name) in rules(of: job) {
      guard case .add(let credits) = rule else { continue }
      sheet.add(credits.microcredits, .addition(feature), "\(name) +\(credits)")
    }
    explainExtras(job, on: &sheet)
  }

  private func explainExtras(_ job: Job, on sheet: inout ExplanationSheet) {
    if job.controlNets > terms.includedControlNets {
      let extra = Int64(job.controlNets - terms.includedControlNets)
      sheet.add(
        terms.extraControlNet.microcredits * extra, .controlNets,
        "\(extra) ControlNet\(extra == 1 ? "" : "s") above \(terms.includedControlNets)")
    }
    if job.steps > terms.includedSteps {
      let extra = Int64(job.steps - terms.includedSteps)
      let block = Int64(terms.extraSteps.perStarted)
      sheet.add(
        terms.extraSteps.add.microcredits * ((extra + block - 1) / block), .steps,
        "\(extra) step\(extra == 1 ? "" : "s") above \(terms.includedSteps)")
    }
  }

  private func rules(of job: Job) -> [(feature: Job.Features, rule: FeatureRule, name: String)] {
    terms.features.enumerated().compactMap { bit, rule in
      let feature = Job.Features(rawValue: 1 << UInt32(bit))
      return job.features.contains(feature) ? (feature, rule, Job.Features.names[bit]) : nil
    }
  }
}

/// Lines that keep their running subtotal.
private struct ExplanationSheet {
  var lines: [PriceExplanation.Line] = []
  private var subtotal: Int64 = 0

  mutating func raise(to microcredits: UInt128, _ kind: PriceExplanation.Kind, _ label: String, always: Bool = false) {
    add(Int64(clamping: microcredits) - subtotal, kind, label, always: always)
  }

  mutating func add(_ microcredits: Int64, _ kind: PriceExplanation.Kind, _ label: String, always: Bool = false) {
    guard microcredits != 0 || always else { return }
    subtotal += microcredits
    lines.append(PriceExplanation.Line(kind: kind, label: label, amount: Credits(microcredits: microcredits)))
  }
}
