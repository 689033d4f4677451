// Table-driven pricing against the slow oracle, over random books and jobs; and all that must agree with it.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@Suite struct PriceOracleTests {
  static let rounds = 40

  /// Runs `body` over random books, every other one extreme, and says how to repeat the run.
  @discardableResult
  private func overRandomBooks(
    _ body: (OracleBook, PriceBook, inout SeededGenerator) throws -> Void
  ) throws -> String {
    var generator = SeededGenerator()
    for round in 0..<PriceOracleTests.rounds {
      let oracle = OracleBook(using: &generator, extreme: round % 2 == 1)
      let book: PriceBook
      do {
        book = try PriceBook.parse(Array(oracle.json.utf8), fileName: "random.json")
      } catch {
        Issue.record("\(error)\n\(oracle.json)\n\(generator.recipe)")
        continue
      }
      try body(oracle, book, &generator)
    }
    return generator.recipe
  }

  @Test func pricesAgreeWithTheOracle() throws {
    var amounts = 0
    var refusals: Set<PriceRefusal> = []
    var wideBooks = 0
    let recipe = try overRandomBooks { oracle, book, generator in
      wideBooks += book.compiled.fitsInWords ? 0 : 1
      for _ in 0..<200 {
        let job = oracle.job(using: &generator)
        let expected = oracle.price(job)
        #expect(book.price(job) == expected, "\(job) \(generator.recipe)")
        switch expected {
        case .amount: amounts += 1
        case .refused(let refusal): refusals.insert(refusal)
        }
      }
    }
    // The comparison is worth something only if it met prices, every refusal, and both widths of arithmetic.
    #expect(amounts > 2_000, "\(recipe)")
    #expect(refusals.count == PriceRefusal.allCases.count, "met \(refusals), \(recipe)")
    #expect(wideBooks > 0 && wideBooks < PriceOracleTests.rounds, "\(recipe)")
  }

  @Test func batchesGiveWhatSingleJobsGive() throws {
    var jobs = JobColumns(reserving: 64)
    var prices = PriceColumns()
    try overRandomBooks { oracle, book, generator in
      let pricer: any BatchPricer = ScalarPricer(book)
      for size in [0, 1, 15, 16, 17, 64] {
        jobs.removeAll()
        let batch = (0..<size).map { _ in oracle.job(using: &generator) }
        for job in batch { jobs.append(job) }
        pricer.price(jobs, into: &prices)
        #expect(jobs.count == size && prices.count == size)
        for (row, job) in batch.enumerated() {
          #expect(jobs[row] == job)
          #expect(prices[row] == book.price(job), "\(job) \(generator.recipe)")
          #expect(prices.encoded[row] == book.price(job).encoded, "\(job) \(generator.recipe)")
        }
      }
    }
  }

  @Test func largestCountAgreesWithTryingEveryCount() throws {
    try overRandomBooks { oracle, book, generator in
      for _ in 0..<10 {
        var job = oracle.job(using: &generator)
        job.count = UInt16.random(in: 0...40, using: &generator)
        // Around the price of some count, where an error would show.
        var near = job
        near.count = UInt16.random(in: 1...40, using: &generator)
        let offset = Int64.random(in: -1...1, using: &generator)
        let price = oracle.price(near).credits ?? Credits(microcredits: 1_000_000)
        let available = Credits(microcredits: price.microcredits + offset)
        var best: UInt16 = 0
        for count in 0...job.count {
          near.count = count
          if let price = oracle.price(near).credits, price <= available { best = max(best, count) }
        }
        #expect(book.largestCount(fitting: available, for: job) == best, "\(job) \(available) \(generator.recipe)")
      }
    }
  }

  @Test func explanationsAddUpToThePrice() throws {
    try overRandomBooks { oracle, book, generator in
      for _ in 0..<50 {
        let job = oracle.job(using: &generator)
        switch (book.price(job), book.explain(job)) {
        case (.refused(let left), .refused(let right)): #expect(left == right)
        case (.amount(let price), .explained(let explanation)):
          let sum = explanation.lines.reduce(0) { $0 + $1.amount.microcredits }
          #expect(sum == price.microcredits && explanation.total == price, "\(job) \(generator.recipe)")
        case (let price, let explanation): Issue.record("\(price) against \(explanation) \(generator.recipe)")
        }
      }
    }
  }

  @Test func smallerTiersAreTheLargestThatFit() throws {
    try overRandomBooks { oracle, book, generator in
      for _ in 0..<30 {
        let job = oracle.job(using: &generator)
        let available = Credits(
          microcredits: Int64.random(in: 0...(oracle.price(job).credits?.microcredits ?? 1_000_000), using: &generator))
        let longer = max(job.width, job.height)
        var expected: (side: UInt16, price: Credits)?
        for tier in oracle.tiers where job.width > 0 && job.height > 0 {
          // The job's own tier, and those above it, are no alternative.
          guard tier.side < UInt64(longer) else { break }
          var square = job
          (square.width, square.height) = (UInt16(tier.side), UInt16(tier.side))
          if let price = oracle.price(square).credits, price <= available { expected = (UInt16(tier.side), price) }
        }
        let found = book.largestSmallerTier(fitting: available, for: job)
        #expect(found?.maxSide == expected?.side && found?.price == expected?.price, "\(job) \(generator.recipe)")
        if let found { #expect(oracle.price(found.job) == .amount(found.price), "\(job) \(generator.recipe)") }
      }
    }
  }
}

