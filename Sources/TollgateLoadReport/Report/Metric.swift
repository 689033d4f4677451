// The figures of a report that thresholds and comparisons speak about, by name.

/// A figure of a report.
package enum Metric: Equatable, Sendable {
  /// Latency in nanoseconds that so many per cent of calls do not exceed; of one kind of call, or of all.
  case percentile(Double, operation: String?)
  case max(operation: String?)
  case mean(operation: String?)
  /// Operations a second.
  case rate
  /// Calls a second.
  case calls
  /// Calls that failed or were never answered.
  case errors
  /// Calls or items refused by the rules of the business.
  case denials
  /// Server's processor time for an operation, in nanoseconds.
  case cpu
  /// Harness's processor time for an operation, in nanoseconds.
  case harnessCPU

  /// What a figure counts.
  package enum Unit: Sendable {
    case nanoseconds
    case perSecond
    case count
  }

  /// The name as it is written in thresholds, `p99`, `authorize.max`, `cpu`.
  package init?(name: String) {
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if let plain = Metric(plain: name, operation: nil) {
      self = plain
    } else if parts.count == 2, let operation = parts.first, !operation.isEmpty, operation.allSatisfy(\.isNameLike),
      let ofOne = Metric(plain: String(parts[1]), operation: String(operation)), ofOne.isOfOneOperation
    {
      self = ofOne
    } else {
      return nil
    }
  }

  private init?(plain: String, operation: String?) {
    switch plain {
    case "max": self = .max(operation: operation)
    case "mean": self = .mean(operation: operation)
    case "rate": self = .rate
    case "calls": self = .calls
    case "errors": self = .errors
    case "denials": self = .denials
    case "cpu": self = .cpu
    case "harness-cpu": self = .harnessCPU
    default:
      guard plain.first == "p", let percentile = Self.decimal(plain.dropFirst()), percentile > 0, percentile <= 100
      else { return nil }
      self = .percentile(percentile, operation: operation)
    }
  }

  private var isOfOneOperation: Bool {
    switch self {
    case .percentile(_, let operation), .max(let operation), .mean(let operation): operation != nil
    default: false
    }
  }

  /// A number of digits and at most one point: no sign, no exponent, no name.
  static func decimal(_ text: some StringProtocol) -> Double? {
    guard text.count <= 20, text.first?.isASCIIDigit == true, text.last?.isASCIIDigit == true,
      text.allSatisfy({ $0.isASCIIDigit || $0 == "." })
    else { return nil }
    return Double(text)
  }

  package var name: String {
    switch self {
    case .percentile(let percentile, let operation): Self.prefix(operation) + "p" + Self.plain(percentile)
    case .max(let operation): Self.prefix(operation) + "max"
    case .mean(let operation): Self.prefix(operation) + "mean"
    case .rate: "rate"
    case .calls: "calls"
    case .errors: "errors"
    case .denials: "denials"
    case .cpu: "cpu"
    case .harnessCPU: "harness-cpu"
    }
  }

  private static func prefix(_ operation: String?) -> String { operation.map { $0 + "." } ?? "" }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() ? Units.fixed(number, 0) : "\(number)"
  }

  package var unit: Unit {
    switch self {
    case .percentile, .max, .mean, .cpu, .harnessCPU: .nanoseconds
    case .rate, .calls: .perSecond
    case .errors, .denials: .count
    }
  }

  /// Whether more of it is better.
  package var moreIsBetter: Bool { unit == .perSecond }

  /// The figure; nil where the report does not have it.
  package func value(in report: RunReport) -> Double? {
    let totals = report.totals
    switch self {
    case .percentile(let percentile, let operation):
      return Self.summary(report, operation).flatMap { try? Double($0.percentile(percentile)) }
    case .max(let operation): return Self.summary(report, operation).map { Double($0.max) }
    case .mean(let operation): return Self.summary(report, operation)?.mean
    case .rate: return totals.rate
    case .calls: return totals.callRate
    case .errors: return Double(totals.errors) + Double(totals.unanswered)
    case .denials: return Double(totals.denials)
    case .cpu: return Self.perOperation(report.processor.server, totals)
    case .harnessCPU: return Self.perOperation(report.processor.harness, totals)
    }
  }

  /// The latencies of one kind of call or of all; nil without any.
  private static func summary(_ report: RunReport, _ operation: String?) -> LatencySummary? {
    let summary =
      operation.map { name in report.operations.first { $0.name == name }?.latency } ?? report.latency
    return summary.flatMap { $0.count > 0 ? $0 : nil }
  }

  private static func perOperation(_ seconds: Double?, _ totals: RunReport.Totals) -> Double? {
    seconds.flatMap { totals.operations > 0 ? $0 * 1e9 / Double(totals.operations) : nil }
  }

  /// The figure for people.
  package func text(_ value: Double?) -> String {
    guard let value else { return "unknown" }
    switch unit {
    case .nanoseconds: return Units.duration(value)
    case .perSecond: return Units.rate(value)
    case .count: return Units.count(UInt64(exactly: value.rounded()) ?? 0)
    }
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
  /// What names of operations are made of.
  var isNameLike: Bool { isASCII && (isLetter || isNumber || self == "-" || self == "_") }
}
