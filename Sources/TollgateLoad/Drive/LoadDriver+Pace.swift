// When units begin: at once after another in closed loops, at their own moments in open ones.

internal import NIOCore
internal import TollgateLoadReport
internal import TollgateWire

extension LoadDriver {
  /// Units that one connection takes of one tick; then it is the next one's turn.
  private static let burstMax = 64

  /// The load begins: closed loops fill up, an open loop's clock starts.
  func begin(at begin: UInt64, threads: Int) {
    shard.now = MonotonicClock.now
    if case .open(let schedule, let kind) = plan.pace {
      let share = 1 / (plan.operationsPerUnit * Double(threads))
      arrivals = ArrivalClock(
        schedule, kind, share: share, begin: begin, seed: plan.seed, stream: UInt64(shard.index),
        phase: Double(shard.index) / Double(threads))
      schedulePump(at: begin)
    }
    for connection in shard.connections {
      if connection.isReady {
        beginClosedLoop(on: connection)
      } else {
        lostSince[connection.index] = shard.now
        reconnect(connection.index, backoffMilliseconds: 0, .broken("the connection was lost before the load began"))
      }
    }
    flushTouched()
    if plan.faults.dropEverySeconds > 0 { scheduleDrop() }
  }

  func beginClosedLoop(on connection: WireConnection) {
    guard case .closed = plan.pace, !hasBegun[connection.index] else { return }
    hasBegun[connection.index] = true
    for _ in 0..<plan.inFlight where mayBegin { beginUnit(on: connection, due: shard.now) }
  }

  /// Does what is due: heartbeats, and the units of an open loop.
  func pump() {
    guard shard.driver === self else { return }
    let now = MonotonicClock.now
    shard.now = now
    runJobs(at: now)
    beginArrivals(at: now)
    flushTouched()
    scheduleNext(after: now)
  }

  private func beginArrivals(at now: UInt64) {
    guard arrivals != nil else { return }
    let wasBlocked = isBlocked
    isBlocked = false
    var taken = LoadDriver.burstMax
    var connection: WireConnection?
    while let due = arrivals?.due, due <= now, due < recordsUntil, mayBegin || isDraining {
      if taken == LoadDriver.burstMax || connection.map({ !takesMore($0) }) ?? true {
        connection = connectionWithRoom()
        taken = 0
      }
      guard let connection else {
        isBlocked = true
        return
      }
      if !wasBlocked { meter.lag.record(now - due) }
      beginUnit(on: connection, due: due)
      arrivals?.advance()
      taken += 1
    }
  }

  /// After the measured part, units that were due within it are still begun.
  private var isDraining: Bool { isStopping && recordsUntil < .max && failure == nil && budget > 0 }

  private func takesMore(_ connection: WireConnection) -> Bool {
    connection.hasRoom && connection.inFlight < plan.inFlight
  }

  private func connectionWithRoom() -> WireConnection? {
    let count = shard.connections.count
    for _ in 0..<count {
      turn = turn + 1 < count ? turn + 1 : 0
      if takesMore(shard.connections[turn]) { return shard.connections[turn] }
    }
    return nil
  }

  private func scheduleNext(after now: UInt64) {
    var next = farm.nextDue
    if let due = arrivals?.due, !isBlocked, mayBegin || isDraining, due < recordsUntil { next = min(next, due) }
    guard next < .max else { return }
    schedulePump(at: max(next, now &+ plan.tick))
  }

  func schedulePump(at due: UInt64) {
    guard due < pumpAt else { return }
    pumpAt = due
    shard.loop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(due)) { [self] in
      guard pumpAt == due else { return }
      pumpAt = .max
      pump()
    }
  }

  /// Units that were due and have not begun.
  var backlog: Int {
    guard let arrivals else { return 0 }
    return arrivals.backlog(at: min(MonotonicClock.now, recordsUntil))
  }
}
