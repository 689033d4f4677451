// What would fit instead, when a job's price exceeds what is available (rule 15): fewer images, or a smaller tier.

package import TollgateValues

/// A job scaled down to a smaller tier, and its price.
package struct SmallerJob: Hashable, Sendable {
  /// The tier's largest side.
  package var maxSide: UInt16
  /// The same job with its sides scaled down to the tier, proportions kept.
  package var job: Job
  package var price: Credits
}

extension PriceBook {
  /// The largest number of images, at most the job's and the book's, whose price is at most `available`; 0 if not even
  /// one image fits, or if the job has no price for a reason other than its count. Exact, rounding included.
  package func largestCount(fitting available: Credits, for job: Job) -> UInt16 {
    let factors = compiled.factors(of: job)
    guard factors.faults & ~PriceTables.faultBit(.countOutOfRange) == 0, available > .zero else { return 0 }
    // price(c) ≤ available means: units(c) ≤ quantum × scale × (whole quanta in what is available).
    let ceiling = min(available, Credits.amountMax).microcredits
    let quanta = UInt128(ceiling) / UInt128(compiled.quantum)
    let unitsMax = quanta * UInt128(compiled.quantum) * UInt128(compiled.scale)
    let fitting = unitsMax / factors.unitsPerImage(UInt128(compiled.scale))
    return min(UInt16(clamping: fitting), job.count, compiled.imagesMax)
  }

  /// The largest tier below the job's own at which the whole job costs at most `available`; nil if there is none.
  package func largestSmallerTier(fitting available: Credits, for job: Job) -> SmallerJob? {
    let longer = max(job.width, job.height)
    guard min(job.width, job.height) > 0 else { return nil }
    let ownTier = terms.tiers.firstIndex { longer <= $0.maxSide } ?? terms.tiers.count
    for tier in terms.tiers[..<ownTier].reversed() {
      var smaller = job
      smaller.width = PriceBook.scaled(job.width, from: longer, to: tier.maxSide)
      smaller.height = PriceBook.scaled(job.height, from: longer, to: tier.maxSide)
      if let price = price(smaller).credits, price <= available {
        return SmallerJob(maxSide: tier.maxSide, job: smaller, price: price)
      }
    }
    return nil
  }

  private static func scaled(_ side: UInt16, from longer: UInt16, to target: UInt16) -> UInt16 {
    max(1, UInt16(UInt32(side) * UInt32(target) / UInt32(longer)))
  }
}
