// Thresholds for CI, `p99<5ms`: what they may say, and whether a report keeps them.

/// A threshold: a figure, a comparison and a bound.
package struct Assertion: Equatable, Sendable {
  /// Why a text is no threshold; the description shows the grammar.
  package struct ParseError: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// How a figure is compared with its bound.
  package enum Comparison: String, CaseIterable, Sendable {
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case below = "<"
    case above = ">"

    func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atMost: value <= bound
      case .atLeast: value >= bound
      case .equal: value == bound
      case .below: value < bound
      case .above: value > bound
      }
    }
  }

  /// What may be written, for help texts and errors.
  package static let grammar = """
    FIGURE COMPARISON BOUND, as p99<5ms, authorize.p99.9<=15ms, max<1s, rate>=100k, errors==0, errors<0.1%, cpu<1us
      FIGURE      pN (a percentile, 0 < N ≤ 100), max, mean, each also of one kind of call as authorize.p99;
                  rate (operations a second), calls (a second), errors, denials,
                  cpu, harness-cpu (processor time an operation)
      COMPARISON  <  <=  >  >=  ==
      BOUND       a number with ns, us, µs, ms or s for times; with k or M, or without, for rates and counts;
                  with % for errors and denials as a share of all calls
    """

  package let text: String
  package let metric: Metric
  package let comparison: Comparison
  /// In nanoseconds, a second, or as a count; a share of 0…1 if `isShare`.
  package let bound: Double
  package let isShare: Bool

  /// Reads a threshold; spaces do not matter.
  package init(_ text: String) throws(ParseError) {
    let written = text.filter { !$0.isWhitespace }
    func refuse(_ why: String) -> ParseError {
      ParseError(description: "“\(text.prefix(60))”: \(why). Write \(Assertion.grammar)")
    }
    guard let start = written.firstIndex(where: { "<>=".contains($0) }) else { throw refuse("has no comparison") }
    let rest = written[start...]
    guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      throw refuse("its comparison is none of < <= > >= ==")
    }
    guard let metric = Metric(name: String(written[..<start])) else {
      throw refuse("“\(written[..<start].prefix(40))” is no figure")
    }
    let bound = rest.dropFirst(comparison.rawValue.count)
    guard let (value, isShare) = Assertion.bound(bound, of: metric) else {
      throw refuse("“\(bound.prefix(40))” is no bound for \(metric.name)")
    }
    self.text = written
    self.metric = metric
    self.comparison = comparison
    self.bound = value
    self.isShare = isShare
  }

  /// A number with a unit that fits the figure.
  private static func bound(_ text: Substring, of metric: Metric) -> (Double, isShare: Bool)? {
    let number = text.prefix { $0.isASCIIDigit || $0 == "." }
    guard let value = Metric.decimal(number) else { return nil }
    let unit = String(text[number.endIndex...])
    switch metric.unit {
    case .nanoseconds:
      let factors = ["ns": 1.0, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9]
      return factors[unit].map { (value * $0, false) }
    case .perSecond:
      let plain = unit.hasSuffix("/s") ? String(unit.dropLast(2)) : unit
      return factor(plain).map { (value * $0, false) }
    case .count:
      return unit == "%" ? (value / 100, true) : factor(unit).map { (value * $0, false) }
    }
  }

  private static func factor(_ unit: String) -> Double? {
    // No small m: it would be a thousandth to some readers and a million to others.
    switch unit {
    case "": 1
    case "k", "K": 1e3
    case "M": 1e6
    case "G": 1e9
    default: nil
    }
  }

  /// Whether the report keeps it. A figure that the report does not have keeps nothing.
  package func judge(_ report: RunReport) -> AssertionResult {
    guard let value = metric.value(in: report) else {
      return AssertionResult(assertion: text, found: "not measured", held: false)
    }
    guard isShare else {
      return AssertionResult(assertion: text, found: metric.text(value), held: comparison.holds(value, bound))
    }
    let all = Double(report.totals.calls) + Double(report.totals.unanswered)
    let share = all > 0 ? value / all : 0
    return AssertionResult(assertion: text, found: Units.percent(share), held: comparison.holds(share, bound))
  }
}
