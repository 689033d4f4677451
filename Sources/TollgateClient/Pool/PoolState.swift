// Which connection takes a call, and who waits until there is one: decided here, done by `ConnectionPool`.

internal import NIOCore

/// The connections in use, the calls in flight on each, and the calls that wait.
struct PoolState {
  struct Member {
    var connection: ConnectionHandle
    var inFlight: Int
    var limit: Int
  }

  /// Connections that take calls.
  private(set) var members: [Member] = []
  /// Connections that only answer what is in flight.
  private(set) var draining: [Member] = []
  private(set) var waiting = CircularBuffer<PreparedCall>()
  let waitingMax: Int
  /// Why there is no connection, for the errors of those who wait.
  var lastError: TollgateError?
  /// Whether new calls are refused, as the client is shut down.
  private(set) var isShutDown = false

  init(waitingMax: Int) { self.waitingMax = waitingMax }

  enum Placement {
    case send(ConnectionHandle)
    case wait
    case refuse(TollgateError)
  }

  /// Whether nothing is in flight and nobody waits.
  var isIdle: Bool {
    waiting.isEmpty && members.allSatisfy { $0.inFlight == 0 } && draining.allSatisfy { $0.inFlight == 0 }
  }

  /// Finds a place for a call: the connection with the fewest in flight, or the queue.
  mutating func place(_ call: PreparedCall) -> Placement {
    if isShutDown { return .refuse(.shutDown) }
    if waiting.isEmpty, let index = freest() {
      members[index].inFlight += 1
      return .send(members[index].connection)
    }
    guard waiting.count < waitingMax else {
      return .refuse(
        TollgateError(
          code: .resourceExhausted, message: "\(waitingMax) calls wait for a connection already", outcome: .notProcessed
        ))
    }
    waiting.append(call)
    return .wait
  }

  /// A connection may be used.
  mutating func add(_ connection: ConnectionHandle, limit: Int) -> [(ConnectionHandle, [PreparedCall])] {
    members.append(Member(connection: connection, inFlight: 0, limit: limit))
    lastError = nil
    return release()
  }

  mutating func setLimit(of connection: ConnectionHandle, to limit: Int) -> [(ConnectionHandle, [PreparedCall])] {
    if let index = members.firstIndex(where: { $0.connection === connection }) { members[index].limit = limit }
    return release()
  }

  /// Calls have ended: others may take their places.
  mutating func answered(_ count: Int, on connection: ConnectionHandle) -> [(ConnectionHandle, [PreparedCall])] {
    if let index = members.firstIndex(where: { $0.connection === connection }) {
      members[index].inFlight -= count
      return waiting.isEmpty ? [] : release()
    }
    if let index = draining.firstIndex(where: { $0.connection === connection }) { draining[index].inFlight -= count }
    return []
  }

  /// A connection takes no more calls.
  mutating func drain(_ connection: ConnectionHandle) {
    guard let index = members.firstIndex(where: { $0.connection === connection }) else { return }
    draining.append(members.remove(at: index))
  }

  mutating func remove(_ connection: ConnectionHandle) {
    members.removeAll { $0.connection === connection }
    draining.removeAll { $0.connection === connection }
  }

  mutating func shutDown() { isShutDown = true }

  /// Takes out the waiting calls whose time is over, and those for which nobody waits any more.
  mutating func expire(at now: NIODeadline) -> [PreparedCall] {
    var expired: [PreparedCall] = []
    waiting.removeAll { call in
      if call.sink.isFinished(call.index) { return true }
      guard call.deadline <= now else { return false }
      expired.append(call)
      return true
    }
    return expired
  }

  mutating func takeWaiting() -> [PreparedCall] {
    defer { waiting.removeAll() }
    return Array(waiting)
  }

  private func freest() -> Int? {
    var best: Int?
    for index in members.indices where members[index].inFlight < members[index].limit {
      if best.map({ members[index].inFlight < members[$0].inFlight }) ?? true { best = index }
    }
    return best
  }

  /// Sends what waits, as far as there is room.
  private mutating func release() -> [(ConnectionHandle, [PreparedCall])] {
    var released = members.map { ($0.connection, [PreparedCall]()) }
    while !waiting.isEmpty, let index = freest() {
      members[index].inFlight += 1
      released[index].1.append(waiting.removeFirst())
    }
    return released.filter { !$0.1.isEmpty }
  }
}

extension TollgateError {
  static var shutDown: TollgateError {
    TollgateError(code: .unavailable, message: "the client is shut down", outcome: .notProcessed)
  }
}
