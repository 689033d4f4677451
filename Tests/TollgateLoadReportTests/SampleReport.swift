// A report as a run would leave it, made from a seed: what tests of texts, files and pages look at.

import TollgateLoadReport
import TollgateTestSupport

enum SampleReport {
  /// One that tests share, as making one takes a debug build half a second.
  static let usual = make()
  /// Compared with `usual`, a run a fifth slower.
  static let slow = make(seed: 8, slower: 1.2)
  /// One with everything in it.
  static let full = rich()

  /// A run of `seconds` with a stall in its middle, errors now and then, and a check of the money.
  static func make(
    seed: UInt64 = 7, seconds: Int = 60, callsPerSecond: Int = 400, slower: Double = 1, isOpen: Bool = false
  ) -> RunReport {
    var generator = SeededGenerator(seed: seed)
    var series = SeriesRecorder(pointsMax: 240)
    var kinds = [LatencyHistogram(), LatencyHistogram()]
    var errors: UInt64 = 0
    for second in 0..<seconds {
      let interval = interval(second, seconds, callsPerSecond, slower, isOpen, &kinds, &generator)
      errors += interval.errors
      series.append(interval)
    }
    var all = kinds[0]
    all.merge(kinds[1])
    let (points, heat) = series.finished()
    return report(kinds, all, errors, Double(seconds), points, heat, isOpen, slower)
  }

  private static func interval(
    _ second: Int, _ seconds: Int, _ calls: Int, _ slower: Double, _ isOpen: Bool, _ kinds: inout [LatencyHistogram],
    _ generator: inout SeededGenerator
  ) -> Interval {
    let isStall = second == seconds / 2
    var histogram = LatencyHistogram()
    for index in 0..<calls {
      let spread = Double.random(in: 0..<1, using: &generator) * Double.random(in: 0..<1, using: &generator)
      var value = slower * (400_000 + 900_000 * spread)
      if Int.random(in: 0..<60, using: &generator) == 0 { value *= 3 }
      if isStall { value += Double.random(in: 0..<60_000_000, using: &generator) }
      histogram.record(UInt64(value))
      kinds[index % 2].record(UInt64(value))
    }
    let errors: UInt64 = second % 9 == 4 ? 3 : 0
    return Interval(
      start: Double(second), seconds: 1, calls: UInt64(calls), operations: UInt64(calls) * 1_000, errors: errors,
      statuses: ["ok": UInt64(calls) - errors - 1, "unavailable": errors, "denied: insufficient credits": 1],
      inFlight: isStall ? 900 : 1_000 + Int.random(in: 0..<24, using: &generator),
      backlog: isStall && isOpen ? 4_321 : 0,
      intendedRate: isOpen ? Double(calls) * 1_000 : nil, serverProcessor: isStall ? 0.4 : 0.93,
      harnessProcessor: 0.55, latency: histogram)
  }

  private static func report(
    _ kinds: [LatencyHistogram], _ all: LatencyHistogram, _ errors: UInt64, _ seconds: Double, _ series: Series,
    _ heat: HeatMap, _ isOpen: Bool, _ slower: Double
  ) -> RunReport {
    let names = ["authorize", "capture"]
    return RunReport(
      tool: "tollgate-load 0.1.0", startedAt: 1_795_373_602.5,
      configuration: RunReport.Configuration(
        arguments: ["tollgate-load", "--scenario", "authorize-capture", "--note", "it's <b>bold</b>"],
        scenario: "authorize-capture", loop: isOpen ? .poisson : .closed, intendedRate: isOpen ? 400_000 : nil,
        connections: 16, inFlight: 64, threads: 2, isTLS: true, warmUpSeconds: 3, durationSeconds: seconds,
        accounts: 1_000_000, skew: "zipf 1.1", seed: 42),
      machine: RunReport.Machine(
        host: "bench", system: "Linux 6.1.0 x86_64", processor: "AMD EPYC 9R14", cores: 2, memory: 25_769_803_776,
        loadBefore: 0.31, loadAfter: 1.94),
      server: RunReport.Server(
        address: "127.0.0.1:7421", version: "tollgated 0.1.0", pid: 4_711, tls: "TLS 1.3", memory: 402_653_184),
      totals: RunReport.Totals(
        seconds: seconds, sent: all.count, calls: all.count, operations: all.count * 1_000, errors: errors,
        denials: UInt64(seconds)),
      latency: LatencySummary(all),
      operations: zip(names, kinds).map {
        RunReport.Operation(name: $0, calls: $1.count, operations: $1.count * 1_000, latency: LatencySummary($1))
      },
      statuses: [
        RunReport.Status(name: "ok", count: all.count - errors - UInt64(seconds), isError: false),
        RunReport.Status(name: "denied: insufficient credits", count: UInt64(seconds), isError: false),
        RunReport.Status(name: "unavailable", count: errors, isError: true),
      ],
      series: series, heatMap: heat,
      processor: RunReport.Processor(server: 0.92 * seconds * slower, harness: 0.55 * seconds),
      bottleneck: RunReport.Bottleneck(
        place: .server, reason: "the server was busy (it used 92 % of a core)", nullServerRate: 2_412_345),
      money: RunReport.MoneyCheck(
        accounts: 1_000_000, granted: 5_000_000_000_000, captured: 123_456_500_000, held: 0,
        available: 4_876_543_500_000, seconds: 2.4),
      notes: ["Two connections <were> dropped & taken up again."])
  }

  /// The same with a search, discrepancies and thresholds.
  private static func rich() -> RunReport {
    var report = make(isOpen: true)
    var histogram = LatencyHistogram()
    report.search = RunReport.Search(bound: "p99<5ms", capacity: 400_000)
    for (index, rate) in [100_000.0, 200_000, 400_000, 800_000, 600_000, 500_000].enumerated() {
      for value in 1...200 { histogram.record(UInt64(Double(value) * rate * Double(index + 1) / 40)) }
      let passed = histogram.percentile(99) < 5_000_000
      report.search?.steps.append(
        RunReport.SearchStep(
          intendedRate: rate, rate: min(rate, 520_000), latency: histogram, errors: 0, seconds: 5, passed: passed,
          reason: passed ? "" : "p99 was \(Units.duration(histogram.percentile(99)))"))
    }
    report.money?.discrepancies = [
      RunReport.Discrepancy(
        account: "0198c5a2-7c11-7f00-8000-000000000042", figure: "available", expected: 5_000_000, found: 1_000_000)
    ]
    report.money?.discrepancyCount = 1
    report.bottleneck = RunReport.Bottleneck(place: .harness, reason: "a thread of the harness used 97 % of its core")
    for text in ["p99<5ms", "rate>=100k", "errors==0"] {
      if let assertion = try? Assertion(text) { report.assertions.append(assertion.judge(report)) }
    }
    return report
  }
}
