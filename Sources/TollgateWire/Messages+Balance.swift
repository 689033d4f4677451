// Balances and lots.

package import TollgateValues

/// Asks for an account's balance.
package struct BalanceRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// Where the page of lots begins: zero, or `next` of the page before.
  package var cursor: Cursor
  /// Whether lots are listed.
  package var includesLots: Bool
  /// Lots of the page at most; 0 leaves it to the server.
  package var limit: UInt16

  package init(account: AccountID, cursor: Cursor = .zero, includesLots: Bool = false, limit: UInt16 = 0) {
    self.account = account
    self.cursor = cursor
    self.includesLots = includesLots
    self.limit = limit
  }
}

extension BalanceRequest {
  package static var rootBytes: Int { 40 }

  package static let layout = MessageLayout(
    "BalanceRequest", bytes: rootBytes, "Asks for an account's balance.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .id, "cursor", "Where the page of lots begins: zero, or `next` of the page before."),
      FieldLayout(32, .bool, "includesLots", "Whether lots are listed."),
      FieldLayout(33, .zero(1), "reserved", ""),
      FieldLayout(34, .u16, "limit", "Lots of the page at most; 0 leaves it to the server."),
      FieldLayout(36, .zero(4), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.cursor = root.id(at: 16)
    self.includesLots = try root.bool(at: 32)
    try root.requireZero(at: 33, count: 1)
    self.limit = root.u16(at: 34)
    try root.requireZero(at: 36, count: 4)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(cursor, at: root + 16)
    writer.put(includesLots, at: root + 32)
    writer.put(limit, at: root + 34)
  }
}

/// An account's balance at one instant.
package struct BalanceReply: WireMessage {
  /// The account.
  package var account: AccountID
  /// 0 active, 1 frozen, 2 closed.
  package var state: UInt8
  /// What a new hold may take, without overdraft.
  package var available: Credits
  /// What open holds have set aside.
  package var held: Credits
  /// What is granted but not yet effective.
  package var pending: Credits
  /// The overdraft granted in total.
  package var overdraftLimit: Credits
  /// The part of the overdraft that is held or spent.
  package var overdraftUsed: Credits
  /// What of `available` expires within 7 days.
  package var expiringSoon: Credits
  /// Open holds.
  package var openHolds: UInt32
  /// Lots with credits left.
  package var lots: UInt32
  /// The instant for which all of this holds.
  package var asOf: Instant
  /// Where the next page of lots begins; zero: this is the last.
  package var next: Cursor
  /// The page of lots, in burn order.
  package var lotViews: [LotView]

  package init(
    account: AccountID, state: UInt8, available: Credits, held: Credits, pending: Credits, overdraftLimit: Credits,
    overdraftUsed: Credits, expiringSoon: Credits, openHolds: UInt32, lots: UInt32, asOf: Instant,
    next: Cursor = .zero, lotViews: [LotView] = []
  ) {
    self.account = account
    self.state = state
    self.available = available
    self.held = held
    self.pending = pending
    self.overdraftLimit = overdraftLimit
    self.overdraftUsed = overdraftUsed
    self.expiringSoon = expiringSoon
    self.openHolds = openHolds
    self.lots = lots
    self.asOf = asOf
    self.next = next
    self.lotViews = lotViews
  }
}

extension BalanceReply {
  package static var rootBytes: Int { 120 }

