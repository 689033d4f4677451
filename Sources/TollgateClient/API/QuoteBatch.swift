// Prices of many jobs at once, and whether the account has credits for all of them.

public import TollgateValues

/// The price of one job of many, promised for a while.
public struct QuotedPrice: Hashable, Sendable, BitwiseCopyable {
  /// Redeems the price, in an authorize or charge of the same account and job.
  public var id: QuoteID
  /// The price of the whole job.
  public var amount: Credits
  /// The price book that priced it.
  public var priceBook: UInt32
  /// Until when it can be redeemed, by the gate's clock.
  public var expires: Instant
}

/// The prices of many jobs of one account, all of one instant.
public struct QuoteBatch: Hashable, Sendable {
  /// One for each job, in the order of the jobs. A job that the price book has no price for is denied with
  /// ``Denial/Reason/priceRefused``; the others are quoted all the same.
  public var items: [Decision<QuotedPrice>]
  /// The sum of all prices; 2^63 - 1 micro-credits where it is above that.
  public var total: Credits
  /// What the account could set aside when it was asked, what is left of an overdraft included.
  public var available: Credits
  /// What the account lacks for `total`; zero if nothing. A frozen account, or too many open holds, would still refuse.
  public var shortfall: Credits
  /// For how many jobs, from the first on, the account has enough; jobs without a price cost nothing.
  public var fittingCount: Int

  /// Whether the account has enough for all jobs that have a price.
  public var isCovered: Bool { shortfall == .zero }

  /// Jobs that have no price.
  public var refusedCount: Int { items.count { $0.success == nil } }
}
