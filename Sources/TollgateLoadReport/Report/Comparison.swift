// Two reports side by side: what differs, by how much, and whether they may be compared at all.

/// The comparison of a run with one before it.
package struct Comparison: Sendable {
  /// One figure in both.
  package struct Row: Equatable, Sendable {
    package var metric: Metric
    package var before: Double?
    package var after: Double?

    /// The change as a share of what was before; nil where there is nothing to divide by.
    package var change: Double? {
      guard let before, let after else { return nil }
      if before == after { return 0 }
      return before == 0 ? nil : (after - before) / before
    }

    /// What the change means.
    package var verdict: Verdict {
      guard let before, let after else { return .unknown }
      if metric.unit == .count { return after == before ? .same : after < before ? .better : .worse }
      guard let change else { return after == before ? .same : .unknown }
      if abs(change) < Comparison.noise { return .same }
      return (change > 0) == metric.moreIsBetter ? .better : .worse
    }
  }

  package enum Verdict: String, Sendable {
    case better
    case worse
    case same
    case unknown
  }

  /// Changes below this share are called the same: runs of one build differ by as much.
  package static let noise = 0.03

  package let before: RunReport
  package let after: RunReport
  package let rows: [Row]
  /// What makes the two runs different measurements, a sentence each.
  package let unlike: [String]
  /// What differs and may be what the comparison is about.
  package let changed: [String]

  package init(before: RunReport, after: RunReport) {
    self.before = before
    self.after = after
    let common = before.operations.map(\.name).filter { name in after.operations.contains { $0.name == name } }
    var metrics: [Metric] = [.rate]
    if before.totals.hasBatches || after.totals.hasBatches {
      metrics.append(.calls)
    }
    metrics += Self.latencies(nil)
    for name in common where common.count > 1 { metrics += Self.latencies(name) }
    metrics += [.cpu, .harnessCPU, .errors, .denials]
    rows = metrics.map { Row(metric: $0, before: $0.value(in: before), after: $0.value(in: after)) }
    unlike = Self.unlike(before, after)
    changed = Self.changed(before, after)
  }

  private static func latencies(_ operation: String?) -> [Metric] {
    let percentiles: [Double] = operation == nil ? [50, 90, 99, 99.9] : [50, 99]
    return percentiles.map { .percentile($0, operation: operation) }
      + (operation == nil ? [.max(operation: nil), .mean(operation: nil)] : [])
  }

  /// Whether both measure the same thing.
  package var isAlike: Bool { unlike.isEmpty }

  private static func unlike(_ before: RunReport, _ after: RunReport) -> [String] {
    let (old, new) = (before.configuration, after.configuration)
    var found: [String] = []
    func check(_ name: String, _ first: String, _ second: String) {
      if first != second {
        found.append("\(name): \(first.isEmpty ? "–" : first) and \(second.isEmpty ? "–" : second)")
      }
    }
    check("scenario", old.scenario, new.scenario)
    check("mix", mix(old), mix(new))
    check("loop", old.loop.rawValue, new.loop.rawValue)
    check("intended rate", old.intendedRate.map(Units.rate) ?? "", new.intendedRate.map(Units.rate) ?? "")
    check("connections × in flight", "\(old.connections) × \(old.inFlight)", "\(new.connections) × \(new.inFlight)")
    check("items of a batch", Units.count(old.batch), Units.count(new.batch))
    check("TLS", old.isTLS ? "yes" : "no", new.isTLS ? "yes" : "no")
    check("accounts", Units.count(old.accounts), Units.count(new.accounts))
    check("skew", old.skew, new.skew)
    check("faults", old.faults, new.faults)
    check("processor", before.machine.processor, after.machine.processor)
    check("cores", Units.count(before.machine.cores), Units.count(after.machine.cores))
    let seconds = (before.totals.seconds, after.totals.seconds)
    if max(seconds.0, seconds.1) > 2 * min(seconds.0, seconds.1) {
      check("duration", Units.time(seconds.0), Units.time(seconds.1))
    }
    return found
  }

  private static func mix(_ configuration: RunReport.Configuration) -> String {
    configuration.mix.map { "\($0.name)=\(Units.short($0.weight))" }.joined(separator: ",")
  }

  private static func changed(_ before: RunReport, _ after: RunReport) -> [String] {
    let pairs: [(String, String, String)] = [
      ("server", before.server.version, after.server.version), ("harness", before.tool, after.tool),
      ("TLS", before.server.tls, after.server.tls), ("threads", threads(before), threads(after)),
      ("host", before.machine.host, after.machine.host), ("system", before.machine.system, after.machine.system),
      ("options", options(before), options(after)),
    ]
    return pairs.filter { $0.1 != $0.2 }.map {
      "\($0.0): \($0.1.isEmpty ? "–" : $0.1) and \($0.2.isEmpty ? "–" : $0.2)"
    }
  }

  private static func threads(_ report: RunReport) -> String { Units.count(report.configuration.threads) }

  private static func options(_ report: RunReport) -> String {
    report.configuration.more.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
  }

  /// What makes either run doubtful as a measurement, a sentence each.
  package var doubts: [String] {
    var found: [String] = []
    for (name, report) in [("A", before), ("B", after)] {
      if report.bottleneck?.place == .harness {
        found.append("\(name) measured the harness: \(report.bottleneck?.reason ?? "")")
      }
      if report.totals.seconds < 5 { found.append("\(name) measured only \(Units.time(report.totals.seconds))") }
      if report.totals.errorShare > 0.01 {
        found.append("\(name) had \(Units.percent(report.totals.errorShare)) errors")
      }
      if let failure = report.failure { found.append("\(name) failed: \(failure)") }
      if let money = report.money, !money.agrees {
        found.append("\(name) lost or doubled money: \(money.disagreement)")
      }
      if let load = report.machine.loadBefore, load > Double(max(1, report.machine.cores)) {
        found.append("\(name) began on a busy machine: load \(Units.fixed(load, 1)) on \(report.machine.cores) cores")
      }
    }
    return found
  }
}
