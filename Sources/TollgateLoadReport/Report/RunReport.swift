// One run of the harness, whole: what was asked, where it ran, what came of it. The JSON of `--json` is this type.

/// The report of one run.
///
/// Durations of calls are nanoseconds, all other durations and moments seconds; rates are per second. Keys of the JSON are
/// the names of the properties; docs/load-report.md lists them.
package struct RunReport: Codable, Equatable, Sendable {
  /// What the JSON's `format` says.
  package static let formatName = "tollgate-load-report"
  /// The version that this program writes, and the only one that it reads.
  package static let currentVersion = 1

  package private(set) var format = RunReport.formatName
  package private(set) var version = RunReport.currentVersion
  /// The harness, as `tollgate-load 0.1.0`.
  package var tool: String
  /// When the measured part began, in seconds since 1970.
  package var startedAt: Double
  /// What was asked of the run.
  package var configuration: Configuration
  /// Where the harness ran.
  package var machine: Machine
  /// What answered.
  package var server: Server
  /// Sums over the measured part.
  package var totals: Totals
  /// Latencies of all calls together.
  package var latency: LatencySummary
  /// Each kind of call.
  package var operations: [Operation]
  /// How calls ended, most frequent first.
  package var statuses: [Status]
  /// The course of the run.
  package var series: Series
  /// How latencies were spread over time.
  package var heatMap: HeatMap
  /// Processor time.
  package var processor: Processor
  /// What kept the run from being faster.
  package var bottleneck: Bottleneck?
  /// Whether the server's balances agree with the harness's own book.
  package var money: MoneyCheck?
  /// Why the balances were not looked at although they should have been, as `server away`.
  package var moneyNotChecked: String?
  /// What ended the run before its time, or kept it from being checked; nil: it went as it was meant to.
  package var failure: String?
  /// The steps of a search for capacity.
  package var search: Search?
  /// The thresholds that were asked for, and whether they held.
  package var assertions: [AssertionResult]
  /// What a reader should know beside the numbers, a sentence each.
  package var notes: [String]

  package init(
    tool: String, startedAt: Double, configuration: Configuration, machine: Machine, server: Server = Server(),
    totals: Totals, latency: LatencySummary, operations: [Operation] = [], statuses: [Status] = [],
    series: Series = Series(), heatMap: HeatMap = HeatMap(), processor: Processor = Processor(),
    bottleneck: Bottleneck? = nil, money: MoneyCheck? = nil, search: Search? = nil,
    assertions: [AssertionResult] = [], notes: [String] = [], failure: String? = nil
  ) {
    self.tool = tool
    self.startedAt = startedAt
    self.configuration = configuration
    self.machine = machine
    self.server = server
    self.totals = totals
    self.latency = latency
    self.operations = operations
    self.statuses = statuses
    self.series = series
    self.heatMap = heatMap
    self.processor = processor
    self.bottleneck = bottleneck
    self.money = money
    self.search = search
    self.assertions = assertions
    self.notes = notes
    self.failure = failure
  }
}

extension RunReport {
  /// Sums over the measured part; the warm-up is not in them.
  package struct Totals: Codable, Equatable, Sendable {
    /// How long was measured, in seconds.
    package var seconds: Double
    /// Calls sent.
    package var sent: UInt64
    /// Calls answered, with whatever status.
    package var calls: UInt64
    /// Operations that the answered calls carried: a batch of 100 is 100.
    package var operations: UInt64
    /// Calls that failed: neither success nor a denial by the rules of the business.
    package var errors: UInt64
    /// Calls or items that the business refused, as for lack of credits.
    package var denials: UInt64
    /// Calls whose outcome is unknown: no answer came.
    package var unanswered: UInt64
    /// Calls sent again under their id.
    package var retries: UInt64

    package init(
      seconds: Double, sent: UInt64, calls: UInt64, operations: UInt64, errors: UInt64 = 0, denials: UInt64 = 0,
      unanswered: UInt64 = 0, retries: UInt64 = 0
    ) {
      self.seconds = seconds
      self.sent = sent
      self.calls = calls
      self.operations = operations
      self.errors = errors
      self.denials = denials
      self.unanswered = unanswered
      self.retries = retries
    }

    /// Operations a second.
    package var rate: Double { perSecond(operations) }
    /// Calls a second.
    package var callRate: Double { perSecond(calls) }
    /// Whether calls carried several operations each, so that the two rates differ by more than the run's ends.
    package var hasBatches: Bool { Double(operations) > 1.2 * Double(calls) }
    /// The share of calls that failed or were never answered, 0…1.
    package var errorShare: Double {
      let failed = Double(errors) + Double(unanswered)
      let all = Double(calls) + Double(unanswered)
      return all > 0 ? failed / all : 0
    }

    private func perSecond(_ count: UInt64) -> Double { seconds > 0 ? Double(count) / seconds : 0 }
  }

  /// One kind of call, as `authorize`.
  package struct Operation: Codable, Equatable, Sendable {
    package var name: String
    /// Calls answered.
    package var calls: UInt64
    /// Operations that they carried.
    package var operations: UInt64
    /// Calls that failed.
    package var errors: UInt64
    package var latency: LatencySummary

    package init(name: String, calls: UInt64, operations: UInt64, errors: UInt64 = 0, latency: LatencySummary) {
      self.name = name
      self.calls = calls
      self.operations = operations
      self.errors = errors
      self.latency = latency
    }
  }

  /// How many calls ended in one way, as `ok`, `insufficient_credits` or `unavailable`.
  package struct Status: Codable, Equatable, Sendable {
    package var name: String
    package var count: UInt64
    /// Whether it is a failure.
    package var isError: Bool

    package init(name: String, count: UInt64, isError: Bool) {
      self.name = name
      self.count = count
      self.isError = isError
    }
  }
}
