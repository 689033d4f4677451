// Prices whole batches. Kernels differ in speed only: each gives, bit for bit, what `ScalarPricer` gives.

internal import TollgateValues

/// Prices batches of jobs under one price book.
package protocol BatchPricer: Sendable {
  /// Replaces `prices` by one row for each of `jobs`: µcr, or the code of the refusal below zero.
  func price(_ jobs: borrowing JobColumns, into prices: inout PriceColumns)
}

/// The honest twin: one job after the other, through the same function that prices a single job.
package struct ScalarPricer: BatchPricer {
  package let tables: PriceTables

  package init(_ book: PriceBook) { tables = book.compiled }

  package func price(_ jobs: borrowing JobColumns, into prices: inout PriceColumns) {
    prices.encoded.removeAll(keepingCapacity: true)
    prices.encoded.reserveCapacity(jobs.count)
    for row in 0..<jobs.count { prices.encoded.append(tables.encodedPrice(of: jobs[row])) }
  }
}
