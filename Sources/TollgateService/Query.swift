// The calls that read, and the rare ones that must read the journal first.

package import TollgateJournal
package import TollgateLedger
package import TollgatePricing
package import TollgateValues

/// A reading call. `token` is the caller's own name for it, for an answer that comes later.
package struct QueryCall: Sendable {
  package var token: UInt64
  package var deadline: Instant
  package var query: Query

  package init(token: UInt64, deadline: Instant, query: Query) {
    self.token = token
    self.deadline = deadline
    self.query = query
  }
}

package enum Query: Sendable {
  /// With at most `lots` lots in burn order, after the lot `after` (zero: from the first).
  case balance(AccountID, lots: Int, after: LotID)
  case hold(HoldID)
  case holds(AccountID, after: HoldID, limit: Int)
  case quote(AccountID, Job, lifetime: TimeSpan)
  /// The jobs of some rows of the batch's `jobs`.
  case quoteBatch(AccountID, rows: Range<Int>, lifetime: TimeSpan)
  /// An account's book, newest first, from below `before` (none: from the newest).
  case entries(AccountID, before: EntryNumber, limit: Int)
  /// A refund: its consumed lots are read from the journal before it becomes a command (rule 8).
  case refund(RequestID, AccountID, EntryNumber, amount: Credits?, Note)
  /// What the gate itself can tell: clock, price book, durability.
  case status
}

/// The answer to a query.
package enum Answer: Sendable {
  case balance(BalanceReport)
  case hold(HoldView)
  case holds([HoldView], more: Bool)
  case quote(Quote, PriceExplanation)
  /// What all rows have in common; the prices and quotes stand in the batch's columns.
  case quoteBatch(QuoteBatch)
  case entries([HistoryEntry], next: EntryNumber)
  /// A refund's decision.
  case decision(Decision)
  case status(GateStatus)
  /// The answer comes through the sink, under the query's token.
  case later
  case denied(Denial)
  /// The deadline had passed before the query was looked at.
  case deadlineExceeded
  /// Reading the journal failed; what it said.
  case unreadable(String)
}

/// An account's balance at one instant.
package struct BalanceReport: Sendable {
  package var account: AccountView
  package var lots: [LotView]
  package var moreLots: Bool
  /// Usable credits that expire within seven days.
  package var expiringSoon: Credits
  package var asOf: Instant
}

/// The common part of many quotes of one account.
package struct QuoteBatch: Hashable, Sendable {
  /// The rows of the batch's `prices` and `quotes`.
  package var rows: Range<Int>
  package var expires: Instant
  package var book: UInt32
  /// Rows without a price.
  package var refused: Int
  /// The sum of all prices, or the largest number if that is more.
  package var total: Credits
  /// What the account could set aside now.
  package var available: Credits
  /// How many rows, from the first on, the account has enough for.
  package var fitting: Int

  package var shortfall: Credits {
    total > available ? Credits(microcredits: total.microcredits - available.microcredits) : .zero
  }
}

/// What the gate knows of itself.
package struct GateStatus: Sendable {
  package var now: Instant
  package var book: UInt32
  package var commit: CommitNumber
  package var durable: CommitNumber
  package var statistics: LedgerStatistics
}