@Suite struct PriceAdviceTests {
  @Test(arguments: [("0", 0), ("5.5", 0), ("6", 1), ("11.5", 1), ("12", 2), ("24", 4), ("1000", 4)])
  func countOfAdvancedImagesThatFit(available: String, count: UInt16) {
    let job = Job(width: 1024, height: 1024, count: 4, model: 1)
    #expect(PriceBook.shipped.largestCount(fitting: Credits(available)!, for: job) == count)
  }

  @Test func aCountAboveTheMaximumIsAdvisedDownToIt() {
    let job = Job(width: 512, height: 512, count: 60_000)
    #expect(PriceBook.shipped.largestCount(fitting: .amountMax, for: job) == 256)
    #expect(PriceBook.shipped.largestCount(fitting: Credits(microcredits: .max), for: job) == 256)
    #expect(PriceBook.shipped.largestCount(fitting: Credits(microcredits: .min), for: job) == 0)
  }

  @Test func aSmallerTierKeepsProportions() {
    let job = Job(width: 2048, height: 1024, count: 2)
    let found = PriceBook.shipped.largestSmallerTier(fitting: Credits("7")!, for: job)
    #expect(found?.maxSide == 768)
    #expect(found.map { [$0.job.width, $0.job.height] } == [768, 384])
    #expect(found?.price.description == "5")
    let thin = PriceBook.shipped.largestSmallerTier(fitting: Credits("2")!, for: Job(width: 65_535, height: 1))
    #expect(thin.map { [$0.job.width, $0.job.height] } == [512, 1])
  }

  @Test func anExplanationReadsLikeAReceipt() throws {
    let job = Job(
      width: 1024, height: 768, steps: 35, count: 3, model: 1, controlNets: 2, features: [.preview, .faceRestoration])
    guard case .explained(let explanation) = PriceBook.shipped.explain(job) else {
      Issue.record("refused")
      return
    }
    #expect(
      explanation.lines.map { "\($0.label): \($0.amount)" } == [
        "1024×768, standard (tier up to 1024×1024): 4",
        "model studio (advanced) ×1.5: 2",
        "preview ×0.25: -4.5",
        "faceRestoration +0.5: 0.5",
        "1 ControlNet above 1: 0.5",
        "5 steps above 30: 0.5",
        "×3 images: 6",
      ])
    #expect(explanation.total.description == "9")
  }

  @Test func roundingIsALineOfItsOwn() {
    let job = Job(width: 512, height: 512, quality: .draft, features: .preview)
    guard case .explained(let explanation) = PriceBook.shipped.explain(job) else {
      Issue.record("refused")
      return
    }
    #expect(explanation.lines.last?.kind == .rounding)
    #expect(explanation.lines.last?.amount.description == "0.25")
    #expect(explanation.lines.first?.kind == .base)
  }
}
