// What a unit of load does, and the mix of such units.

internal import TollgateValues

/// One unit of load. A unit is one or several calls, each sent when the one before it was answered.
package enum Scenario: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case authorizeCapture, authorizeVoid, batch, charge, quote, balance, renderFarm

  /// As the command line names it.
  package var name: String {
    switch self {
    case .authorizeCapture: "authorize-capture"
    case .authorizeVoid: "authorize-void"
    case .batch: "batch"
    case .charge: "charge"
    case .quote: "quote"
    case .balance: "balance"
    case .renderFarm: "render-farm"
    }
  }

  package init?(name: some StringProtocol) {
    guard let scenario = Scenario.allCases.first(where: { $0.name == name }) else { return nil }
    self = scenario
  }

  package static let names = allCases.map(\.name)
}

/// Scenarios by weights.
package struct Mix: Hashable, Sendable, CustomStringConvertible {
  package struct Part: Hashable, Sendable {
    package var scenario: Scenario
    package var weight: Double
  }

  package let parts: [Part]
  /// Sums of the weights so far, the last one being 1.
  private let bounds: [Double]

  package init(_ scenario: Scenario) { self.init(parts: [Part(scenario: scenario, weight: 1)]) }

  private init(parts: [Part]) {
    self.parts = parts
    let total = parts.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    bounds = parts.map { part in
      sum += part.weight / total
      return sum
    }
  }

  /// Reads `authorize-capture=80,balance=20`; weights are relative.
  ///
  /// - Throws: a sentence that says what is wrong and what would be right.
  package init(parsing text: String) throws(PlanProblem) {
    var parts: [Part] = []
    for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2 else {
        throw PlanProblem("'\(piece)' has no weight; a mix is like authorize-capture=80,balance=20")
      }
      guard let scenario = Scenario(name: halves[0]) else {
        throw PlanProblem("there is no scenario '\(halves[0])'; there are \(Scenario.names.joined(separator: ", "))")
      }
      guard let weight = Double(halves[1]), weight > 0, weight <= 1e9 else {
        throw PlanProblem("the weight '\(halves[1])' of \(scenario.name) must be a number above 0, at most 1e9")
      }
      guard !parts.contains(where: { $0.scenario == scenario }) else {
        throw PlanProblem("\(scenario.name) stands twice in the mix")
      }
      parts.append(Part(scenario: scenario, weight: weight))
    }
    self.init(parts: parts)
  }

  package func contains(_ scenario: Scenario) -> Bool { parts.contains { $0.scenario == scenario } }

  /// Draws one.
  @inline(__always)
  func next(_ random: inout RunRandom) -> Scenario {
    if parts.count == 1 { return parts[0].scenario }
    let point = random.unit()
    for index in bounds.indices where point < bounds[index] { return parts[index].scenario }
    return parts[parts.count - 1].scenario
  }

  /// The mean of some figure over the units.
  func mean(_ figure: (Scenario) -> Double) -> Double {
    let total = parts.reduce(0) { $0 + $1.weight }
    return parts.reduce(0) { $0 + $1.weight * figure($1.scenario) } / total
  }

  package var description: String {
    if parts.count == 1 { return parts[0].scenario.name }
    return parts.map { "\($0.scenario.name)=\(short($0.weight))" }.joined(separator: ",")
  }
}

/// A number without needless decimals.
func short(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
}

/// Something in the settings of a run is wrong: a sentence that says what would be right.
package struct PlanProblem: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
