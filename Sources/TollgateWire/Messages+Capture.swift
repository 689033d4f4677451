// Settling a hold: capture, alone and in batches.

public import TollgateValues

/// Settles a hold in full or in part.
@usableFromInline
package struct CaptureRequest: RootMessage {
  /// The hold.
  @usableFromInline package var hold: HoldID
  /// A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images.
  @usableFromInline package var takeKind: UInt8
  /// Ends the hold and releases the rest.
  @usableFromInline package var closes: Bool
  /// Charges what exceeds the hold.
  @usableFromInline package var allowsExcess: Bool
  /// Micro-credits, or a number of images; 0 where all is taken.
  @usableFromInline package var takeValue: Int64

  @inlinable
  package init(hold: HoldID, takeKind: UInt8, closes: Bool, allowsExcess: Bool = false, takeValue: Int64 = 0) {
    self.hold = hold
    self.takeKind = takeKind
    self.closes = closes
    self.allowsExcess = allowsExcess
    self.takeValue = takeValue
  }
}

extension CaptureRequest {
  @inlinable package static var rootBytes: Int { 32 }

  @usableFromInline
  package static let layout = MessageLayout(
    "CaptureRequest", bytes: rootBytes, "Settles a hold in full or in part.",
    [
      FieldLayout(0, .id, "hold", "The hold."),
      FieldLayout(
        16, .u8, "takeKind", "A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images."),
      FieldLayout(17, .bool, "closes", "Ends the hold and releases the rest."),
      FieldLayout(18, .bool, "allowsExcess", "Charges what exceeds the hold."),
      FieldLayout(19, .zero(5), "reserved", ""),
      FieldLayout(24, .i64, "takeValue", "Micro-credits, or a number of images; 0 where all is taken."),
    ])

  @inlinable @inline(__always)
  package static func problem(in root: RawSpan) -> WireError? {
    root.problem(ofFlag: 17) ?? root.problem(ofFlag: 18) ?? root.problem(ofReserved: 19, count: 5)
  }

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.hold = root.id(at: 0)
    self.takeKind = root.u8(at: 16)
    self.closes = root.u8(at: 17) != 0
    self.allowsExcess = root.u8(at: 18) != 0
    self.takeValue = root.i64(at: 24)
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(hold, at: root)
    writer.put(takeKind, at: root + 16)
    writer.put(closes, at: root + 17)
    writer.put(allowsExcess, at: root + 18)
    writer.put(takeValue, at: root + 24)
  }
}

/// What was captured.
@usableFromInline
package struct CaptureReply: RootMessage {
  /// What this capture took, excess included.
  @usableFromInline package var captured: Credits
  /// What is left under the hold.
  @usableFromInline package var left: Credits
  /// Whether the hold has ended.
  @usableFromInline package var closed: Bool

  @inlinable
  package init(captured: Credits, left: Credits, closed: Bool) {
    self.captured = captured
    self.left = left
    self.closed = closed
  }
}

extension CaptureReply {
  @inlinable package static var rootBytes: Int { 24 }

  @usableFromInline
  package static let layout = MessageLayout(
    "CaptureReply", bytes: rootBytes, "What was captured.",
    [
      FieldLayout(0, .credits, "captured", "What this capture took, excess included."),
      FieldLayout(8, .credits, "left", "What is left under the hold."),
      FieldLayout(16, .bool, "closed", "Whether the hold has ended."),
      FieldLayout(17, .zero(7), "reserved", ""),
    ])

  @inlinable @inline(__always)
  package static func problem(in root: RawSpan) -> WireError? {
    root.problem(ofFlag: 16) ?? root.problem(ofReserved: 17, count: 7)
  }

  @inlinable @inline(__always)
  package init(fields root: RawSpan) {
    self.captured = root.credits(at: 0)
    self.left = root.credits(at: 8)
    self.closed = root.u8(at: 16) != 0
  }

  @inlinable @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(captured, at: root)
    writer.put(left, at: root + 8)
    writer.put(closed, at: root + 16)
  }
}

/// Many captures in one call, decided one after the other.
package struct CaptureBatchRequest: WireMessage {
  /// The captures.
  package var items: [CaptureItem]

  package init(items: [CaptureItem]) {
    self.items = items
  }
}

extension CaptureBatchRequest {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "CaptureBatchRequest", bytes: rootBytes, "Many captures in one call, decided one after the other.",
    [
      FieldLayout(0, .list("CaptureItem"), "items", "The captures.")
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.items = try message.list(root, at: 0, max: Limits.batchItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.flatList(items.count, at: root, max: Limits.batchItemsMax) { items[$0] }
  }

  package var tailBytesMax: Int { 7 + items.count * CaptureItem.rootBytes }
}

/// A capture of a batch: an idempotency id, then CaptureRequest.
package struct CaptureItem: WireMessage {
  /// The item's idempotency id.
  package var request: RequestID
  /// The hold.
  package var hold: HoldID
  /// A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images.
  package var takeKind: UInt8
  /// Ends the hold and releases the rest.
  package var closes: Bool
  /// Charges what exceeds the hold.
  package var allowsExcess: Bool
  /// Micro-credits, or a number of images; 0 where all is taken.
  package var takeValue: Int64

  package init(
    request: RequestID, hold: HoldID, takeKind: UInt8, closes: Bool, allowsExcess: Bool = false, takeValue: Int64 = 0
  ) {
    self.request = request
    self.hold = hold
    self.takeKind = takeKind
    self.closes = closes
    self.allowsExcess = allowsExcess
    self.takeValue = takeValue
  }
}

extension CaptureItem {
  package static var rootBytes: Int { 48 }

