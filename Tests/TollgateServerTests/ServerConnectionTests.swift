// The connection's state machine, read like a transcript: what came, and what it told the handler to do.

import Testing
import TollgateWire

@testable import TollgateServer

@Suite struct ServerConnectionTests {
  /// An open connection that takes two calls at once and five control frames a second.
  private func opened() -> ServerConnection {
    var connection = ServerConnection(callsInFlightMax: 2, controlFramesPerSecond: 5)
    #expect(connection.received(.hello, call: 0, second: 0) == .greet)
    connection.welcomed()
    return connection
  }

  @Test func theFirstFrameMustBeHello() {
    for type in [FrameType.request, .ping, .cancel, .settings, .goAway] {
      var connection = ServerConnection(callsInFlightMax: 2, controlFramesPerSecond: 5)
      guard case .fail(.unexpectedFrame, _) = connection.received(type, call: 1, second: 0) else {
        return #expect(Bool(false), "\(type)")
      }
    }
  }

  @Test func helloComesOnce() {
    var connection = opened()
    guard case .fail(.unexpectedFrame, _) = connection.received(.hello, call: 0, second: 0) else {
      return #expect(Bool(false))
    }
  }

  @Test func callsAreTakenAndCounted() {
    var connection = opened()
    #expect(connection.received(.request, call: 1, second: 0) == .call)
    #expect(connection.received(.request, call: 7, second: 0) == .call)
    #expect(connection.callsInFlight == 2)
    connection.answered()
    #expect(connection.received(.request, call: 8, second: 0) == .call)
    #expect(connection.lastCall == 8)
  }

  @Test func theShortWayTakesOnlyWhatTheLongOneTakes() {
    var closed = ServerConnection(callsInFlightMax: 2, controlFramesPerSecond: 5)
    #expect(closed.admits(1) == false, "there was no HELLO")
    var connection = opened()
    #expect(connection.admits(3) == true)
    #expect(connection.lastCall == 3)
    #expect(connection.callsInFlight == 1)
    #expect(connection.admits(3) == false, "an id that was used")
    #expect(connection.admits(2) == false, "an id below the last")
    #expect(connection.admits(4) == true)
    #expect(connection.admits(5) == false, "a call above the limit")
    connection.answered()
    #expect(connection.admits(5) == true)
    #expect(connection.callsInFlight == 2)
    _ = connection.drain()
    connection.answered()
    #expect(connection.admits(6) == false, "a drain that began: the long way says what becomes of the call")
    #expect(connection.received(.request, call: 6, second: 0) == .call)
  }

  @Test func callIDsIncrease() {
    var connection = opened()
    #expect(connection.received(.request, call: 5, second: 0) == .call)
    for call in [5, 4, 1] as [UInt64] {
      guard case .fail(.callIDNotIncreasing, _) = connection.received(.request, call: call, second: 0) else {
        return #expect(Bool(false), "\(call)")
      }
    }
  }

  @Test func oneCallTooManyEndsTheConnection() {
    var connection = opened()
    #expect(connection.received(.request, call: 1, second: 0) == .call)
    #expect(connection.received(.request, call: 2, second: 0) == .call)
    guard case .fail(.tooManyCalls, let message) = connection.received(.request, call: 3, second: 0) else {
      return #expect(Bool(false))
    }
    #expect(message.contains("2 calls"))
  }

  @Test func aFloodOfControlFramesEndsTheConnection() {
    var connection = opened()
    for _ in 0..<5 { #expect(connection.received(.ping, call: 0, second: 9) == .pong) }
    guard case .fail(.controlFlood, _) = connection.received(.cancel, call: 1, second: 9) else {
      return #expect(Bool(false))
    }
    var other = opened()
    for second in 0..<100 as Range<Int64> { #expect(other.received(.ping, call: 0, second: second) == .pong) }
  }

  @Test func pingsMoreOftenThanAgreedEndTheConnection() {
    var connection = ServerConnection(callsInFlightMax: 2, controlFramesPerSecond: 1_000, pingSeconds: 5)
    #expect(connection.received(.hello, call: 0, second: 100) == .greet)
    connection.welcomed()
    for second in stride(from: 100, to: 1_100, by: 5) as StrideTo<Int64> {
      #expect(connection.received(.ping, call: 0, second: second) == .pong)
    }
    for _ in 0..<ServerConnection.pingBurst { _ = connection.received(.ping, call: 0, second: 1_100) }
    guard case .fail(.controlFlood, _) = connection.received(.ping, call: 0, second: 1_100) else {
      return #expect(Bool(false))
    }
  }

  @Test func whatAServerSendsIsNotForClientsToSend() {
    for type in [FrameType.welcome, .response, .item] {
      var connection = opened()
      guard case .fail(.unexpectedFrame, _) = connection.received(type, call: 1, second: 0) else {
        return #expect(Bool(false), "\(type)")
      }
    }
  }

  @Test func unknownFramesOfACallAreAnsweredUnimplemented() {
    var connection = opened()
    #expect(connection.received(FrameType(rawValue: 0x3F), call: 1, second: 0) == .unimplemented)
  }

  @Test func aDrainLosesNoCall() {
    var connection = opened()
    #expect(connection.received(.request, call: 1, second: 0) == .call)
    #expect(connection.drain() == .announce)
    #expect(connection.drain() == .none)
    // Sent before the client heard of the drain: still taken.
    #expect(connection.received(.request, call: 2, second: 0) == .call)
    #expect(connection.drainAnnounced() == .name(lastCall: 2))
    #expect(!connection.isDrained)
    connection.answered(2)
    #expect(connection.isDrained)
    // Sent in spite of it: refused, and still answered.
    #expect(connection.received(.request, call: 3, second: 0) == .refuseCall)
    connection.answered()
    #expect(connection.lastCall == 2)
    #expect(connection.isDrained)
  }

  @Test func aDrainBeforeHelloClosesAtOnce() {
    var connection = ServerConnection(callsInFlightMax: 2, controlFramesPerSecond: 5)
    #expect(connection.drain() == .close)
  }

  @Test func aClosedConnectionIgnoresEverything() {
    var connection = opened()
    connection.closed()
    #expect(connection.received(.request, call: 1, second: 0) == .ignore)
    #expect(connection.received(.ping, call: 0, second: 0) == .ignore)
  }
}
