// The items of batch calls in flight; places are used again, and so is their memory.

internal import TollgateValues
internal import TollgateWire

struct BatchItem: BitwiseCopyable {
  var account: UInt32
  /// The item's own id; of a capture a new one.
  var request: RequestID
  var hold: HoldID
  var amount: Int64
}

struct BatchTable {
  private var batches: [[BatchItem]] = []
  private var free: [Int32] = []

  /// A new batch; returns its place.
  mutating func add(_ fill: (inout [BatchItem]) -> Void) -> Int32 {
    let place = free.popLast() ?? Int32(batches.count)
    if Int(place) == batches.count { batches.append([]) }
    fill(&batches[Int(place)])
    return place
  }

  mutating func remove(_ place: Int32) {
    batches[Int(place)].removeAll(keepingCapacity: true)
    free.append(place)
  }

  func count(_ place: Int32) -> Int { batches[Int(place)].count }
  func items(_ place: Int32) -> [BatchItem] { batches[Int(place)] }

  mutating func replace(_ place: Int32, _ change: (inout [BatchItem]) -> Void) { change(&batches[Int(place)]) }

  func authorizes(_ place: Int32, _ plan: LoadPlan) -> [AuthorizeItem] {
    batches[Int(place)].map {
      AuthorizeItem(request: $0.request, account: plan.account($0.account), job: plan.job, lifetime: plan.holdLifetime)
    }
  }

  func captures(_ place: Int32) -> [CaptureItem] {
    batches[Int(place)].map { CaptureItem(request: $0.request, hold: $0.hold, takeKind: TakeKind.all, closes: true) }
  }

  /// The items as calls of their own, for the look at their holds.
  func records(_ place: Int32, _ call: CallRecord) -> [CallRecord] {
    batches[Int(place)].map { item in
      var record = call
      record.kind = call.kind == .authorizeBatch ? .authorize : .capture
      (record.account, record.request, record.hold, record.amount) = (
        item.account, item.request, item.hold, item.amount
      )
      record.item = -1
      return record
    }
  }
}

extension LoadDriver {
  func beginBatch(on connection: WireConnection, due: UInt64) {
    var record = CallRecord()
    record.start = due
    record.scenario = .batch
    record.kind = .authorizeBatch
    record.item = batches.add { items in
      for _ in 0..<batchItems {
        let id = shard.ids.next(at: shard.now)
        items.append(BatchItem(account: sampler.next(&random), request: id, hold: id.hold, amount: 0))
      }
    }
    send(record, on: connection)
  }

  /// The holds of a batch: those that came about are captured together.
  func authorized(_ record: CallRecord, _ reply: AuthorizeBatchReply, on connection: WireConnection) throws {
    let items = batches.items(record.item)
    guard reply.results.count == items.count else {
      throw LoadFailure.failed("a batch of \(items.count) was answered with \(reply.results.count) results")
    }
    var held: [BatchItem] = []
    held.reserveCapacity(items.count)
    for (item, result) in zip(items, reply.results) {
      guard judge(item, record, StatusCode(rawValue: result.status), result.outcome, result.detailType) else {
        continue
      }
      var item = item
      item.amount = result.amount.microcredits
      item.request = shard.ids.next(at: shard.now)
      book.hold(item.account, item.amount)
      held.append(item)
    }
    guard !held.isEmpty else { return endUnit(of: record, on: connection) }
    batches.replace(record.item) { $0 = held }
    var next = CallRecord()
    next.start = shard.now
    next.scenario = .batch
    next.kind = .captureBatch
    next.item = record.item
    send(next, on: connection)
  }

  func captured(_ record: CallRecord, _ reply: CaptureBatchReply, on connection: WireConnection) throws {
    let items = batches.items(record.item)
    guard reply.results.count == items.count else {
      throw LoadFailure.failed("a batch of \(items.count) was answered with \(reply.results.count) results")
    }
    for (item, result) in zip(items, reply.results) {
      guard judge(item, record, StatusCode(rawValue: result.status), result.outcome, result.detailType) else {
        continue
      }
      var single = record
      (single.account, single.hold, single.amount) = (item.account, item.hold, item.amount)
      settleCapture(single, CaptureReply(captured: result.captured, left: result.left, closed: result.closed))
    }
    endUnit(of: record, on: connection)
  }

  /// Whether an item was done; counts and books it if not.
  private func judge(
    _ item: BatchItem, _ call: CallRecord, _ status: StatusCode, _ outcome: UInt8, _ detail: UInt16
  ) -> Bool {
    let verdict = LoadDriver.verdict(status, CallOutcome(rawValue: outcome))
    if verdict == .ok { return true }
    if call.start < recordsUntil {
      if verdict == .denied { meter.denied(DetailType(rawValue: detail)) } else { meter.failed(call.kind) }
    }
    if call.kind == .captureBatch || verdict == .unknown {
      var record = call
      record.kind = call.kind == .captureBatch ? .capture : .authorize
      (record.account, record.request, record.hold, record.amount) = (
        item.account, item.request, item.hold, item.amount
      )
      record.item = -1
      doubt(record)
    }
    return false
  }
}
