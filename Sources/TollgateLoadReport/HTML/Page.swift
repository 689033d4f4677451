// The report as one page: no other file, no network; it reads without its script too, which only adds tooltips.

extension RunReport {
  /// The whole page.
  package func html() -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="\(tool.escaped)">
    <title>\(configuration.scenario.escaped): \(Units.rate(totals.rate).escaped)</title>
    <style>\(Page.style)</style>
    </head>
    <body>
    <main>
    \(Page(report: self).body)
    </main>
    <div id="tip" hidden></div>
    <script>\(Page.script)</script>
    </body>
    </html>

    """
  }
}

/// Puts the sections of a page together.
struct Page {
  let report: RunReport

  var body: String {
    let charts = charts
    return [
      header, tiles, verdicts,
      "<section class=\"plots\">\n\(charts.joined())</section>\n",
      latencies, statuses, search, money, circumstances,
    ].joined(separator: "\n")
  }

  /// The plots in their order. Two stand in a row; if one would stand alone, the first takes a whole row.
  private var charts: [String] {
    let time = TimeCharts(report)
    let small =
      report.series.points.isEmpty
      ? [] : [time.rate, time.latency, time.inFlight, time.processor, time.statuses].filter { !$0.isEmpty }
    let search = report.search.map { SearchChart(search: $0) }
    let hasSearch = search.map { !$0.figure(width: Plot.usualWidth).isEmpty } ?? false
    let isOdd = !(small.count + (hasSearch ? 2 : 1)).isMultiple(of: 2)
    let width = isOdd ? Plot.wideWidth : Plot.usualWidth
    let percentiles = PercentileChart(report).figure(width: hasSearch ? Plot.usualWidth : width)
    return [search?.figure(width: width) ?? "", percentiles] + small + [HeatMapChart(report).figure]
  }

  private var header: String {
    let start = Page.date(report.startedAt)
    let server = [report.server.version, report.server.address, report.server.tls].filter { !$0.isEmpty }
    return """
      <header>
      <h1>\(report.configuration.scenario.escaped)</h1>
      <p>\(report.shape.escaped)</p>
      <p class="dim">\(([start, Units.time(report.totals.seconds) + " measured"] + server).joined(separator: " · ").escaped)</p>
      </header>
      """
  }

  private var tiles: String {
    let totals = report.totals
    var tiles = [("operations a second", Units.rate(totals.rate).replacingSuffix("/s", with: ""), "")]
    if let search = report.search {
      tiles.insert(("capacity with \(search.bound)", search.capacity.map(Units.rate) ?? "none", ""), at: 0)
    }
    let latency = report.latency
    tiles += [("p50", latency.p50), ("p99", latency.p99), ("p99.9", latency.p999), ("max", latency.max)].map {
      ($0.0, Units.duration($0.1), "")
    }
    let failed = totals.errors &+ totals.unanswered
    tiles.append(("errors", failed == 0 ? "0" : Units.count(failed), failed == 0 ? "" : "bad"))
    if let cpu = Metric.cpu.value(in: report) { tiles.append(("server CPU an operation", Units.duration(cpu), "")) }
    return "<section class=\"tiles\">\n"
      + tiles.map { "<div class=\"\($0.2)\"><span>\($0.0.escaped)</span><b>\($0.1.escaped)</b></div>\n" }.joined()
      + "</section>\n"
  }

  /// What a reader must know before the numbers.
  private var verdicts: String {
    var lines: [(kind: String, title: String, text: String)] = []
    if let failure = report.failure { lines.append(("bad", "Failed", failure)) }
    if let reason = report.moneyNotChecked { lines.append(("bad", "Money", "Not checked: \(reason).")) }
    if let money = report.money {
      let unsure = money.uncertain > 0 ? " \(Units.count(money.uncertain)) accounts are uncertain." : ""
      lines.append(
        money.agrees
          ? ("good", "Money", "Nothing lost or doubled in \(Units.count(money.accounts)) accounts.\(unsure)")
          : ("bad", "Money", money.disagreement + ".\(unsure)"))
    }
    for result in report.assertions {
      lines.append(
        (result.held ? "good" : "bad", result.assertion, (result.held ? "held: " : "failed: ") + result.found))
    }
    if let bottleneck = report.bottleneck {
      let null = bottleneck.nullServerRate.map { "; against a null server this harness drives \(Units.rate($0))" } ?? ""
      let kind = bottleneck.place == .harness ? "warn" : "plain"
      lines.append((kind, "Bottleneck: \(bottleneck.place.rawValue)", bottleneck.reason + null))
    }
    lines += report.notes.map { ("plain", "Note", $0) }
    guard !lines.isEmpty else { return "" }
    return "<ul class=\"verdicts\">\n"
      + lines.map { "<li class=\"\($0.kind)\"><b>\($0.title.escaped)</b> \($0.text.escaped)</li>\n" }.joined()
      + "</ul>\n"
  }

  private func section(_ title: String, _ content: String) -> String {
    "<section class=\"card\"><h2>\(title.escaped)</h2>\n\(content)</section>\n"
  }

  private var latencies: String {
    func row(_ name: String, _ calls: UInt64, _ errors: UInt64, _ summary: LatencySummary) -> [String] {
      let times = [
        summary.min, summary.p50, summary.p75, summary.p90, summary.p95, summary.p99, summary.p999, summary.p9999,
        summary.max,
      ]
      let ends = [Units.duration(summary.mean), Units.duration(summary.standardDeviation)]
      return [name, Units.count(calls), Units.count(errors)] + times.map(Units.duration) + ends
    }
    var rows = report.operations.map { row($0.name, $0.calls, $0.errors, $0.latency) }
    if rows.count != 1 { rows.insert(row("all", report.totals.calls, report.totals.errors, report.latency), at: 0) }
    let titles = [
      "call", "answers", "errors", "min", "p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max", "mean", "± σ",
    ]
    let from = report.configuration.loop.isOpen ? "the moment when the call was due" : "the sending of the call"
    return section(
      "Latency", Markup.table(titles, rows) + "<p class=\"dim\">Counted from \(from) until its answer.</p>\n")
  }

  private var statuses: String {
    guard !report.statuses.isEmpty else { return "" }
    let all = report.statuses.reduce(0.0) { $0 + Double($1.count) }
    let rows = report.statuses.map { status in
      let share = all > 0 ? Double(status.count) / all : 0
      let bar =
        "<i class=\"bar \(status.isError ? "bad" : "")\" style=\"width:\(Markup.number(max(0.3, share * 100)))%\"></i>"
      return "<tr><td>\(status.name.escaped)</td><td class=\"n\">\(Units.count(status.count))</td>"
        + "<td class=\"n\">\(Units.percent(share).escaped)</td><td class=\"bars\">\(bar)</td></tr>\n"
    }
    let head = "<thead><tr><th>status</th><th class=\"n\">answers</th><th class=\"n\">share</th><th></th></tr></thead>"
    return section("Answers", "<div class=\"scroll\"><table>\(head)<tbody>\n\(rows.joined())</tbody></table></div>\n")
  }

  private var search: String {
    guard let search = report.search, !search.steps.isEmpty else { return "" }
    let rows = search.steps.map { step in
      [step.passed ? "kept" : "missed", Units.rate(step.intendedRate), Units.rate(step.rate)]
        + [step.p50, step.p99, step.p999, step.max].map(Units.duration)
        + [Units.count(step.errors), Units.time(step.seconds), step.reason]
    }
    let titles = ["verdict", "intended", "reached", "p50", "p99", "p99.9", "max", "errors", "measured", "why"]
    return section("Search for \(search.bound)", Markup.table(titles, rows))
  }

  private var money: String {
    guard let money = report.money else { return "" }
    let amounts = [money.granted, money.captured, money.held, money.available].map(Units.credits)
    var text = Markup.table(
      ["accounts asked", "uncertain", "granted", "captured", "held", "available", "took"],
      [[Units.count(money.accounts), Units.count(money.uncertain)] + amounts + [Units.time(money.seconds)]],
      leftColumns: 0)
    if !money.discrepancies.isEmpty {
      let rows = money.discrepancies.map { wrong in
        let difference = wrong.found.subtractingReportingOverflow(wrong.expected).partialValue
        return [wrong.account, wrong.figure] + [wrong.expected, wrong.found, difference].map(Units.credits)
      }
      text += Markup.table(["account", "figure", "expected", "found", "difference"], rows, leftColumns: 2)
    }
    return section("Money, in credits", text)
  }

  static func date(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds > 0, seconds < 1e11 else { return "unknown time" }
    let instant = Int(seconds)
    let (year, month, day) = civil(instant / 86_400)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(instant / 3_600 % 24)):\(two(instant / 60 % 60)):\(two(instant % 60))"
    return "\(year)-\(two(month))-\(two(day)) \(clock) UTC"
  }

  /// Year, month and day of a day since 1970, after Howard Hinnant's `civil_from_days`.
  private static func civil(_ days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, with other: String) -> String {
    hasSuffix(suffix) ? dropLast(suffix.count) + other : self
  }
}
