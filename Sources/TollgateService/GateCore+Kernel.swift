// Pricing many jobs at once: those of a batch of commands, and those of quote batches, go through the kernel as columns.

internal import TollgateLedger
internal import TollgatePricing
internal import TollgateValues

/// Columns that are used over and over, and the pricer of the book in force.
struct BatchPricing: Sendable {
  /// From how many commands on their jobs become columns: reads of single calls, half of them captures, are priced one by
  /// one in about half the instructions (200 against 425 an operation), calls of many items together.
  static let commandsMin = 128

  var jobs = JobColumns()
  var prices = PriceColumns()
  /// The command of each row of `jobs`.
  var places: [Int] = []
  private var cached: (book: UInt32, pricer: any BatchPricer)?

  /// The pricer of a book; made once, as long as the book stays in force.
  mutating func pricer(for book: PriceBook) -> any BatchPricer {
    if let cached, cached.book == book.number { return cached.pricer }
    let pricer = KernelPricer(book)
    cached = (book.number, pricer)
    return pricer
  }
}

extension GateCore {
  /// Prices commands as `priceEach` does. Jobs under the book in force wait for the kernel; raw amounts
  /// and quotes are settled at once.
  mutating func priceTogether(_ commands: inout [Command], under book: PriceBook, at now: Instant) {
    kernel.jobs.removeAll()
    kernel.places.removeAll(keepingCapacity: true)
    for index in commands.indices {
      switch commands[index].plain {
      case .authorize(var authorize):
        guard !isForKernel(authorize.spend.job, authorize.spend.rawAmount, authorize.spend.quote, index) else {
          continue
        }
        authorize.spend.price = price(of: authorize.spend, under: book, at: now)
        commands[index].plain = .authorize(authorize)
      case .charge(var charge):
        guard !isForKernel(charge.spend.job, charge.spend.rawAmount, charge.spend.quote, index) else { continue }
        charge.spend.price = price(of: charge.spend, under: book, at: now)
        commands[index].plain = .charge(charge)
      case .increase(var increase):
        guard !isForKernel(increase.job, increase.rawAmount, .zero, index) else { continue }
        increase.price = price(of: increase.job, rawAmount: increase.rawAmount, under: book)
        commands[index].plain = .increase(increase)
      case .capture, .void, .extend, .captureLate, .expire, .other: break
      }
    }
    guard kernel.jobs.count > 0 else { return }
    kernel.pricer(for: book).price(kernel.jobs, into: &kernel.prices)
    for (row, place) in kernel.places.enumerated() {
      commands[place].plain.setPrice(PricedAmount(kernel.prices[row], book: book.number))
    }
  }

  /// Adds a command's job to the columns if the book in force prices it.
  @inline(__always)
  private mutating func isForKernel(_ job: Job, _ rawAmount: Credits, _ quote: QuoteID, _ place: Int) -> Bool {
    guard rawAmount == .zero, quote.isZero else { return false }
    kernel.jobs.append(job)
    kernel.places.append(place)
    return true
  }

  /// Prices the jobs of all quote batches of a batch; what has no price book has no prices either.
  mutating func priceJobs(of batch: inout CallBatch) {
    guard let book = bookInForce else { return }
    kernel.pricer(for: book).price(batch.jobs, into: &batch.prices)
    batch.quotes.removeAll(keepingCapacity: true)
    batch.quotes.append(contentsOf: repeatElement(.zero, count: batch.jobs.count))
  }

  /// Answers one quote batch, whose jobs have been priced.
  func quote(
    _ batch: inout CallBatch, _ rows: Range<Int>, for id: AccountID, lifetime: TimeSpan, at now: Instant
  ) -> Answer {
    guard let account = ledger.account(id) else { return .denied(.accountUnknown) }
    guard let book = bookInForce else {
      return .denied(.priceRefused(PriceRefusalCode(rawValue: QuoteRefusal.noBookInForce.rawValue)))
    }
    let expires = desk.quote(
      batch.jobs, rows, at: batch.prices, under: book, for: id, at: now,
      lifetime: lifetime == .zero ? QuoteDesk.lifetimeDefault : lifetime, into: &batch.quotes)
    var answer = QuoteBatch(
      rows: rows, expires: expires, book: book.number, refused: 0, total: .zero, available: account.available,
      fitting: 0)
    var total: Int64 = 0
    for row in rows {
      let price = batch.prices[row].credits
      if price == nil { answer.refused += 1 }
      let (sum, overflows) = total.addingReportingOverflow(price?.microcredits ?? 0)
      total = overflows ? .max : sum
      if total <= account.available.microcredits { answer.fitting = row - rows.lowerBound + 1 }
    }
    answer.total = Credits(microcredits: total)
    return .quoteBatch(answer)
  }
}

extension PricedAmount {
  @inline(__always)
  fileprivate init(_ price: Price, book: UInt32) {
    switch price {
    case .amount(let credits): self = .amount(credits, book: book)
    case .refused(let refusal): self = .refused(PriceRefusalCode(rawValue: refusal.rawValue))
    }
  }
}

extension PlainOperation {
  @inline(__always)
  fileprivate mutating func setPrice(_ price: PricedAmount) {
    switch self {
    case .authorize(var authorize):
      authorize.spend.price = price
      self = .authorize(authorize)
    case .charge(var charge):
      charge.spend.price = price
      self = .charge(charge)
    case .increase(var increase):
      increase.price = price
      self = .increase(increase)
    default: break
    }
  }
}
