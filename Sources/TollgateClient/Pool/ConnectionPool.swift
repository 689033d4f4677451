// The connections of a client: places calls by `PoolState`'s decisions, and ends those that wait too long.

internal import Logging
internal import NIOCore
internal import Synchronization
internal import TollgateWire

final class ConnectionPool: ConnectionObserver {
  private let state: Mutex<State>
  private let loop: any EventLoop
  private let ids: RequestIDs
  private let logger: Logger

  fileprivate struct State {
    var pool: PoolState
    var isSweeping = false
    var idle: CheckedContinuation<Void, Never>?
    var batchItems: Int?
  }

  init(loop: any EventLoop, waitingMax: Int, ids: RequestIDs, logger: Logger) {
    state = Mutex(State(pool: PoolState(waitingMax: waitingMax)))
    self.loop = loop
    self.ids = ids
    self.logger = logger
  }

  // MARK: Calls

  /// Sends a call on the connection with the fewest in flight, or lets it wait for one.
  func submit(_ call: PreparedCall) {
    let (placement, mustSweep) = state.withLock { state in
      let placement = state.pool.place(call)
      return (placement, state.startsSweep(placement))
    }
    switch placement {
    case .send(let connection): connection.enqueue(call)
    case .wait: break
    case .refuse(let error): call.sink.finish(call.index, .failure(error))
    }
    if mustSweep { scheduleSweep() }
  }

  /// Sends many calls: each connection gets its share in one piece.
  func submit(_ calls: [PreparedCall]) {
    var shares: [(connection: ConnectionHandle, calls: [PreparedCall])] = []
    var refused: [(PreparedCall, TollgateError)] = []
    let mustSweep = state.withLock { state in
      var mustSweep = false
      for call in calls {
        let placement = state.pool.place(call)
        mustSweep = state.startsSweep(placement) || mustSweep
        switch placement {
        case .send(let connection):
          if let index = shares.firstIndex(where: { $0.connection === connection }) {
            shares[index].calls.append(call)
          } else {
            shares.append((connection, [call]))
          }
        case .wait: break
        case .refuse(let error): refused.append((call, error))
        }
      }
      return mustSweep
    }
    for share in shares { share.connection.enqueue(share.calls) }
    for (call, error) in refused { call.sink.finish(call.index, .failure(error)) }
    if mustSweep { scheduleSweep() }
  }

  /// Items that the gate takes in one batch; nil before the first WELCOME.
  var batchItems: Int? { state.withLock { $0.batchItems } }

  private func scheduleSweep() {
    loop.scheduleTask(in: CallTable.tick) { self.sweep() }
  }

  private func sweep() {
    let (expired, lastError, goesOn) = state.withLock { state in
      let expired = state.pool.expire(at: .now())
      state.isSweeping = !state.pool.waiting.isEmpty
      return (expired, state.pool.lastError, state.isSweeping)
    }
    for call in expired { call.sink.finish(call.index, .failure(.unreachable(lastError))) }
    if !expired.isEmpty { signalIdle() }
    if goesOn { scheduleSweep() }
  }

  // MARK: What connections report

  func connectionIsReady(_ connection: ConnectionHandle, _ agreement: Agreement) {
    ids.learn(serverTime: agreement.serverTime)
    let released = state.withLock { state in
      state.batchItems = agreement.batchItems
      return state.pool.add(connection, limit: agreement.callsInFlight)
    }
    for (connection, calls) in released { connection.enqueue(calls) }
    logger.debug(
      "connected",
      metadata: ["connection": "\(connection.name)", "identity": "\(agreement.identity)"])
  }

  func connectionChangedLimit(_ connection: ConnectionHandle, callsInFlight: Int) {
    let released = state.withLock { $0.pool.setLimit(of: connection, to: callsInFlight) }
    for (connection, calls) in released { connection.enqueue(calls) }
  }

  func connectionAnswered(_ connection: ConnectionHandle, calls: Int) {
    let released = state.withLock { $0.pool.answered(calls, on: connection) }
    for (connection, calls) in released { connection.enqueue(calls) }
    signalIdle()
  }

  func connectionDrains(_ connection: ConnectionHandle, reason: String) {
    state.withLock { $0.pool.drain(connection) }
    logger.info("connection drains", metadata: ["connection": "\(connection.name)", "reason": "\(reason)"])
  }

  func connectionClosed(_ connection: ConnectionHandle, _ error: TollgateError?) {
    state.withLock { state in
      state.pool.remove(connection)
      if var error {
        error.message = "\(connection.endpoint): \(error.message)"
        state.pool.lastError = error
      }
    }
    signalIdle()
    if let error {
      logger.notice("connection closed", metadata: ["connection": "\(connection.name)", "error": "\(error)"])
    }
  }

  /// An attempt to connect failed before there was a connection.
  func connectFailed(_ error: TollgateError) { state.withLock { $0.pool.lastError = error } }

  /// Why the newest attempt to connect failed, or the newest connection ended; nil: nothing has failed yet.
  var lastError: TollgateError? { state.withLock { $0.pool.lastError } }

  /// Connections that take calls.
  var connections: [ConnectionHandle] { state.withLock { $0.pool.members.map(\.connection) } }

  // MARK: Shutdown

  /// No new calls from here on.
  func refuseCalls() { state.withLock { $0.pool.shutDown() } }

  /// Returns when nothing is in flight and nobody waits, or after the timeout.
  func idle(within timeout: TimeAmount) async {
    let timer = loop.scheduleTask(in: timeout) { self.signalIdle(always: true) }
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if state.pool.isIdle { return true }
        state.idle = continuation
        return false
      }
      if isIdle { continuation.resume() }
    }
    timer.cancel()
  }

  /// Ends everything that waits, and closes every connection.
  func closeAll() {
    let (waiting, connections) = state.withLock { state in
      (state.pool.takeWaiting(), (state.pool.members + state.pool.draining).map(\.connection))
    }
    for call in waiting { call.sink.finish(call.index, .failure(.shutDown)) }
    for connection in connections { connection.close(.shutDown) }
  }

  private func signalIdle(always: Bool = false) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.idle != nil, always || state.pool.isIdle else { return nil }
      defer { state.idle = nil }
      return state.idle
    }
    waiter?.resume()
  }
}

extension ConnectionPool.State {
  /// Whether the sweep must be started for a call that waits.
  fileprivate mutating func startsSweep(_ placement: PoolState.Placement) -> Bool {
    guard case .wait = placement, !isSweeping else { return false }
    isSweeping = true
    return true
  }
}

extension TollgateError {
  /// A call waited for a connection until its time was over.
  static func unreachable(_ lastError: TollgateError?) -> TollgateError {
    guard let lastError else {
      return TollgateError(
        code: .unavailable, message: "there was no connection to the gate within the call's timeout: is run() running?",
        outcome: .notProcessed)
    }
    return TollgateError(
      code: lastError.code == .protocolViolation ? .unavailable : lastError.code,
      message: "there was no connection to the gate within the call's timeout; the last attempt: \(lastError.message)",
      outcome: .notProcessed, cause: lastError.cause)
  }
}
