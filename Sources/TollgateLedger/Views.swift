// What readers see of accounts, lots and holds.

package import TollgateValues

/// An account's sums. `available` is what can be used now, an overdraft's headroom included.
package struct AccountView: Hashable, Sendable {
  package var id: AccountID
  package var state: AccountState
  package var available: Credits
  package var held: Credits
  package var pending: Credits
  /// What the account may go below zero; zero without an overdraft.
  package var overdraftLimit: Credits
  /// What of it was captured and not repaid yet. (What of it is held shows in its lot.)
  package var overdraftUsed: Credits
  package var openHolds: UInt32
  package var lotCount: UInt32
  package var lastEntry: EntryNumber
  package var openedAt: Instant
}

/// A lot: granted = pending or available + held + captured + expired + voided.
package struct LotView: Hashable, Sendable {
  package var id: LotID
  package var source: LotSource
  package var place: LotPlace
  package var priority: UInt8
  package var effective: Instant
  package var expires: Instant
  package var pricePaid: Int64
  package var granted: Credits
  /// Usable now; of a pending lot, what will be.
  package var available: Credits
  package var held: Credits
  package var captured: Credits
  package var expired: Credits
  package var voided: Credits
}

/// A hold. Of one that ended by capture or void only what its remembered authorize knows is left: id, state, amount,
/// captured, expires, book; everything else is zero.
package struct HoldView: Hashable, Sendable {
  package var hold: HoldID
  package var state: HoldState
  package var account: AccountID
  package var amount: Credits
  package var captured: Credits
  /// Still set aside; once expired, what late captures may still take.
  package var left: Credits
  package var images: UInt32
  package var imagesCaptured: UInt32
  package var authorizedAt: Instant
  package var expires: Instant
  package var book: UInt32
  package var job: Job
  package var project: ProjectID
  package var member: MemberID
}

/// Open, or how it ended. A hold whose expiry has passed is open until the ledger is told the time.
package enum HoldState: Hashable, Sendable {
  case open
  case ended(HoldEnd)
}

/// How full the tables are.
package struct LedgerStatistics: Hashable, Sendable {
  package var accounts: Int
  package var lots: Int
  package var openHolds: Int
  /// Expired holds that a late capture may still name.
  package var expiredHolds: Int
  package var rememberedRequests: Int
  /// Bytes of memory that the tables take.
  package var bytes: Int
}
