// Looking at holds.

package import TollgateValues

/// Asks for a hold. The reply is a HoldView.
package struct GetHoldRequest: WireMessage {
  /// The hold.
  package var hold: HoldID

  package init(hold: HoldID) {
    self.hold = hold
  }
}

extension GetHoldRequest {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "GetHoldRequest", bytes: rootBytes, "Asks for a hold. The reply is a HoldView.",
    [
      FieldLayout(0, .id, "hold", "The hold.")
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.hold = root.id(at: 0)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
  }
}

/// A hold.
package struct HoldView: WireMessage {
  /// The hold.
  package var hold: HoldID
  /// Its account.
  package var account: AccountID
  /// A `HoldState`: 0 open, 1 captured, 2 voided, 3 expired.
  package var state: UInt8
  /// The price book that priced it; 0 of a raw amount.
  package var book: UInt32
  /// What was set aside in total.
  package var amount: Credits
  /// What was captured of it.
  package var captured: Credits
  /// What is left of it.
  package var left: Credits
  /// Images of its job; 0 of a raw amount.
  package var images: UInt16
  /// Images captured by number.
  package var imagesCaptured: UInt16
  /// When it was authorized.
  package var authorizedAt: Instant
  /// It lives, or lived, until just before.
  package var expires: Instant
  /// The job that was authorized.
  package var job: Job
  /// What the job was for, or zero.
  package var project: ProjectID
  /// Which user of the account asked, or zero.
  package var member: MemberID

  package init(
    hold: HoldID, account: AccountID, state: UInt8, book: UInt32, amount: Credits, captured: Credits, left: Credits,
    images: UInt16, imagesCaptured: UInt16, authorizedAt: Instant, expires: Instant, job: Job, project: ProjectID,
    member: MemberID
  ) {
    self.hold = hold
    self.account = account
    self.state = state
    self.book = book
    self.amount = amount
    self.captured = captured
    self.left = left
    self.images = images
    self.imagesCaptured = imagesCaptured
    self.authorizedAt = authorizedAt
    self.expires = expires
    self.job = job
    self.project = project
    self.member = member
  }
}

extension HoldView {
  package static var rootBytes: Int { 136 }

  package static let layout = MessageLayout(
    "HoldView", bytes: rootBytes, "A hold.",
    [
      FieldLayout(0, .id, "hold", "The hold."),
      FieldLayout(16, .id, "account", "Its account."),
      FieldLayout(32, .u8, "state", "A `HoldState`: 0 open, 1 captured, 2 voided, 3 expired."),
      FieldLayout(33, .zero(3), "reserved", ""),
      FieldLayout(36, .u32, "book", "The price book that priced it; 0 of a raw amount."),
      FieldLayout(40, .credits, "amount", "What was set aside in total."),
      FieldLayout(48, .credits, "captured", "What was captured of it."),
      FieldLayout(56, .credits, "left", "What is left of it."),
      FieldLayout(64, .u16, "images", "Images of its job; 0 of a raw amount."),
      FieldLayout(66, .u16, "imagesCaptured", "Images captured by number."),
      FieldLayout(68, .zero(4), "reserved", ""),
      FieldLayout(72, .instant, "authorizedAt", "When it was authorized."),
      FieldLayout(80, .instant, "expires", "It lives, or lived, until just before."),
      FieldLayout(88, .job, "job", "The job that was authorized."),
      FieldLayout(104, .id, "project", "What the job was for, or zero."),
      FieldLayout(120, .id, "member", "Which user of the account asked, or zero."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.hold = root.id(at: 0)
    self.account = root.id(at: 16)
    self.state = root.u8(at: 32)
    try root.requireZero(at: 33, count: 3)
    self.book = root.u32(at: 36)
    self.amount = root.credits(at: 40)
    self.captured = root.credits(at: 48)
    self.left = root.credits(at: 56)
    self.images = root.u16(at: 64)
    self.imagesCaptured = root.u16(at: 66)
    try root.requireZero(at: 68, count: 4)
    self.authorizedAt = root.instant(at: 72)
    self.expires = root.instant(at: 80)
    self.job = root.job(at: 88)
    self.project = root.id(at: 104)
    self.member = root.id(at: 120)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(account, at: root + 16)
    writer.put(state, at: root + 32)
    writer.put(book, at: root + 36)
    writer.put(amount, at: root + 40)
    writer.put(captured, at: root + 48)
    writer.put(left, at: root + 56)
    writer.put(images, at: root + 64)
    writer.put(imagesCaptured, at: root + 66)
    writer.put(authorizedAt, at: root + 72)
    writer.put(expires, at: root + 80)
    writer.put(job, at: root + 88)
    writer.put(project, at: root + 104)
    writer.put(member, at: root + 120)
  }
}

/// Asks for an account's open holds.
package struct ListHoldsRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// Where the page begins: zero, or `next` of the page before.
  package var after: Cursor
  /// Holds of the page at most; 0 leaves it to the server.
  package var limit: UInt16

  package init(account: AccountID, after: Cursor = .zero, limit: UInt16 = 0) {
    self.account = account
    self.after = after
    self.limit = limit
  }
}

extension ListHoldsRequest {
  package static var rootBytes: Int { 40 }

  package static let layout = MessageLayout(
    "ListHoldsRequest", bytes: rootBytes, "Asks for an account's open holds.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .id, "after", "Where the page begins: zero, or `next` of the page before."),
      FieldLayout(32, .u16, "limit", "Holds of the page at most; 0 leaves it to the server."),
      FieldLayout(34, .zero(6), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.after = root.id(at: 16)
    self.limit = root.u16(at: 32)
    try root.requireZero(at: 34, count: 6)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(after, at: root + 16)
    writer.put(limit, at: root + 32)
  }
}

/// A page of holds.
package struct ListHoldsReply: WireMessage {
  /// Where the next page begins; zero: this is the last.
  package var next: Cursor
  /// The holds.
  package var holds: [HoldView]

  package init(next: Cursor = .zero, holds: [HoldView]) {
    self.next = next
    self.holds = holds
  }
}

extension ListHoldsReply {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "ListHoldsReply", bytes: rootBytes, "A page of holds.",
    [
      FieldLayout(0, .id, "next", "Where the next page begins; zero: this is the last."),
      FieldLayout(16, .list("HoldView"), "holds", "The holds."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.next = root.id(at: 0)
    self.holds = try message.list(root, at: 16, max: Limits.pageItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(next, at: root)
    writer.list(holds, at: root + 16, max: Limits.pageItemsMax)
  }

  package var tailBytesMax: Int { MessageWriter.listBytesMax(holds) }
}
