// Quotes: what a job costs, and how the price comes about.

package import TollgateValues

/// Asks what a job costs.
package struct QuoteRequest: WireMessage {
  /// The account that will redeem the quote.
  package var account: AccountID
  /// The job.
  package var job: Job
  /// How long the quote shall hold; 0 means the server's default.
  package var lifetime: TimeSpan

  package init(account: AccountID, job: Job, lifetime: TimeSpan = .zero) {
    self.account = account
    self.job = job
    self.lifetime = lifetime
  }
}

extension QuoteRequest {
  package static var rootBytes: Int { 40 }

  package static let layout = MessageLayout(
    "QuoteRequest", bytes: rootBytes, "Asks what a job costs.",
    [
      FieldLayout(0, .id, "account", "The account that will redeem the quote."),
      FieldLayout(16, .job, "job", "The job."),
      FieldLayout(32, .span, "lifetime", "How long the quote shall hold; 0 means the server's default."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.account = root.id(at: 0)
    self.job = root.job(at: 16)
    self.lifetime = root.span(at: 32)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(job, at: root + 16)
    writer.put(lifetime, at: root + 32)
  }
}

/// A price that an authorize or charge may redeem until it expires.
package struct QuoteReply: WireMessage {
  /// The quote.
  package var quote: QuoteID
  /// The price.
  package var amount: Credits
  /// Redeemable until just before.
  package var expires: Instant
  /// The price book that it comes from.
  package var book: UInt32
  /// How the price came about.
  package var lines: [QuoteLine]

  package init(quote: QuoteID, amount: Credits, expires: Instant, book: UInt32, lines: [QuoteLine] = []) {
    self.quote = quote
    self.amount = amount
    self.expires = expires
    self.book = book
    self.lines = lines
  }
}

extension QuoteReply {
  package static var rootBytes: Int { 56 }

  package static let layout = MessageLayout(
    "QuoteReply", bytes: rootBytes, "A price that an authorize or charge may redeem until it expires.",
    [
      FieldLayout(0, .id, "quote", "The quote."),
      FieldLayout(16, .credits, "amount", "The price."),
      FieldLayout(24, .instant, "expires", "Redeemable until just before."),
      FieldLayout(32, .u32, "book", "The price book that it comes from."),
      FieldLayout(36, .zero(4), "reserved", ""),
      FieldLayout(40, .list("QuoteLine"), "lines", "How the price came about."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.quote = root.id(at: 0)
    self.amount = root.credits(at: 16)
    self.expires = root.instant(at: 24)
    self.book = root.u32(at: 32)
    try root.requireZero(at: 36, count: 4)
    self.lines = try message.list(root, at: 40, max: WireLimits.quoteLinesMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(quote, at: root)
    writer.put(amount, at: root + 16)
    writer.put(expires, at: root + 24)
    writer.put(book, at: root + 32)
    writer.list(lines, at: root + 40, max: WireLimits.quoteLinesMax)
  }

  package var tailBytesMax: Int { MessageWriter.listBytesMax(lines) }
}

/// One step of a price. The amounts of all lines add up to the price.
package struct QuoteLine: WireMessage {
  /// 1 base, 2 model, 3 multiplier, 4 addition, 5 ControlNets, 6 steps, 7 images, 8 rounding.
  package var kind: UInt8
  /// The job's features that this step is for, or 0.
  package var features: UInt32
  /// What the step adds, or takes away.
  package var amount: Credits
  /// For people.
  package var label: String

  package init(kind: UInt8, features: UInt32 = 0, amount: Credits, label: String) {
    self.kind = kind
    self.features = features
    self.amount = amount
    self.label = label
  }
}

extension QuoteLine {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "QuoteLine", bytes: rootBytes, "One step of a price. The amounts of all lines add up to the price.",
    [
      FieldLayout(
        0, .u8, "kind", "1 base, 2 model, 3 multiplier, 4 addition, 5 ControlNets, 6 steps, 7 images, 8 rounding."),
      FieldLayout(1, .zero(3), "reserved", ""),
      FieldLayout(4, .u32, "features", "The job's features that this step is for, or 0."),
      FieldLayout(8, .credits, "amount", "What the step adds, or takes away."),
      FieldLayout(16, .text, "label", "For people."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.kind = root.u8(at: 0)
    try root.requireZero(at: 1, count: 3)
    self.features = root.u32(at: 4)
    self.amount = root.credits(at: 8)
    self.label = try message.text(root, at: 16, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(kind, at: root)
    writer.put(features, at: root + 4)
    writer.put(amount, at: root + 8)
    writer.text(label, at: root + 16)
  }

  package var tailBytesMax: Int { label.utf8.count }
}
