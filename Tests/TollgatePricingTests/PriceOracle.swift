// An independent, slow way to price a job: random books, their JSON text, and fractions reduced at every step.

import TollgatePricing
import TollgateTestSupport
import TollgateValues

/// Edits of the shipped file, so that a test says only what differs.
enum BookText {
  struct MissingText: Error { var text: String }

  static func shippedText(_ edits: [(String, String)]) throws -> String {
    var text = String(decoding: PriceBook.shippedFile, as: UTF8.self)
    for (old, new) in edits {
      guard let range = firstRange(of: old, in: text) else { throw MissingText(text: old) }
      text.replaceSubrange(range, with: new)
    }
    return text
  }

  static func shipped(_ edits: [(String, String)]) throws -> PriceBook {
    try PriceBook.parse(Array(shippedText(edits).utf8), fileName: "pricebook.json")
  }

  static func shipped(replacing old: String, with new: String) throws -> PriceBook { try shipped([(old, new)]) }

  private static func firstRange(of part: String, in text: String) -> Range<String.Index>? { text.firstRange(of: part) }
}

/// A fraction that is always reduced.
struct Fraction {
  var numerator: UInt128
  var denominator: UInt128

  init(_ numerator: UInt128, _ denominator: UInt128 = 1) {
    let common = Fraction.greatestCommonDivisor(numerator, denominator)
    (self.numerator, self.denominator) = (numerator / common, denominator / common)
  }

  static func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
  }

  static func * (left: Fraction, right: Fraction) -> Fraction {
    // Reducing across first keeps the products small.
    let first = Fraction(left.numerator, right.denominator)
    let second = Fraction(right.numerator, left.denominator)
    return Fraction(first.numerator * second.numerator, first.denominator * second.denominator)
  }

  static func + (left: Fraction, right: Fraction) -> Fraction {
    Fraction(
      left.numerator * right.denominator + right.numerator * left.denominator, left.denominator * right.denominator)
  }

  var roundedUp: UInt128 { numerator / denominator + (numerator % denominator == 0 ? 0 : 1) }
}

/// A random book as plain numbers: amounts in µcr, multipliers in millionths.
struct OracleBook {
  enum Rule {
    case none
    case add(UInt64)
    case multiply(UInt64)
  }

  var quantum: UInt64
  var includedSteps: UInt64
  var includedControlNets: UInt64
  var maxima: (images: UInt64, steps: UInt64, controlNets: UInt64)
  var tiers: [(side: UInt64, prices: [UInt64])]
  var classes: [UInt64]
  var models: [(number: UInt64, classIndex: Int)]
  var features: [Rule]
  var conflicts: [(Int, Int)]
  var controlNet: UInt64
  var steps: (price: UInt64, block: UInt64)

