// Settles what could not be settled at once: captures and voids whose answer never came.

internal import Logging
internal import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Captures and voids whose answer is unknown, and which this client goes on repeating.
  public var unsettledCount: Int { settlement?.unsettled.count ?? 0 }

  /// Calls a method that settles a hold. If the gate cannot be asked, or its answer does not come, the call is queued
  /// where that is configured, and the error says so.
  func settle<Request, Reply>(
    _ call: Call<Request, Reply>, _ message: Request, _ action: SettlementItem.Action, of hold: HoldID,
    _ options: CallOptions
  ) async throws(TollgateError) -> Decision<Reply> {
    guard let settlement else { return try await decide(call, message, options) }
    var options = options
    let id = options.id ?? ids.next()
    options.id = id
    do {
      return try await decide(call, message, options)
    } catch {
      guard error.leavesUnsettled else { throw error }
      let keepUntil = ids.serverNow.advanced(by: settlement.settings.keepFor)
      let item = SettlementItem(id: id, hold: hold, action: action, keepUntil: keepUntil)
      guard await settlement.add(item) else { throw error }
      var error = error
      error.isQueuedForSettlement = true
      error.message += "; it is queued, and repeated until it is settled"
      throw error
    }
  }

  /// Repeats what is unsettled until the task is cancelled.
  func runSettlement() async {
    guard let settlement else { return }
    while !Task.isCancelled {
      await settleOnce()
      do { try await Task.sleep(for: settlement.settings.interval) } catch { return }
    }
  }

  /// One round over what is unsettled.
  func settleOnce() async {
    guard let settlement else { return }
    let now = ids.serverNow
    let items = settlement.unsettled
    let overdue = items.filter { $0.keepUntil <= now }
    if !overdue.isEmpty {
      for item in overdue {
        logger.error("a hold could not be settled in time", metadata: ["hold": "\(item.hold)", "id": "\(item.id)"])
      }
      await settlement.settled(overdue.map(\.id))
    }
    let due = items.filter { $0.keepUntil > now }
    guard !due.isEmpty, !pool.connections.isEmpty else { return }
    let results = await performPipeline(due.map(\.request), CallOptions())
    var settled: [RequestID] = []
    for (item, result) in zip(due, results) {
      switch result {
      case .success(let reply):
        settled.append(item.id)
        if let denial = reply.denial {
          logger.warning(
            "a queued settlement was refused",
            metadata: ["hold": "\(item.hold)", "id": "\(item.id)", "denial": "\(denial)"])
        }
      case .failure(let error) where error.leavesUnsettled: break
      case .failure(let error):
        settled.append(item.id)
        logger.error(
          "a queued settlement failed for good",
          metadata: ["hold": "\(item.hold)", "id": "\(item.id)", "error": "\(error)"])
      }
    }
    if !settled.isEmpty { await settlement.settled(settled) }
  }
}

extension TollgateError {
  /// Whether the hold may still be unsettled, and a repetition may settle it.
  var leavesUnsettled: Bool {
    switch outcome {
    case .done: false
    case .unknown: true
    case .notProcessed:
      switch code {
      case .unavailable, .deadlineExceeded, .aborted, .resourceExhausted, .tlsFailed, .protocolViolation: true
      default: false
      }
    }
  }
}

extension PipelinedReply {
  /// The refusal, if it is one.
  var denial: Denial? {
    switch self {
    case .authorized(let decision): decision.denial
    case .captured(let decision): decision.denial
    case .voided(let decision): decision.denial
    case .extended(let decision): decision.denial
    case .charged(let decision): decision.denial
    }
  }
}
