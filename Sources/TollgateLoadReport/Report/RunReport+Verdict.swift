// What a run concludes: processor time, the bottleneck, the money, the search.

extension RunReport {
  /// Processor time in the measured part; nil where it cannot be read.
  package struct Processor: Codable, Equatable, Sendable {
    /// Seconds of processor time that the server used.
    package var server: Double?
    /// Seconds of processor time that the harness used.
    package var harness: Double?
    /// Of the thread of either side that had the least time to spare: the shares of its time in which it ran, and in which it
    /// waited for a core.
    package var serverBusiest: Double?
    package var serverWaiting: Double?
    package var harnessBusiest: Double?
    package var harnessWaiting: Double?

    package init(server: Double? = nil, harness: Double? = nil) {
      self.server = server
      self.harness = harness
    }
  }

  /// What kept the run from being faster.
  package struct Bottleneck: Codable, Equatable, Sendable {
    /// Where the limit is.
    package enum Place: String, Codable, Sendable {
      /// The server's processor or disk.
      case server
      /// The harness itself: the server could do more.
      case harness
      /// The rate that was asked for: nobody was at the limit.
      case request
      /// Too few calls in flight to keep the server busy.
      case concurrency
      /// What was measured does not tell.
      case unclear
    }

    package var place: Place
    /// Why, in a sentence.
    package var reason: String
    /// Operations a second that the harness drives against a null server, if that was measured.
    package var nullServerRate: Double?

    package init(place: Place, reason: String, nullServerRate: Double? = nil) {
      self.place = place
      self.reason = reason
      self.nullServerRate = nullServerRate
    }
  }

  /// The comparison of the server's balances with the harness's own book. Amounts are micro-credits.
  package struct MoneyCheck: Codable, Equatable, Sendable {
    /// Accounts whose balances were asked for.
    package var accounts: Int
    /// Accounts whose balances the book cannot know exactly, as a call on them was never answered.
    package var uncertain: Int
    package var granted: Int64
    package var captured: Int64
    package var held: Int64
    package var available: Int64
    /// Seconds that it took.
    package var seconds: Double
    /// What disagrees, at most `discrepanciesMax`.
    package var discrepancies: [Discrepancy]
    /// How many disagree in all.
    package var discrepancyCount: Int

    /// The number of discrepancies that a report lists.
    package static let discrepanciesMax = 100
    /// Whether every balance agrees.
    package var agrees: Bool { discrepancyCount == 0 }

    /// `3 figures disagree with the book`.
    package var disagreement: String {
      discrepancyCount == 1
        ? "1 figure disagrees with the book" : "\(Units.count(discrepancyCount)) figures disagree with the book"
    }

    package init(
      accounts: Int, uncertain: Int = 0, granted: Int64, captured: Int64, held: Int64, available: Int64,
      seconds: Double, discrepancies: [Discrepancy] = [], discrepancyCount: Int? = nil
    ) {
      self.accounts = accounts
      self.uncertain = uncertain
      self.granted = granted
      self.captured = captured
      self.held = held
      self.available = available
      self.seconds = seconds
      self.discrepancies = Array(discrepancies.prefix(Self.discrepanciesMax))
      self.discrepancyCount = max(discrepancyCount ?? 0, discrepancies.count)
    }
  }

  /// One figure of one account that disagrees.
  package struct Discrepancy: Codable, Equatable, Sendable {
    package var account: String
    /// As `available`.
    package var figure: String
    package var expected: Int64
    package var found: Int64
    package init(account: String, figure: String, expected: Int64, found: Int64) {
      self.account = account
      self.figure = figure
      self.expected = expected
      self.found = found
    }
  }

  /// A search for the highest rate that keeps a bound.
  package struct Search: Codable, Equatable, Sendable {
    /// The bound, as `p99<5ms`.
    package var bound: String
    /// The highest rate that kept it; nil if none did.
    package var capacity: Double?
    package var steps: [SearchStep]
    package init(bound: String, capacity: Double? = nil, steps: [SearchStep] = []) {
      self.bound = bound
      self.capacity = capacity
      self.steps = steps
    }
  }

  /// One rate that was tried.
  package struct SearchStep: Codable, Equatable, Sendable {
    /// Operations a second intended, and reached.
    package var intendedRate: Double
    package var rate: Double
    package var p50: UInt64
    package var p99: UInt64
    package var p999: UInt64
    package var max: UInt64
    package var errors: UInt64
    package var seconds: Double
    package var passed: Bool
    /// Why not, if it did not pass.
    package var reason: String

    package init(
      intendedRate: Double, rate: Double, latency: LatencyHistogram, errors: UInt64, seconds: Double, passed: Bool,
      reason: String = ""
    ) {
      self.intendedRate = intendedRate
      self.rate = rate
      p50 = latency.percentile(50)
      p99 = latency.percentile(99)
      p999 = latency.percentile(99.9)
      max = latency.max
      self.errors = errors
      self.seconds = seconds
      self.passed = passed
      self.reason = reason
    }
  }
}
