// A connection's life as the server sees it: a pure state machine that is told what came and returns what to do.

package import TollgateWire

/// From accept to close. It knows no channel, no clock and no gate; the handler is one switch over its actions.
package struct ServerConnection: Sendable {
  /// What to do about a frame.
  package enum Action: Hashable, Sendable {
    /// Read HELLO and answer WELCOME; then say so with `welcomed()`.
    case greet
    /// Decide the call.
    case call
    /// Answer the call UNAVAILABLE, not processed: it came after the drain began.
    case refuseCall
    case cancel
    case credit
    /// Answer the ping.
    case pong
    /// The answer to our own ping came.
    case ponged
    /// A call's frame of a type that is not known here: answer UNIMPLEMENTED.
    case unimplemented
    case ignore
    /// Send CONN_ERROR and close.
    case fail(ConnectionErrorCode, String)
  }

  private enum Phase: Hashable {
    case awaitingHello
    case open
    /// GOAWAY is out once; calls are still taken until our ping comes back.
    case announced
    /// The last call is named; later ones are refused.
    case draining
    case closed
  }

  private var phase = Phase.awaitingHello
  private let callsInFlightMax: Int
  private let controlFramesPerSecond: Int
  private let pingSeconds: Int64
  private var pingsAllowed = ServerConnection.pingBurst
  private var pingSecond: Int64 = 0
  private var controlSecond: Int64 = 0
  private var controlCount = 0
  /// The newest call that was taken.
  package private(set) var lastCall: UInt64 = 0
  /// Calls without an answer.
  package private(set) var callsInFlight = 0

  /// Pings that may come at once; after that one every `pingSeconds`.
  package static let pingBurst: Int64 = 16

  /// - Parameter pingSeconds: the least time between pings, on average; 0 sets no bound.
  package init(callsInFlightMax: Int, controlFramesPerSecond: Int, pingSeconds: Int64 = 0) {
    self.callsInFlightMax = callsInFlightMax
    self.pingSeconds = pingSeconds
    self.controlFramesPerSecond = controlFramesPerSecond
  }

  package var isOpen: Bool { phase != .awaitingHello && phase != .closed }
  package var isDraining: Bool { phase == .announced || phase == .draining }
  /// A draining connection with nothing left to answer may be closed.
  package var isDrained: Bool { phase == .draining && callsInFlight == 0 }

  /// Judges a frame. `second` is a running number of seconds, by which control frames are counted.
  package mutating func received(_ type: FrameType, call: UInt64, second: @autoclosure () -> Int64) -> Action {
    switch phase {
    case .open, .announced, .draining:
      if type == .request { return receivedRequest(call) }
      return receivedControl(type, second: second())
    case .awaitingHello:
      guard type == .hello else { return .fail(.unexpectedFrame, "the first frame must be HELLO (0x01)") }
      return .greet
    case .closed: return .ignore
    }
  }

  /// Takes a call to which nothing is to be said; false leaves it to `received`.
  @inline(__always)
  package mutating func admits(_ call: UInt64) -> Bool {
    guard phase == .open, call > lastCall, callsInFlight < callsInFlightMax else { return false }
    callsInFlight += 1
    lastCall = call
    return true
  }

  private mutating func receivedRequest(_ call: UInt64) -> Action {
    guard call > lastCall else {
      return .fail(.callIDNotIncreasing, "call id \(call) is not above \(lastCall), the last one used")
    }
    guard callsInFlight < callsInFlightMax else {
      return .fail(.tooManyCalls, "more than the \(callsInFlightMax) calls in flight that WELCOME allows")
    }
    callsInFlight += 1
    if phase == .draining { return .refuseCall }
    lastCall = call
    return .call
  }

  private mutating func receivedControl(_ type: FrameType, second: Int64) -> Action {
    if second != controlSecond {
      controlSecond = second
      controlCount = 0
    }
    controlCount += 1
    guard controlCount <= controlFramesPerSecond else {
      return .fail(.controlFlood, "more than \(controlFramesPerSecond) control frames in a second")
    }
    switch type {
    case .ping: return receivedPing(second)
    case .pong: return .ponged
    case .cancel: return .cancel
    case .credit: return .credit
    case .settings, .goAway, .unimplemented: return .ignore
    case .connectionError:
      phase = .closed
      return .ignore
    case .hello, .welcome, .response, .item:
      return .fail(.unexpectedFrame, "a client does not send frames of type \(type.rawValue) here")
    default: return .unimplemented
    }
  }

  /// Pings keep a connection alive; more of them than agreed are a flood, however slow.
  private mutating func receivedPing(_ second: Int64) -> Action {
    guard pingSeconds > 0 else { return .pong }
    let earned = (second - pingSecond) / pingSeconds
    if earned > 0 {
      pingsAllowed = min(ServerConnection.pingBurst, pingsAllowed + earned)
      pingSecond += earned * pingSeconds
    }
    pingsAllowed -= 1
    guard pingsAllowed >= 0 else {
      return .fail(.controlFlood, "pings more often than every \(pingSeconds) s, which WELCOME asks for")
    }
    return .pong
  }

  /// WELCOME is out.
  package mutating func welcomed() { if phase == .awaitingHello { phase = .open } }

  /// So many calls got their answer.
  @inline(__always)
  package mutating func answered(_ count: Int = 1) {
    callsInFlight -= count
    precondition(callsInFlight >= 0, "a call was answered twice")
  }

  /// What a drain sends next, if anything.
  package enum DrainStep: Hashable, Sendable {
    /// GOAWAY that names no last call yet, then a ping: calls on their way are still taken.
    case announce
    /// GOAWAY with the last call taken.
    case name(lastCall: UInt64)
    /// Nothing to wait for: close.
    case close
    case none
  }

  /// The server wants this connection to end.
  package mutating func drain() -> DrainStep {
    switch phase {
    case .open:
      phase = .announced
      return .announce
    case .awaitingHello:
      phase = .closed
      return .close
    case .announced, .draining, .closed: return .none
    }
  }

  /// Our ping came back, or took too long: every call sent before the first GOAWAY has arrived.
  package mutating func drainAnnounced() -> DrainStep {
    guard phase == .announced else { return .none }
    phase = .draining
    return .name(lastCall: lastCall)
  }

  package mutating func closed() { phase = .closed }
}
