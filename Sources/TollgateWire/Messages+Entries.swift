// An account's book: its entries and their postings.

package import TollgateValues

/// Asks for an account's entries, newest first.
package struct EntriesRequest: WireMessage {
  /// The account.
  package var account: AccountID
  /// Only entries with a lower number; 0 begins with the newest.
  package var before: UInt64
  /// Entries of the page at most; 0 leaves it to the server.
  package var limit: UInt16

  package init(account: AccountID, before: UInt64 = 0, limit: UInt16 = 0) {
    self.account = account
    self.before = before
    self.limit = limit
  }
}

extension EntriesRequest {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "EntriesRequest", bytes: rootBytes, "Asks for an account's entries, newest first.",
    [
      FieldLayout(0, .id, "account", "The account."),
      FieldLayout(16, .u64, "before", "Only entries with a lower number; 0 begins with the newest."),
      FieldLayout(24, .u16, "limit", "Entries of the page at most; 0 leaves it to the server."),
      FieldLayout(26, .zero(6), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.before = root.u64(at: 16)
    self.limit = root.u16(at: 24)
    try root.requireZero(at: 26, count: 6)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(before, at: root + 16)
    writer.put(limit, at: root + 24)
  }
}

/// A page of entries, newest first.
package struct EntriesReply: WireMessage {
  /// `before` of the next page; 0: this is the last.
  package var next: UInt64
  /// The entries.
  package var entries: [EntryView]

  package init(next: UInt64 = 0, entries: [EntryView]) {
    self.next = next
    self.entries = entries
  }
}

extension EntriesReply {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "EntriesReply", bytes: rootBytes, "A page of entries, newest first.",
    [
      FieldLayout(0, .u64, "next", "`before` of the next page; 0: this is the last."),
      FieldLayout(8, .list("EntryView"), "entries", "The entries."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.next = root.u64(at: 0)
    self.entries = try message.list(root, at: 8, max: Limits.pageItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(next, at: root)
    writer.list(entries, at: root + 8, max: Limits.pageItemsMax)
  }

  package var tailBytesMax: Int { MessageWriter.listBytesMax(entries) }
}

/// One line of an account's book.
package struct EntryView: WireMessage {
  /// Its place in the whole ledger's book.
  package var number: UInt64
  /// The account's entry before it, or 0.
  package var previous: UInt64
  /// When.
  package var at: Instant
  /// An `EntryKind` number; see the entries method.
  package var kind: UInt8
  /// The price book that priced it, or 0.
  package var book: UInt32
  /// The hold concerned, or zero.
  package var hold: HoldID
  /// The request that caused it; zero where time did.
  package var request: RequestID
  /// What moved in total.
  package var amount: Credits
  /// The account's available credits after it.
  package var available: Credits
  /// The account's held credits after it.
  package var held: Credits
  /// The job of the request that caused it; all zero where it had none.
  package var job: Job
  /// What the job was for, or zero.
  package var project: ProjectID
  /// Which user of the account asked, or zero.
  package var member: MemberID
  /// Who did it, of administrative entries.
  package var actor: String
  /// Why, of administrative entries.
  package var reason: String
  /// What moved, lot by lot.
  package var postings: [PostingView]

  package init(
    number: UInt64, previous: UInt64, at: Instant, kind: UInt8, book: UInt32, hold: HoldID, request: RequestID,
    amount: Credits, available: Credits, held: Credits, job: Job, project: ProjectID, member: MemberID,
    actor: String = "", reason: String = "", postings: [PostingView] = []
  ) {
    self.number = number
    self.previous = previous
    self.at = at
    self.kind = kind
    self.book = book
    self.hold = hold
    self.request = request
    self.amount = amount
    self.available = available
    self.held = held
    self.job = job
    self.project = project
    self.member = member
    self.actor = actor
    self.reason = reason
    self.postings = postings
  }
}

extension EntryView {
  package static var rootBytes: Int { 168 }

  package static let layout = MessageLayout(
    "EntryView", bytes: rootBytes, "One line of an account's book.",
    [
      FieldLayout(0, .u64, "number", "Its place in the whole ledger's book."),
      FieldLayout(8, .u64, "previous", "The account's entry before it, or 0."),
      FieldLayout(16, .instant, "at", "When."),
      FieldLayout(24, .u8, "kind", "An `EntryKind` number; see the entries method."),
      FieldLayout(25, .zero(3), "reserved", ""),
      FieldLayout(28, .u32, "book", "The price book that priced it, or 0."),
      FieldLayout(32, .id, "hold", "The hold concerned, or zero."),
      FieldLayout(48, .id, "request", "The request that caused it; zero where time did."),
      FieldLayout(64, .credits, "amount", "What moved in total."),
      FieldLayout(72, .credits, "available", "The account's available credits after it."),
      FieldLayout(80, .credits, "held", "The account's held credits after it."),
      FieldLayout(88, .job, "job", "The job of the request that caused it; all zero where it had none."),
      FieldLayout(104, .id, "project", "What the job was for, or zero."),
      FieldLayout(120, .id, "member", "Which user of the account asked, or zero."),
      FieldLayout(136, .text, "actor", "Who did it, of administrative entries."),
      FieldLayout(144, .text, "reason", "Why, of administrative entries."),
      FieldLayout(152, .list("PostingView"), "postings", "What moved, lot by lot."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.number = root.u64(at: 0)
    self.previous = root.u64(at: 8)
    self.at = root.instant(at: 16)
    self.kind = root.u8(at: 24)
    try root.requireZero(at: 25, count: 3)
    self.book = root.u32(at: 28)
    self.hold = root.id(at: 32)
    self.request = root.id(at: 48)
    self.amount = root.credits(at: 64)
    self.available = root.credits(at: 72)
    self.held = root.credits(at: 80)
    self.job = root.job(at: 88)
    self.project = root.id(at: 104)
    self.member = root.id(at: 120)
    self.actor = try message.text(root, at: 136, &cursor)
    self.reason = try message.text(root, at: 144, &cursor)
    self.postings = try message.list(root, at: 152, max: Limits.lotsPerHoldMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(number, at: root)
    writer.put(previous, at: root + 8)
    writer.put(at, at: root + 16)
    writer.put(kind, at: root + 24)
    writer.put(book, at: root + 28)
    writer.put(hold, at: root + 32)
    writer.put(request, at: root + 48)
    writer.put(amount, at: root + 64)
    writer.put(available, at: root + 72)
    writer.put(held, at: root + 80)
    writer.put(job, at: root + 88)
    writer.put(project, at: root + 104)
    writer.put(member, at: root + 120)
    writer.text(actor, at: root + 136)
    writer.text(reason, at: root + 144)
    writer.list(postings, at: root + 152, max: Limits.lotsPerHoldMax)
  }

  package var tailBytesMax: Int { actor.utf8.count + reason.utf8.count + MessageWriter.listBytesMax(postings) }
}

/// A movement of one lot between two buckets.
package struct PostingView: WireMessage {
  /// The lot.
  package var lot: LotID
  /// The bucket that it left: 0 outside, 1 pending, 2 available, 3 held, 4 captured, 5 expired, 6 voided.
  package var from: UInt8
  /// The bucket that it entered.
  package var to: UInt8
  /// How much, above 0.
  package var amount: Credits

  package init(lot: LotID, from: UInt8, to: UInt8, amount: Credits) {
    self.lot = lot
    self.from = from
    self.to = to
    self.amount = amount
  }
}

extension PostingView {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "PostingView", bytes: rootBytes, "A movement of one lot between two buckets.",
    [
      FieldLayout(0, .id, "lot", "The lot."),
      FieldLayout(
        16, .u8, "from",
        "The bucket that it left: 0 outside, 1 pending, 2 available, 3 held, 4 captured, 5 expired, 6 voided."),
      FieldLayout(17, .u8, "to", "The bucket that it entered."),
      FieldLayout(18, .zero(6), "reserved", ""),
      FieldLayout(24, .credits, "amount", "How much, above 0."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.lot = root.id(at: 0)
    self.from = root.u8(at: 16)
    self.to = root.u8(at: 17)
    try root.requireZero(at: 18, count: 6)
    self.amount = root.credits(at: 24)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(lot, at: root)
    writer.put(from, at: root + 16)
    writer.put(to, at: root + 17)
    writer.put(amount, at: root + 24)
  }
}
