// What else becomes of a hold: void, extend, increase.

public import TollgateValues

/// Ends a hold and releases what is left of it.
@usableFromInline
package struct VoidRequest: RootMessage {
  /// The hold.
  @usableFromInline package var hold: HoldID

  @inlinable
  package init(hold: HoldID) {
    self.hold = hold
  }
}

extension VoidRequest {
  @inlinable package static var rootBytes: Int { 16 }

  @usableFromInline
  package static let layout = MessageLayout(
    "VoidRequest", bytes: rootBytes, "Ends a hold and releases what is left of it.",
    [
      FieldLayout(0, .id, "hold", "The hold.")
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.hold = root.id(at: 0)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
  }
}

/// What was released.
@usableFromInline
package struct VoidReply: RootMessage {
  /// What was released.
  @usableFromInline package var released: Credits

  @inlinable
  package init(released: Credits) {
    self.released = released
  }
}

extension VoidReply {
  @inlinable package static var rootBytes: Int { 8 }

  @usableFromInline
  package static let layout = MessageLayout(
    "VoidReply", bytes: rootBytes, "What was released.",
    [
      FieldLayout(0, .credits, "released", "What was released.")
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.released = root.credits(at: 0)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(released, at: root)
  }
}

/// Heartbeat: the hold lives on; never shortens it.
@usableFromInline
package struct ExtendRequest: RootMessage {
  /// The hold.
  @usableFromInline package var hold: HoldID
  /// How long the hold may live from now; 0 means the default of 15 minutes.
  @usableFromInline package var lifetime: TimeSpan

  @inlinable
  package init(hold: HoldID, lifetime: TimeSpan = .zero) {
    self.hold = hold
    self.lifetime = lifetime
  }
}

extension ExtendRequest {
  @inlinable package static var rootBytes: Int { 24 }

  @usableFromInline
  package static let layout = MessageLayout(
    "ExtendRequest", bytes: rootBytes, "Heartbeat: the hold lives on; never shortens it.",
    [
      FieldLayout(0, .id, "hold", "The hold."),
      FieldLayout(16, .span, "lifetime", "How long the hold may live from now; 0 means the default of 15 minutes."),
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.hold = root.id(at: 0)
    self.lifetime = root.span(at: 16)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(lifetime, at: root + 16)
  }
}

/// The hold's expiry from now on.
@usableFromInline
package struct ExtendReply: RootMessage {
  /// The hold lives until just before.
  @usableFromInline package var expires: Instant

  @inlinable
  package init(expires: Instant) {
    self.expires = expires
  }
}

extension ExtendReply {
  @inlinable package static var rootBytes: Int { 8 }

  @usableFromInline
  package static let layout = MessageLayout(
    "ExtendReply", bytes: rootBytes, "The hold's expiry from now on.",
    [
      FieldLayout(0, .instant, "expires", "The hold lives until just before.")
    ])

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.expires = root.instant(at: 0)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(expires, at: root)
  }
}

/// Sets more credits aside under an open hold.
package struct IncreaseRequest: WireMessage {
  /// The hold.
  package var hold: HoldID
  /// The job whose price the server computes; count 0 where a raw amount is named.
  package var job: Job
  /// A raw amount, for roles that may name one; otherwise 0.
  package var rawAmount: Credits

  package init(hold: HoldID, job: Job, rawAmount: Credits = .zero) {
    self.hold = hold
    self.job = job
    self.rawAmount = rawAmount
  }
}

extension IncreaseRequest {
  package static var rootBytes: Int { 40 }

  package static let layout = MessageLayout(
    "IncreaseRequest", bytes: rootBytes, "Sets more credits aside under an open hold.",
    [
      FieldLayout(0, .id, "hold", "The hold."),
      FieldLayout(16, .job, "job", "The job whose price the server computes; count 0 where a raw amount is named."),
      FieldLayout(32, .credits, "rawAmount", "A raw amount, for roles that may name one; otherwise 0."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.hold = root.id(at: 0)
    self.job = root.job(at: 16)
    self.rawAmount = root.credits(at: 32)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(job, at: root + 16)
    writer.put(rawAmount, at: root + 32)
  }
}

/// What was added.
package struct IncreaseReply: WireMessage {
  /// What was added.
  package var added: Credits
  /// The hold's whole amount.
  package var total: Credits
  /// The price book that priced it; 0 of a raw amount.
  package var book: UInt32

  package init(added: Credits, total: Credits, book: UInt32) {
    self.added = added
    self.total = total
    self.book = book
  }
}

extension IncreaseReply {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "IncreaseReply", bytes: rootBytes, "What was added.",
    [
      FieldLayout(0, .credits, "added", "What was added."),
      FieldLayout(8, .credits, "total", "The hold's whole amount."),
      FieldLayout(16, .u32, "book", "The price book that priced it; 0 of a raw amount."),
      FieldLayout(20, .zero(4), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.added = root.credits(at: 0)
    self.total = root.credits(at: 8)
    self.book = root.u32(at: 16)
    try root.requireZero(at: 20, count: 4)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(added, at: root)
    writer.put(total, at: root + 8)
    writer.put(book, at: root + 16)
  }
}
