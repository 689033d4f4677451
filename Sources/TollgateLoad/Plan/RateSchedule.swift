// Open loops: how many operations a second are intended when, and the moments at which units are due.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How the moments of an open loop are spread.
package enum Arrivals: String, CaseIterable, Sendable {
  /// One after the other at equal distances.
  case constant
  /// Independent of each other, as the calls of many clients are: a Poisson process.
  case poisson
}

/// Operations a second over time, in steps.
package struct RateSchedule: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    /// Where the step ends, in nanoseconds from the schedule's begin.
    package var end: UInt64
    package var rate: Double
  }

  /// In order; the last one lasts for ever.
  package let steps: [Step]

  package init(rate: Double) { steps = [Step(end: .max, rate: rate)] }

  /// From one rate to another in so many equal steps, after a warm-up at the first.
  package init(from low: Double, to high: Double, seconds: Double, steps count: Int, warmUpSeconds: Double) {
    let count = max(1, count)
    steps = (0..<count).map { index in
      let share = count == 1 ? 1 : Double(index) / Double(count - 1)
      let end = warmUpSeconds + seconds * Double(index + 1) / Double(count)
      return Step(end: index == count - 1 ? .max : UInt64(end * 1e9), rate: low + (high - low) * share)
    }
  }

  /// The rate at a moment, in nanoseconds from the begin.
  package func rate(at elapsed: UInt64) -> Double {
    for step in steps where elapsed < step.end { return step.rate }
    return steps[steps.count - 1].rate
  }

  package var highest: Double { steps.reduce(0) { max($0, $1.rate) } }
}

/// The moments at which the units of one thread are due. The sequence depends on schedule and seed alone, never on the server.
package struct ArrivalClock: Sendable {
  private let schedule: RateSchedule
  private let arrivals: Arrivals
  /// Units a second for an operation a second.
  private let share: Double
  private let begin: UInt64
  private var random: RunRandom
  private var step = 0
  /// The next due moment, in nanoseconds after `begin`; a fraction counts, or high rates would drift.
  private var next: Double

  /// - Parameters:
  ///   - share: Units a second of this thread for one operation a second of all.
  ///   - phase: Where in the first interval the first unit is due, 0..<1: threads take turns.
  package init(
    _ schedule: RateSchedule, _ arrivals: Arrivals, share: Double, begin: UInt64, seed: UInt64, stream: UInt64,
    phase: Double
  ) {
    self.schedule = schedule
    self.arrivals = arrivals
    self.share = share
    self.begin = begin
    random = RunRandom(seed: seed ^ 0x6172_7269_7661_6C73, stream: stream)
    next = 0
    go(arrivals == .constant ? phase : -log(random.positiveUnit()))
  }

  /// Later than any run lasts, in nanoseconds.
  private static let never = 0x1p62

  /// When the next unit is due, by the monotonic clock.
  @inline(__always)
  package var due: UInt64 { begin &+ UInt64(min(next, ArrivalClock.never)) }

  /// Goes on to the one after it.
  @inline(__always)
  package mutating func advance() { go(arrivals == .constant ? 1 : -log(random.positiveUnit())) }

  /// Goes on by so many mean gaps. A gap that reaches beyond a step's end goes on at the next step's rate, or a slow step would
  /// swallow the fast ones after it.
  @inline(__always)
  private mutating func go(_ gaps: Double) {
    var left = gaps
    while step + 1 < schedule.steps.count {
      let end = Double(schedule.steps[step].end)
      if next + left * interval < end { break }
      left -= (end - next) / interval
      (next, step) = (end, step + 1)
    }
    next += max(0, left) * interval
  }

  /// How many units are due by a moment, about: what has been missed.
  package func backlog(at now: UInt64) -> Int {
    now > due ? Int(Double(now - due) / interval) + 1 : 0
  }

  private var interval: Double { 1e9 / (schedule.steps[step].rate * share) }
}
