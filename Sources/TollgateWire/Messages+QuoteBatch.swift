// What many jobs cost, in one call: the jobs come as columns, the shape in which the server's kernel prices them, and the
// prices go back as columns.

package import TollgateValues

/// Asks what many jobs of one account cost. On the wire each field of the jobs is a column of its own.
package struct QuoteBatchRequest: WireMessage {
  /// The account that will redeem the quotes.
  package var account: AccountID
  /// How long the quotes shall hold; 0 means the server's default.
  package var lifetime: TimeSpan
  /// The jobs.
  package var jobs: [Job]

  package init(account: AccountID, lifetime: TimeSpan = .zero, jobs: [Job]) {
    self.account = account
    self.lifetime = lifetime
    self.jobs = jobs
  }
}

extension QuoteBatchRequest {
  package static var rootBytes: Int { 88 }

  package static let layout = MessageLayout(
    "QuoteBatchRequest", bytes: rootBytes,
    "Asks what many jobs of one account cost. Row i of all columns together is job i.",
    [
      FieldLayout(0, .id, "account", "The account that will redeem the quotes."),
      FieldLayout(16, .span, "lifetime", "How long the quotes shall hold; 0 means the server's default."),
      FieldLayout(24, .column(.u16), "widths", "Width of each job's images; its rows are the call's items."),
      FieldLayout(32, .column(.u16), "heights", "Height of each job's images."),
      FieldLayout(40, .column(.u16), "steps", "Sampling steps."),
      FieldLayout(48, .column(.u16), "counts", "Images of each job."),
      FieldLayout(56, .column(.u16), "models", "The model's number."),
      FieldLayout(64, .column(.u8), "qualities", "0 draft, 1 standard, 2 high."),
      FieldLayout(72, .column(.u8), "controlNets", "ControlNets used."),
      FieldLayout(80, .column(.u32), "features", "Features used, one a bit."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    let columns = try QuoteBatchColumns(root: root, message: message, cursor: &cursor)
    self.init(account: columns.account, lifetime: columns.lifetime, jobs: [])
    jobs.reserveCapacity(columns.rows)
    for row in 0..<columns.rows { jobs.append(columns.job(row, in: message)) }
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(account, at: root)
    writer.put(lifetime, at: root + 16)
    func column<Value: FixedWidthInteger & BitwiseCopyable>(_ field: Int, _ value: (Job) -> Value) {
      let bytes = MemoryLayout<Value>.size
      let start = writer.column(jobs.count, of: bytes, at: root + field, max: Limits.batchItemsMax)
      guard var place = start else { return }
      for job in jobs {
        writer.put(value(job), at: place)
        place += bytes
      }
    }
    column(24) { $0.width }
    column(32) { $0.height }
    column(40) { $0.steps }
    column(48) { $0.count }
    column(56) { $0.model }
    column(64) { $0.quality.rawValue }
    column(72) { $0.controlNets }
    column(80) { $0.features.rawValue }
  }

  package var tailBytesMax: Int { 8 * 7 + jobs.count * 16 }
}

extension QuoteBatchRequest: CustomReflectable {
  /// The fields as they stand on the wire.
  package var customMirror: Mirror {
    Mirror(
      self,
      children: [
        ("account", account as Any), ("lifetime", lifetime), ("widths", jobs.map(\.width)),
        ("heights", jobs.map(\.height)), ("steps", jobs.map(\.steps)), ("counts", jobs.map(\.count)),
        ("models", jobs.map(\.model)), ("qualities", jobs.map(\.quality.rawValue)),
        ("controlNets", jobs.map(\.controlNets)), ("features", jobs.map(\.features.rawValue)),
      ])
  }
}

/// What the jobs cost: row i of the columns is for job i.
package struct QuoteBatchReply: WireMessage {
  /// All quotes are redeemable until just before.
  package var expires: Instant
  /// The price book that they come from.
  package var book: UInt32
  /// Items without a price.
  package var refused: UInt32
  /// The sum of all prices.
  package var total: Credits
  /// What the account could set aside now, what is left of an overdraft included.
  package var available: Credits
  /// What the account lacks for all of them; 0 where it has enough.
  package var shortfall: Credits
  /// For how many items, from the first on, the account has enough.
  package var fitting: UInt32
  /// µcr, or the code of the refusal below zero.
  package var amounts: [Int64]
  /// The quote of each item, zero where it was refused.
  package var quotes: [QuoteID]

  package init(
    expires: Instant, book: UInt32, refused: UInt32, total: Credits, available: Credits, shortfall: Credits,
    fitting: UInt32, amounts: [Int64], quotes: [QuoteID]
  ) {
    self.expires = expires
    self.book = book
    self.refused = refused
    self.total = total
    self.available = available
    self.shortfall = shortfall
    self.fitting = fitting
    self.amounts = amounts
    self.quotes = quotes
  }
}

extension QuoteBatchReply {
  package static var rootBytes: Int { 64 }

  package static let layout = MessageLayout(
    "QuoteBatchReply", bytes: rootBytes,
    "Prices that authorizes or charges may redeem until they expire. Row i of the columns is for job i.",
    [
      FieldLayout(0, .instant, "expires", "All quotes are redeemable until just before."),
      FieldLayout(8, .u32, "book", "The price book that all of them come from."),
      FieldLayout(12, .u32, "refused", "Items that have no price."),
      FieldLayout(16, .credits, "total", "The sum of all prices; 2^63 - 1 where it is above that."),
      FieldLayout(
        24, .credits, "available", "What the account could set aside now, what is left of an overdraft included."),
      FieldLayout(32, .credits, "shortfall", "What it lacks for all items with a price; 0: they are covered."),
      FieldLayout(
        40, .u32, "fitting", "For how many items, from the first on, it has enough; those without a price cost nothing."
      ),
      FieldLayout(44, .zero(4), "reserved", ""),
      FieldLayout(
        48, .column(.i64), "amounts", "Each price in micro-credits; below zero a `code` of priceRefused, negated."),
      FieldLayout(56, .column(.id), "quotes", "Each quote; zero of an item without a price."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    expires = root.instant(at: 0)
    book = root.u32(at: 8)
    refused = root.u32(at: 12)
    total = root.credits(at: 16)
    available = root.credits(at: 24)
    shortfall = root.credits(at: 32)
    fitting = root.u32(at: 40)
    try root.requireZero(at: 44, count: 4)
    let most = Limits.batchItemsMax
    let amounts = try message.column(root, at: 48, of: 8, rows: nil, max: most, &cursor)
    let rows = amounts.count / 8
    let quotes = try message.column(root, at: 56, of: 16, rows: rows, max: most, &cursor)
    self.amounts = []
    self.quotes = []
    self.amounts.reserveCapacity(rows)
    self.quotes.reserveCapacity(rows)
    for row in 0..<rows {
      self.amounts.append(message.i64(at: amounts.lowerBound + row * 8))
      self.quotes.append(quotes.isEmpty ? .zero : message.id(at: quotes.lowerBound + row * 16))
    }
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(expires, at: root)
    writer.put(book, at: root + 8)
    writer.put(refused, at: root + 12)
    writer.put(total, at: root + 16)
    writer.put(available, at: root + 24)
    writer.put(shortfall, at: root + 32)
    writer.put(fitting, at: root + 40)
    let most = Limits.batchItemsMax
    if var place = writer.column(amounts.count, of: 8, at: root + 48, max: most) {
      for amount in amounts {
        writer.put(amount, at: place)
        place += 8
      }
    }
    if var place = writer.column(quotes.count, of: 16, at: root + 56, max: most) {
      for quote in quotes {
        writer.put(quote, at: place)
        place += 16
      }
    }
  }

  package var tailBytesMax: Int { 8 * 2 + amounts.count * 8 + quotes.count * 16 }
}
