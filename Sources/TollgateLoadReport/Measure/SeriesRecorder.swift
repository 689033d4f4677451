// Collects the intervals of a run and keeps them few: when they become too many, neighbours are joined, exactly.

/// What the harness measured in one interval.
package struct Interval: Sendable {
  /// Where it starts, in seconds since the measured part began; negative in the warm-up.
  package var start: Double
  /// How long it is, in seconds.
  package var seconds: Double
  /// Calls answered, and operations that they carried.
  package var calls: UInt64
  package var operations: UInt64
  package var errors: UInt64
  /// Answers by status.
  package var statuses: [String: UInt64]
  /// Calls without an answer now.
  package var inFlight: Int
  /// Calls that should have been sent by now and were not.
  package var backlog: Int
  /// Operations a second intended; nil in a closed loop.
  package var intendedRate: Double?
  /// Seconds of processor time used in the interval; nil where unknown.
  package var serverProcessor: Double?
  package var harnessProcessor: Double?
  package var latency: LatencyHistogram

  package init(
    start: Double, seconds: Double, calls: UInt64, operations: UInt64, errors: UInt64 = 0,
    statuses: [String: UInt64] = [:], inFlight: Int = 0, backlog: Int = 0, intendedRate: Double? = nil,
    serverProcessor: Double? = nil, harnessProcessor: Double? = nil, latency: LatencyHistogram
  ) {
    self.start = start
    self.seconds = seconds
    self.calls = calls
    self.operations = operations
    self.errors = errors
    self.statuses = statuses
    self.inFlight = inFlight
    self.backlog = backlog
    self.intendedRate = intendedRate
    self.serverProcessor = serverProcessor
    self.harnessProcessor = harnessProcessor
    self.latency = latency
  }

  /// Cores that the server kept busy.
  package var serverCores: Double? { cores(serverProcessor) }
  /// Cores that the harness kept busy.
  package var harnessCores: Double? { cores(harnessProcessor) }
  /// Operations a second.
  package var rate: Double { seconds > 0 ? Double(operations) / seconds : 0 }

  private func cores(_ used: Double?) -> Double? { seconds > 0 ? used.map { $0 / seconds } : nil }
}

/// Collects intervals.
package struct SeriesRecorder: Sendable {
  /// The points that a report has at most.
  package static let pointsMax = 480

  private let pointsMax: Int
  /// How many intervals of the harness make a point now: 1, 2, 4…
  private var intervalsPerPoint = 1
  private var kept: [Kept] = []
  /// How many intervals the last point has so far.
  private var filling = 0

  /// A point with its histogram in the small, plain encoding, from which joined percentiles are exact.
  private struct Kept: Sendable {
    var interval: Interval
    var max: UInt64
    var histogram: [UInt8]
  }

  package init(pointsMax: Int = SeriesRecorder.pointsMax) {
    self.pointsMax = Swift.max(2, pointsMax)
  }

  /// Takes the next interval; they come in order.
  package mutating func append(_ interval: Interval) {
    let usual = (kept.first?.interval.seconds ?? 0) / Double(intervalsPerPoint)
    if interval.seconds < usual / 2, let last = kept.popLast() {
      // What is cut off at the end of a run is too short for a rate of its own.
      kept.append(Self.joined(last, Self.kept(interval)))
      return
    }
    if filling > 0, filling < intervalsPerPoint, let last = kept.popLast() {
      kept.append(Self.joined(last, Self.kept(interval)))
      filling += 1
      return
    }
    if kept.count == pointsMax { halve() }
    if filling > 0, filling < intervalsPerPoint {
      append(interval)
    } else {
      kept.append(Self.kept(interval))
      filling = 1
    }
  }

  /// The course of the run so far.
  package func finished() -> (series: Series, heatMap: HeatMap) {
    let names = Set(kept.flatMap { $0.interval.statuses.keys }).sorted()
    var series = Series(statusNames: names)
    var heat = HeatMapBuilder()
    for kept in kept {
      let histogram = Self.histogram(kept)
      series.points.append(Self.point(kept, histogram, names))
      heat.append(histogram)
    }
    return (series, heat.finished())
  }

  private mutating func halve() {
    var halved: [Kept] = []
    for index in stride(from: 0, to: kept.count, by: 2) {
      halved.append(index + 1 < kept.count ? Self.joined(kept[index], kept[index + 1]) : kept[index])
    }
    filling = kept.count.isMultiple(of: 2) ? intervalsPerPoint * 2 : filling
    intervalsPerPoint *= 2
    kept = halved
  }

  private static func kept(_ interval: Interval) -> Kept {
    var small = interval
    small.latency = LatencyHistogram.none
    return Kept(interval: small, max: interval.latency.max, histogram: interval.latency.encoded())
  }

  private static func histogram(_ kept: Kept) -> LatencyHistogram {
    // The bytes are our own; if they were not readable, a point without latencies would be right.
    (try? LatencyHistogram(encoded: kept.histogram)) ?? LatencyHistogram()
  }

  private static func joined(_ first: Kept, _ second: Kept) -> Kept {
    var interval = first.interval
    let next = second.interval
    interval.seconds = Swift.max(0, next.start + next.seconds - interval.start)
    interval.calls &+= next.calls
    interval.operations &+= next.operations
    interval.errors &+= next.errors
    interval.statuses.merge(next.statuses) { $0 &+ $1 }
    interval.inFlight = next.inFlight
    interval.backlog = Swift.max(interval.backlog, next.backlog)
    if let rate = interval.intendedRate, let more = next.intendedRate {
      let weight = first.interval.seconds + next.seconds
      interval.intendedRate = weight > 0 ? (rate * first.interval.seconds + more * next.seconds) / weight : rate
    }
    interval.serverProcessor = sum(interval.serverProcessor, next.serverProcessor)
    interval.harnessProcessor = sum(interval.harnessProcessor, next.harnessProcessor)
    var histogram = histogram(first)
    histogram.merge(Self.histogram(second))
    return Kept(interval: interval, max: Swift.max(first.max, second.max), histogram: histogram.encoded())
  }

  private static func sum(_ first: Double?, _ second: Double?) -> Double? {
    guard let first, let second else { return nil }
    return first + second
  }

  private static func point(_ kept: Kept, _ histogram: LatencyHistogram, _ names: [String]) -> Series.Point {
    let interval = kept.interval
    let values = histogram.percentiles([50, 90, 99, 99.9]).map { Swift.min($0, kept.max) }
    return Series.Point(
      start: interval.start, seconds: interval.seconds, calls: interval.calls, operations: interval.operations,
      errors: interval.errors, statuses: names.map { interval.statuses[$0] ?? 0 }, inFlight: interval.inFlight,
      backlog: interval.backlog, intendedRate: interval.intendedRate, p50: values[0], p90: values[1], p99: values[2],
      p999: values[3], max: kept.max, serverCores: interval.serverCores, harnessCores: interval.harnessCores)
  }
}
