// Thresholds and limits: what the grammar takes, what it refuses, and when a report keeps them.

import Testing
import TollgateLoadReport
import TollgateTestSupport

struct AssertionTests {
  @Test(arguments: [
    ("p99<5ms", "p99", 5e6), ("p99.9<=15ms", "p99.9", 15e6), ("max < 1s", "max", 1e9), ("rate>=100k", "rate", 1e5),
    ("errors==0", "errors", 0), ("cpu<1us", "cpu", 1e3), ("cpu<1.5µs", "cpu", 1.5e3), ("rate>1.2M/s", "rate", 1.2e6),
    ("authorize.p50<250ns", "authorize.p50", 250), ("authorize-batch.max<2s", "authorize-batch.max", 2e9),
    ("mean<1ms", "mean", 1e6), ("calls>=5", "calls", 5), ("p100<1s", "p100", 1e9),
    ("harness-cpu<1us", "harness-cpu", 1e3),
  ])
  func thresholdsAreRead(text: String, name: String, bound: Double) throws {
    let assertion = try Assertion(text)
    #expect(assertion.metric.name == name && abs(assertion.bound - bound) <= bound * 1e-12 && !assertion.isShare)
  }

  @Test(arguments: [
    "", "p99", "p99<", "<5ms", "p99<5", "p99<5m", "p99=5ms", "p99!5ms", "p0<5ms", "p101<5ms", "pp<5ms", "p<5ms",
    "p9x<5ms",
    "rate>=100ms", "rate>=-5", "errors<0.1ms", "p99<1e3ms", "p99<infs", "p99<nanms", "p99<5ms,max<1s", ".p99<5ms",
    "a b.rate>5", "authorize.rate>5", "p99<.5ms", "p99<5.ms", "p99<1.2.3ms", "max<0x10s", "cpu<1%", "p99<<5ms",
    "p99<５ms", "rate>1m", "a.b.p99<5ms",
  ])
  func otherTextsAreRefusedWithTheGrammar(text: String) {
    do throws(Assertion.ParseError) {
      let assertion = try Assertion(text)
      Issue.record("read as \(assertion)")
    } catch { #expect(error.description.contains("Write " + Assertion.grammar)) }
  }

  @Test func aReportKeepsOrMissesThem() throws {
    let report = SampleReport.usual
    func judge(_ text: String) throws -> String {
      let result = try Assertion(text).judge(report)
      return (result.held ? "held " : "failed ") + result.found
    }
    #expect(try judge("p50<1ms") == "held 575 µs")
    #expect(try judge("p50>=1ms") == "failed 575 µs")
    #expect(try judge("authorize.max<1s") == "held 60.7 ms")
    #expect(try judge("nothing.max<1s") == "failed not measured")
    #expect(try judge("rate==400k") == "held 400,000/s")
    #expect(try judge("rate>400k") == "failed 400,000/s")
    #expect(try judge("errors==0") == "failed 21")
    #expect(try judge("errors<0.1%") == "held 0.09 %")
    #expect(try judge("errors<0.05%") == "failed 0.09 %")
    #expect(try judge("denials<=60") == "held 60")
    #expect(try judge("cpu<2.4us") == "held 2.30 µs")
    var silent = report
    silent.processor.server = nil
    #expect(try Assertion("cpu<1s").judge(silent).held == false)
  }

  @Test func limitsOfAComparisonAreReadAndJudged() throws {
    let comparison = Comparison(before: SampleReport.usual, after: SampleReport.slow)
    func judge(_ text: String) throws -> Bool { try RegressionLimit(text).judge(comparison).held }
    #expect(try !judge("p50>+10%") && judge("p50>30%") && judge("rate<-5%") && judge("rate < −5%"))
    #expect(try judge("errors>+0%") && judge("errors>0%") && !judge("nothing.p99>+10%"))
    #expect(try RegressionLimit("cpu>+3%").judge(comparison).found == "2.30 µs → 2.76 µs, +20.0 %")
    for text in ["", "p99", "p99>10", "p99>%", ">10%", "p99>-10%", "rate<5%", "rate<+5%", "p99>=10%", "p99>+1e2%"] {
      #expect(throws: RegressionLimit.ParseError.self, "\(text)") { try RegressionLimit(text) }
    }
  }

  @Test func errorsThatGrewFromNoneMissTheirLimit() throws {
    var before = SampleReport.make(seconds: 5)
    let after = before
    before.totals.errors = 0
    let comparison = Comparison(before: before, after: after)
    #expect(try !RegressionLimit("errors>+50%").judge(comparison).held)
    #expect(try RegressionLimit("errors<-50%").judge(comparison).held)
  }
}
