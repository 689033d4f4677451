// The page stands alone, escapes what it shows, and draws every plot that the report has data for.

import Foundation
import Testing
import TollgateTestSupport

@testable import TollgateLoadReport

struct PageTests {
  @Test func thePageNeedsNothingElse() {
    let page = SampleReport.full.html()
    for word in ["http:", "https:", "src=", "href=", "@import", "url(", "<link", "<img"] {
      let rest = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
      #expect(!rest.contains(word), "\(word)")
    }
  }

  @Test func everyPlotIsDrawn() {
    let page = SampleReport.full.html()
    for title in [
      "Search for capacity", "Latency by percentile", "Rate", "Latency over time", "Calls in flight",
      "Latency heat map",
      "Processor", "Other answers",
    ] { #expect(page.contains("<figcaption>\(title)"), "\(title)") }
    #expect(page.contains(">99.99 %</text>") && page.contains("p99&lt;5ms</text>"))
  }

  @Test func tagsAreClosedInOrder() throws {
    for page in [SampleReport.full.html(), SampleReport.make(seconds: 1).html(), empty().html()] {
      var open: [Substring] = []
      var rest = page[...]
      while let start = rest.firstIndex(of: "<") {
        rest = rest[rest.index(after: start)...]
        let end = try #require(rest.firstIndex(of: ">"))
        let tag = rest[..<end]
        rest = rest[rest.index(after: end)...]
        let name = tag.prefix { $0 != " " && $0 != "/" }
        if tag.hasPrefix("/") {
          #expect(open.popLast() == tag.dropFirst())
        } else if !tag.hasSuffix("/") && !["!DOCTYPE", "meta"].contains(name) {
          open.append(name)
        }
        // What stands in a script or style is no markup.
        if name == "script" || name == "style", let close = rest.range(of: "</\(name)>") {
          rest = rest[close.lowerBound...]
        }
      }
      #expect(open.isEmpty)
    }
  }

  @Test func whatTheReportSaysIsNeverMarkup() {
    let hostile = "</script><script>alert(1)</script>\"'&<img>"
    var report = SampleReport.full
    report.tool = hostile
    report.notes = [hostile]
    report.configuration.scenario = hostile
    report.configuration.skew = hostile
    report.configuration.more = [RunReport.NamedValue(name: hostile, value: hostile)]
    report.server.version = hostile
    report.machine.host = hostile
    report.statuses[0].name = hostile
    report.series.statusNames[0] = hostile
    report.operations[0].name = hostile
    report.search?.bound = hostile
    report.search?.steps[0].reason = hostile
    report.money?.discrepancies[0].account = hostile
    report.assertions[0].assertion = hostile
    let page = report.html()
    #expect(!page.contains("alert(1)<") && !page.contains("<script>alert") && !page.contains("<img"))
    #expect(page.components(separatedBy: "</script>").count == page.components(separatedBy: "<script").count)
  }

  private func empty() -> RunReport {
    RunReport(
      tool: "", startedAt: 0,
      configuration: RunReport.Configuration(
        arguments: [], scenario: "", loop: .closed, connections: 0, inFlight: 0, threads: 0, isTLS: false, accounts: 0,
        seed: 0),
      machine: RunReport.Machine(), totals: RunReport.Totals(seconds: 0, sent: 0, calls: 0, operations: 0),
      latency: LatencySummary(LatencyHistogram()))
  }

  @Test func aReportWithoutDataMakesAPageAndASummary() {
    #expect(empty().html().contains("</html>") && empty().summary().contains("rate        0.00/s"))
  }

  @Test func axesHaveRoundTicksWithinThePlot() {
    let scales: [Scale] = [
      .fromZero(to: 0) { Units.short($0) }, .fromZero(to: 1e300) { Units.short($0) },
      .fromZero(to: .leastNonzeroMagnitude) { Units.short($0) },
      .fromZero(to: .nan) { Units.short($0) }, .fromZero(to: 1_034_221) { Units.short($0) }, .time(from: -3, to: 60),
      .time(from: .nan, to: .infinity), .time(from: 5, to: 5), .durations(from: 0, to: 0),
      .durations(from: .max, to: .max),
      .durations(from: 350_000, to: 61_000_000), .nines(1), .nines(7),
    ]
    for scale in scales {
      #expect(scale.ticks.allSatisfy { $0.place > -1e-9 && $0.place < 1 + 1e-9 && !$0.label.isEmpty })
      for value in [-1, 0, 5, 1e18, Double.nan, .infinity] { #expect((0...1).contains(scale.place(value))) }
    }
    #expect(scales[4].ticks.map(\.label) == ["0", "500 k", "1 M", "1.5 M"])
    #expect(scales[5].ticks.map(\.label) == ["0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "1 min"])
    #expect(
      scales[10].ticks.map(\.label) == [
        "200 µs", "500 µs", "1 ms", "2 ms", "5 ms", "10 ms", "20 ms", "50 ms", "100 ms",
      ])
    #expect(Scale.rates(from: 1, to: 1_000).ticks.map(\.label) == ["1/s", "10/s", "100/s", "1 k/s"])
    #expect(Scale.rates(from: 100, to: 400).ticks.first?.label == "0/s")
    for odd in [Scale.rates(from: 0, to: 0), .rates(from: 5e-300, to: 1e300), .rates(from: 1, to: .infinity)] {
      #expect(odd.ticks.allSatisfy { $0.place > -1e-9 && $0.place < 1 + 1e-9 })
    }
    #expect(scales[12].ticks.map(\.label).suffix(3) == ["99.999 %", "99.9999 %", "99.99999 %"])
  }

  @Test func datesAreCivil() {
    let dates: [(Double, String)] = [
      (1, "1970-01-01 00:00:01 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
      (1_795_373_602.5, "2026-11-22 18:53:22 UTC"),
      (4_107_542_399, "2100-02-28 23:59:59 UTC"), (-5, "unknown time"), (.nan, "unknown time"),
    ]
    for (seconds, text) in dates { #expect(Page.date(seconds) == text) }
  }
}
