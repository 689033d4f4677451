// The texts that people read: units, the summary, the comparison, the live block, compared letter by letter.

import Testing
import TollgateTestSupport

@testable import TollgateLoadReport

struct UnitsTests {
  @Test func durationsHaveThreeDigitsAndAUnit() {
    let shown: [(Double, String)] = [
      (0, "0 ns"), (7, "7 ns"), (0.5, "0.50 ns"), (999, "999 ns"), (999.6, "1.00 µs"), (1_000, "1.00 µs"),
      (12_345, "12.3 µs"), (999_499, "999 µs"), (999_500, "1.00 ms"), (1_234_567, "1.23 ms"), (59.4e9, "59.4 s"),
      (60e9, "1.00 min"), (3.6e12, "60.0 min"), (.infinity, "–"), (.nan, "–"), (-1_500, "−1.50 µs"),
    ]
    for (value, text) in shown { #expect(Units.duration(value) == text) }
  }

  @Test func countsRatesAndSharesAreGroupedAndShort() {
    #expect([0, 999, 1_000, 1_234_567].map { Units.count($0 as UInt64) } == ["0", "999", "1,000", "1,234,567"])
    #expect([-1_234, .min].map { Units.count($0 as Int) } == ["−1,234", "−9,223,372,036,854,775,808"])
    #expect(
      [0, 0.5, 12.4, 1_234_567.8, -1_234_567].map(Units.rate) == [
        "0.00/s", "0.50/s", "12/s", "1,234,568/s", "−1,234,567/s",
      ])
    #expect([0, 950, 999.9, 1_000, 1_250_000].map { Units.short($0) } == ["0", "950", "1 k", "1 k", "1.25 M"])
    #expect(
      [0, 0.000_01, 0.005, 0.123, 1].map(Units.percent) == ["0.00 %", "< 0.01 %", "0.50 %", "12.3 %", "100.0 %"])
    #expect([0, 0.1, -0.04, 0.000_1].map(Units.change) == ["0.0 %", "+10.0 %", "−4.0 %", "0.0 %"])
    #expect(
      [0, 0.25, 9.96, 59.6, 90, 3_600, 7_500].map(Units.time) == [
        "0 s", "0.2 s", "10 s", "1 min", "1 min 30 s", "1 h", "2 h 5 min",
      ])
    #expect([0, 1_023, 1_024, 402_653_184].map { Units.bytes($0) } == ["0 B", "1023 B", "1 KiB", "384 MiB"])
    #expect(
      [0, 1, -1_500_000, .min].map { Units.credits($0) } == ["0", "0.000001", "−1.5", "−9,223,372,036,854.775808"])
  }
}

