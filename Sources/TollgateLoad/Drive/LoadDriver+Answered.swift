// The place where every answer arrives.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// The load driver as connections see it: `answered` is the hottest function of the harness.
extension LoadDriver {
  @inline(__always)
  func take(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace, on connection: WireConnection
  ) throws {
    let verdict = LoadDriver.verdict(head.status, head.outcome)
    guard verdict == .ok else {
      // What failed decided nothing.
      note(record, operations: verdict == .denied ? operations(of: record) : 0, head.status)
      return refused(record, verdict, head, on: connection)
    }
    switch record.kind {
    case .authorize:
      note(record, operations: 1, .ok)
      settleAuthorize(record, try place.message(AuthorizeReply.self, in: bytes), on: connection)
    case .capture:
      note(record, operations: 1, .ok)
      settleCapture(record, try place.message(CaptureReply.self, in: bytes))
      endUnit(of: record, on: connection)
    default: try takeRare(record, bytes, place, on: connection)
    }
  }

  private func operations(of record: CallRecord) -> UInt64 {
    record.kind == .authorizeBatch || record.kind == .captureBatch ? UInt64(batches.count(record.item)) : 1
  }

  private func takeRare(
    _ record: CallRecord, _ bytes: RawSpan, _ place: MessagePlace, on connection: WireConnection
  ) throws {
    note(record, operations: operations(of: record), .ok)
    switch record.kind {
    case .authorize, .capture: break
    case .void:
      let reply = try place.message(VoidReply.self, in: bytes)
      book.settle(record.account, held: record.amount, taken: 0)
      book.expect(
        record.account, "released of hold \(record.hold)", record.amount, found: reply.released.microcredits)
      endUnit(of: record, on: connection)
    case .extend: extended(record, try place.message(ExtendReply.self, in: bytes), on: connection)
    case .charge:
      book.charge(record.account, try place.message(ChargeReply.self, in: bytes).amount.microcredits)
      endUnit(of: record, on: connection)
    case .quote, .balance: endUnit(of: record, on: connection)
    case .authorizeBatch:
      try authorized(record, try place.message(AuthorizeBatchReply.self, in: bytes), on: connection)
    case .captureBatch: try captured(record, try place.message(CaptureBatchReply.self, in: bytes), on: connection)
    }
  }
}
