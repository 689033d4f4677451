// Reading calls, answered from the ledger at the batch's instant.

internal import TollgateLedger
internal import TollgatePricing
internal import TollgateValues

extension GateCore {
  /// Credits that expire within this span count as expiring soon.
  static let soon = TimeSpan.days(7)

  /// Answers a query; those that need the journal are left to the actor as `.later`.
  func answer(_ call: QueryCall, of batch: inout CallBatch, at now: Instant) -> Answer {
    guard now < call.deadline else { return .deadlineExceeded }
    switch call.query {
    case .balance(let account, let lots, let after): return balance(of: account, lots: lots, after: after, at: now)
    case .hold(let hold): return ledger.hold(hold).map(Answer.hold) ?? .denied(.holdUnknown)
    case .holds(let account, let after, let limit): return holds(of: account, after: after, limit: limit)
    case .quote(let account, let job, let lifetime): return quote(job, for: account, lifetime: lifetime, at: now)
    case .quoteBatch(let account, let rows, let lifetime):
      return quote(&batch, rows, for: account, lifetime: lifetime, at: now)
    case .entries, .refund: return .later
    case .status:
      return .status(
        GateStatus(
          now: now, book: bookInForce?.number ?? 0, commit: commit, durable: 0, statistics: ledger.statistics))
    }
  }

  private func balance(of id: AccountID, lots limit: Int, after: LotID, at now: Instant) -> Answer {
    guard let account = ledger.account(id) else { return .denied(.accountUnknown) }
    var lots = limit > 0 ? ledger.lots(of: id, after: after.isZero ? nil : after, limit: limit + 1) : []
    let more = lots.count > limit
    if more { lots.removeLast() }
    let soon = ledger.expiring(of: id, before: now.advanced(by: GateCore.soon))
    return .balance(BalanceReport(account: account, lots: lots, moreLots: more, expiringSoon: soon, asOf: now))
  }

  private func holds(of account: AccountID, after: HoldID, limit: Int) -> Answer {
    guard ledger.account(account) != nil else { return .denied(.accountUnknown) }
    var holds = ledger.holds(of: account, after: after.isZero ? nil : after, limit: limit + 1)
    let more = holds.count > limit
    if more { holds.removeLast() }
    return .holds(holds, more: more)
  }

  private func quote(_ job: Job, for account: AccountID, lifetime: TimeSpan, at now: Instant) -> Answer {
    guard ledger.account(account) != nil else { return .denied(.accountUnknown) }
    let lifetime = lifetime == .zero ? QuoteDesk.lifetimeDefault : lifetime
    switch desk.quote(job, for: account, at: now, lifetime: lifetime) {
    case .refused(let refusal): return .denied(.priceRefused(PriceRefusalCode(rawValue: refusal.rawValue)))
    case .noBook: return .denied(.priceRefused(PriceRefusalCode(rawValue: QuoteRefusal.noBookInForce.rawValue)))
    case .quoted(let quote):
      guard case .explained(let explanation)? = desk.shelf.book(number: quote.book)?.explain(job) else {
        return .denied(.priceRefused(PriceRefusalCode(rawValue: QuoteRefusal.unknownBook.rawValue)))
      }
      return .quote(quote, explanation)
    }
  }
}