struct SummaryTests {
  @Test func theSummaryReadsLikeThis() {
    #expect(
      SampleReport.usual.summary() == """
        authorize-capture, closed loop, 16 × 64 in flight, TLS, 1,000,000 accounts, zipf 1.1

        rate        400,000/s in 400/s calls
        operations  24,000,000 in 1 min
        errors      21 failed (0.09 %)
        denials     60

        latency     calls     p50     p90      p99    p99.9   p99.99      max     mean
        all        24,000  575 µs  988 µs  21.9 ms  56.7 ms  60.6 ms  61.1 ms  1.12 ms
        authorize  12,000  573 µs  985 µs  22.7 ms  56.7 ms  60.6 ms  60.7 ms  1.12 ms
        capture    12,000  577 µs  990 µs  20.8 ms  56.4 ms  60.1 ms  61.1 ms  1.11 ms

        status                        answers   share
        ok                             23,919  99.7 %
        denied: insufficient credits       60  0.25 %
        unavailable (error)                21  0.09 %

        server      0.92 cores, 2.30 µs an operation, 384 MiB of memory
        harness     0.55 cores, 1.38 µs an operation
        bottleneck  server: the server was busy (it used 92 % of a core)
                    against a null server this harness drives 2,412,345/s
        money       nothing lost or doubled: 1,000,000 accounts agree, 123,456.5 credits captured
        note        Two connections <were> dropped & taken up again.

        """)
  }

  @Test func aRunThatFailedSaysSoAndWhatWasNotChecked() throws {
    var report = SampleReport.usual
    (report.money, report.moneyNotChecked) = (nil, "server away")
    report.failure = "a connection could not be made again for 30 s"
    let text = report.summary()
    #expect(text.contains("\nfailure     a connection could not be made again for 30 s\n"))
    #expect(text.contains("\nmoney       not checked: server away\n"))
    #expect(report.html().contains("Not checked: server away."))
    #expect(try RunReport(json: report.json()) == report)
    let doubts = Comparison(before: report, after: SampleReport.usual).doubts
    #expect(doubts.contains("A failed: a connection could not be made again for 30 s"))
  }

  @Test func searchDiscrepanciesAndThresholdsAreListed() {
    let text = SampleReport.full.summary()
    #expect(
      text.contains("400,000/s  400,000/s   750 µs  5.82 ms  6.00 ms  6.00 ms       0  missed: p99 was 5.82 ms\n"))
    #expect(text.contains("capacity    400,000/s with p99<5ms\n"))
    #expect(text.contains("money       1 figure disagrees with the book, of 1,000,000 accounts\n"))
    #expect(text.contains("0198c5a2-7c11-7f00-8000-000000000042  available         5      1          −4\n"))
    #expect(text.contains("assert      FAILED  p99<5ms     found 21.9 ms\n"))
    #expect(text.contains("assert      held    rate>=100k  found 400,000/s\n"))
  }

  @Test func nothingInAReportMovesTheCursor() {
    var report = SampleReport.full
    report.notes = ["\u{1B}[2J"]
    report.statuses[0].name = "\u{1B}]0;x\u{7}"
    report.configuration.scenario = "a\nb\u{202E}"
    report.money?.discrepancies[0].account = "\u{9B}1m"
    let text = report.summary() + Comparison(before: report, after: report).text(names: ("\u{1B}", "b"))
    #expect(
      !text.unicodeScalars.contains { $0.value < 10 || $0.value == 0x1B || $0.value == 0x9B || $0.value == 0x202E })
  }

  @Test func coloursAreForTerminalsThatWantThem() {
    #expect(Paint(isTerminal: true, environment: ["TERM": "xterm"]).isOn)
    #expect(!Paint(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": "1"]).isOn)
    #expect(!Paint(isTerminal: true, environment: ["TERM": "dumb"]).isOn)
    #expect(!Paint(isTerminal: false, environment: [:]).isOn)
    #expect(SampleReport.full.summary(Paint(isOn: true)).contains("\u{1B}[31mFAILED\u{1B}[0m"))
  }
}

struct ComparisonTests {
  @Test func theComparisonReadsLikeThis() {
    let text = Comparison(before: SampleReport.usual, after: SampleReport.slow)
      .text(names: ("main.json", "branch.json"))
    #expect(
      text == """
        A  main.json
           authorize-capture, closed loop, 16 × 64 in flight, TLS, 1,000,000 accounts, zipf 1.1
        B  branch.json
           authorize-capture, closed loop, 16 × 64 in flight, TLS, 1,000,000 accounts, zipf 1.1

        figure                  A          B   change
        rate            400,000/s  400,000/s    0.0 %
        calls               400/s      400/s    0.0 %
        p50                575 µs     695 µs  +20.8 %  worse
        p90                988 µs    1.19 ms  +20.1 %  worse
        p99               21.9 ms    27.1 ms  +23.4 %  worse
        p99.9             56.7 ms    57.1 ms   +0.8 %
        max               61.1 ms    60.7 ms   −0.5 %
        mean              1.12 ms    1.29 ms  +15.2 %  worse
        authorize.p50      573 µs     698 µs  +21.9 %  worse
        authorize.p99     22.7 ms    26.3 ms  +15.8 %  worse
        capture.p50        577 µs     691 µs  +19.8 %  worse
        capture.p99       20.8 ms    27.4 ms  +31.8 %  worse
        server cpu/op     2.30 µs    2.76 µs  +20.0 %  worse
        harness cpu/op    1.38 µs    1.38 µs    0.0 %
        errors                 21         21    0.0 %
        denials                60         60    0.0 %

        verdict:   B against A: rate the same, p99 +23.4 %, server CPU an operation +20.0 %

        """)
  }

  @Test func whatMakesRunsUnlikeIsNamed() {
    let before = SampleReport.usual
    var after = before
    after.configuration.loop = .poisson
    after.configuration.connections = 32
    after.configuration.accounts = 10
    after.configuration.isTLS = false
    after.machine.cores = 64
    after.server.version = "tollgated 0.2.0"
    after.totals.seconds = 4
    let comparison = Comparison(before: before, after: after)
    #expect(
      comparison.unlike == [
        "loop: closed and poisson", "connections × in flight: 16 × 64 and 32 × 64", "TLS: yes and no",
        "accounts: 1,000,000 and 10", "cores: 2 and 64", "duration: 1 min and 4 s",
      ])
    #expect(comparison.changed == ["server: tollgated 0.1.0 and tollgated 0.2.0"])
    #expect(comparison.doubts == ["B measured only 4 s"])
    #expect(comparison.verdict.hasPrefix("the runs are not alike, so the figures do not answer which is better; "))
    #expect(Comparison(before: before, after: before).isAlike)
  }
}

