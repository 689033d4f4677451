// The kernel against its scalar twin, at every level that this CPU can run: all of the small axes, and random jobs.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@Suite struct KernelTests {
  /// Records the first row in which the kernel and the twin differ.
  private func compare(
    _ jobs: JobColumns, _ book: PriceBook, levels: [PricingLevel] = PricingLevel.available, _ note: String
  ) throws {
    var expected = PriceColumns()
    var prices = PriceColumns()
    ScalarPricer(book).price(jobs, into: &expected)
    let words = expected.encoded
    for level in levels where level != .scalar {
      try KernelPricer(book, level: level).price(jobs, into: &prices)
      let found = prices.encoded
      guard found != words else { continue }
      let row = found.indices.first { $0 >= words.count || found[$0] != words[$0] } ?? found.count
      let job = row < jobs.count ? "\(jobs[row])" : "\(found.count) rows of \(words.count)"
      Issue.record("\(level) gives \(found[row]), the twin \(words[row]) for row \(row), \(job); \(note)")
    }
  }

  @Test func everyBookFitsAsItShould() throws {
    for book in try KernelBook.all() {
      for level in PricingLevel.available {
        let fit = try KernelPricer(book.book, level: level).fit
        let expected: LaneFit =
          switch level {
          case .scalar: .scalar
          case .tables: book.fit == .scalar ? .scalar : .words
          default: book.fit
          }
        #expect(fit == expected, "\(book.testDescription) at \(level)")
      }
    }
  }

  @Test(arguments: try KernelBook.exhaustive())
  func everyKindWithEveryFeature(book: KernelBook) throws {
    var jobs = JobColumns(reserving: 65_536)
    for kind in 0...255 {
      for features in 0...255 {
        jobs.append(
          Job(
            width: 700, height: UInt16(kind * 8), steps: 45, count: UInt16(features % 7 + 1),
            model: UInt16(features % 3), quality: Job.Quality(rawValue: UInt8(kind >> 6)),
            controlNets: UInt8(kind & 63), features: Job.Features(rawValue: UInt32(features))))
      }
    }
    try compare(jobs, book.book, book.testDescription)
  }

  @Test(arguments: try KernelBook.exhaustive())
  func everyNumberOfStepsWithEveryNumberOfImages(book: KernelBook) throws {
    var jobs = JobColumns(reserving: 65_536)
    for steps in 0...255 {
      for images in 1...256 {
        jobs.append(
          Job(
            width: 512, height: 513, steps: UInt16(steps), count: UInt16(images), model: UInt16(steps % 3),
            quality: Job.Quality(rawValue: UInt8(images % 3)), controlNets: UInt8(steps % 5),
            features: Job.Features(rawValue: UInt32(images % 2 * 0xC0))))
      }
    }
    try compare(jobs, book.book, book.testDescription)
  }

  @Test(arguments: try KernelBook.exhaustive())
  func everySideAndEveryModel(book: KernelBook) throws {
    var jobs = JobColumns(reserving: 3 << 16)
    for value in 0...65_535 {
      jobs.append(Job(width: UInt16(value), height: 300))
      jobs.append(Job(width: 300, height: UInt16(value), quality: .high))
      jobs.append(Job(width: 300, height: 300, model: UInt16(value), quality: .draft))
    }
    try compare(jobs, book.book, book.testDescription)
  }

  @Test func randomJobsOfRandomBooks() throws {
    var generator = SeededGenerator()
    for round in 0..<60 {
      let oracle = OracleBook(using: &generator, extreme: round % 4 == 3)
      let book = try PriceBook.parse(Array(oracle.json.utf8), fileName: "random.json")
      var jobs = JobColumns()
      for _ in 0..<Int.random(in: 0...700, using: &generator) { jobs.append(oracle.job(using: &generator)) }
      try compare(jobs, book, "\(oracle.json) \(generator.recipe)")
    }
  }

  @Test(arguments: try KernelBook.all())
  func randomBytes(book: KernelBook) throws {
    var generator = SeededGenerator()
    var jobs = JobColumns()
    for _ in 0..<10_000 {
      let word = generator.next()
      // Small sides and models, as most random ones would all be refused for the same reason.
      jobs.append(
        Job(
          width: UInt16(word & 0x7FF), height: UInt16(word >> 16 & 0xFFF), steps: UInt16(word >> 32 & 0xFF),
          count: UInt16(word >> 40 & 0xFF), model: UInt16(word >> 48 & 3),
          quality: Job.Quality(rawValue: UInt8(word >> 50 & 3)), controlNets: UInt8(word >> 52 & 7),
          features: Job.Features(rawValue: UInt32(generator.next() & generator.next() & 0xFF))))
    }
    try compare(jobs, book.book, "\(book.testDescription) \(generator.recipe)")
  }

  @Test func everyLengthAtEveryAlignment() throws {
    var generator = SeededGenerator()
    let book = try KernelBook.all()[0]
    let oracle = OracleBook(using: &generator, extreme: false)
    var jobs = JobColumns()
    for _ in 0..<300 {
      var job = oracle.job(using: &generator)
      job.model %= 4
      jobs.append(job)
    }
    let expected = jobs.withRows { rows in (0..<rows.count).map { book.book.price(rows[$0]).encoded } }
    for level in PricingLevel.available {
      let pricer = try KernelPricer(book.book, level: level)
      var prices = PriceColumns()
      for length in 0...130 {
        let start = length * 7 % 65
        jobs.withRows { pricer.price($0.slice(start..<start + length), into: &prices) }
        #expect(prices.count == length)
        #expect(prices.isWide == (level == .scalar || level == .tables))
        #expect(prices.encoded == Array(expected[start..<start + length]), "\(level) \(length) \(generator.recipe)")
      }
    }
  }

  @Test func jobsThatFitNoColumnPriceLikeEveryOther() throws {
    var jobs = JobColumns()
    for index in 0..<200 {
      var job = Job(width: 512, height: 512, count: UInt16(index))
      switch index % 7 {
      case 0: job.count = 0
      case 1: job.count = 300
      case 2: job.steps = 256
      case 3: job.controlNets = 64
      case 4: job.quality = Job.Quality(rawValue: 4)
      case 5: job.features = Job.Features(rawValue: 256)
      default: break
      }
      jobs.append(job)
      #expect(jobs[index] == job)
    }
    for book in try KernelBook.all() { try compare(jobs, book.book, book.testDescription) }
  }

  @Test func oneDearPriceWidensTheBatch() throws {
    let book = try #require(try KernelBook.all().first { $0.testDescription == "dear prices in cents" }).book
    let pricer = KernelPricer(book)
    var jobs = JobColumns()
    var prices = PriceColumns()
    for _ in 0..<40 { jobs.append(Job(width: 512, height: 512)) }
    pricer.price(jobs, into: &prices)
    #expect(prices.isWide == (pricer.level.rawValue == "tables"))
    jobs.append(Job(width: 2048, height: 2048, count: 256, model: 2))
    for _ in 0..<40 { jobs.append(Job(width: 512, height: 512)) }
    pricer.price(jobs, into: &prices)
    #expect(prices.isWide)
    try compare(jobs, book, "one dear price")
  }

  @Test func aLevelIsHadByNameOrRefused() throws {
    for level in PricingLevel.allCases {
      if PricingLevel.available.contains(level) {
        #expect(try PricingLevel(named: level.rawValue) == level)
      } else {
        #expect(throws: PricingLevelError.unavailable(level)) { try PricingLevel(named: level.rawValue) }
        #expect(throws: PricingLevelError.unavailable(level)) { try KernelPricer(.shipped, level: level) }
      }
    }
    #expect(throws: PricingLevelError.unknown("fast")) { try PricingLevel(named: "fast") }
    #expect(KernelPricer(.shipped).level == PricingLevel.available.last)
  }
}
