// Accounts and grants.

package import TollgateValues

/// Opens an account. The reply is empty.
package struct OpenAccountRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// Why: kept in the account's book.
  package var reason: String

  package init(account: AccountID, reason: String) {
    self.account = account
    self.reason = reason
  }
}

extension OpenAccountRequest {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "OpenAccountRequest", bytes: rootBytes, "Opens an account. The reply is empty.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .text, "reason", "Why: kept in the account's book."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.reason = try message.text(root, at: 16, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.text(reason, at: root + 16)
  }

  package var tailBytesMax: Int { reason.utf8.count }
}

/// Freezes, activates or closes an account.
package struct SetAccountStateRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// 0 active, 1 frozen, 2 closed.
  package var state: UInt8
  /// Why: kept in the account's book.
  package var reason: String

  package init(account: AccountID, state: UInt8, reason: String) {
    self.account = account
    self.state = state
    self.reason = reason
  }
}

extension SetAccountStateRequest {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "SetAccountStateRequest", bytes: rootBytes, "Freezes, activates or closes an account.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .u8, "state", "0 active, 1 frozen, 2 closed."),
      FieldLayout(17, .zero(7), "reserved", ""),
      FieldLayout(24, .text, "reason", "Why: kept in the account's book."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.state = root.u8(at: 16)
    try root.requireZero(at: 17, count: 7)
    self.reason = try message.text(root, at: 24, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(state, at: root + 16)
    writer.text(reason, at: root + 24)
  }

  package var tailBytesMax: Int { reason.utf8.count }
}

/// The account's state from now on.
package struct SetAccountStateReply: WireMessage {
  /// 0 active, 1 frozen, 2 closed.
  package var state: UInt8

  package init(state: UInt8) {
    self.state = state
  }
}

extension SetAccountStateReply {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "SetAccountStateReply", bytes: rootBytes, "The account's state from now on.",
    [
      FieldLayout(0, .u8, "state", "0 active, 1 frozen, 2 closed."),
      FieldLayout(1, .zero(7), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.state = root.u8(at: 0)
    try root.requireZero(at: 1, count: 7)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(state, at: root)
  }
}

/// Grants a lot of credits.
package struct GrantRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// 0 plan, 1 package, 2 promotional, 3 bonus, 4 goodwill, 5 adjustment, 6 overdraft.
  package var source: UInt8
  /// Lower burns first; 100 is usual.
  package var priority: UInt8
  /// How much.
  package var amount: Credits
  /// Usable from here on; 0 means at once.
  package var effective: Instant
  /// Usable until just before; 2^63 - 1 means for ever.
  package var expires: Instant
  /// What the customer paid for the whole lot, in micro-dollars.
  package var pricePaid: Int64
  /// Why: kept in the account's book.
  package var reason: String

  package init(
    account: AccountID, source: UInt8, priority: UInt8 = 100, amount: Credits, effective: Instant = .epoch,
    expires: Instant = .never, pricePaid: Int64 = 0, reason: String
  ) {
    self.account = account
    self.source = source
    self.priority = priority
    self.amount = amount
    self.effective = effective
    self.expires = expires
    self.pricePaid = pricePaid
    self.reason = reason
  }
}

extension GrantRequest {
  package static var rootBytes: Int { 64 }

  package static let layout = MessageLayout(
    "GrantRequest", bytes: rootBytes, "Grants a lot of credits.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(
        16, .u8, "source", "0 plan, 1 package, 2 promotional, 3 bonus, 4 goodwill, 5 adjustment, 6 overdraft."),
      FieldLayout(17, .u8, "priority", "Lower burns first; 100 is usual."),
      FieldLayout(18, .zero(6), "reserved", ""),
      FieldLayout(24, .credits, "amount", "How much."),
      FieldLayout(32, .instant, "effective", "Usable from here on; 0 means at once."),
      FieldLayout(40, .instant, "expires", "Usable until just before; 2^63 - 1 means for ever."),
      FieldLayout(48, .i64, "pricePaid", "What the customer paid for the whole lot, in micro-dollars."),
      FieldLayout(56, .text, "reason", "Why: kept in the account's book."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.source = root.u8(at: 16)
    self.priority = root.u8(at: 17)
    try root.requireZero(at: 18, count: 6)
    self.amount = root.credits(at: 24)
    self.effective = root.instant(at: 32)
    self.expires = root.instant(at: 40)
    self.pricePaid = root.i64(at: 48)
    self.reason = try message.text(root, at: 56, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(source, at: root + 16)
    writer.put(priority, at: root + 17)
    writer.put(amount, at: root + 24)
    writer.put(effective, at: root + 32)
    writer.put(expires, at: root + 40)
    writer.put(pricePaid, at: root + 48)
    writer.text(reason, at: root + 56)
  }

  package var tailBytesMax: Int { reason.utf8.count }
}

/// The lot granted.
package struct GrantReply: WireMessage {
  /// The lot: the bits of the request's id.
  package var lot: LotID
  /// What was granted.
  package var amount: Credits

  package init(lot: LotID, amount: Credits) {
    self.lot = lot
    self.amount = amount
  }
}

extension GrantReply {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "GrantReply", bytes: rootBytes, "The lot granted.",
    [
      FieldLayout(0, .id, "lot", "The lot: the bits of the request's id."),
      FieldLayout(16, .credits, "amount", "What was granted."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.lot = root.id(at: 0)
    self.amount = root.credits(at: 16)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(lot, at: root)
    writer.put(amount, at: root + 16)
  }
}