  package static let layout = MessageLayout(
    "BalanceReply", bytes: rootBytes, "An account's balance at one instant.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .u8, "state", "0 active, 1 frozen, 2 closed."),
      FieldLayout(17, .zero(7), "reserved", ""),
      FieldLayout(24, .credits, "available", "What a new hold may take, without overdraft."),
      FieldLayout(32, .credits, "held", "What open holds have set aside."),
      FieldLayout(40, .credits, "pending", "What is granted but not yet effective."),
      FieldLayout(48, .credits, "overdraftLimit", "The overdraft granted in total."),
      FieldLayout(56, .credits, "overdraftUsed", "The part of the overdraft that is held or spent."),
      FieldLayout(64, .credits, "expiringSoon", "What of `available` expires within 7 days."),
      FieldLayout(72, .u32, "openHolds", "Open holds."),
      FieldLayout(76, .u32, "lots", "Lots with credits left."),
      FieldLayout(80, .instant, "asOf", "The instant for which all of this holds."),
      FieldLayout(88, .id, "next", "Where the next page of lots begins; zero: this is the last."),
      FieldLayout(104, .list("LotView"), "lotViews", "The page of lots, in burn order."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.state = root.u8(at: 16)
    try root.requireZero(at: 17, count: 7)
    self.available = root.credits(at: 24)
    self.held = root.credits(at: 32)
    self.pending = root.credits(at: 40)
    self.overdraftLimit = root.credits(at: 48)
    self.overdraftUsed = root.credits(at: 56)
    self.expiringSoon = root.credits(at: 64)
    self.openHolds = root.u32(at: 72)
    self.lots = root.u32(at: 76)
    self.asOf = root.instant(at: 80)
    self.next = root.id(at: 88)
    self.lotViews = try message.list(root, at: 104, max: Limits.pageItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(state, at: root + 16)
    writer.put(available, at: root + 24)
    writer.put(held, at: root + 32)
    writer.put(pending, at: root + 40)
    writer.put(overdraftLimit, at: root + 48)
    writer.put(overdraftUsed, at: root + 56)
    writer.put(expiringSoon, at: root + 64)
    writer.put(openHolds, at: root + 72)
    writer.put(lots, at: root + 76)
    writer.put(asOf, at: root + 80)
    writer.put(next, at: root + 88)
    writer.list(lotViews, at: root + 104, max: Limits.pageItemsMax)
  }

  package var tailBytesMax: Int { MessageWriter.listBytesMax(lotViews) }
}

/// A lot.
package struct LotView: WireMessage {
  /// The lot.
  package var lot: LotID
  /// As in a grant.
  package var source: UInt8
  /// Lower burns first.
  package var priority: UInt8
  /// What was granted: the sum of all parts below.
  package var granted: Credits
  /// Not yet effective.
  package var pending: Credits
  /// Free to be held.
  package var available: Credits
  /// Set aside by open holds.
  package var held: Credits
  /// Spent.
  package var captured: Credits
  /// Expired unspent.
  package var expired: Credits
  /// Voided when the account was closed.
  package var voided: Credits
  /// Usable from here on.
  package var effective: Instant
  /// Usable until just before.
  package var expires: Instant
  /// What the customer paid for the whole lot, in micro-dollars.
  package var pricePaid: Int64

  package init(
    lot: LotID, source: UInt8, priority: UInt8, granted: Credits, pending: Credits, available: Credits, held: Credits,
    captured: Credits, expired: Credits, voided: Credits, effective: Instant, expires: Instant, pricePaid: Int64
  ) {
    self.lot = lot
    self.source = source
    self.priority = priority
    self.granted = granted
    self.pending = pending
    self.available = available
    self.held = held
    self.captured = captured
    self.expired = expired
    self.voided = voided
    self.effective = effective
    self.expires = expires
    self.pricePaid = pricePaid
  }
}

extension LotView {
  package static var rootBytes: Int { 104 }

  package static let layout = MessageLayout(
    "LotView", bytes: rootBytes, "A lot.",
    [
      FieldLayout(0, .id, "lot", "The lot."),
      FieldLayout(16, .u8, "source", "As in a grant."),
      FieldLayout(17, .u8, "priority", "Lower burns first."),
      FieldLayout(18, .zero(6), "reserved", ""),
      FieldLayout(24, .credits, "granted", "What was granted: the sum of all parts below."),
      FieldLayout(32, .credits, "pending", "Not yet effective."),
      FieldLayout(40, .credits, "available", "Free to be held."),
      FieldLayout(48, .credits, "held", "Set aside by open holds."),
      FieldLayout(56, .credits, "captured", "Spent."),
      FieldLayout(64, .credits, "expired", "Expired unspent."),
      FieldLayout(72, .credits, "voided", "Voided when the account was closed."),
      FieldLayout(80, .instant, "effective", "Usable from here on."),
      FieldLayout(88, .instant, "expires", "Usable until just before."),
      FieldLayout(96, .i64, "pricePaid", "What the customer paid for the whole lot, in micro-dollars."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.lot = root.id(at: 0)
    self.source = root.u8(at: 16)
    self.priority = root.u8(at: 17)
    try root.requireZero(at: 18, count: 6)
    self.granted = root.credits(at: 24)
    self.pending = root.credits(at: 32)
    self.available = root.credits(at: 40)
    self.held = root.credits(at: 48)
    self.captured = root.credits(at: 56)
    self.expired = root.credits(at: 64)
    self.voided = root.credits(at: 72)
    self.effective = root.instant(at: 80)
    self.expires = root.instant(at: 88)
    self.pricePaid = root.i64(at: 96)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(lot, at: root)
    writer.put(source, at: root + 16)
    writer.put(priority, at: root + 17)
    writer.put(granted, at: root + 24)
    writer.put(pending, at: root + 32)
    writer.put(available, at: root + 40)
    writer.put(held, at: root + 48)
    writer.put(captured, at: root + 56)
    writer.put(expired, at: root + 64)
    writer.put(voided, at: root + 72)
    writer.put(effective, at: root + 80)
    writer.put(expires, at: root + 88)
    writer.put(pricePaid, at: root + 96)
  }
}
