// Which accounts are chosen: as often as the distribution says, however many there are.

import Testing
import TollgateTestSupport

@testable import TollgateLoad

struct SamplerTests {
  private func counts(_ accounts: Int, _ skew: Skew, draws: Int, seed: UInt64) -> [Int] {
    let sampler = AccountSampler(accounts: accounts, skew: skew)
    var random = RunRandom(seed: seed, stream: 0)
    var counts = [Int](repeating: 0, count: accounts)
    for _ in 0..<draws { counts[Int(sampler.next(&random))] += 1 }
    return counts
  }

  @Test(arguments: [0.5, 0.99, 1.0, 1.1, 2.0])
  func zipfFollowsItsWeights(exponent: Double) {
    let generator = SeededGenerator()
    let draws = 200_000
    let counts = counts(20, .zipf(exponent: exponent), draws: draws, seed: generator.seed)
    let weights = (1...20).map { power(Double($0), -exponent) }
    let total = weights.reduce(0, +)
    // Chi square with 19 degrees of freedom: above 55 once in fifty thousand runs.
    let chi = zip(counts, weights).reduce(0.0) { sum, pair in
      let expected = Double(draws) * pair.1 / total
      return sum + (Double(pair.0) - expected) * (Double(pair.0) - expected) / expected
    }
    #expect(chi < 55, "chi square \(chi); \(generator.recipe)")
  }

  private func power(_ base: Double, _ exponent: Double) -> Double {
    // exp and log come with Foundation; a test can do without, by halving the exponent.
    var (result, square, rest) = (1.0, base, abs(exponent))
    while rest > 1e-12 {
      if rest >= 1 {
        result *= base
        rest -= 1
      } else {
        square = square.squareRoot()
        rest *= 2
        if rest >= 1 {
          result *= square
          rest -= 1
        }
      }
    }
    return exponent < 0 ? 1 / result : result
  }

  @Test func uniformFavoursNobody() {
    let generator = SeededGenerator()
    let counts = counts(50, .uniform, draws: 500_000, seed: generator.seed)
    #expect(counts.allSatisfy { abs($0 - 10_000) < 600 }, "\(generator.recipe)")
  }

  @Test func millionsOfAccountsCostNoTable() {
    let generator = SeededGenerator()
    let sampler = AccountSampler(accounts: 5_000_000, skew: .zipf(exponent: 1.0))
    var random = RunRandom(seed: generator.seed, stream: 0)
    var (first, highest) = (0, UInt32(0))
    for _ in 0..<200_000 {
      let account = sampler.next(&random)
      if account == 0 { first += 1 }
      highest = max(highest, account)
    }
    #expect(highest < 5_000_000)
    #expect(highest > 1_000_000, "\(generator.recipe)")
    // The harmonic number of five million is 16.0: the first account gets a sixteenth.
    #expect(abs(Double(first) / 200_000 - 1 / 16.0) < 0.004, "\(generator.recipe)")
  }

  @Test func oneAccountIsAlwaysTheFirst() {
    #expect(counts(1, .zipf(exponent: 1.1), draws: 100, seed: 1) == [100])
    #expect(counts(1, .uniform, draws: 100, seed: 1) == [100])
  }

  @Test func accountsOfOtherSeedsAreOthers() {
    var (one, two) = (LoadPlan(), LoadPlan())
    two.seed = 1
    #expect(Set((0..<1_000).map { one.account($0) }).count == 1_000)
    #expect(one.account(5) != two.account(5))
    one.seed = 1
    #expect(one.account(5) == two.account(5))
  }
}
