// The course of a run as points in time, few enough to draw however long the run was.

/// The course of a run.
package struct Series: Codable, Equatable, Sendable {
  /// The names that `Point.statuses` counts, in its order.
  package var statusNames: [String]
  package var points: [Point]

  package init(statusNames: [String] = [], points: [Point] = []) {
    self.statusNames = statusNames
    self.points = points
  }

  /// What happened in one interval.
  package struct Point: Codable, Equatable, Sendable {
    /// Where it starts, in seconds since the measured part began; negative in the warm-up.
    package var start: Double
    /// How long it is, in seconds.
    package var seconds: Double
    /// Calls answered, and operations that they carried.
    package var calls: UInt64
    package var operations: UInt64
    package var errors: UInt64
    /// Answers by status, in the order of `statusNames`.
    package var statuses: [UInt64]
    /// Calls without an answer at the end of the interval.
    package var inFlight: Int
    /// Calls that should have been sent and were not, at the end of the interval.
    package var backlog: Int
    /// Operations a second intended; nil in a closed loop.
    package var intendedRate: Double?
    package var p50: UInt64
    package var p90: UInt64
    package var p99: UInt64
    package var p999: UInt64
    package var max: UInt64
    /// Cores that the server and the harness kept busy; nil where unknown.
    package var serverCores: Double?
    package var harnessCores: Double?

    /// Operations a second.
    package var rate: Double { seconds > 0 ? Double(operations) / seconds : 0 }
  }
}

/// How latencies were spread over time: counts by interval and by latency.
package struct HeatMap: Codable, Equatable, Sendable {
  /// The upper bounds of the rows in nanoseconds, ascending: eight to a doubling.
  package var bounds: [UInt64]
  /// One column for each point of the series, a count for each bound.
  package var columns: [[UInt64]]

  package init(bounds: [UInt64] = [], columns: [[UInt64]] = []) {
    self.bounds = bounds
    self.columns = columns
  }
}
