// What the tests of whole runs share: a real server in this process, and an observer that keeps quiet.

import ArgumentParser
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TollgateJournal
import TollgateLedger
import TollgateLoadReport
import TollgateServer
import TollgateService
import TollgateValues
import TollgateWire

@testable import TollgateLoad

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A server without a port; connections are pairs of sockets.
final class RealServer: Sendable {
  private let group: MultiThreadedEventLoopGroup
  let running: RunningServer

  private init(_ group: MultiThreadedEventLoopGroup, _ running: RunningServer) {
    self.group = group
    self.running = running
  }

  static func start(role: Role = .admin, ledger: LedgerConfiguration = LedgerConfiguration()) async throws -> RealServer
  {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var generator = SystemRandomNumberGenerator()
    let journal = InMemoryJournal(
      metadata:
        .new(created: Instant(nanoseconds: SystemTime().wall()), using: &generator))
    let uri = "spiffe://tollgate.dev/tollgate/\(role.name)/test"
    let configuration = ServerConfiguration(
      host: "in-process", port: 0, transport: .plaintext(PeerIdentity(uri: uri, role: role)), ledger: ledger)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let running = try await RunningServer.inProcess(
      configuration: configuration, journal: journal, logger: logger, time: SystemTime(), on: group.next(),
      onFailure: { _ in })
    return RealServer(group, running)
  }

  var connector: Connector {
    Connector(
      target: .socket { [running] in
        var sockets: [CInt] = [-1, -1]
        #if os(Linux)
          let type = CInt(SOCK_STREAM.rawValue)
        #else
          let type = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, type, 0, &sockets) == 0 else { throw LoadFailure.failed("no pair of sockets") }
        let theirs = sockets[1]
        ClientBootstrap(group: running.connectionLoop)
          .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try running.adopt(channel) } }
          .withConnectedSocket(theirs).whenFailure { _ in close(theirs) }
        return sockets[0]
      })
  }

  func stop() async {
    await running.drain(timeout: .seconds(1))
    await running.gate.close()
    try? await group.shutdownGracefully()
  }
}

/// Looks again and again; the suite's time limit bounds it.
func wait(until holds: () -> Bool) async throws {
  while !holds() { try await Task.sleep(for: .milliseconds(10)) }
}

/// How the program ends for a command line.
func exitCode(_ line: [String]) async throws -> ExitCode {
  guard var command = try TollgateLoad.parseAsRoot(line) as? any AsyncParsableCommand else {
    throw LoadFailure.failed("no command")
  }
  do {
    try await command.run()
    return .success
  } catch let code as ExitCode {
    return code
  }
}

/// Runs a plan against a real server that lives as long.
func runAgainstServer(
  _ plan: LoadPlan, role: Role = .admin, ledger: LedgerConfiguration = LedgerConfiguration(),
  change: (inout RunSettings) -> Void = { _ in }, server given: RealServer? = nil
) async throws -> RunReport {
  let server: RealServer
  if let given { server = given } else { server = try await RealServer.start(role: role, ledger: ledger) }
  var settings = RunSettings(connector: server.connector)
  settings.plan = plan
  change(&settings)
  do {
    let report = try await LoadRun(settings: settings, observer: SilentObserver(), stop: StopSignal()).run()
    if given == nil { await server.stop() }
    return report
  } catch {
    if given == nil { await server.stop() }
    throw error
  }
}

/// Takes connections and never says a word on them.
final class MuteServer: Sendable {
  private final class Door: Sendable { let isOpen = Atomic(false) }

  private let channel: any Channel
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let door = Door()

  init() async throws {
    channel = try await ServerBootstrap(group: group)
      .childChannelInitializer { [door] channel in
        door.isOpen.store(true, ordering: .relaxed)
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func sawAConnection() async throws { try await wait { self.door.isOpen.load(ordering: .relaxed) } }

  var port: Int { channel.localAddress?.port ?? 0 }

  func stop() async {
    try? await channel.close()
    try? await group.shutdownGracefully()
  }
}

/// A small plan that ends soon.
func smallPlan(_ scenario: Scenario = .authorizeCapture) -> LoadPlan {
  var plan = LoadPlan()
  plan.connections = 3
  plan.threads = 2
  plan.inFlight = 8
  plan.accounts = 50
  plan.mix = Mix(scenario)
  plan.batchItems = 10
  plan.warmUpSeconds = 0
  plan.length = .operations(500)
  // Longer than any machine is busy with something else; only what never comes is waited for so long.
  plan.drainSeconds = 60
  return plan
}
