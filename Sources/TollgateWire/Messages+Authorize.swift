// Asking whether a job may run: authorize and charge.

public import TollgateValues

/// Sets the price of a job aside. The idempotency id becomes the hold's id.
@usableFromInline
package struct AuthorizeRequest: RootMessage {
  /// The account.
  @usableFromInline package var account: AccountID
  /// The job whose price the server computes; count 0 where a raw amount is named.
  @usableFromInline package var job: Job
  /// The quote to redeem, or zero.
  @usableFromInline package var quote: QuoteID
  /// What the job is for, or zero.
  @usableFromInline package var project: ProjectID
  /// Which user of the account asked, or zero.
  @usableFromInline package var member: MemberID
  /// A raw amount, for roles that may name one; otherwise 0.
  @usableFromInline package var rawAmount: Credits
  /// How long the hold may live from now; 0 means the default of 15 minutes.
  @usableFromInline package var lifetime: TimeSpan

  @inlinable
  package init(
    account: AccountID, job: Job, quote: QuoteID = .zero, project: ProjectID = .zero, member: MemberID = .zero,
    rawAmount: Credits = .zero, lifetime: TimeSpan = .zero
  ) {
    self.account = account
    self.job = job
    self.quote = quote
    self.project = project
    self.member = member
    self.rawAmount = rawAmount
    self.lifetime = lifetime
  }
}

extension AuthorizeRequest {
  @inlinable package static var rootBytes: Int { 96 }

  @usableFromInline
  package static let layout = MessageLayout(
    "AuthorizeRequest", bytes: rootBytes, "Sets the price of a job aside. The idempotency id becomes the hold's id.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .job, "job", "The job whose price the server computes; count 0 where a raw amount is named."),
      FieldLayout(32, .id, "quote", "The quote to redeem, or zero."),
      FieldLayout(48, .id, "project", "What the job is for, or zero."),
      FieldLayout(64, .id, "member", "Which user of the account asked, or zero."),
      FieldLayout(80, .credits, "rawAmount", "A raw amount, for roles that may name one; otherwise 0."),
      FieldLayout(88, .span, "lifetime", "How long the hold may live from now; 0 means the default of 15 minutes."),
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.account = root.id(at: 0)
    self.job = root.job(at: 16)
    self.quote = root.id(at: 32)
    self.project = root.id(at: 48)
    self.member = root.id(at: 64)
    self.rawAmount = root.credits(at: 80)
    self.lifetime = root.span(at: 88)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(job, at: root + 16)
    writer.put(quote, at: root + 32)
    writer.put(project, at: root + 48)
    writer.put(member, at: root + 64)
    writer.put(rawAmount, at: root + 80)
    writer.put(lifetime, at: root + 88)
  }
}

/// The hold.
@usableFromInline
package struct AuthorizeReply: RootMessage {
  /// The hold: the bits of the request's id.
  @usableFromInline package var hold: HoldID
  /// What was set aside.
  @usableFromInline package var amount: Credits
  /// The hold lives until just before.
  @usableFromInline package var expires: Instant
  /// The price book that priced it; 0 of a raw amount.
  @usableFromInline package var book: UInt32

  @inlinable
  package init(hold: HoldID, amount: Credits, expires: Instant, book: UInt32) {
    self.hold = hold
    self.amount = amount
    self.expires = expires
    self.book = book
  }
}

extension AuthorizeReply {
  @inlinable package static var rootBytes: Int { 40 }

  @usableFromInline
  package static let layout = MessageLayout(
    "AuthorizeReply", bytes: rootBytes, "The hold.",
    [
      FieldLayout(0, .id, "hold", "The hold: the bits of the request's id."),
      FieldLayout(16, .credits, "amount", "What was set aside."),
      FieldLayout(24, .instant, "expires", "The hold lives until just before."),
      FieldLayout(32, .u32, "book", "The price book that priced it; 0 of a raw amount."),
      FieldLayout(36, .zero(4), "reserved", ""),
    ])

  @inlinable @inline(__always)
  package static func problem(in root: RawSpan) -> WireError? {
    root.problem(ofReserved: 36, count: 4)
  }

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.hold = root.id(at: 0)
    self.amount = root.credits(at: 16)
    self.expires = root.instant(at: 24)
    self.book = root.u32(at: 32)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(amount, at: root + 16)
    writer.put(expires, at: root + 24)
    writer.put(book, at: root + 32)
  }
}

/// Authorizes and captures in one step.
@usableFromInline
package struct ChargeRequest: RootMessage {
  /// The account.
  @usableFromInline package var account: AccountID
  /// The job whose price the server computes; count 0 where a raw amount is named.
  @usableFromInline package var job: Job
  /// The quote to redeem, or zero.
  @usableFromInline package var quote: QuoteID
  /// What the job is for, or zero.
  @usableFromInline package var project: ProjectID
  /// Which user of the account asked, or zero.
  @usableFromInline package var member: MemberID
  /// A raw amount, for roles that may name one; otherwise 0.
  @usableFromInline package var rawAmount: Credits

  @inlinable
  package init(
    account: AccountID, job: Job, quote: QuoteID = .zero, project: ProjectID = .zero, member: MemberID = .zero,
    rawAmount: Credits = .zero
  ) {
    self.account = account
    self.job = job
    self.quote = quote
    self.project = project
    self.member = member
    self.rawAmount = rawAmount
  }
}

extension ChargeRequest {
  @inlinable package static var rootBytes: Int { 88 }

  @usableFromInline
  package static let layout = MessageLayout(
    "ChargeRequest", bytes: rootBytes, "Authorizes and captures in one step.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .job, "job", "The job whose price the server computes; count 0 where a raw amount is named."),
      FieldLayout(32, .id, "quote", "The quote to redeem, or zero."),
      FieldLayout(48, .id, "project", "What the job is for, or zero."),
      FieldLayout(64, .id, "member", "Which user of the account asked, or zero."),
      FieldLayout(80, .credits, "rawAmount", "A raw amount, for roles that may name one; otherwise 0."),
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.account = root.id(at: 0)
    self.job = root.job(at: 16)
    self.quote = root.id(at: 32)
    self.project = root.id(at: 48)
    self.member = root.id(at: 64)
    self.rawAmount = root.credits(at: 80)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(job, at: root + 16)
    writer.put(quote, at: root + 32)
    writer.put(project, at: root + 48)
    writer.put(member, at: root + 64)
    writer.put(rawAmount, at: root + 80)
  }
}

/// What was charged.
@usableFromInline
package struct ChargeReply: RootMessage {
  /// What was taken.
  @usableFromInline package var amount: Credits
  /// The price book that priced it; 0 of a raw amount.
  @usableFromInline package var book: UInt32

  @inlinable
  package init(amount: Credits, book: UInt32) {
    self.amount = amount
    self.book = book
  }
}

extension ChargeReply {
  @inlinable package static var rootBytes: Int { 16 }

  @usableFromInline
  package static let layout = MessageLayout(
    "ChargeReply", bytes: rootBytes, "What was charged.",
    [
      FieldLayout(0, .credits, "amount", "What was taken."),
      FieldLayout(8, .u32, "book", "The price book that priced it; 0 of a raw amount."),
      FieldLayout(12, .zero(4), "reserved", ""),
    ])

  @inlinable @inline(__always)
  package static func problem(in root: RawSpan) -> WireError? {
    root.problem(ofReserved: 12, count: 4)
  }

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.amount = root.credits(at: 0)
    self.book = root.u32(at: 8)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(amount, at: root)
    writer.put(book, at: root + 8)
  }
}
