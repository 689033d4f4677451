// Connections of a real client: draining, coming back, staying away, and shutting down.

import NIOCore
import NIOPosix
import Synchronization
import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct ConnectionTests {
  @Test func minimumConnectionsAreOpenedAtStart() async throws {
    try await withGate(connections: 3, script: FakeGate.helpful) { _, gate in
      #expect(await eventually { gate.connectionCount == 3 })
      #expect(gate.requests.isEmpty)
    }
  }

  @Test func aDrainedConnectionIsReplacedAndItsCallsAreAnswered() async throws {
    try await withGate(script: { request, peer in
      if request.connection == 1 {
        // Answers late, after it has begun to drain.
        peer.later(.milliseconds(30)) { try? FakeGate.helpful(request, $0) }
        peer.send(.goAway, GoAway(lastCall: .max, graceMilliseconds: 500, reason: GoAwayReason.maxAge.rawValue))
      } else {
        try FakeGate.helpful(request, peer)
      }
    }) { client, gate in
      _ = try await client.authorize(job, for: account).get()
      _ = try await client.authorize(job, for: account).get()
      #expect(gate.requests.map(\.connection) == [1, 2])
      #expect(gate.requests.map(\.head.attempt) == [0, 0], "nothing had to be tried again")
    }
  }

  @Test func whatADrainingGateDidNotProcessGoesElsewhere() async throws {
    try await withGate(script: { request, peer in
      if request.connection == 1 {
        peer.send(
          .goAway, GoAway(lastCall: request.call - 1, graceMilliseconds: 0, reason: GoAwayReason.shutdown.rawValue))
      } else {
        try FakeGate.helpful(request, peer)
      }
    }) { client, gate in
      _ = try await client.authorize(job, for: account).get()
      #expect(gate.requests.map(\.connection) == [1, 2])
      #expect(Set(gate.requests.map(\.head.request)).count == 1)
    }
  }

  @Test func aGateThatComesBackIsFoundAgain() async throws {
    let gate = try await FakeGate(script: FakeGate.helpful)
    try await withTollgateClient(configuration: gate.configuration(), logger: silent) { client in
      _ = try await client.authorize(job, for: account).get()
      await gate.stop()
      #expect(await eventually { client.pool.connections.isEmpty })
      let error = await #expect(throws: TollgateError.self) {
        try await client.authorize(job, for: account, options: CallOptions(timeout: .milliseconds(80)))
      }
      #expect(error?.code == .unavailable)
      let again = try await FakeGate(port: gate.port, script: FakeGate.helpful)
      _ = try await client.authorize(job, for: account).get()
      #expect(again.requests.count == 1)
      await again.stop()
    }
  }

  @Test func withoutAGateCallsFailAndSayWhy() async throws {
    let closed = try ClosedPort()
    let configuration = TollgateClientConfiguration(
      host: "127.0.0.1", port: closed.number, security: .plaintextOnLoopback)
    try await withTollgateClient(configuration: configuration, logger: silent) { client in
      // The call is made when an attempt has failed, however long that takes here: only then is there something to say.
      #expect(await eventually { client.pool.lastError != nil })
      let error = await #expect(throws: TollgateError.self) {
        try await client.authorize(job, for: account, options: CallOptions(timeout: .milliseconds(50)))
      }
      #expect(error?.code == .unavailable, "closed, never open")
      #expect(error?.outcome == .notProcessed)
      #expect(error?.message.contains("127.0.0.1:\(closed.number)") == true, "\(error?.message ?? "")")
      #expect(error?.message.lowercased().contains("refused") == true, "\(error?.message ?? "")")
    }
  }

  @Test func callsFailWhenNobodyRunsTheClient() async throws {
    let configuration = TollgateClientConfiguration(host: "127.0.0.1", port: 1, security: .plaintextOnLoopback)
    let client = try TollgateClient(configuration: configuration, logger: silent)
    let error = await #expect(throws: TollgateError.self) {
      try await client.health(options: CallOptions(timeout: .milliseconds(20)))
    }
    #expect(error?.message.contains("run()") == true)
  }

  @Test func attemptsGoOnForEverWithGrowingPauses() async throws {
    let connector = FailingConnector()
    let pauses = Mutex<[Duration]>([])
    var configuration = TollgateClientConfiguration(
      endpoints: [.init(host: "a.example"), .init(host: "b.example")],
      security: .tls(.init(certificateChain: "-", privateKey: "-", trustRoots: "-")))
    configuration.connections = 1
    configuration.backoff.jitter = 0
    configuration.nameRefreshInterval = .seconds(3_600)
    let client = try TollgateClient(
      configuration: configuration, connector: connector, logger: silent,
      sleep: { pause in
        // No time passes, but the name refresh, which would never end, stays asleep.
        if pause > .seconds(60) { return try await Task.sleep(for: pause) }
        pauses.withLock { $0.append(pause) }
        if pauses.withLock({ $0.count }) >= 30 { try await Task.sleep(for: .seconds(60)) }
      })
    let running = Task { try await client.run() }
    #expect(await eventually { pauses.withLock { $0.count } >= 30 })
    client.stop()
    try await running.value
    let seen = pauses.withLock { $0 }
    #expect(seen.first == .milliseconds(100))
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(seen.last == .seconds(10))
    #expect(connector.hosts.contains("a.example") && connector.hosts.contains("b.example"))
  }

  @Test func shutdownWaitsForCallsInFlightAndRefusesNewOnes() async throws {
    let gate = try await FakeGate(script: { request, peer in
      peer.later(.milliseconds(50)) { try? FakeGate.helpful(request, $0) }
    })
    let client = try TollgateClient(configuration: gate.configuration(), logger: silent)
    let running = Task { try await client.run() }
    let call = Task { try await client.authorize(job, for: account) }
    #expect(await eventually { gate.requests.count == 1 })
    client.stop()
    let decision = try await call.value
    #expect(decision.success != nil)
    try await running.value
    let error = await #expect(throws: TollgateError.self) { try await client.authorize(job, for: account) }
    #expect(error?.message == "the client is shut down")
    await gate.stop()
  }

  @Test func runningTwiceIsRefused() async throws {
    try await withGate(script: FakeGate.helpful) { client, _ in
      _ = try await client.authorize(job, for: account)
      await #expect(throws: TollgateError.self) { try await client.run() }
    }
  }

  @Test func theGatesLimitOfCallsInFlightIsKept() async throws {
    let most = Mutex((now: 0, most: 0))
    try await withGate(
      welcome: { _ in .test(callsInFlight: 3) },
      script: { request, peer in
        most.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        peer.later(.milliseconds(1)) { peer in
          most.withLock { $0.now -= 1 }
          try? FakeGate.helpful(request, peer)
        }
      }
    ) { client, _ in
      let results = await client.pipeline((0..<30).map { _ in .void(HoldID(high: 1, low: 1)) })
      #expect(results.allSatisfy { $0.failureCode == nil })
      #expect(most.withLock { $0.most } == 3)
    }
  }
}

/// Never connects.
private final class FailingConnector: ClientConnector {
  private let seen = Mutex<[String]>([])
  var hosts: [String] { seen.withLock { $0 } }

  func connect(
    to endpoint: TollgateClientConfiguration.Endpoint, on loop: any EventLoop,
    initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) async throws -> any Channel {
    seen.withLock { $0.append(endpoint.host) }
    throw TollgateError(code: .unavailable, message: "nobody there", outcome: .notProcessed)
  }
}
