// Prices of whole batches of random jobs under the shipped price book, one workload a kernel.

internal import TollgatePricing
internal import TollgateValues

final class PricingWorkload: Workload {
  let name: String
  let operationsPerRound: Int
  private let jobs: JobColumns
  private let pricer: any BatchPricer
  private var prices = PriceColumns()

  private init(_ name: String, _ pricer: any BatchPricer, _ jobs: JobColumns) {
    self.name = "pricing.\(name)"
    self.pricer = pricer
    self.jobs = jobs
    operationsPerRound = jobs.count
  }

  func prepare(rounds: Int) {}

  func run(rounds: Int) {
    for _ in 0..<rounds { pricer.price(jobs, into: &prices) }
    consume(prices.encoded(prices.count - 1))
  }

  static func all() -> [PricingWorkload] {
    [
      PricingWorkload("scalar", ScalarPricer(.shipped), mixedJobs(4_096)),
      PricingWorkload("kernel", KernelPricer(.shipped), mixedJobs(4_096)),
    ]
  }

  /// Jobs as they come: all tiers, qualities and features, a few of them refused.
  private static func mixedJobs(_ count: Int) -> JobColumns {
    var dice = Dice()
    var jobs = JobColumns(reserving: count)
    for _ in 0..<count {
      let quality = Job.Quality(rawValue: UInt8(dice.roll(3)))
      let features = dice.roll(4) == 0 ? Job.Features(rawValue: UInt32(1) << UInt32(dice.roll(8))) : []
      jobs.append(
        Job(
          width: UInt16(64 + dice.roll(1_985)), height: UInt16(64 + dice.roll(1_985)), steps: UInt16(dice.roll(60)),
          count: UInt16(1 + dice.roll(4)), quality: quality, features: features))
    }
    return jobs
  }
}
