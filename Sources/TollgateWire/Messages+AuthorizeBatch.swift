// Many authorizes in one call.

package import TollgateValues

/// Many authorizes in one call, decided one after the other.
package struct AuthorizeBatchRequest: WireMessage {
  /// The authorizes.
  package var items: [AuthorizeItem]

  package init(items: [AuthorizeItem]) {
    self.items = items
  }
}

extension AuthorizeBatchRequest {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "AuthorizeBatchRequest", bytes: rootBytes, "Many authorizes in one call, decided one after the other.",
    [
      FieldLayout(0, .list("AuthorizeItem"), "items", "The authorizes.")
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.items = try message.list(root, at: 0, max: Limits.batchItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.flatList(items.count, at: root, max: Limits.batchItemsMax) { items[$0] }
  }

  package var tailBytesMax: Int { 7 + items.count * AuthorizeItem.rootBytes }
}

/// An authorize of a batch: an idempotency id, then AuthorizeRequest.
package struct AuthorizeItem: WireMessage {
  /// The item's idempotency id.
  package var request: RequestID
  /// The account.
  package var account: AccountID
  /// The job whose price the server computes; count 0 where a raw amount is named.
  package var job: Job
  /// The quote to redeem, or zero.
  package var quote: QuoteID
  /// What the job is for, or zero.
  package var project: ProjectID
  /// Which user of the account asked, or zero.
  package var member: MemberID
  /// A raw amount, for roles that may name one; otherwise 0.
  package var rawAmount: Credits
  /// How long the hold may live from now; 0 means the default of 15 minutes.
  package var lifetime: TimeSpan

  package init(
    request: RequestID, account: AccountID, job: Job, quote: QuoteID = .zero, project: ProjectID = .zero,
    member: MemberID = .zero, rawAmount: Credits = .zero, lifetime: TimeSpan = .zero
  ) {
    self.request = request
    self.account = account
    self.job = job
    self.quote = quote
    self.project = project
    self.member = member
    self.rawAmount = rawAmount
    self.lifetime = lifetime
  }
}

extension AuthorizeItem {
  package static var rootBytes: Int { 112 }

  package static let layout = MessageLayout(
    "AuthorizeItem", bytes: rootBytes, "An authorize of a batch: an idempotency id, then AuthorizeRequest.",
    [
      FieldLayout(0, .id, "request", "The item's idempotency id."),
      FieldLayout(16, .id, "account", "The account."),
      FieldLayout(32, .job, "job", "The job whose price the server computes; count 0 where a raw amount is named."),
      FieldLayout(48, .id, "quote", "The quote to redeem, or zero."),
      FieldLayout(64, .id, "project", "What the job is for, or zero."),
      FieldLayout(80, .id, "member", "Which user of the account asked, or zero."),
      FieldLayout(96, .credits, "rawAmount", "A raw amount, for roles that may name one; otherwise 0."),
      FieldLayout(104, .span, "lifetime", "How long the hold may live from now; 0 means the default of 15 minutes."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.request = root.id(at: 0)
    self.account = root.id(at: 16)
    self.job = root.job(at: 32)
    self.quote = root.id(at: 48)
    self.project = root.id(at: 64)
    self.member = root.id(at: 80)
    self.rawAmount = root.credits(at: 96)
    self.lifetime = root.span(at: 104)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(request, at: root)
    writer.put(account, at: root + 16)
    writer.put(job, at: root + 32)
    writer.put(quote, at: root + 48)
    writer.put(project, at: root + 64)
    writer.put(member, at: root + 80)
    writer.put(rawAmount, at: root + 96)
    writer.put(lifetime, at: root + 104)
  }
}

/// One result an item, in the order of the items.
package struct AuthorizeBatchReply: WireMessage {
  /// The results.
  package var results: [AuthorizeResult]

  package init(results: [AuthorizeResult]) {
    self.results = results
  }
}

extension AuthorizeBatchReply {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "AuthorizeBatchReply", bytes: rootBytes, "One result an item, in the order of the items.",
    [
      FieldLayout(0, .list("AuthorizeResult"), "results", "The results.")
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.results = try message.list(root, at: 0, max: Limits.batchItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.flatList(results.count, at: root, max: Limits.batchItemsMax) { results[$0] }
  }

  package var tailBytesMax: Int { 7 + results.count * AuthorizeResult.rootBytes }
}

/// The result of an authorize of a batch.
package struct AuthorizeResult: WireMessage {
  /// As in a RESPONSE.
  package var status: UInt16
  /// As in a RESPONSE.
  package var detailType: UInt16
  /// As in a RESPONSE.
  package var outcome: UInt8
  /// As in a RESPONSE.
  package var flags: UInt8
  /// The hold, or zero.
  package var hold: HoldID
  /// What was set aside.
  package var amount: Credits
  /// The hold lives until just before.
  package var expires: Instant
  /// The price book that priced it.
  package var book: UInt32
  /// The root of the typed detail, cut or padded to 32 bytes, without texts.
  package var detail: DetailArea

  package init(
    status: UInt16, detailType: UInt16, outcome: UInt8, flags: UInt8, hold: HoldID, amount: Credits, expires: Instant,
    book: UInt32, detail: DetailArea
  ) {
    self.status = status
    self.detailType = detailType
    self.outcome = outcome
    self.flags = flags
    self.hold = hold
    self.amount = amount
    self.expires = expires
    self.book = book
    self.detail = detail
  }
}

extension AuthorizeResult {
  package static var rootBytes: Int { 80 }

  package static let layout = MessageLayout(
    "AuthorizeResult", bytes: rootBytes, "The result of an authorize of a batch.",
    [
      FieldLayout(0, .u16, "status", "As in a RESPONSE."),
      FieldLayout(2, .u16, "detailType", "As in a RESPONSE."),
      FieldLayout(4, .u8, "outcome", "As in a RESPONSE."),
      FieldLayout(5, .u8, "flags", "As in a RESPONSE."),
      FieldLayout(6, .zero(2), "reserved", ""),
      FieldLayout(8, .id, "hold", "The hold, or zero."),
      FieldLayout(24, .credits, "amount", "What was set aside."),
      FieldLayout(32, .instant, "expires", "The hold lives until just before."),
      FieldLayout(40, .u32, "book", "The price book that priced it."),
      FieldLayout(44, .zero(4), "reserved", ""),
      FieldLayout(48, .detail, "detail", "The root of the typed detail, cut or padded to 32 bytes, without texts."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.status = root.u16(at: 0)
    self.detailType = root.u16(at: 2)
    self.outcome = root.u8(at: 4)
    self.flags = root.u8(at: 5)
    try root.requireZero(at: 6, count: 2)
    self.hold = root.id(at: 8)
    self.amount = root.credits(at: 24)
    self.expires = root.instant(at: 32)
    self.book = root.u32(at: 40)
    try root.requireZero(at: 44, count: 4)
    self.detail = root.detail(at: 48)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(status, at: root)
    writer.put(detailType, at: root + 2)
    writer.put(outcome, at: root + 4)
    writer.put(flags, at: root + 5)
    writer.put(hold, at: root + 8)
    writer.put(amount, at: root + 24)
    writer.put(expires, at: root + 32)
    writer.put(book, at: root + 40)
    writer.put(detail, at: root + 48)
  }
}
