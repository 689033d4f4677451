// Shelves of price books, and quotes: what they promise, to whom, for how long.

import Testing
import TollgatePricing
import TollgateTestSupport
import TollgateValues

private func book(_ number: UInt32, from year: Int, standard: String = "4") throws -> PriceBook {
  try BookText.shipped([
    ("\"number\": 1,", "\"number\": \(number),"), ("2026-01-01T", "\(year)-01-01T"),
    ("\"standard\": 4,", "\"standard\": \(standard),"),
  ])
}

/// The first second of a year.
private func newYear(_ year: Int) throws -> Instant { try book(1, from: year).appliesFrom }

@Suite struct PriceBookShelfTests {
  @Test func theLatestBookThatAppliesIsInForce() throws {
    let shelf = try PriceBookShelf([book(3, from: 2028), book(1, from: 2026), book(2, from: 2027)])
    #expect(shelf.books.map(\.number) == [1, 2, 3])
    #expect(shelf.book(at: .distantPast) == nil)
    #expect(shelf.book(at: Instant(nanoseconds: try newYear(2026).nanoseconds - 1)) == nil)
    #expect(shelf.book(at: try newYear(2026))?.number == 1)
    #expect(shelf.book(at: Instant(nanoseconds: try newYear(2027).nanoseconds - 1))?.number == 1)
    #expect(shelf.book(at: try newYear(2027))?.number == 2)
    #expect(shelf.book(at: .never)?.number == 3)
    #expect(shelf.book(number: 2)?.appliesFrom == (try newYear(2027)))
    #expect(shelf.book(number: 4) == nil)
    #expect(PriceBookShelf.shipped.book(at: try newYear(2026)) == PriceBook.shipped)
  }

  @Test func numbersAreUniqueAndHigherOnesApplyLater() throws {
    #expect(throws: PriceBookShelfError.empty) { try PriceBookShelf([]) }
    #expect(throws: PriceBookShelfError.duplicateNumber(1)) {
      try PriceBookShelf([book(1, from: 2026), book(1, from: 2027)])
    }
    for year in [2026, 2027] {
      #expect(throws: PriceBookShelfError.notLater(number: 5, than: 2, at: try newYear(2027))) {
        try PriceBookShelf([book(2, from: 2027), book(5, from: year)])
      }
    }
  }
}

@Suite struct QuoteTests {
  let account = AccountID(high: 11, low: 12)
  let job = Job(width: 1024, height: 1024, steps: 20, count: 4, model: 1, controlNets: 1, features: .faceRestoration)
  let key = QuoteKey(1, 2)

  private func quote(_ desk: QuoteDesk, at now: Instant, lifetime: TimeSpan = .minutes(5)) throws -> Quote {
    guard case .quoted(let quote) = desk.quote(job, for: account, at: now, lifetime: lifetime) else {
      throw BookText.MissingText(text: "a quote")
    }
    return quote
  }

  @Test func aQuoteIsValidUntilItsSecond() throws {
    let desk = QuoteDesk(key: key, shelf: .shipped)
    let now = try newYear(2026)
    let quote = try quote(desk, at: now)
    #expect(quote.price == PriceBook.shipped.price(job).credits)
    #expect(quote.book == 1)
    #expect(quote.expires == now.advanced(by: .minutes(5)))
    let last = Instant(nanoseconds: quote.expires.nanoseconds - 1)
    #expect(desk.redeem(quote.id, for: account, job: job, at: last) == .valid(.shipped))
    #expect(desk.redeem(quote.id, for: account, job: job, at: quote.expires) == .expired(at: quote.expires))
  }

  @Test func aQuoteOutlivesItsBookBeingReplaced() throws {
    let desk = QuoteDesk(
      key: key, shelf: try PriceBookShelf([book(1, from: 2026), book(2, from: 2027, standard: "5")]))
    let before = Instant(nanoseconds: try newYear(2027).nanoseconds - 1_000_000_000)
    let quote = try quote(desk, at: before)
    let later = try newYear(2027).advanced(by: .minutes(1))
    guard case .valid(let book) = desk.redeem(quote.id, for: account, job: job, at: later) else {
      Issue.record("not valid")
      return
    }
    #expect(book.number == 1 && book.price(job) == .amount(quote.price))
    #expect(desk.shelf.book(at: later)?.price(job) != .amount(quote.price))
  }

