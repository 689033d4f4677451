// The moments of open loops: they follow the schedule and the seed, and nothing else.

import Testing
import TollgateTestSupport

@testable import TollgateLoad

struct ArrivalTests {
  private func moments(
    _ schedule: RateSchedule, _ arrivals: Arrivals, seed: UInt64 = 7, share: Double = 1, phase: Double = 0, count: Int
  ) -> [UInt64] {
    var clock = ArrivalClock(
      schedule, arrivals, share: share, begin: 1_000_000, seed: seed, stream: 0, phase: phase)
    return (0..<count).map { _ in
      defer { clock.advance() }
      return clock.due
    }
  }

  @Test func constantArrivalsAreEquallyFarApart() {
    let due = moments(RateSchedule(rate: 1_000), .constant, count: 1_000)
    #expect(due.first == 1_000_000)
    #expect(zip(due, due.dropFirst()).allSatisfy { abs(Int64($1 - $0) - 1_000_000) <= 1 })
  }

  @Test func fractionsOfANanosecondAddUp() {
    // 3 a microsecond: 333.33… ns each, which whole nanoseconds would make 0.1 % too fast.
    let due = moments(RateSchedule(rate: 3_000_000), .constant, count: 300_001)
    #expect(abs(Int64(due[300_000] - due[0]) - 100_000_000) <= 100)
  }

  @Test func threadsTakeTurns() {
    let first = moments(RateSchedule(rate: 1_000), .constant, share: 0.5, phase: 0, count: 10)
    let second = moments(RateSchedule(rate: 1_000), .constant, share: 0.5, phase: 0.5, count: 10)
    let all = (first + second).sorted()
    #expect(zip(all, all.dropFirst()).allSatisfy { $1 - $0 == 1_000_000 })
  }

  @Test func poissonArrivalsHaveTheMeanAndSpreadOfAnExponential() {
    let generator = SeededGenerator()
    let due = moments(RateSchedule(rate: 1_000), .poisson, seed: generator.seed, count: 100_001)
    let gaps = zip(due, due.dropFirst()).map { Double($1 - $0) / 1e6 }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    #expect(abs(mean - 1) < 0.03, "\(generator.recipe)")
    #expect(abs(variance - 1) < 0.08, "\(generator.recipe)")
    // Of an exponential, 36.8 % are longer than the mean.
    let long = Double(gaps.filter { $0 > 1 }.count) / Double(gaps.count)
    #expect(abs(long - 0.368) < 0.02, "\(generator.recipe)")
  }

  @Test func equalSeedsRepeatAndOthersDoNot() {
    let schedule = RateSchedule(rate: 5_000)
    #expect(moments(schedule, .poisson, seed: 1, count: 100) == moments(schedule, .poisson, seed: 1, count: 100))
    #expect(moments(schedule, .poisson, seed: 1, count: 100) != moments(schedule, .poisson, seed: 2, count: 100))
  }

  @Test func aRampClimbsInSteps() {
    let schedule = RateSchedule(from: 1_000, to: 5_000, seconds: 5, steps: 5, warmUpSeconds: 1)
    #expect(
      [0, 1, 2.5, 3.5, 4.5, 5.5, 99].map { schedule.rate(at: UInt64($0 * 1e9)) }
        == [1_000, 1_000, 2_000, 3_000, 4_000, 5_000, 5_000])
    let due = moments(schedule, .constant, count: 20_000).map { $0 - 1_000_000 }
    func count(_ range: Range<Double>) -> Int { due.filter { range.contains(Double($0) / 1e9) }.count }
    #expect(abs(count(0..<2) - 2_000) <= 1)
    #expect(abs(count(3..<4) - 3_000) <= 1)
    #expect(abs(count(5..<6) - 5_000) <= 1)
  }

  @Test func slowStepsDoNotSwallowFastOnes() {
    // A thousandth of a call in the first second, then a thousand: one Poisson gap of the slow step lasts a quarter of an hour.
    let schedule = RateSchedule(from: 0.001, to: 1_000, seconds: 2, steps: 2, warmUpSeconds: 0)
    for kind in Arrivals.allCases {
      let generator = SeededGenerator()
      let due = moments(schedule, kind, seed: generator.seed, count: 1_001).map { Double($0 - 1_000_000) / 1e9 }
      #expect(due[1] < 1.1, "\(kind), \(generator.recipe)")
      #expect(abs(due[1_000] - 2) < 0.2, "\(kind), \(generator.recipe)")
    }
  }

  @Test func theSlowestRatesNeverComeDueAndDoNotTrap() {
    for kind in Arrivals.allCases {
      let due = moments(RateSchedule(rate: 0.001), kind, share: 1e-12, count: 3)
      #expect(due[2] > 1 << 61 && due.allSatisfy { $0 < .max / 2 })
    }
  }

  @Test func theBacklogIsWhatIsDueAndNotBegun() {
    let clock = ArrivalClock(
      RateSchedule(rate: 1_000), .constant, share: 1, begin: 0, seed: 1, stream: 0, phase: 0)
    #expect(clock.backlog(at: 0) == 0)
    #expect(clock.backlog(at: 10_000_000) == 11)
  }
}
