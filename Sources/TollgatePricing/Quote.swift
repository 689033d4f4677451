// Quotes without a store: the id itself carries its expiry and price book, and a keyed checksum that binds it to account
// and job (64 bits of SipHash-2-4; the key never leaves the server).

package import TollgateValues

/// The secret that proves quotes; kept in the journal's metadata, so that quotes survive a restart.
package struct QuoteKey: Sendable, CustomStringConvertible {
  package let first: UInt64
  package let second: UInt64

  package init(_ first: UInt64, _ second: UInt64) {
    self.first = first
    self.second = second
  }

  /// Says nothing, so that no log shows the key.
  package var description: String { "QuoteKey(…)" }
}

/// The price of a job for an account, held until it expires.
package struct Quote: Hashable, Sendable {
  package var id: QuoteID
  /// The number of the price book.
  package var book: UInt32
  package var price: Credits
  /// At and after this instant the quote is expired; a whole second.
  package var expires: Instant
}

/// What came of asking for a quote.
package enum QuoteOutcome: Hashable, Sendable {
  case quoted(Quote)
  case refused(PriceRefusal)
  /// No price book is in force yet.
  case noBook
}

/// What came of redeeming a quote.
package enum QuoteRedemption: Hashable, Sendable {
  /// Price the job with this book.
  case valid(PriceBook)
  /// Genuine, but expired at this instant.
  case expired(at: Instant)
  /// Not made by this server for this account and job.
  case mismatch
  /// Genuine, but its price book has been taken off the shelf.
  case unknownBook(UInt32)
}

/// Makes and checks quotes under one key.
package struct QuoteDesk: Sendable {
  package static let lifetimeDefault = TimeSpan.minutes(5)
  package static let lifetimeMax = TimeSpan.hours(24)
  package static let lifetimeMin = TimeSpan.seconds(1)

  package let shelf: PriceBookShelf
  private let hash: SipHash

  package init(key: QuoteKey, shelf: PriceBookShelf) {
    self.shelf = shelf
    hash = SipHash(key: (key.first, key.second))
  }

  /// Prices a job with the book in force. The lifetime is clamped to the limits, and the expiry rounded up to a second.
  package func quote(
    _ job: Job, for account: AccountID, at now: Instant, lifetime: TimeSpan = QuoteDesk.lifetimeDefault
  ) -> QuoteOutcome {
    guard let book = shelf.book(at: now) else { return .noBook }
    switch book.price(job) {
    case .refused(let refusal): return .refused(refusal)
    case .amount(let price):
      let high = QuoteDesk.terms(of: book, at: now, lifetime: lifetime)
      let id = QuoteID(high: high, low: proof(high, hash.prefix(account.high, account.low), job))
      return .quoted(Quote(id: id, book: book.number, price: price, expires: QuoteDesk.expiry(of: id)))
    }
  }

  /// Judges a quote in this order: genuine for this account and job, book known, not expired.
  package func redeem(_ id: QuoteID, for account: AccountID, job: Job, at now: Instant) -> QuoteRedemption {
    guard proof(id.high, hash.prefix(account.high, account.low), job) == id.low else { return .mismatch }
    let number = UInt32(truncatingIfNeeded: id.high)
    guard let book = shelf.book(number: number) else { return .unknownBook(number) }
    let expiry = QuoteDesk.expiry(of: id)
    return now < expiry ? .valid(book) : .expired(at: expiry)
  }

  /// The expiry that an id carries, whether genuine or not.
  package static func expiry(of id: QuoteID) -> Instant {
    Instant(nanoseconds: Int64(id.high >> 32) * 1_000_000_000)
  }

  /// The upper half of a quote's id: when it expires, in whole seconds, and its price book.
  private static func terms(of book: PriceBook, at now: Instant, lifetime: TimeSpan) -> UInt64 {
    let lifetime = min(max(lifetime, QuoteDesk.lifetimeMin), QuoteDesk.lifetimeMax)
    let nanoseconds = now.advanced(by: lifetime).nanoseconds
    let whole = nanoseconds / 1_000_000_000
    let seconds = UInt32(clamping: nanoseconds % 1_000_000_000 > 0 ? whole + 1 : whole)
    return UInt64(seconds) << 32 | UInt64(book.number)
  }

  @inline(__always)
  private func proof(_ terms: UInt64, _ account: SipHash.Prefix, _ job: Job) -> UInt64 {
    let size = UInt64(job.width) | UInt64(job.height) << 16 | UInt64(job.steps) << 32 | UInt64(job.count) << 48
    let kind =
      UInt64(job.model) | UInt64(job.quality.rawValue) << 16 | UInt64(job.controlNets) << 24
      | UInt64(job.features.rawValue) << 32
    return account.hash(size, kind, terms)
  }
}

extension QuoteDesk {
  /// Quotes a batch whose prices are known: the id of each row goes to its place in `quotes`, zero where the row has no
  /// price; `quotes` reaches over all rows. Says when all of them expire.
  package func quote(
    _ jobs: borrowing JobColumns, _ rows: Range<Int>, at prices: borrowing PriceColumns, under book: PriceBook,
    for account: AccountID, at now: Instant, lifetime: TimeSpan, into quotes: inout [QuoteID]
  ) -> Instant {
    let terms = QuoteDesk.terms(of: book, at: now, lifetime: lifetime)
    let prefix = hash.prefix(account.high, account.low)
    for row in rows {
      let hasPrice = prices[row].credits != nil
      quotes[row] = hasPrice ? QuoteID(high: terms, low: proof(terms, prefix, jobs[row])) : .zero
    }
    return QuoteDesk.expiry(of: QuoteID(high: terms, low: 0))
  }
}
