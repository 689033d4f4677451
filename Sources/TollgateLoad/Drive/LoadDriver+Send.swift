// What each kind of call says. A call is written from its record alone, so that sending it again says the same.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension LoadDriver {
  /// Sends a call, or keeps it until its connection can take it.
  @inline(__always)
  func send(_ record: CallRecord, on connection: WireConnection) {
    guard connection.hasRoom else { return park(record, for: connection) }
    meter.sent &+= 1
    if record.attempt > 0 { meter.retries &+= 1 }
    touch(connection)
    switch record.kind {
    case .authorize: authorize(record, connection)
    case .capture:
      connection.send(record, .capture) {
        try $0.writeRequest($1, CaptureRequest(hold: record.hold, takeKind: TakeKind.all, closes: true), call: $2)
      }
    default: sendRare(record, on: connection)
    }
  }

  @inline(__always)
  private func authorize(_ record: CallRecord, _ connection: WireConnection) {
    let lifetime = record.scenario == .renderFarm ? plan.farm.lifetime : plan.holdLifetime
    let message = AuthorizeRequest(account: plan.account(record.account), job: plan.job, lifetime: lifetime)
    connection.send(record, .authorize) { try $0.writeRequest($1, message, call: $2) }
  }

  private func sendRare(_ record: CallRecord, on connection: WireConnection) {
    let account = plan.account(record.account)
    switch record.kind {
    case .authorize, .capture: break
    case .void: connection.send(record, .void) { try $0.writeRequest($1, VoidRequest(hold: record.hold), call: $2) }
    case .extend:
      let message = ExtendRequest(hold: record.hold, lifetime: plan.farm.lifetime)
      connection.send(record, .extend) { try $0.writeRequest($1, message, call: $2) }
    case .charge:
      let message = ChargeRequest(account: account, job: plan.job)
      connection.send(record, .charge) { try $0.writeRequest($1, message, call: $2) }
    case .quote:
      let message = QuoteRequest(account: account, job: plan.job)
      connection.send(record, .quote) { try $0.writeRequest($1, message, call: $2) }
    case .balance:
      let message = BalanceRequest(account: account)
      connection.send(record, .balance) { try $0.writeRequest($1, message, call: $2) }
    case .authorizeBatch:
      let message = AuthorizeBatchRequest(items: batches.authorizes(record.item, plan))
      connection.send(record, .authorizeBatch) { try $0.writeRequest($1, message, call: $2) }
    case .captureBatch:
      let message = CaptureBatchRequest(items: batches.captures(record.item))
      connection.send(record, .captureBatch) { try $0.writeRequest($1, message, call: $2) }
    }
  }

  /// Outside of a read, connections that were written to are flushed together.
  @inline(__always)
  func touch(_ connection: WireConnection) {
    guard !isTouched[connection.index] else { return }
    isTouched[connection.index] = true
    touched.append(connection.index)
  }

  func flushTouched() {
    for index in touched {
      isTouched[index] = false
      shard.connections[index].flush()
    }
    touched.removeAll(keepingCapacity: true)
  }
}

extension FarmPlan {
  var lifetime: TimeSpan { TimeSpan(nanoseconds: Int64(lifetimeSeconds * 1e9)) }
}