struct LiveProgressTests {
  private func state(_ second: Int, phase: String = "measuring", rate: Int = 1_000, errors: UInt64 = 0) -> LiveState {
    var histogram = LatencyHistogram()
    for value in 1...100 { histogram.record(UInt64(value) * 10_000) }
    return LiveState(
      title: "authorize-capture, closed loop", phase: phase, elapsed: Double(second + 1), total: 60,
      interval: Interval(
        start: Double(second), seconds: 1, calls: UInt64(rate), operations: UInt64(rate), errors: errors,
        inFlight: 1_024,
        serverProcessor: 0.5, harnessProcessor: 0.25, latency: histogram),
      statuses: [RunReport.Status(name: "ok", count: UInt64(rate * (second + 1)), isError: false)])
  }

  @Test func theBlockReadsLikeThisAndIsDrawnOverItself() {
    var live = LiveProgress(.block(width: 100), paint: Paint(isOn: false))
    #expect(
      live.show(state(0)) == """
        authorize-capture, closed loop
        measuring  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  1 s of 1 min, 59 s left
        rate       1,000/s       █
        latency    p50 500 µs   p99 990 µs   max 1.00 ms   p99 █
        in flight  1,024
        processor  server 0.50 cores, 500 µs an operation   harness 0.25 cores
        status     ok 1,000

        """)
    let second = live.show(state(29, rate: 2_000))
    #expect(
      second.hasPrefix("\u{1B}[7A\r\u{1B}[Jauthorize-capture") && second.contains("rate       2,000/s       ▅█\n"))
    #expect(second.contains("measuring  ███████████████░░░░░░░░░░░░░░░  30 s of 1 min, 30 s left\n"))
    #expect(live.clear() == "\u{1B}[7A\r\u{1B}[J" && live.clear().isEmpty)
  }

  @Test func noLineIsWiderThanTheTerminal() {
    for isOn in [false, true] {
      var live = LiveProgress(.block(width: 40), paint: Paint(isOn: isOn))
      let text = live.show(state(10))
      for line in text.split(separator: "\n") {
        var (columns, isCode) = (0, false)
        for character in line {
          if character == "\u{1B}" { isCode = true }
          if !isCode { columns += 1 }
          if character == "m", isCode { isCode = false }
        }
        #expect(columns <= 39)
      }
    }
  }

  @Test func plainLinesJoinTheIntervalsBetweenThem() {
    var live = LiveProgress(.lines(everySeconds: 2), paint: Paint(isOn: false))
    #expect(live.show(state(0)).isEmpty)
    #expect(
      live.show(state(1, rate: 3_000, errors: 2))
        == "measuring 2 s of 1 min: 2,000/s, p50 500 µs, p99 990 µs, max 1.00 ms, in flight 1,024, server 0.50 cores, errors 2\n"
    )
    #expect(live.show(state(2)).isEmpty && live.show(state(3, phase: "step 2")).isEmpty)
  }

  @Test func oddNumbersAreNoTrap() {
    var live = LiveProgress(.block(width: -5), paint: Paint(isOn: true))
    var odd = state(0)
    odd.total = .nan
    odd.elapsed = .infinity
    odd.interval.seconds = 0
    odd.interval.serverProcessor = .nan
    #expect(!live.show(odd).isEmpty)
    #expect(LiveProgress.sparkline([0, .nan, -1, 5]) == "▁▁▁█" && LiveProgress.sparkline([]).isEmpty)
  }
}
