// Prices whole batches. Kernels differ in speed only: each gives, bit for bit, what `ScalarPricer` gives.

internal import TollgateValues

/// Prices batches of jobs under one price book.
package protocol BatchPricer: Sendable {
  /// Replaces `prices` by one row for each of `jobs`.
  func price(_ jobs: JobRows, into prices: inout PriceColumns)
}

extension BatchPricer {
  /// Replaces `prices` by one row for each of `jobs`.
  package func price(_ jobs: borrowing JobColumns, into prices: inout PriceColumns) {
    jobs.withRows { price($0, into: &prices) }
  }
}

/// The honest twin: one job after the other, through the same function that prices a single job.
package struct ScalarPricer: BatchPricer {
  package let tables: PriceTables

  package init(_ book: PriceBook) { tables = book.compiled }

  package func price(_ jobs: JobRows, into prices: inout PriceColumns) {
    prices.fillWords(jobs.count) { words in
      for row in 0..<jobs.count { words[row] = tables.encodedPrice(of: jobs[row]) }
    }
  }
}

/// The kernel: the fastest that the CPU can run, on lanes where the book and the prices fit them, on words otherwise.
package struct KernelPricer: BatchPricer {
  /// What runs the batches.
  package let level: PricingLevel
  private let tables: PriceTables
  private let kernel: PricingLevel.Kernel?
  private let lanes: LanePlan?
  private let words: WordPlan?

  /// A pricer at the best level of this CPU.
  package init(_ book: PriceBook) { self.init(book, runnable: .best) }

  /// A pricer at a given level.
  /// - Throws: if this CPU cannot run it.
  package init(_ book: PriceBook, level: PricingLevel) throws(PricingLevelError) {
    guard PricingLevel.available.contains(level) else { throw .unavailable(level) }
    self.init(book, runnable: level)
  }

  private init(_ book: PriceBook, runnable level: PricingLevel) {
    tables = book.compiled
    self.level = level
    kernel = level.kernel
    lanes = level.kernel == nil ? nil : LanePlan(tables)
    words = level == .scalar || !tables.fitsInWords ? nil : WordPlan(tables)
  }

  /// How the book fits the lanes, for people.
  package var fit: LaneFit {
    guard let lanes else { return words == nil ? .scalar : .words }
    return lanes.isQuick ? .quickLanes : .lanes
  }

  package func price(_ jobs: JobRows, into prices: inout PriceColumns) {
    if let kernel, let lanes {
      let quantum = Int64(tables.quantum)
      let complete = prices.fillLanes(jobs.count, quantum: quantum) { column in
        guard let base = column.baseAddress, jobs.count > 0 else { return true }
        guard lanes.run(kernel, jobs, base) else { return false }
        for exception in jobs.exceptions {
          guard let lane = PriceColumns.lane(tables.encodedPrice(of: exception.job), quantum) else { return false }
          column[exception.row - jobs.start] = lane
        }
        return true
      }
      // Some price is too dear for a lane: the whole batch in words then.
      if complete { return }
    }
    priceInWords(jobs, into: &prices)
  }

  private func priceInWords(_ jobs: JobRows, into prices: inout PriceColumns) {
    prices.fillWords(jobs.count) { column in
      guard let base = column.baseAddress, jobs.count > 0 else { return }
      guard let words else {
        for row in 0..<jobs.count { column[row] = tables.encodedPrice(of: jobs[row]) }
        return
      }
      words.run(jobs, base)
      for exception in jobs.exceptions {
        column[exception.row - jobs.start] = tables.encodedPrice(of: exception.job)
      }
    }
  }
}

/// How a price book's prices are computed at some level.
package enum LaneFit: String, Sendable {
  /// 16-bit lanes, in the fewest instructions.
  case quickLanes = "16-bit lanes, quick"
  /// 16-bit lanes.
  case lanes = "16-bit lanes"
  /// 64-bit words, one job after the other.
  case words = "64-bit words"
  /// One job after the other, in as many bits as it takes.
  case scalar = "one by one"
}
