// What answers mean: for the meter, for the book, and for the unit that goes on or ends.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension LoadDriver {
  /// How an answer, or a result of a batch, is to be taken.
  enum Verdict {
    case ok
    /// The business says no; that is final.
    case denied
    /// Nothing happened, and trying again is right.
    case later
    /// Nothing happened.
    case failed
    /// It may have happened or not.
    case unknown
  }

  @inline(__always)
  static func verdict(_ status: StatusCode, _ outcome: CallOutcome) -> Verdict {
    if status == .ok { return .ok }
    return refusal(status, outcome)
  }

  private static func refusal(_ status: StatusCode, _ outcome: CallOutcome) -> Verdict {
    switch outcome {
    case .done: .denied
    case .notProcessed: status == .unavailable || status == .resourceExhausted ? .later : .failed
    default: .unknown
    }
  }

  /// Counts an answer, unless the call was due after the measured part.
  @inline(__always)
  func note(_ record: CallRecord, operations: UInt64, _ status: StatusCode) {
    guard record.start < recordsUntil else { return }
    let elapsed = shard.now > record.start ? shard.now - record.start : 0
    meter.record(record.kind, elapsed, operations: operations, status)
  }

  @inline(__always)
  func settleAuthorize(_ record: CallRecord, _ reply: AuthorizeReply, on connection: WireConnection) {
    let amount = reply.amount.microcredits
    book.hold(record.account, amount)
    if reply.hold != record.request.hold { book.deny(record.account, "the id of hold \(record.request.hold)") }
    var next = CallRecord()
    next.start = shard.now
    next.hold = record.request.hold
    next.amount = amount
    next.account = record.account
    next.scenario = record.scenario
    if record.scenario == .renderFarm { return beginJob(next, expires: reply.expires, on: connection) }
    next.kind = record.scenario == .authorizeVoid ? .void : .capture
    next.request = shard.ids.next(at: shard.now)
    send(next, on: connection)
  }

  @inline(__always)
  func settleCapture(_ record: CallRecord, _ reply: CaptureReply) {
    let taken = reply.captured.microcredits
    book.settle(record.account, held: record.amount, taken: taken)
    book.expect(record.account, "captured of hold \(record.hold)", record.amount, found: taken)
    book.expect(record.account, "left of hold \(record.hold)", 0, found: reply.left.microcredits)
  }

  /// The server does not do it: settles what the book says of the hold, and ends or repeats the call.
  func refused(
    _ record: CallRecord, _ verdict: Verdict, _ head: ResponseHead, on connection: WireConnection
  ) {
    switch verdict {
    case .ok: break
    case .denied:
      if record.start < recordsUntil { meter.denied(head.detail) }
      denied(record, head.detail)
      endUnit(of: record, on: connection)
    case .later:
      if record.start < recordsUntil { meter.failed(record.kind) }
      repeatLater(record, head, connection.index)
    case .failed, .unknown:
      if record.start < recordsUntil { meter.failed(record.kind) }
      if record.mustBeLookedAt || record.kind.mutates && verdict == .unknown { doubt(record) }
      endUnit(of: record, on: connection)
    }
  }

  /// A denial is final; of a hold's end it says whether the hold is still open.
  private func denied(_ record: CallRecord, _ detail: DetailType) {
    guard record.kind.concernsHold else { return }
    if detail == .holdExpired {
      book.settle(record.account, held: record.amount, taken: 0)
    } else {
      doubt(record)
    }
  }

  /// A render farm's job ends with its call; anything else is a unit of its own.
  func endUnit(of record: CallRecord, on connection: WireConnection) {
    if record.item >= 0 {
      if record.scenario == .renderFarm { farm.remove(record.item) } else { batches.remove(record.item) }
    }
    unitEnded(on: connection)
  }

  /// What became of it will be read from the hold in the end.
  func doubt(_ record: CallRecord) {
    if record.kind == .authorizeBatch || record.kind == .captureBatch {
      doubtful += batches.records(record.item, record)
    } else {
      doubtful.append(record)
    }
  }

  /// Sends a call again when the server wants it.
  private func repeatLater(_ record: CallRecord, _ head: ResponseHead, _ index: Int) {
    var record = record
    record.attempt &+= record.attempt == .max ? 0 : 1
    putOffs &+= 1
    putOffStatus = head.status
    let key = delayed.add(record)
    shard.loop.assumeIsolated().scheduleTask(in: head.pause) { [self] in
      // What still waits when the load ends is its remains' business; the connections have another driver by then.
      guard shard.driver === self, failure == nil, let record = delayed.remove(key) else { return }
      shard.now = MonotonicClock.now
      send(record, on: shard.connections[index])
      flushTouched()
    }
  }
}

/// Calls that wait for a time that the server named.
struct DelayedCalls {
  private var calls: [UInt64: CallRecord] = [:]
  private var added: UInt64 = 0

  var isEmpty: Bool { calls.isEmpty }
  var all: [CallRecord] { Array(calls.values) }

  mutating func add(_ record: CallRecord) -> UInt64 {
    added += 1
    calls[added] = record
    return added
  }

  mutating func remove(_ key: UInt64) -> CallRecord? { calls.removeValue(forKey: key) }
}

extension ResponseHead {
  /// How long the server wants to be left alone, as far as we go along.
  var pause: TimeAmount { .milliseconds(Int64(min(max(retryAfterMilliseconds, 20), 5_000))) }
}

extension CallRecord {
  /// Although the last answer says that nothing was done, only the hold tells how things stand.
  var mustBeLookedAt: Bool { kind.concernsHold || kind.mutates && mayBeDone }
}
