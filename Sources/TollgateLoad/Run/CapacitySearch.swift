// The search for capacity: rates are doubled until one fails the bound, then the gap is halved until it is small.

internal import TollgateLoadReport

/// What a rate must keep to pass: a percentile of latency below a bound.
package struct LatencyBound: Hashable, Sendable, CustomStringConvertible {
  package var percentile: Double
  package var nanoseconds: UInt64

  package init(percentile: Double, nanoseconds: UInt64) {
    self.percentile = percentile
    self.nanoseconds = nanoseconds
  }

  /// Reads `p99<5ms` or `p99.9<20ms`.
  package init(parsing text: String) throws(PlanProblem) {
    let halves = text.split(separator: "<", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0].hasPrefix("p"), let percentile = Double(halves[0].dropFirst()),
      percentile > 0, percentile < 100, let seconds = parseSeconds(halves[1]), seconds >= 1e-9,
      halves[1].last?.isLetter == true
    else { throw PlanProblem("'\(text)' is no bound; write a percentile and a duration, as p99<5ms or p99.9<20ms") }
    self.percentile = percentile
    nanoseconds = UInt64(seconds * 1e9)
  }

  package var description: String { "p\(short(percentile))<\(durationText)" }

  private var durationText: String {
    if nanoseconds % 1_000_000_000 == 0 { return "\(nanoseconds / 1_000_000_000)s" }
    return nanoseconds % 1_000_000 == 0 ? "\(nanoseconds / 1_000_000)ms" : "\(short(Double(nanoseconds) / 1_000))us"
  }
}

package struct SearchPlan: Hashable, Sendable {
  package var bound: LatencyBound
  package var startRate = 1_000.0
  package var rateMax = 1e8
  package var stepSeconds = 5.0
  /// Of each step, before it counts.
  package var settleSeconds = 1.0
  /// A step that fails is tried so often again before the failure counts: another program's moment is not the server's limit.
  package var retries = 1
  /// The search ends when the gap is below this share of the rate.
  package var precision = 0.05
  package var arrivals = Arrivals.poisson

  package init(bound: LatencyBound) { self.bound = bound }
}

/// Decides which rate to try next. It knows nothing of servers, so that a curve can stand for one in tests.
package struct CapacitySearch: Sendable {
  private let precision: Double
  private let rateMax: Double
  /// The highest rate that passed, and the lowest one that failed.
  package private(set) var passed: Double?
  package private(set) var failed: Double?
  private let start: Double
  private let retries: Int
  /// A rate that failed and is to be tried again, and how often it has failed.
  private var again: (rate: Double, failures: Int)?

  package init(_ plan: SearchPlan) {
    retries = plan.retries
    precision = plan.precision
    rateMax = plan.rateMax
    start = plan.startRate
  }

  /// The next rate to try; nil when the answer is found, or there is none.
  package var next: Double? {
    if let again { return again.rate }
    switch (passed, failed) {
    case (nil, nil): return min(start, rateMax)
    case (let passed?, nil): return passed >= rateMax ? nil : min(2 * passed, rateMax)
    case (nil, let failed?): return failed <= 1 ? nil : failed / 4
    case (let passed?, let failed?):
      return failed - passed <= precision * passed ? nil : (passed + failed) / 2
    }
  }

  package mutating func record(_ rate: Double, passed isPassed: Bool) {
    if isPassed {
      again = nil
      passed = max(passed ?? 0, rate)
      // What passed at a higher rate than a failure proves that failure to have been an accident.
      if let failed, failed <= rate { self.failed = nil }
    } else {
      let failures = (again?.failures ?? 0) + 1
      again = failures <= retries ? (rate, failures) : nil
      if again == nil { failed = min(failed ?? .infinity, rate) }
    }
  }
}

/// Why a step failed; nil: it passed.
struct StepJudge {
  var bound: LatencyBound
  /// Less than this share of the intended rate is a failure, however short the latencies.
  static let rateShareMin = 0.97

  func reason(_ measurement: Measurement, intended: Double) -> String? {
    let latency = measurement.meter.latency
    let found = latency.percentile(bound.percentile)
    if measurement.meter.errors > 0 { return "\(Units.count(measurement.meter.errors)) calls failed" }
    if measurement.backlog > 0 { return "\(Units.count(measurement.backlog)) units never began" }
    if found >= bound.nanoseconds { return "p\(short(bound.percentile)) was \(Units.duration(found))" }
    if measurement.rate < StepJudge.rateShareMin * intended {
      return "only \(Units.rate(measurement.rate)) were reached"
    }
    return nil
  }
}

extension LoadRun {
  /// Searches; returns the plan and measurement of the best step (of the last, if none passed), with the book of all steps.
  func find(
    _ harness: Harness, _ plan: LoadPlan, _ wanted: SearchPlan
  ) async throws -> (LoadPlan, Measurement, RunReport.Search) {
    var search = CapacitySearch(wanted)
    var result = RunReport.Search(bound: wanted.bound.description)
    var book = Book(accounts: plan.checksMoney ? plan.accounts : 0)
    var doubtful: [CallRecord] = []
    var failure: LoadFailure?
    var best: (plan: LoadPlan, measurement: Measurement)?
    var last: (plan: LoadPlan, measurement: Measurement)?
    while let rate = search.next, !stop.isStopped {
      var step = plan
      step.pace = .open(RateSchedule(rate: rate), wanted.arrivals)
      step.warmUpSeconds = wanted.settleSeconds
      step.length = .seconds(wanted.stepSeconds)
      step.drainSeconds = min(plan.drainSeconds, 2)
      let measurement = try await drive(harness, step, "step at \(Units.rate(rate))")
      book.merge(measurement.book)
      doubtful += measurement.doubtful
      if measurement.failure != nil {
        // The steps before it are worth telling; it says itself why there are no more.
        (last, failure) = (last ?? (step, measurement), measurement.failure)
        break
      }
      if measurement.wasStopped {
        last = last ?? (step, measurement)
        break
      }
      let judged = judge(measurement, wanted, intended: rate)
      search.record(rate, passed: judged.passed)
      result.steps.append(judged)
      observer.say(line(judged))
      last = (step, measurement)
      if judged.passed, measurement.rate >= best?.measurement.rate ?? 0 { best = last }
    }
    result.capacity = search.passed
    guard var chosen = best ?? last else {
      throw LoadFailure.failed("the search was ended before its first step was done")
    }
    chosen.measurement.book = book
    chosen.measurement.doubtful = doubtful
    chosen.measurement.failure = failure
    chosen.measurement.wasStopped = stop.isStopped
    return (chosen.plan, chosen.measurement, result)
  }

  private func judge(_ measurement: Measurement, _ wanted: SearchPlan, intended rate: Double) -> RunReport.SearchStep {
    let reason = StepJudge(bound: wanted.bound).reason(measurement, intended: rate)
    return RunReport.SearchStep(
      intendedRate: rate, rate: measurement.rate, latency: measurement.meter.latency,
      errors: measurement.meter.errors, seconds: measurement.seconds, passed: reason == nil, reason: reason ?? "")
  }

  private func line(_ step: RunReport.SearchStep) -> String {
    var text = "\(step.passed ? "passed" : "failed") \(Units.rate(step.intendedRate))"
    text += ": \(Units.rate(step.rate)) reached, p50 \(Units.duration(step.p50)), p99 \(Units.duration(step.p99))"
    text += ", max \(Units.duration(step.max))"
    return step.passed ? text : text + " (\(step.reason))"
  }
}
