// The course of a run in plots that share one axis of time.

/// Draws the series of a report.
struct TimeCharts {
  let report: RunReport
  private var points: [Series.Point] { report.series.points }
  private var scale: Scale { TimeCharts.scale(points) }

  init(_ report: RunReport) { self.report = report }

  static func scale(_ points: [Series.Point]) -> Scale {
    let end = points.last.map { $0.start + $0.seconds } ?? 1
    let start = points.first?.start ?? 0
    // The first interval begins a moment after zero; the axis need not show that.
    return .time(from: start > 0 && start < end / 20 ? 0 : start, to: end)
  }

  /// Where a point is drawn: in the middle of its interval.
  private func middle(_ point: Series.Point) -> Double { point.start + point.seconds / 2 }

  static func title(_ point: Series.Point) -> String {
    "\(Units.fixed(point.start, 1))–\(Units.fixed(point.start + point.seconds, 1)) s"
  }

  private func plot(_ vertical: Scale) -> Plot {
    var plot = Plot(horizontal: scale, vertical: vertical)
    plot.explain(at: points.map(middle), titles: points.map(TimeCharts.title))
    return plot
  }

  private func draw(
    _ plot: inout Plot, _ name: String, _ style: String, fills: Bool = false, _ text: (Double) -> String,
    _ value: (Series.Point) -> Double?
  ) {
    plot.line(points.map { (middle($0), value($0)) }, style: style, fills: fills)
    plot.explain(name, style: style, points.map(value), text)
  }

  /// Operations a second, and what was intended.
  var rate: String {
    let most = points.flatMap { [$0.rate, $0.intendedRate ?? 0] }.max() ?? 0
    var plot = plot(.fromZero(to: most) { Units.short($0) })
    draw(&plot, "reached", "c1", fills: true, { Units.rate($0) }) { $0.rate }
    var legend = [("reached", "c1")]
    if points.contains(where: { $0.intendedRate != nil }) {
      draw(&plot, "intended", "dash", { Units.rate($0) }) { $0.intendedRate }
      legend.append(("intended", "dash"))
    }
    return plot.figure("Rate", note: "operations a second", legend: legend.count > 1 ? legend : [])
  }

  /// Percentiles of each interval.
  var latency: String {
    let seen = points.filter { $0.calls > 0 && $0.max > 0 }
    guard let least = seen.map(\.p50).min(), let most = seen.map(\.max).max() else { return "" }
    var plot = plot(.durations(from: least, to: most))
    let lines: [(String, String, (Series.Point) -> UInt64)] = [
      ("max", "q5", { $0.max }), ("p99.9", "q4", { $0.p999 }), ("p99", "q3", { $0.p99 }), ("p90", "q2", { $0.p90 }),
      ("p50", "q1", { $0.p50 }),
    ]
    for (name, style, value) in lines {
      draw(&plot, name, style, { Units.duration($0) }) { $0.calls > 0 ? Double(value($0)) : nil }
    }
    return plot.figure("Latency over time", note: "logarithmic", legend: lines.map { ($0.0, $0.1) })
  }

  /// Calls without an answer, and those that should have been sent.
  var inFlight: String {
    let most = points.flatMap { [Double($0.inFlight), Double($0.backlog)] }.max() ?? 0
    guard most > 0 else { return "" }
    var plot = plot(.fromZero(to: most) { Units.short($0) })
    draw(&plot, "in flight", "c1", { Units.short($0) }) { Double($0.inFlight) }
    var legend = [("in flight", "c1")]
    if points.contains(where: { $0.backlog > 0 }) {
      draw(&plot, "due, not sent", "c2", { Units.short($0) }) { Double($0.backlog) }
      legend.append(("due, not sent", "c2"))
    }
    return plot.figure("Calls in flight", legend: legend.count > 1 ? legend : [])
  }

  /// Cores that server and harness kept busy.
  var processor: String {
    let values = points.flatMap { [$0.serverCores, $0.harnessCores] }.compactMap { $0 }
    guard let most = values.max() else { return "" }
    var plot = plot(.fromZero(to: max(most, 0.1)) { Units.short($0) })
    var legend: [(String, String)] = []
    if points.contains(where: { $0.serverCores != nil }) {
      draw(&plot, "server", "c1", { Units.fixed($0, 2) + " cores" }) { $0.serverCores }
      legend.append(("server", "c1"))
    }
    if points.contains(where: { $0.harnessCores != nil }) {
      draw(&plot, "harness", "c2", { Units.fixed($0, 2) + " cores" }) { $0.harnessCores }
      legend.append(("harness", "c2"))
    }
    return plot.figure("Processor", note: "cores kept busy", legend: legend)
  }

  /// Answers other than the most frequent one, a second; nothing if all were of one kind.
  var statuses: String {
    let names = report.series.statusNames
    let sums = names.indices.map { index in points.reduce(0.0) { $0 + Double($1.statuses[index]) } }
    let order = names.indices.sorted { sums[$0] > sums[$1] }.dropFirst().prefix(4)
    guard !order.isEmpty else { return "" }
    func rate(_ point: Series.Point, _ index: Int) -> Double {
      point.seconds > 0 ? Double(point.statuses[index]) / point.seconds : 0
    }
    let most = order.flatMap { index in points.map { rate($0, index) } }.max() ?? 0
    var plot = plot(.fromZero(to: most) { Units.short($0) })
    var legend: [(String, String)] = []
    for (number, index) in order.enumerated() {
      let style = "c\(number + 1)"
      draw(&plot, names[index], style, { Units.rate($0) }) { rate($0, index) }
      legend.append((names[index], style))
    }
    return plot.figure("Other answers", note: "a second; all but the most frequent", legend: legend)
  }
}
