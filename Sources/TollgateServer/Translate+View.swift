// The views of reading calls as wire messages.

internal import TollgateJournal
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension BalanceReply {
  init(_ report: BalanceReport) {
    let account = report.account
    let next = report.moreLots ? report.lots.last?.id : nil
    self.init(
      account: account.id, state: account.state.rawValue, available: account.available, held: account.held,
      pending: account.pending, overdraftLimit: account.overdraftLimit, overdraftUsed: account.overdraftUsed,
      expiringSoon: report.expiringSoon, openHolds: account.openHolds, lots: account.lotCount, asOf: report.asOf,
      next: next.map { Cursor(high: $0.high, low: $0.low) } ?? .zero,
      lotViews: report.lots.map { TollgateWire.LotView($0) })
  }
}

extension TollgateWire.LotView {
  init(_ lot: TollgateLedger.LotView) {
    self.init(
      lot: lot.id, source: lot.source.rawValue, priority: lot.priority, granted: lot.granted,
      pending: lot.place == .pending ? lot.available : .zero,
      available: lot.place == .pending ? .zero : lot.available, held: lot.held, captured: lot.captured,
      expired: lot.expired, voided: lot.voided,
      effective: lot.effective, expires: lot.expires, pricePaid: lot.pricePaid)
  }
}

extension TollgateWire.HoldView {
  init(_ hold: TollgateLedger.HoldView) {
    let state =
      switch hold.state {
      case .open: TollgateWire.HoldState.open
      case .ended(let how): how.rawValue
      }
    self.init(
      hold: hold.hold, account: hold.account, state: state, book: hold.book,
      amount: hold.amount, captured: hold.captured, left: hold.left, images: UInt16(clamping: hold.images),
      imagesCaptured: UInt16(clamping: hold.imagesCaptured), authorizedAt: hold.authorizedAt, expires: hold.expires,
      job: hold.job,
      project: hold.project, member: hold.member)
  }
}

extension QuoteReply {
  init(_ quote: Quote, _ explanation: PriceExplanation) {
    self.init(
      quote: quote.id, amount: quote.price, expires: quote.expires, book: quote.book,
      lines: explanation.lines.map { QuoteLine($0) })
  }
}

extension QuoteBatchReply {
  /// The common part and the rows of a quote batch; where it is the only one, its columns travel without a copy.
  init(_ quotes: QuoteBatch, of batch: CallBatch) {
    let isWhole = quotes.rows == batch.quotes.indices
    self.init(
      expires: quotes.expires, book: quotes.book, refused: UInt32(clamping: quotes.refused), total: quotes.total,
      available: quotes.available, shortfall: quotes.shortfall, fitting: UInt32(clamping: quotes.fitting),
      amounts: isWhole ? batch.prices.encoded : quotes.rows.map { batch.prices[$0].encoded },
      quotes: isWhole ? batch.quotes : Array(batch.quotes[quotes.rows]))
  }
}

extension QuoteLine {
  init(_ line: PriceExplanation.Line) {
    let (kind, features): (UInt8, Job.Features) =
      switch line.kind {
      case .base: (1, [])
      case .model: (2, [])
      case .multiplier(let features): (3, features)
      case .addition(let features): (4, features)
      case .controlNets: (5, [])
      case .steps: (6, [])
      case .images: (7, [])
      case .rounding: (8, [])
      }
    self.init(kind: kind, features: features.rawValue, amount: line.amount, label: line.label)
  }
}

extension ServerInfoReply {
  init(_ status: GateStatus, _ context: AnswerContext) {
    self.init(
      serverTime: status.now, startedAt: context.startedAt, book: status.book,
      bookAppliesFrom: context.bookAppliesFrom, instance: context.instance, commits: status.durable,
      version: context.version, journal: context.journal)
  }
}

extension EntryView {
  /// A line of the book, with the facts of the command that caused it.
  init(_ line: HistoryEntry) {
    let facts = CommandFacts(line.command.operation)
    let entry = line.entry
    self.init(
      number: entry.number.rawValue, previous: entry.previous.rawValue, at: line.instant, kind: entry.kind.rawValue,
      book: facts.book, hold: entry.hold, request: line.command.request, amount: entry.amount,
      available: entry.available, held: entry.held, job: facts.job, project: facts.project, member: facts.member,
      actor: facts.note.actor, reason: facts.note.reason,
      postings: line.postings.map {
        PostingView(lot: $0.lot, from: $0.from.rawValue, to: $0.to.rawValue, amount: $0.amount)
      })
  }
}

/// What an entry shows of its command.
private struct CommandFacts {
  var job = Job(width: 0, height: 0, count: 0)
  var project = ProjectID.zero
  var member = MemberID.zero
  var book: UInt32 = 0
  var note = Note(actor: "", reason: "")

  init(_ operation: Operation) {
    switch operation {
    case .authorize(let authorize): take(authorize.spend)
    case .charge(let charge): take(charge.spend)
    case .increase(let increase):
      job = increase.job
      take(increase.price)
    case .openAccount(let open): note = open.note
    case .setAccountState(let set): note = set.note
    case .grant(let grant): note = grant.note
    case .refund(let refund): note = refund.note
    case .capture, .void, .extend, .captureLate, .expire, .configure: break
    }
  }

  private mutating func take(_ spend: Spend) {
    (job, project, member) = (spend.job, spend.project, spend.member)
    take(spend.price)
  }

  private mutating func take(_ price: PricedAmount) {
    if case .amount(_, let number) = price { book = number }
  }
}
