// Putting things right afterwards: late capture and refund.

package import TollgateValues

/// A fresh charge for a hold that expired before its capture.
package struct CaptureLateRequest: WireMessage {
  /// The hold.
  package var hold: HoldID
  /// A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images.
  package var takeKind: UInt8
  /// Micro-credits, or a number of images; 0 where all is taken.
  package var takeValue: Int64

  package init(hold: HoldID, takeKind: UInt8, takeValue: Int64 = 0) {
    self.hold = hold
    self.takeKind = takeKind
    self.takeValue = takeValue
  }
}

extension CaptureLateRequest {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "CaptureLateRequest", bytes: rootBytes, "A fresh charge for a hold that expired before its capture.",
    [
      FieldLayout(0, .id, "hold", "The hold."),
      FieldLayout(
        16, .u8, "takeKind", "A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images."),
      FieldLayout(17, .zero(7), "reserved", ""),
      FieldLayout(24, .i64, "takeValue", "Micro-credits, or a number of images; 0 where all is taken."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.hold = root.id(at: 0)
    self.takeKind = root.u8(at: 16)
    try root.requireZero(at: 17, count: 7)
    self.takeValue = root.i64(at: 24)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(takeKind, at: root + 16)
    writer.put(takeValue, at: root + 24)
  }
}

/// What was charged.
package struct CaptureLateReply: WireMessage {
  /// What was taken.
  package var amount: Credits

  package init(amount: Credits) {
    self.amount = amount
  }
}

extension CaptureLateReply {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "CaptureLateReply", bytes: rootBytes, "What was charged.",
    [
      FieldLayout(0, .credits, "amount", "What was taken.")
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.amount = root.credits(at: 0)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(amount, at: root)
  }
}

/// Unwinds a capture or charge to the lots that it consumed.
package struct RefundRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// The number of the entry that captured or charged.
  package var entry: UInt64
  /// A `TakeKind`: 0 all that is not refunded yet, 1 an exact amount.
  package var takeKind: UInt8
  /// The exact amount; 0 where all is refunded.
  package var amount: Credits
  /// Why: kept in the account's book.
  package var reason: String

  package init(account: AccountID, entry: UInt64, takeKind: UInt8, amount: Credits = .zero, reason: String) {
    self.account = account
    self.entry = entry
    self.takeKind = takeKind
    self.amount = amount
    self.reason = reason
  }
}

extension RefundRequest {
  package static var rootBytes: Int { 48 }

  package static let layout = MessageLayout(
    "RefundRequest", bytes: rootBytes, "Unwinds a capture or charge to the lots that it consumed.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .u64, "entry", "The number of the entry that captured or charged."),
      FieldLayout(24, .u8, "takeKind", "A `TakeKind`: 0 all that is not refunded yet, 1 an exact amount."),
      FieldLayout(25, .zero(7), "reserved", ""),
      FieldLayout(32, .credits, "amount", "The exact amount; 0 where all is refunded."),
      FieldLayout(40, .text, "reason", "Why: kept in the account's book."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.entry = root.u64(at: 16)
    self.takeKind = root.u8(at: 24)
    try root.requireZero(at: 25, count: 7)
    self.amount = root.credits(at: 32)
    self.reason = try message.text(root, at: 40, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(entry, at: root + 16)
    writer.put(takeKind, at: root + 24)
    writer.put(amount, at: root + 32)
    writer.text(reason, at: root + 40)
  }

  package var tailBytesMax: Int { reason.utf8.count }
}

/// What was given back.
package struct RefundReply: WireMessage {
  /// What went back.
  package var refunded: Credits
  /// What of it expired again at once.
  package var expired: Credits

  package init(refunded: Credits, expired: Credits) {
    self.refunded = refunded
    self.expired = expired
  }
}

extension RefundReply {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "RefundReply", bytes: rootBytes, "What was given back.",
    [
      FieldLayout(0, .credits, "refunded", "What went back."),
      FieldLayout(8, .credits, "expired", "What of it expired again at once."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.refunded = root.credits(at: 0)
    self.expired = root.credits(at: 8)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(refunded, at: root)
    writer.put(expired, at: root + 8)
  }
}
