// The histogram against sorted values: every percentile within one part in 1,024, never below the exact one.

import Testing
import TollgateLoadReport
import TollgateTestSupport

struct LatencyHistogramTests {
  /// Values spread over all magnitudes, as latencies are.
  private func values(_ generator: inout SeededGenerator, _ count: Int) -> [UInt64] {
    (0..<count).map { _ in
      let bits = UInt64.random(in: 0...41, using: &generator)
      return UInt64.random(in: 0...(1 << bits), using: &generator)
    }
  }

  @Test func percentilesAreThoseOfTheSortedValues() {
    var generator = SeededGenerator()
    for size in [1, 2, 3, 10, 99, 100, 1_000, 5_000] {
      var histogram = LatencyHistogram()
      let values = values(&generator, size).sorted()
      for value in values { histogram.record(value) }
      let asked: [Double] = [0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100]
      let together = histogram.percentiles(asked)
      for (index, percentile) in asked.enumerated() {
        let rank = max(1, Int((percentile * Double(size) / 100 - 1e-9).rounded(.up)))
        let exact = values[rank - 1]
        let found = histogram.percentile(percentile)
        #expect(found >= exact && found - exact <= exact / 1_024, "\(percentile) of \(size), \(generator.recipe)")
        #expect(together[index] == found, "\(percentile) of \(size), \(generator.recipe)")
      }
      #expect(histogram.min == values.first && histogram.max == values.last)
    }
  }

  @Test func meanAndDeviationAreThoseOfTheValues() {
    var generator = SeededGenerator()
    var histogram = LatencyHistogram()
    let values = (0..<10_000).map { _ in UInt64.random(in: 100_000...10_000_000, using: &generator) }
    for value in values { histogram.record(value) }
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count)
    #expect(abs(histogram.mean / mean - 1) < 0.001, "\(generator.recipe)")
    #expect(abs(histogram.standardDeviation / variance.squareRoot() - 1) < 0.001, "\(generator.recipe)")
  }

  @Test func mergingIsRecordingEverythingInOne() {
    var generator = SeededGenerator()
    var parts = (0..<4).map { _ in LatencyHistogram() }
    var whole = LatencyHistogram()
    for value in values(&generator, 4_000) {
      let times = UInt64.random(in: 1...3, using: &generator)
      parts[Int.random(in: 0..<4, using: &generator)].record(value, times: times)
      whole.record(value, times: times)
    }
    var merged = LatencyHistogram()
    for part in parts { merged.merge(part) }
    #expect(merged == whole, "\(generator.recipe)")
    merged.merge(LatencyHistogram())
    #expect(merged == whole, "\(generator.recipe)")
    merged.reset()
    #expect(merged == LatencyHistogram())
  }

  @Test func whatTakesLongerThanAnHourCountsAsAnHour() {
    var histogram = LatencyHistogram()
    histogram.record(.max)
    histogram.record(3_600_000_000_001)
    #expect(histogram.max == LatencyHistogram.longest && histogram.percentile(1) == LatencyHistogram.longest)
  }

  @Test func anEmptyHistogramSaysZero() {
    let histogram = LatencyHistogram()
    #expect(histogram.isEmpty && histogram.min == 0 && histogram.max == 0 && histogram.mean == 0)
    #expect(histogram.percentile(99) == 0 && histogram.percentiles([50, 99, 100]) == [0, 0, 0])
    #expect(histogram.count(atMost: .max) == 0)
  }

  @Test func oddPercentilesAreNoTrap() {
    var histogram = LatencyHistogram()
    for value: UInt64 in 1...10 { histogram.record(value) }
    #expect(histogram.percentile(-5) == 1 && histogram.percentile(500) == 10)
    #expect(histogram.percentile(.infinity) == 10 && histogram.percentile(-.infinity) == 1)
    _ = histogram.percentile(.nan)
  }

  @Test func countsAtMostABoundAscendToAll() {
    var histogram = LatencyHistogram()
    for value: UInt64 in [5, 100, 5_000, 1_000_000] { histogram.record(value) }
    #expect([4, 5, 99, 100, 10_000, 1_000_000].map { histogram.count(atMost: $0) } == [0, 1, 1, 2, 3, 4])
  }
}
