// What a run leaves behind, as far as the server lets it be taken back: open holds are voided, accounts are closed.

internal import TollgateValues
internal import TollgateWire

/// Voids the holds that a run left open, then closes a range of accounts.
final class CleanUpDriver: BulkDriver {
  private enum Step { static let void: UInt64 = 1, close: UInt64 = 2 }

  private let plan: LoadPlan
  private var holds: [OpenHold]
  private var next: UInt32
  private let end: UInt32
  private let closes: Bool
  private(set) var voided = 0
  private(set) var closed = 0
  /// Accounts that have holds of others, and stay open.
  private(set) var left = 0

  /// - Parameter closes: Closing comes after all voids of all threads.
  init(shard: Shard, plan: LoadPlan, holds: [OpenHold], range: Range<UInt32>, closes: Bool) {
    self.plan = plan
    self.holds = holds
    next = range.lowerBound
    end = range.upperBound
    self.closes = closes
    super.init(shard: shard)
  }

  override func nextCall() -> CallRecord? {
    var record = CallRecord()
    record.request = shard.ids.next(at: shard.now)
    if let hold = holds.popLast() {
      record.hold = hold.hold
      record.expected = Step.void
      return record
    }
    guard closes, next < end else { return nil }
    defer { next += 1 }
    record.account = next
    record.expected = Step.close
    return record
  }

  override func write(_ record: CallRecord, on connection: WireConnection) {
    if record.expected == Step.void {
      connection.send(record, .void) { try $0.writeRequest($1, VoidRequest(hold: record.hold), call: $2) }
    } else {
      let message = SetAccountStateRequest(account: plan.account(record.account), state: 2, reason: "load test")
      connection.send(record, .setAccountState) { try $0.writeRequest($1, message, call: $2) }
    }
  }

  override func took(
    _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) throws -> CallRecord? {
    done += 1
    if record.expected == Step.void {
      // A hold that has ended meanwhile is as good as voided.
      if head.status == .ok { voided += 1 }
      return nil
    }
    if head.status == .ok || head.detail == .accountClosed {
      closed += 1
    } else if head.detail == .accountHasOpenHolds {
      left += 1
    } else {
      throw refusal("closing an account", head, bytes, place)
    }
    return nil
  }
}
