// Pricing inside the gate: job parameters become the priced amount of a command, before the ledger decides (rule 10).

internal import TollgateLedger
internal import TollgatePricing
internal import TollgateValues

/// The numbers under which refusals of a price travel: those of `PriceRefusal`, and those of quotes from 64.
package enum QuoteRefusal: UInt8, CaseIterable, Hashable, Sendable {
  case expired = 64
  /// Not made by this server for this account and job.
  case mismatch = 65
  /// Its price book has been taken off the shelf.
  case unknownBook = 66
  /// No price book is in force yet.
  case noBookInForce = 67
}

extension GateCore {
  /// Prices every command that names a job; raw amounts are book 0.
  @inline(__always)
  mutating func price(_ commands: inout [Command], at now: Instant) {
    if commands.count >= BatchPricing.commandsMin, let book = bookInForce {
      priceTogether(&commands, under: book, at: now)
    } else {
      priceEach(&commands, at: now)
    }
  }

  /// Prices command by command.
  @inline(__always)
  mutating func priceEach(_ commands: inout [Command], at now: Instant) {
    let book = bookInForce
    for index in commands.indices {
      switch commands[index].plain {
      case .authorize(var authorize):
        authorize.spend.price = price(of: authorize.spend, under: book, at: now)
        commands[index].plain = .authorize(authorize)
      case .charge(var charge):
        charge.spend.price = price(of: charge.spend, under: book, at: now)
        commands[index].plain = .charge(charge)
      case .increase(var increase):
        increase.price = price(of: increase.job, rawAmount: increase.rawAmount, under: book)
        commands[index].plain = .increase(increase)
      case .capture, .void, .extend, .captureLate, .expire, .other: break
      }
    }
  }

  /// `book` is the one in force: handed in, so that many prices retain it once.
  @inline(__always)
  func price(of spend: Spend, under book: PriceBook?, at now: Instant) -> PricedAmount {
    guard !spend.quote.isZero else { return price(of: spend.job, rawAmount: spend.rawAmount, under: book) }
    switch desk.redeem(spend.quote, for: spend.account, job: spend.job, at: now) {
    case .valid(let book): return priced(spend.job, under: book)
    case .expired: return .refused(QuoteRefusal.expired)
    case .mismatch: return .refused(QuoteRefusal.mismatch)
    case .unknownBook: return .refused(QuoteRefusal.unknownBook)
    }
  }

  @inline(__always)
  func price(of job: Job, rawAmount: Credits, under book: PriceBook?) -> PricedAmount {
    if rawAmount != .zero { return .amount(rawAmount, book: 0) }
    guard let book else { return .refused(QuoteRefusal.noBookInForce) }
    return priced(job, under: book)
  }

  @inline(__always)
  private func priced(_ job: Job, under book: PriceBook) -> PricedAmount {
    switch book.price(job) {
    case .amount(let credits): .amount(credits, book: book.number)
    case .refused(let refusal): .refused(PriceRefusalCode(rawValue: refusal.rawValue))
    }
  }

  /// What of the refused command's job would fit what is available (rule 15); nil if it names no job.
  func remedy(for command: Command, within available: Credits, book number: UInt32) -> Remedy? {
    let job: Job
    switch command.plain {
    case .authorize(let authorize): job = authorize.spend.job
    case .charge(let charge): job = charge.spend.job
    case .increase(let increase): job = increase.job
    default: return nil
    }
    guard let book = desk.shelf.book(number: number) else { return nil }
    let smaller = book.largestSmallerTier(fitting: available, for: job)
    return Remedy(largestCount: book.largestCount(fitting: available, for: job), smallerSide: smaller?.maxSide ?? 0)
  }
}

extension PricedAmount {
  fileprivate static func refused(_ refusal: QuoteRefusal) -> PricedAmount {
    .refused(PriceRefusalCode(rawValue: refusal.rawValue))
  }
}
