// Latency by percentile on the axis of nines, and the steps of a search.

internal import Foundation

/// Draws how latency grows towards the last calls.
struct PercentileChart {
  let report: RunReport
  private static let steps = 320

  init(_ report: RunReport) { self.report = report }

  func figure(width: Double) -> String {
    let all = [("all calls", report.latency)]
    let shown = report.operations.count == 1 ? [] : report.operations.prefix(5).map { ($0.name, $0.latency) }
    let lines = (all + shown).compactMap { name, summary in
      (try? summary.decoded()).flatMap { $0.isEmpty ? nil : (name: name, max: summary.max, histogram: $0) }
    }
    guard let first = lines.first, let most = lines.map(\.max).max() else { return "" }
    // Beyond one call in `count` the line would be flat.
    let nines = min(7, max(1, log10(Double(first.histogram.count))))
    let percentiles = (0...Self.steps).map { Scale.percentile(nines * Double($0) / Double(Self.steps)) }
    let least = lines.map { $0.histogram.percentile(1) }.min() ?? 1
    var plot = Plot(width: width, horizontal: .nines(nines), vertical: .durations(from: least, to: most))
    plot.explain(at: percentiles, titles: percentiles.map { "p" + Self.plain($0) })
    var legend: [(String, String)] = []
    for (index, line) in lines.enumerated().reversed() {
      let style = index == 0 ? "c0" : "c\(index)"
      let values = line.histogram.percentiles(percentiles).map { Double(min($0, line.max)) }
      plot.line(zip(percentiles, values).map { ($0, $1) }, style: style)
      plot.explain(line.name, style: style, values) { Units.duration($0) }
      legend.insert((line.name, style), at: 0)
    }
    return plot.figure(
      "Latency by percentile", note: "each nine takes the same room; latency logarithmic",
      legend: legend.count > 1 ? legend : [])
  }

  /// As many digits as tell it from its neighbours.
  private static func plain(_ percentile: Double) -> String {
    let digits = percentile < 99 ? 1 : min(6, Int(-log10(max(1e-9, 1 - percentile / 100))) + 1)
    return Units.fixed(percentile, digits)
  }
}

/// Draws what a search for capacity found at each rate.
struct SearchChart {
  let search: RunReport.Search

  func figure(width: Double) -> String {
    let tried = search.steps.filter { $0.p99 > 0 && $0.intendedRate.isFinite && $0.intendedRate > 0 }
    // A rate that was tried twice has a dot for each try, and its line goes through the last.
    let lasting = Dictionary(tried.map { ($0.intendedRate, $0) }) { $1 }
    let steps = lasting.values.sorted { $0.intendedRate < $1.intendedRate }
    guard steps.count > 1, let least = tried.map(\.p50).min(), let most = tried.map(\.p999).max(),
      let highest = steps.last?.intendedRate, let lowest = steps.first?.intendedRate
    else { return "" }
    var plot = Plot(
      width: width, height: 260, horizontal: .rates(from: lowest, to: highest),
      vertical: .durations(from: max(1, least), to: most))
    if let bound = try? Assertion(search.bound), bound.metric.unit == .nanoseconds {
      plot.bound(bound.bound, search.bound)
    }
    plot.explain(
      at: steps.map(\.intendedRate),
      titles: steps.map { "\(Units.rate($0.intendedRate)): \($0.passed ? "kept" : "missed")" })
    let lines: [(String, String, (RunReport.SearchStep) -> UInt64)] = [
      ("p99.9", "q4", { $0.p999 }), ("p99", "q3", { $0.p99 }), ("p50", "q1", { $0.p50 }),
    ]
    for (name, style, value) in lines {
      plot.line(steps.map { ($0.intendedRate, Double(value($0))) }, style: style)
      plot.explain(name, style: style, steps.map { Double(value($0)) }) { Units.duration($0) }
    }
    for step in tried {
      let (x, y) = (Markup.number(plot.x(step.intendedRate)), Markup.number(plot.y(Double(step.p99))))
      plot.add("<circle class=\"\(step.passed ? "kept" : "missed")\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\"/>\n")
    }
    return plot.figure(
      "Search for capacity", note: "latency at each rate tried",
      legend: lines.map { ($0.0, $0.1) } + [("kept", "kept"), ("missed", "missed")])
  }
}
