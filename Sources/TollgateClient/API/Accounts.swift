// Accounts and their credits as the client sees them: states, lots, balances, grants.

public import TollgateValues

/// What an account may do.
public struct AccountState: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number on the wire.
  public var rawValue: UInt8
  /// The state with this number, known or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Takes new holds.
  public static let active = AccountState(rawValue: 0)
  /// Takes no new holds; captures and voids still work.
  public static let frozen = AccountState(rawValue: 1)
  /// The end: its rest is voided, and nothing works any more.
  public static let closed = AccountState(rawValue: 2)

  /// The state's name.
  public var description: String {
    switch self {
    case .active: "active"
    case .frozen: "frozen"
    case .closed: "closed"
    default: "state \(rawValue)"
    }
  }
}

/// Where a lot of credits came from.
public struct LotSource: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number on the wire.
  public var rawValue: UInt8
  /// The source with this number, known or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// A subscription's credits.
  public static let plan = LotSource(rawValue: 0)
  /// A package that was bought.
  public static let package = LotSource(rawValue: 1)
  /// A promotion.
  public static let promotional = LotSource(rawValue: 2)
  /// A bonus on something bought.
  public static let bonus = LotSource(rawValue: 3)
  /// Given by support.
  public static let goodwill = LotSource(rawValue: 4)
  /// A correction.
  public static let adjustment = LotSource(rawValue: 5)
  /// Credits below zero that were granted explicitly; burnt last, repaid first.
  public static let overdraft = LotSource(rawValue: 6)

  private static let names = ["plan", "package", "promotional", "bonus", "goodwill", "adjustment", "overdraft"]
  /// The source's name.
  public var description: String {
    Int(rawValue) < LotSource.names.count ? LotSource.names[Int(rawValue)] : "source \(rawValue)"
  }
  /// The source with this name, or nil.
  public init?(name: String) {
    guard let index = LotSource.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: UInt8(index))
  }
}

/// Credits to give to an account.
public struct GrantRequest: Hashable, Sendable {
  /// Who gets them.
  public var account: AccountID
  /// Where they come from.
  public var source: LotSource
  /// How many; above zero.
  public var amount: Credits
  /// Usable from here on; `.epoch` means at once.
  public var effective: Instant
  /// Usable until just before; `.never` means for ever.
  public var expires: Instant
  /// Lower burns first (rule 5).
  public var priority: UInt8
  /// What the customer paid for all of it, in micro-dollars.
  public var pricePaid: Int64
  /// Why, for the books (rule 19): at most `Limits.textBytesMax` bytes.
  public var reason: String

  /// A grant of credits.
  public init(
    account: AccountID, source: LotSource, amount: Credits, effective: Instant = .epoch, expires: Instant = .never,
    priority: UInt8 = 100, pricePaid: Int64 = 0, reason: String
  ) {
    self.account = account
    self.source = source
    self.amount = amount
    self.effective = effective
    self.expires = expires
    self.priority = priority
    self.pricePaid = pricePaid
    self.reason = reason
  }
}

/// A grant that was made.
public struct Granted: Hashable, Sendable, BitwiseCopyable {
  /// The new lot: the bits of the grant's id.
  public var lot: LotID
  /// How many credits.
  public var amount: Credits
}

/// An account's credits at one instant.
public struct Balance: Hashable, Sendable {
  /// Whose.
  public var account: AccountID
  /// What the account may do.
  public var state: AccountState
  /// What a new hold may take, without overdraft.
  public var available: Credits
  /// Set aside by open holds.
  public var held: Credits
  /// Granted, but effective only later.
  public var pending: Credits
  /// The overdraft granted in all.
  public var overdraftLimit: Credits
  /// The part of the overdraft that is held or spent.
  public var overdraftUsed: Credits
  /// What of `available` expires within seven days.
  public var expiringSoon: Credits
  /// Open holds.
  public var openHolds: UInt32
  /// How many lots have something left.
  public var lotCount: UInt32
  /// The instant of the answer, by the gate's clock.
  public var asOf: Instant
  /// A page of those lots, in the order in which they burn.
  public var lots: [Lot]
  /// Where the next page of lots begins: pass it as `lotsFrom`. Nil if these were the last.
  public var nextLots: PageCursor?

  /// One lot of an account: `granted` is the sum of its parts.
  public struct Lot: Hashable, Sendable, BitwiseCopyable {
    /// Which.
    public var lot: LotID
    /// Where it came from.
    public var source: LotSource
    /// Lower burns first.
    public var priority: UInt8
    /// Usable from here on.
    public var effective: Instant
    /// Usable until just before.
    public var expires: Instant
    /// What the customer paid for all of it, in micro-dollars.
    public var pricePaid: Int64
    /// Granted in all.
    public var granted: Credits
    /// Not yet effective.
    public var pending: Credits
    /// Free to be set aside.
    public var available: Credits
    /// Set aside by open holds.
    public var held: Credits
    /// Spent.
    public var captured: Credits
    /// Expired unspent.
    public var expired: Credits
    /// Voided when the account was closed.
    public var voided: Credits
  }
}

/// Where a page of a list begins; opaque, and good only for the same list.
public struct PageCursor: Hashable, Sendable, BitwiseCopyable {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}
