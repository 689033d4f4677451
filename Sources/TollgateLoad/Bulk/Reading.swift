// After a run: what the server says of accounts, and of holds whose end nobody told.

internal import TollgateValues
internal import TollgateWire

/// Asks for the balance of every account of a range.
class BalanceDriver: BulkDriver {
  let plan: LoadPlan
  private let first: UInt32
  private let end: UInt32
  private var next: UInt32
  /// What the accounts have, in their order.
  var standings: [Standing]

  init(shard: Shard, plan: LoadPlan, range: Range<UInt32>) {
    self.plan = plan
    first = range.lowerBound
    next = range.lowerBound
    end = range.upperBound
    standings = Array(repeating: Standing(), count: range.count)
    super.init(shard: shard)
  }

  final override func nextCall() -> CallRecord? {
    guard next < end else { return nil }
    defer { next += 1 }
    var record = CallRecord()
    record.account = next
    return record
  }

  override func write(_ record: CallRecord, on connection: WireConnection) {
    let account = plan.account(record.account)
    connection.send(record, .balance) { try $0.writeRequest($1, BalanceRequest(account: account), call: $2) }
  }

  override func took(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? {
    _ = try balance(of: record, head, bytes, place)
    done += 1
    return nil
  }

  /// The balance that an answer tells, entered among the standings.
  final func balance(
    of record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> BalanceReply {
    guard head.status == .ok else { throw refusal("reading a balance", head, bytes, place) }
    let reply = try place.message(BalanceReply.self, in: bytes)
    standings[index(of: record)] = Standing(reply)
    return reply
  }

  final func index(of record: CallRecord) -> Int { Int(record.account - first) }
}

/// What became of a call whose effect no answer told, as its hold shows.
struct Finding: Sendable {
  var record: CallRecord
  /// Nil: there is no such hold.
  var hold: HoldView?
}

/// Looks at the holds of doubtful calls.
final class HoldDriver: BulkDriver {
  private var calls: [CallRecord]
  private(set) var findings: [Finding] = []

  init(shard: Shard, calls: [CallRecord]) {
    self.calls = calls
    super.init(shard: shard)
  }

  override func nextCall() -> CallRecord? { calls.popLast() }

  override func write(_ record: CallRecord, on connection: WireConnection) {
    let hold = record.hold.isZero ? record.request.hold : record.hold
    var look = record
    look.request = .zero
    // The id is needed again when the answer is there, the call itself carries none.
    look.hold = hold
    connection.send(look, .getHold) { try $0.writeRequest($1, GetHoldRequest(hold: hold), call: $2) }
  }

  override func took(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? {
    if head.detail == .holdUnknown {
      findings.append(Finding(record: record, hold: nil))
    } else {
      guard head.status == .ok else { throw refusal("reading a hold", head, bytes, place) }
      findings.append(Finding(record: record, hold: try place.message(HoldView.self, in: bytes)))
    }
    done += 1
    return nil
  }
}
