// A connection's life, told as transcripts: what happens, and what the machine wants done.

import NIOCore
import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct ConnectionStateMachineTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func machine(ping: TimeAmount? = .seconds(20)) -> ConnectionStateMachine {
    ConnectionStateMachine(
      settings: ConnectionSettings(
        callsInFlightMax: 100, pingInterval: ping, pingTimeout: .seconds(10), welcomeTimeout: .seconds(5)))
  }

  private func ready(ping: TimeAmount? = .seconds(20)) -> ConnectionStateMachine {
    var machine = machine(ping: ping)
    _ = machine.connected(at: start)
    _ = machine.welcomed(.test(), at: start)
    return machine
  }

  /// The action is evaluated before `#expect` sees it: its macro cannot change the machine.
  private func expect(
    _ action: ConnectionStateMachine.Action, _ expected: ConnectionStateMachine.Action,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(action == expected, sourceLocation: location)
  }

  @Test func helloThenWelcomeMakesReady() {
    var machine = machine()
    expect(machine.connected(at: start), .sendHello)
    #expect(!machine.isReady)
    guard case .becomeReady(let agreement) = machine.welcomed(.test(callsInFlight: 40), at: start) else {
      Issue.record("not ready")
      return
    }
    #expect(machine.isReady)
    #expect(agreement.callsInFlight == 40)
    #expect(agreement.pingInterval == .seconds(20))
  }

  @Test func ourOwnLimitCountsIfItIsLower() {
    var machine = machine()
    _ = machine.connected(at: start)
    guard case .becomeReady(let agreement) = machine.welcomed(.test(callsInFlight: 5_000), at: start) else {
      Issue.record("not ready")
      return
    }
    #expect(agreement.callsInFlight == 100)
  }

  @Test func theGatesPingIntervalIsTheLeast() {
    var machine = machine(ping: .seconds(1))
    _ = machine.connected(at: start)
    guard case .becomeReady(let agreement) = machine.welcomed(.test(pingIntervalMin: .seconds(5)), at: start) else {
      Issue.record("not ready")
      return
    }
    #expect(agreement.pingInterval == .seconds(5))
  }

  @Test func aGateThatSendsNoWelcomeIsGivenUp() {
    var machine = machine()
    _ = machine.connected(at: start)
    #expect(machine.nextTimer == start + .seconds(5))
    expect(machine.timePassed(to: start + .seconds(4)), .none)
    expect(
      machine.timePassed(to: start + .seconds(5)),
      .fail(.unavailable, "the gate sent no WELCOME within 5s", failAbove: 0))
    #expect(machine.isClosed)
  }

  @Test func whoeverSpeaksAnotherProtocolIsLeft() {
    var machine = machine()
    _ = machine.connected(at: start)
    expect(
      machine.welcomed(.test(magic: 1), at: start),
      .fail(.protocolViolation, "the peer is no Tollgate gate", failAbove: .max))
  }

  @Test func welcomeTwiceIsAViolation() {
    var machine = ready()
    expect(
      machine.welcomed(.test(), at: start), .fail(.protocolViolation, "the gate sent WELCOME twice", failAbove: .max))
  }

  @Test func silenceIsAnsweredByAPingAndThenByTheEnd() {
    var machine = ready()
    #expect(machine.nextTimer == start + .seconds(20))
    expect(machine.timePassed(to: start + .seconds(19)), .none)
    expect(machine.timePassed(to: start + .seconds(20)), .sendPing(token: 1))
    #expect(machine.nextTimer == start + .seconds(30))
    machine.received(at: start + .seconds(21))
    expect(machine.timePassed(to: start + .seconds(30)), .none)
    expect(machine.timePassed(to: start + .seconds(41)), .sendPing(token: 2))
    expect(
      machine.timePassed(to: start + .seconds(51)),
      .fail(.unavailable, "the gate did not answer a ping for 10s", failAbove: .max))
  }

  @Test func pingsAreAnswered() {
    var machine = ready()
    expect(machine.receivedPing(77), .sendPong(token: 77))
    var early = self.machine()
    _ = early.connected(at: start)
    expect(early.receivedPing(1), .fail(.protocolViolation, "the gate sent PING before WELCOME", failAbove: .max))
  }

  @Test func goAwayTwiceDrainsAndThenNamesWhatWasNotProcessed() {
    var machine = ready()
    let first = GoAway(lastCall: .max, graceMilliseconds: 1_000, reason: GoAwayReason.shutdown.rawValue)
    expect(machine.receivedGoAway(first), .drain(reason: "the gate shuts down", failAbove: .max))
    #expect(machine.isDraining)
    let second = GoAway(lastCall: 9, graceMilliseconds: 1_000, reason: GoAwayReason.shutdown.rawValue, message: "bye")
    expect(machine.receivedGoAway(second), .drain(reason: "the gate shuts down: bye", failAbove: 9))
    expect(machine.idle(), .close)
    #expect(machine.isClosed)
  }

  @Test func goAwayInsteadOfWelcomeFails() {
    var machine = machine()
    _ = machine.connected(at: start)
    let notice = GoAway(lastCall: 0, graceMilliseconds: 0, reason: GoAwayReason.overload.rawValue)
    expect(machine.receivedGoAway(notice), .fail(.unavailable, "the gate is overloaded", failAbove: 0))
  }

  @Test func connectionErrorsTellWhatWasWrong() {
    var machine = machine()
    _ = machine.connected(at: start)
    let error = ConnectionError(code: ConnectionErrorCode.unauthenticated.rawValue, lastCall: 0, message: "no role")
    expect(
      machine.receivedConnectionError(error),
      .fail(
        .unauthenticated, "the gate does not know this client: check its certificate: no role", failAbove: 0))
    expect(machine.disconnected(.unavailable, "gone"), .none)
  }

  @Test func leavingWaitsForCallsInFlight() {
    var machine = ready()
    expect(machine.leave(callsInFlight: 3), .drain(reason: "the client leaves", failAbove: .max))
    expect(machine.leave(callsInFlight: 1), .none)
    expect(machine.idle(), .close)
    var idle = ready()
    expect(idle.leave(callsInFlight: 0), .close)
  }

  @Test func settingsChangeTheLimits() {
    var machine = ready()
    expect(machine.receivedSettings(Settings(callsInFlight: 10)), .applyLimit(callsInFlight: 10))
    expect(machine.receivedSettings(Settings(pingIntervalMin: .seconds(60))), .none)
    #expect(machine.nextTimer == start + .seconds(60))
  }

  @Test func aConnectionThatNeverWasEndsWithoutAWord() {
    var machine = machine()
    expect(machine.disconnected(.unavailable, "gone"), .none)
    expect(machine.connected(at: start), .none)
    #expect(machine.isClosed)
  }

  @Test func nothingHappensAfterTheEnd() {
    var machine = ready()
    expect(machine.disconnected(.unavailable, "gone"), .fail(.unavailable, "gone", failAbove: .max))
    expect(machine.idle(), .none)
    expect(machine.leave(callsInFlight: 0), .none)
    expect(machine.violation("late"), .none)
    expect(machine.timePassed(to: start + .hours(1)), .none)
    #expect(machine.nextTimer == nil)
  }
}

extension Welcome {
  /// A gate's greeting, as tests need it.
  static func test(
    magic: UInt64 = Hello.magicValue, callsInFlight: UInt32 = 1_000, batchItems: UInt32 = 100,
    pingIntervalMin: TimeSpan = .seconds(1), serverTime: Instant = WallClock.now
  ) -> Welcome {
    Welcome(
      magic: magic, role: Role.worker.rawValue, connection: 1, serverTime: serverTime, callsInFlight: callsInFlight,
      batchItems: batchItems, deadlineMax: .minutes(5), pingIntervalMin: pingIntervalMin, serverName: "fake",
      serverVersion: "0", identity: "spiffe://tollgate.dev/tollgate/worker/test",
      methods: Method.table.map {
        MethodVersions(method: $0.method.rawValue, versionMin: $0.versionMin, versionMax: $0.versionMax)
      })
  }
}
