// Latencies as a report keeps them: the usual percentiles for people, the whole histogram for programs.

/// The latencies of calls in nanoseconds, from the intended start in an open loop.
package struct LatencySummary: Codable, Equatable, Sendable {
  package var count: UInt64
  package var min: UInt64
  package var mean: Double
  package var standardDeviation: Double
  package var p50: UInt64
  package var p75: UInt64
  package var p90: UInt64
  package var p95: UInt64
  package var p99: UInt64
  package var p999: UInt64
  package var p9999: UInt64
  package var max: UInt64
  /// All of it: HdrHistogram's compressed encoding in base64.
  package var histogram: String

  package init(_ histogram: LatencyHistogram) {
    let values = histogram.percentiles([50, 75, 90, 95, 99, 99.9, 99.99])
    count = histogram.count
    min = histogram.min
    mean = histogram.mean
    standardDeviation = histogram.standardDeviation
    p50 = values[0]
    p75 = values[1]
    p90 = values[2]
    p95 = values[3]
    p99 = values[4]
    p999 = values[5]
    p9999 = values[6]
    max = histogram.max
    self.histogram = histogram.base64()
  }

  /// The percentile, never above the exact maximum.
  ///
  /// - Throws: `LatencyHistogram.EncodingError` if the report's histogram is damaged.
  package func percentile(_ percentile: Double) throws(LatencyHistogram.EncodingError) -> UInt64 {
    Swift.min(max, try decoded().percentile(percentile))
  }

  /// The histogram itself.
  package func decoded() throws(LatencyHistogram.EncodingError) -> LatencyHistogram {
    try LatencyHistogram(base64: histogram)
  }
}