  package static let layout = MessageLayout(
    "CaptureItem", bytes: rootBytes, "A capture of a batch: an idempotency id, then CaptureRequest.",
    [
      FieldLayout(0, .id, "request", "The item's idempotency id."),
      FieldLayout(16, .id, "hold", "The hold."),
      FieldLayout(
        32, .u8, "takeKind", "A `TakeKind`: 0 all that is left, 1 an exact amount, 2 the share of so many images."),
      FieldLayout(33, .bool, "closes", "Ends the hold and releases the rest."),
      FieldLayout(34, .bool, "allowsExcess", "Charges what exceeds the hold."),
      FieldLayout(35, .zero(5), "reserved", ""),
      FieldLayout(40, .i64, "takeValue", "Micro-credits, or a number of images; 0 where all is taken."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.request = root.id(at: 0)
    self.hold = root.id(at: 16)
    self.takeKind = root.u8(at: 32)
    self.closes = try root.bool(at: 33)
    self.allowsExcess = try root.bool(at: 34)
    try root.requireZero(at: 35, count: 5)
    self.takeValue = root.i64(at: 40)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(request, at: root)
    writer.put(hold, at: root + 16)
    writer.put(takeKind, at: root + 32)
    writer.put(closes, at: root + 33)
    writer.put(allowsExcess, at: root + 34)
    writer.put(takeValue, at: root + 40)
  }
}

/// One result an item, in the order of the items.
package struct CaptureBatchReply: WireMessage {
  /// The results.
  package var results: [CaptureResult]

  package init(results: [CaptureResult]) {
    self.results = results
  }
}

extension CaptureBatchReply {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "CaptureBatchReply", bytes: rootBytes, "One result an item, in the order of the items.",
    [
      FieldLayout(0, .list("CaptureResult"), "results", "The results.")
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.results = try message.list(root, at: 0, max: Limits.batchItemsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.flatList(results.count, at: root, max: Limits.batchItemsMax) { results[$0] }
  }

  package var tailBytesMax: Int { 7 + results.count * CaptureResult.rootBytes }
}

/// The result of a capture of a batch.
package struct CaptureResult: WireMessage {
  /// As in a RESPONSE.
  package var status: UInt16
  /// As in a RESPONSE.
  package var detailType: UInt16
  /// As in a RESPONSE.
  package var outcome: UInt8
  /// As in a RESPONSE.
  package var flags: UInt8
  /// What this capture took, excess included.
  package var captured: Credits
  /// What is left under the hold.
  package var left: Credits
  /// Whether the hold has ended.
  package var closed: Bool
  /// The root of the typed detail, cut or padded to 32 bytes, without texts.
  package var detail: DetailArea

  package init(
    status: UInt16, detailType: UInt16, outcome: UInt8, flags: UInt8, captured: Credits, left: Credits, closed: Bool,
    detail: DetailArea
  ) {
    self.status = status
    self.detailType = detailType
    self.outcome = outcome
    self.flags = flags
    self.captured = captured
    self.left = left
    self.closed = closed
    self.detail = detail
  }
}

extension CaptureResult {
  package static var rootBytes: Int { 64 }

  package static let layout = MessageLayout(
    "CaptureResult", bytes: rootBytes, "The result of a capture of a batch.",
    [
      FieldLayout(0, .u16, "status", "As in a RESPONSE."),
      FieldLayout(2, .u16, "detailType", "As in a RESPONSE."),
      FieldLayout(4, .u8, "outcome", "As in a RESPONSE."),
      FieldLayout(5, .u8, "flags", "As in a RESPONSE."),
      FieldLayout(6, .zero(2), "reserved", ""),
      FieldLayout(8, .credits, "captured", "What this capture took, excess included."),
      FieldLayout(16, .credits, "left", "What is left under the hold."),
      FieldLayout(24, .bool, "closed", "Whether the hold has ended."),
      FieldLayout(25, .zero(7), "reserved", ""),
      FieldLayout(32, .detail, "detail", "The root of the typed detail, cut or padded to 32 bytes, without texts."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.status = root.u16(at: 0)
    self.detailType = root.u16(at: 2)
    self.outcome = root.u8(at: 4)
    self.flags = root.u8(at: 5)
    try root.requireZero(at: 6, count: 2)
    self.captured = root.credits(at: 8)
    self.left = root.credits(at: 16)
    self.closed = try root.bool(at: 24)
    try root.requireZero(at: 25, count: 7)
    self.detail = root.detail(at: 32)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(status, at: root)
    writer.put(detailType, at: root + 2)
    writer.put(outcome, at: root + 4)
    writer.put(flags, at: root + 5)
    writer.put(captured, at: root + 8)
    writer.put(left, at: root + 16)
    writer.put(closed, at: root + 24)
    writer.put(detail, at: root + 32)
  }
}
