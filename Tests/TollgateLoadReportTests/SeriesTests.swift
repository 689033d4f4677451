// The course of a run stays short however long the run is, and joining intervals loses nothing.

import Testing
import TollgateLoadReport
import TollgateTestSupport

struct SeriesTests {
  @Test(arguments: [1, 7, 8, 9, 16, 17, 100, 200])
  func joinedPointsAddUpAndKeepTheirPercentiles(intervals: Int) {
    var generator = SeededGenerator()
    var recorder = SeriesRecorder(pointsMax: 8)
    var values: [[UInt64]] = []
    for index in 0..<intervals {
      var histogram = LatencyHistogram()
      values.append((0..<5).map { _ in UInt64.random(in: 1...10_000_000, using: &generator) })
      for value in values[index] { histogram.record(value) }
      recorder.append(
        Interval(
          start: Double(index) / 4, seconds: 0.25, calls: 5, operations: 10, statuses: ["ok": 4, "s\(index % 2)": 1],
          inFlight: index, backlog: index, serverProcessor: 0.1, harnessProcessor: 0.2, latency: histogram))
    }
    let (series, heat) = recorder.finished()
    #expect(series.points.count <= 8 && series.points.count >= min(intervals, 4), "\(generator.recipe)")
    #expect(series.points.reduce(0) { $0 + $1.calls } == UInt64(intervals * 5))
    #expect(series.points.flatMap(\.statuses).reduce(0, +) == UInt64(intervals * 5))
    #expect(heat.columns.flatMap { $0 }.reduce(0, +) == UInt64(intervals * 5))
    #expect(heat.columns.count == series.points.count)
    var next = 0
    for point in series.points {
      let count = Int((point.seconds * 4).rounded())
      #expect(point.start == Double(next) / 4)
      let all = values[next..<(next + count)].flatMap { $0 }.sorted()
      next += count
      let median = all[(all.count + 1) / 2 - 1]
      #expect(
        point.max == all.last && point.p50 >= median && point.p50 <= median + median / 1_024, "\(generator.recipe)")
      #expect(point.inFlight == next - 1 && point.backlog == next - 1)
      #expect(abs((point.serverCores ?? 0) - 0.4) < 1e-9 && abs((point.harnessCores ?? 0) - 0.8) < 1e-9)
    }
    #expect(next == intervals)
  }

  @Test func aShortEndBelongsToThePointBeforeIt() {
    for count in [3, 40] {
      var recorder = SeriesRecorder(pointsMax: 8)
      for index in 0..<count {
        recorder.append(
          Interval(start: Double(index), seconds: 1, calls: 1, operations: 1, latency: LatencyHistogram()))
      }
      let before = recorder.finished().series.points
      recorder.append(
        Interval(start: Double(count), seconds: 0.01, calls: 1, operations: 1, latency: LatencyHistogram()))
      let after = recorder.finished().series.points
      #expect(after.count == before.count && after.dropLast() == before.dropLast())
      #expect(after.last?.calls == (before.last?.calls ?? 0) + 1)
    }
  }

  @Test func rowsOfTheHeatMapAscendByAnEighthOfADoubling() {
    var recorder = SeriesRecorder()
    var histogram = LatencyHistogram()
    for value: UInt64 in [1_000, 1_024, 2_047, 1_000_000, LatencyHistogram.longest] { histogram.record(value) }
    recorder.append(Interval(start: 0, seconds: 1, calls: 5, operations: 5, latency: histogram))
    let heat = recorder.finished().heatMap
    #expect(heat.bounds.first == 1_023 && (heat.bounds.last ?? 0) >= LatencyHistogram.longest)
    #expect(zip(heat.bounds, heat.bounds.dropFirst()).allSatisfy { $1 > $0 && Double($1) <= Double($0) * 1.13 })
    #expect(heat.columns[0].filter { $0 > 0 } == [1, 1, 1, 1, 1])
  }

  @Test func whatIsUnknownInOneIntervalIsUnknownInThePoint() {
    var recorder = SeriesRecorder(pointsMax: 2)
    for index in 0..<4 {
      recorder.append(
        Interval(
          start: Double(index), seconds: 1, calls: 0, operations: 0, intendedRate: Double(index),
          serverProcessor: index == 0 ? nil : 1, latency: LatencyHistogram()))
    }
    let points = recorder.finished().series.points
    #expect(points.map(\.serverCores) == [nil, 1] && points.map(\.intendedRate) == [0.5, 2.5])
  }
}
