// A connection's life as a pure state machine: events and the time go in, one action comes out, nothing is done here.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// What both sides agreed on: WELCOME's limits, lowered to our own.
struct Agreement: Hashable, Sendable {
  var callsInFlight: Int
  var batchItems: Int
  var frameBytes: Int
  var pingInterval: TimeAmount?
  var serverTime: Instant
  var identity: String
}

/// How a client wants its connections to be.
struct ConnectionSettings: Sendable {
  var callsInFlightMax: Int
  var pingInterval: TimeAmount?
  var pingTimeout: TimeAmount
  /// From the channel's start to WELCOME.
  var welcomeTimeout: TimeAmount
}

struct ConnectionStateMachine {
  private enum State {
    /// The channel is not connected yet.
    case connecting
    /// HELLO is out. TLS holds it back until its handshake is done.
    case greeting
    case ready
    /// GOAWAY came, or we want to leave: no new calls, those in flight are still answered.
    case draining
    case closed
  }

  enum Action: Hashable {
    case none
    case sendHello
    /// The connection may be used.
    case becomeReady(Agreement)
    /// The limits changed while in use.
    case applyLimit(callsInFlight: Int)
    case sendPong(token: UInt64)
    case sendPing(token: UInt64)
    /// No new calls from here on; those above `failAbove` were not processed.
    case drain(reason: String, failAbove: UInt64)
    /// Nothing is in flight on a draining connection.
    case close
    /// The connection is of no more use; calls in flight have an unknown outcome, those above `failAbove` were not processed.
    case fail(TollgateError.Code, String, failAbove: UInt64)
  }

  private var state = State.connecting
  private let settings: ConnectionSettings
  private var pingInterval: TimeAmount?
  private var pingIntervalMin = TimeAmount.zero
  private var welcomeDue = NIODeadline.distantFuture
  private var lastReceived = NIODeadline.distantPast
  private var lastPing = NIODeadline.distantPast
  private var pingDue: NIODeadline?
  private var pingToken: UInt64 = 0

  init(settings: ConnectionSettings) {
    self.settings = settings
    pingInterval = settings.pingInterval
  }

  /// Whether new calls may be sent.
  var isReady: Bool { if case .ready = state { true } else { false } }
  var isDraining: Bool { if case .draining = state { true } else { false } }
  var isClosed: Bool { if case .closed = state { true } else { false } }

  /// The channel is connected.
  mutating func connected(at now: NIODeadline) -> Action {
    guard case .connecting = state else { return .none }
    state = .greeting
    welcomeDue = now + settings.welcomeTimeout
    lastReceived = now
    return .sendHello
  }

  /// Bytes came: the peer lives.
  mutating func received(at now: NIODeadline) {
    lastReceived = now
    pingDue = nil
  }

  mutating func welcomed(_ welcome: Welcome, at now: NIODeadline) -> Action {
    guard case .greeting = state else { return violation("the gate sent WELCOME twice") }
    guard welcome.magic == Hello.magicValue else { return violation("the peer is no Tollgate gate") }
    state = .ready
    pingIntervalMin = TimeAmount(welcome.pingIntervalMin)
    pingInterval = settings.pingInterval.map { max($0, pingIntervalMin) }
    return .becomeReady(
      Agreement(
        callsInFlight: max(1, min(settings.callsInFlightMax, Int(welcome.callsInFlight))),
        batchItems: max(1, min(Limits.batchItemsMax, Int(welcome.batchItems))),
        frameBytes: min(Limits.frameBytesMax, Int(welcome.frameBytes)), pingInterval: pingInterval,
        serverTime: welcome.serverTime, identity: welcome.identity))
  }

  /// A frame of the connection other than WELCOME, GOAWAY and CONN_ERROR.
  mutating func receivedPing(_ token: UInt64) -> Action {
    isUsable ? .sendPong(token: token) : violation("the gate sent PING before WELCOME")
  }

  mutating func receivedSettings(_ change: Settings) -> Action {
    guard isUsable else { return violation("the gate sent SETTINGS before WELCOME") }
    if change.pingIntervalMin > .zero {
      pingIntervalMin = TimeAmount(change.pingIntervalMin)
      pingInterval = settings.pingInterval.map { max($0, pingIntervalMin) }
    }
    guard change.callsInFlight > 0 else { return .none }
    return .applyLimit(callsInFlight: max(1, min(settings.callsInFlightMax, Int(change.callsInFlight))))
  }

  mutating func receivedGoAway(_ notice: GoAway) -> Action {
    let reason = GoAwayReason(rawValue: notice.reason).sentence + (notice.message.isEmpty ? "" : ": \(notice.message)")
    switch state {
    case .connecting, .greeting:
      state = .closed
      return .fail(.unavailable, reason, failAbove: 0)
    case .ready, .draining:
      state = .draining
      return .drain(reason: reason, failAbove: notice.lastCall)
    case .closed: return .none
    }
  }

  mutating func receivedConnectionError(_ error: ConnectionError) -> Action {
    guard !isClosed else { return .none }
    state = .closed
    let code = ConnectionErrorCode(rawValue: error.code)
    return .fail(
      code.clientCode, code.sentence + (error.message.isEmpty ? "" : ": \(error.message)"), failAbove: error.lastCall)
  }

  /// What the peer may never send, or not now.
  mutating func violation(_ message: String) -> Action {
    guard !isClosed else { return .none }
    state = .closed
    return .fail(.protocolViolation, message, failAbove: .max)
  }

  /// We want to leave: after calls in flight are answered.
  mutating func leave(callsInFlight: Int) -> Action {
    switch state {
    case .connecting, .greeting:
      state = .closed
      return .close
    case .ready:
      state = .draining
      return callsInFlight == 0 ? idle() : .drain(reason: "the client leaves", failAbove: .max)
    case .draining: return callsInFlight == 0 ? idle() : .none
    case .closed: return .none
    }
  }

  /// No call is in flight any more.
  mutating func idle() -> Action {
    guard isDraining else { return .none }
    state = .closed
    return .close
  }

  /// The channel is gone, or broke.
  mutating func disconnected(_ code: TollgateError.Code, _ message: String) -> Action {
    guard !isClosed else { return .none }
    // A connection that never was has nothing to end; whoever tried to connect knows why it failed.
    defer { state = .closed }
    if case .connecting = state { return .none }
    return .fail(code, message, failAbove: .max)
  }

  /// Time has passed.
  mutating func timePassed(to now: NIODeadline) -> Action {
    switch state {
    case .greeting where now >= welcomeDue:
      state = .closed
      return .fail(
        .unavailable, "the gate sent no WELCOME within \(settings.welcomeTimeout.text)", failAbove: 0)
    case .ready, .draining:
      if let pingDue, now >= pingDue {
        state = .closed
        return .fail(.unavailable, "the gate did not answer a ping for \(settings.pingTimeout.text)", failAbove: .max)
      }
      guard pingDue == nil, let pingInterval, now >= lastReceived + pingInterval, now >= lastPing + pingIntervalMin
      else { return .none }
      lastPing = now
      pingDue = now + settings.pingTimeout
      pingToken += 1
      return .sendPing(token: pingToken)
    case .connecting, .greeting, .closed: return .none
    }
  }

  /// When `timePassed` should be called next.
  var nextTimer: NIODeadline? {
    switch state {
    case .greeting: welcomeDue
    case .ready, .draining: pingDue ?? pingInterval.map { max(lastReceived + $0, lastPing + pingIntervalMin) }
    case .connecting, .closed: nil
    }
  }

  private var isUsable: Bool { isReady || isDraining }
}