  @Test func anythingElseThanWhatWasQuotedIsAMismatch() throws {
    let desk = QuoteDesk(key: key, shelf: .shipped)
    let now = try newYear(2026)
    let id = try quote(desk, at: now).id
    var others: [Job] = []
    func changed(_ change: (inout Job) -> Void) {
      var other = job
      change(&other)
      others.append(other)
    }
    changed { $0.width = 512 }
    changed { $0.height = 512 }
    changed { $0.steps = 21 }
    changed { $0.count = 5 }
    changed { $0.model = 0 }
    changed { $0.quality = .draft }
    changed { $0.controlNets = 0 }
    changed { $0.features = .imageToImage }
    for other in others { #expect(desk.redeem(id, for: account, job: other, at: now) == .mismatch) }
    for other in [AccountID(high: 11, low: 13), AccountID(high: 10, low: 12)] {
      #expect(desk.redeem(id, for: other, job: job, at: now) == .mismatch)
    }
    for bit in 0..<64 {
      let flip = UInt64(1) << UInt64(bit)
      for forged in [QuoteID(high: id.high ^ flip, low: id.low), QuoteID(high: id.high, low: id.low ^ flip)] {
        #expect(desk.redeem(forged, for: account, job: job, at: now) == .mismatch)
      }
    }
    #expect(desk.redeem(.zero, for: account, job: job, at: now) == .mismatch)
    let otherDesk = QuoteDesk(key: QuoteKey(1, 3), shelf: .shipped)
    #expect(otherDesk.redeem(id, for: account, job: job, at: now) == .mismatch)
  }

  @Test func aBookOffTheShelfIsUnknown() throws {
    let now = try newYear(2027)
    let first = QuoteDesk(key: key, shelf: try PriceBookShelf([book(1, from: 2026), book(2, from: 2027)]))
    let id = try quote(first, at: now).id
    let second = QuoteDesk(key: key, shelf: .shipped)
    #expect(second.redeem(id, for: account, job: job, at: now) == .unknownBook(2))
  }

  static let lifetimes: [(TimeSpan, Int64)] = [
    (.seconds(0), 1), (.milliseconds(1_500), 2), (.minutes(5), 300), (.hours(24), 86_400),
    (.days(30), 86_400), (TimeSpan(nanoseconds: .min), 1), (TimeSpan(nanoseconds: .max), 86_400),
  ]

  @Test(arguments: lifetimes)
  func lifetimesAreClampedAndEndOnASecond(lifetime: TimeSpan, seconds: Int64) throws {
    let now = try newYear(2026)
    let quote = try quote(QuoteDesk(key: key, shelf: .shipped), at: now, lifetime: lifetime)
    #expect(quote.expires.since(now) == .seconds(seconds))
    #expect(QuoteDesk.expiry(of: quote.id) == quote.expires)
  }

  @Test func refusalsAndTimesWithoutABookAreOutcomes() throws {
    let desk = QuoteDesk(key: key, shelf: .shipped)
    #expect(desk.quote(job, for: account, at: .epoch) == .noBook)
    let empty = Job(width: 0, height: 0)
    #expect(desk.quote(empty, for: account, at: try newYear(2026)) == .refused(.zeroSize))
  }

  @Test func farFutureAndKeysAreHarmless() throws {
    let desk = QuoteDesk(key: key, shelf: .shipped)
    // Seconds of 32 bits end in 2106: a later quote is expired at birth instead of wrapping round.
    let quote = try quote(desk, at: try newYear(2200))
    #expect(quote.expires == Instant(nanoseconds: Int64(UInt32.max) * 1_000_000_000))
    #expect(desk.redeem(quote.id, for: account, job: job, at: try newYear(2200)) == .expired(at: quote.expires))
    #expect("\(key)" == "QuoteKey(…)")
  }
}
