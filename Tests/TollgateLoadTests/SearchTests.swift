// The search for capacity against curves that stand for servers.

import Testing
import TollgateTestSupport

@testable import TollgateLoad

struct SearchTests {
  private func search(start: Double = 1_000, passes: (Double) -> Bool) throws -> (CapacitySearch, rates: [Double]) {
    var plan = SearchPlan(bound: try LatencyBound(parsing: "p99<5ms"))
    plan.startRate = start
    var search = CapacitySearch(plan)
    var rates: [Double] = []
    while let rate = search.next, rates.count < 200 {
      rates.append(rate)
      search.record(rate, passed: passes(rate))
    }
    return (search, rates)
  }

  @Test(arguments: [1_100.0, 5_000, 123_456, 2_000_000])
  func theKneeIsFoundWithinFivePerCent(capacity: Double) throws {
    let (search, rates) = try search { $0 <= capacity }
    let found = try #require(search.passed)
    #expect(found <= capacity && found >= capacity * 0.95)
    #expect(rates.count < 40)
  }

  @Test func aServerSlowerThanTheFirstStepIsFoundToo() throws {
    let (search, _) = try search(start: 100_000) { $0 <= 700 }
    let found = try #require(search.passed)
    #expect(found <= 700 && found >= 660)
  }

  @Test func oneBadMomentIsNotTheLimit() throws {
    var tries = 0
    let (search, _) = try search { rate in
      tries += 1
      return tries != 3 && rate <= 40_000
    }
    let found = try #require(search.passed)
    #expect(found <= 40_000 && found >= 38_000)
  }

  @Test func nothingPassing() throws {
    let (search, rates) = try search { _ in false }
    #expect(search.passed == nil)
    #expect(rates.count < 20)
  }

  @Test func everythingPassingEndsAtTheHighestRate() throws {
    let (search, _) = try search { _ in true }
    #expect(search.passed == SearchPlan(bound: try LatencyBound(parsing: "p99<5ms")).rateMax)
  }

  @Test func aNoisyServerStillEndsTheSearch() throws {
    var generator = SeededGenerator()
    for _ in 0..<200 {
      let (search, rates) = try search { $0 <= 50_000 * Double.random(in: 0.8...1.2, using: &generator) }
      let found = try #require(search.passed, "\(generator.recipe)")
      #expect(found <= 60_000 && found > 30_000, "\(generator.recipe)")
      #expect(rates.count < 60, "\(generator.recipe)")
    }
  }
}