  /// `extreme` books go to the bounds of what a file may say.
  init(using generator: inout SeededGenerator, extreme: Bool) {
    func random(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &generator) }
    let priceMax: UInt64 = extreme ? 1_000_000_000_000 : 20_000_000
    quantum =
      extreme ? random(1...1_000_000_000) : [500_000, 1, 1_000_000, 250_000, 333_333].randomElement(using: &generator)!
    maxima = (random(1...(extreme ? 65_535 : 300)), random(1...200), random(0...8))
    includedSteps = random(1...maxima.steps)
    includedControlNets = random(0...maxima.controlNets)
    var side: UInt64 = 0
    tiers = []
    for _ in 0..<Int(random(1...6)) {
      side += random(1...700)
      tiers.append((side, (0..<3).map { _ in random(1...priceMax) }))
    }
    classes = (0..<Int(random(1...5))).map { _ in extreme ? random(1...1_000_000_000) : random(1...30) * 125_000 }
    models = []
    for number in 0..<random(1...12) where number == 0 || number % 3 != 1 {
      models.append((number * 5, Int(random(0...UInt64(classes.count - 1)))))
    }
    features = []
    var multipliers = 0
    for _ in 0..<8 {
      switch random(0...9) {
      case 0: features.append(.none)
      case 1...3 where multipliers < 3:
        // Only the first may have many decimals, so that all products keep six at most.
        let fine = multipliers == 0 && extreme
        features.append(
          .multiply(fine ? random(1...1_000_000) : random(1...(extreme ? 10 : 3)) * (extreme ? 1_000_000 : 250_000)))
        multipliers += 1
      default: features.append(.add(random(0...priceMax / 4)))
      }
    }
    conflicts = random(0...1) == 0 ? [] : [(Int(random(0...3)), Int(random(4...7)))]
    controlNet = random(0...priceMax / 8)
    steps = (random(0...priceMax / 8), random(1...20))
  }

  var json: String {
    func decimal(_ value: UInt64) -> String { Credits(microcredits: Int64(value)).description }
    let tiers = tiers.map {
      "{\"maxSide\":\($0.side),\"draft\":\(decimal($0.prices[0])),\"standard\":\"\(decimal($0.prices[1]))\",\"high\":\(decimal($0.prices[2]))}"
    }
    let classes = classes.enumerated().map { "{\"name\":\"class \($0)\",\"multiplier\":\(decimal($1))}" }
    let models = models.map {
      "{\"number\":\($0.number),\"name\":\"m\($0.number)\",\"class\":\"class \($0.classIndex)\"}"
    }
    let features = features.enumerated().map { bit, rule in
      let value =
        switch rule {
        case .none: "null"
        case .add(let price): "{\"add\":\(decimal(price))}"
        case .multiply(let factor): "{\"multiply\":\(decimal(factor))}"
        }
      return "\"\(Job.Features.names[bit])\":\(value)"
    }
    let conflicts = conflicts.map { "[\"\(Job.Features.names[$0.0])\",\"\(Job.Features.names[$0.1])\"]" }
    return """
      {"number":7,"name":"random","appliesFrom":"2026-02-03T04:05:06Z","quantum":\(decimal(quantum)),
      "includedSteps":\(includedSteps),"includedControlNets":\(includedControlNets),
      "maxima":{"images":\(maxima.images),"steps":\(maxima.steps),"controlNets":\(maxima.controlNets)},
      "tiers":[\(tiers.joined(separator: ",\n"))],"classes":[\(classes.joined(separator: ","))],
      "models":[\(models.joined(separator: ","))],"features":{\(features.joined(separator: ","))},
      "conflicts":[\(conflicts.joined(separator: ","))],"extraControlNet":{"add":\(decimal(controlNet))},
      "extraSteps":{"add":\(decimal(steps.price)),"perStarted":\(steps.block)}}
      """
  }

  /// The price by rule, or the refusal, with no table and no common scale.
  func price(_ job: Job) -> Price {
    let side = UInt64(max(job.width, job.height))
    if job.width == 0 || job.height == 0 { return .refused(.zeroSize) }
    guard let tier = tiers.first(where: { side <= $0.side }) else { return .refused(.tooLarge) }
    guard let model = models.first(where: { $0.number == UInt64(job.model) }) else { return .refused(.unknownModel) }
    if job.quality.rawValue > 2 { return .refused(.unknownQuality) }
    let used = (0..<32).filter { job.features.rawValue >> UInt32($0) & 1 == 1 }
    var image = Fraction(UInt128(tier.prices[Int(job.quality.rawValue)]))
    image = image * Fraction(UInt128(classes[model.classIndex]), 1_000_000)
    var additions: UInt128 = 0
    for bit in used {
      guard bit < 8 else { return .refused(.unknownFeature) }
      switch features[bit] {
      case .none: return .refused(.unknownFeature)
      case .add(let price): additions += UInt128(price)
      case .multiply(let factor): image = image * Fraction(UInt128(factor), 1_000_000)
      }
    }
    if conflicts.contains(where: { used.contains($0.0) && used.contains($0.1) }) {
      return .refused(.conflictingFeatures)
    }
    if job.count < 1 || UInt64(job.count) > maxima.images { return .refused(.countOutOfRange) }
    if UInt64(job.steps) > maxima.steps { return .refused(.stepsOutOfRange) }
    if UInt64(job.controlNets) > maxima.controlNets { return .refused(.controlNetsOutOfRange) }
    for net in 0..<UInt64(job.controlNets) where net >= includedControlNets { additions += UInt128(controlNet) }
    for step in stride(from: includedSteps, to: UInt64(job.steps), by: Int(steps.block)) where step >= includedSteps {
      additions += UInt128(steps.price)
    }
    let total = (image + Fraction(additions)) * Fraction(UInt128(job.count))
    let rounded = (total * Fraction(1, UInt128(quantum))).roundedUp * UInt128(quantum)
    guard rounded <= UInt128(Credits.amountMax.microcredits) else { return .refused(.overflow) }
    return .amount(Credits(microcredits: Int64(rounded)))
  }

  /// A job of this book that mostly has a price.
  func job(using generator: inout SeededGenerator) -> Job {
    func random(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &generator) }
    func odd() -> Bool { random(0...19) == 0 }
    let longest = tiers.last!.side
    let edge = tiers.randomElement(using: &generator)!.side
    var features: UInt32 = 0
    for _ in 0..<random(0...3) { features |= 1 << UInt32(random(0...7)) }
    if odd() { features |= 1 << UInt32(random(8...31)) }
    return Job(
      width: odd() ? 0 : UInt16(random(1...longest)),
      height: UInt16(
        odd() ? longest + 1 : [edge, min(edge + 1, longest), random(1...longest)].randomElement(using: &generator)!),
      steps: UInt16(odd() ? maxima.steps + 1 : random(0...maxima.steps)),
      // The largest maximum leaves no count above it, but there is always zero below.
      count: odd()
        ? [0, UInt16(clamping: maxima.images + 1)].randomElement(using: &generator)!
        : UInt16(random(1...maxima.images)),
      model: UInt16(odd() ? random(0...70) : models.randomElement(using: &generator)!.number),
      quality: Job.Quality(rawValue: UInt8(odd() ? random(3...255) : random(0...2))),
      controlNets: UInt8(odd() ? maxima.controlNets + 1 : random(0...maxima.controlNets)),
      features: Job.Features(rawValue: features))
  }
}
