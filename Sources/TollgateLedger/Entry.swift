// What moved: the double-entry account book. Every accepted operation leaves at least one entry.

package import TollgateValues

/// The place of an entry in the whole ledger's book: 1, 2, 3, …; zero means none.
package struct EntryNumber: Hashable, Comparable, Sendable, BitwiseCopyable {
  package var rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let none = EntryNumber(rawValue: 0)
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What happened.
package enum EntryKind: UInt8, Hashable, Sendable, BitwiseCopyable {
  case opened = 1
  case stateSet = 2
  case granted = 3
  /// A lot's effective time came: pending credits became available.
  case effective = 4
  case held = 5
  case captured = 6
  /// The part of a capture that exceeded its hold, charged on its own.
  case excessCharged = 7
  /// What a void, a closing capture or a hold's expiry gave back.
  case released = 8
  case extended = 9
  case increased = 10
  case charged = 11
  case capturedLate = 12
  case holdExpired = 13
  /// A lot's available rest expired; or a released share of a lot that had expired before (rule 6).
  case lotExpired = 14
  case refunded = 15
  /// A new grant paid back overdraft that was used.
  case overdraftRepaid = 16
  /// A lot's rest was voided when its account was closed.
  case lotVoided = 17
}

/// Where a lot's credits can be. `outside` is the other side of a grant: the platform.
package enum Bucket: UInt8, Hashable, Sendable, BitwiseCopyable {
  case outside = 0
  case pending = 1
  case available = 2
  case held = 3
  case captured = 4
  case expired = 5
  case voided = 6
}

/// One movement of one lot: `amount` (> 0) leaves one bucket and enters another, so that both sides always agree.
package struct Posting: Hashable, Sendable, BitwiseCopyable {
  package var lot: LotID
  package var from: Bucket
  package var to: Bucket
  package var amount: Credits

  package init(lot: LotID, from: Bucket, to: Bucket, amount: Credits) {
    self.lot = lot
    self.from = from
    self.to = to
    self.amount = amount
  }
}

/// One line of an account's book.
package struct Entry: Hashable, Sendable, BitwiseCopyable {
  package var number: EntryNumber
  /// The same account's entry before this one, or none: the chain that a reader walks, newest first.
  package var previous: EntryNumber
  package var account: AccountID
  package var kind: EntryKind
  /// The hold concerned, or zero.
  package var hold: HoldID
  /// What moved in total: the sum of the postings' amounts (0 where nothing moves, such as a freeze or an extension).
  package var amount: Credits
  /// The account's available credits after this entry.
  package var available: Credits
  /// The account's held credits after this entry.
  package var held: Credits
  /// The command of the batch that caused it.
  package var command: UInt32
  /// Its postings: a range of the log's postings.
  package var postingStart: UInt32
  package var postingCount: UInt32

  package init(
    number: EntryNumber, previous: EntryNumber, account: AccountID, kind: EntryKind, hold: HoldID, amount: Credits,
    available: Credits, held: Credits, command: UInt32, postingStart: UInt32, postingCount: UInt32
  ) {
    self.number = number
    self.previous = previous
    self.account = account
    self.kind = kind
    self.hold = hold
    self.amount = amount
    self.available = available
    self.held = held
    self.command = command
    self.postingStart = postingStart
    self.postingCount = postingCount
  }
}

/// The entries of one batch, in order. Reused from batch to batch, so that the hot path allocates nothing.
package struct EntryLog: Hashable, Sendable {
  package var entries: [Entry]
  package var postings: [Posting]

  package init() {
    entries = []
    postings = []
  }

  /// Empties the log but keeps its memory.
  package mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    postings.removeAll(keepingCapacity: true)
  }
}
