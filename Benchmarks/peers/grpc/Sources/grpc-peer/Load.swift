// The client: so many connections, so many tasks on each, every one authorizing and then capturing.

internal import ArgumentParser
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOPosix
internal import Synchronization
internal import TollgateValues

struct Load: AsyncParsableCommand {
  @Option var port = 7431
  @Option var accounts = 100_000
  @Option var connections = 1
  @Option var inFlight = 1
  @Option var seconds = 10.0
  @Option var warmUp = 2.0
  @Option(help: "The server's process, whose CPU time is read.") var pid = 0
  @Option(help: "Directory of development certificates; none means plain text.") var certificates: String?

  func run() async throws {
    let tally = Tally()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let security: HTTP2ClientTransport.Posix.TransportSecurity =
      certificates.map { folder in
        .mTLS(
          certificateChain: [.file(path: "\(folder)/worker.pem", format: .pem)],
          privateKey: .file(path: "\(folder)/worker-key.pem", format: .pem)
        ) { $0.trustRoots = .certificates([.file(path: "\(folder)/ca.pem", format: .pem)]) }
      } ?? .plaintext
    // The certificate names localhost, the address is loopback's.
    let clients = try (0..<connections).map { _ in
      GRPCClient(
        transport: try HTTP2ClientTransport.Posix(
          target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: security,
          config: .defaults { $0.http2.authority = "localhost" }, eventLoopGroup: group))
    }
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for (index, client) in clients.enumerated() {
        tasks.addTask { try await client.runConnections() }
        for worker in 0..<inFlight {
          var cycle = Cycle(client: client, accounts: UInt64(accounts), seed: UInt64(index << 20 | worker + 1))
          tasks.addTask { try await cycle.run(tally) }
        }
      }
      try await Task.sleep(for: .seconds(warmUp))
      tally.reset()
      let (start, cpu) = (ContinuousClock.now, cpuSeconds(of: pid))
      try await Task.sleep(for: .seconds(seconds))
      tally.report(elapsed: ContinuousClock.now - start, cpu: cpuSeconds(of: pid) - cpu)
      tally.stop()
      // Calls that are under way end with their connection.
      tasks.cancelAll()
    }
  }
}

/// One task's work.
struct Cycle: Sendable {
  let client: GRPCClient<HTTP2ClientTransport.Posix>
  let accounts: UInt64
  var random: UInt64

  init(client: GRPCClient<HTTP2ClientTransport.Posix>, accounts: UInt64, seed: UInt64) {
    self.client = client
    self.accounts = accounts
    random = seed &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func run(_ tally: Tally) async throws {
    while !tally.isStopped {
      let hold = RequestID(at: Clock.now(), randomness: (roll(), roll()))
      let authorize = Request(subject: (7, roll() % accounts + 1), id: hold, amount: 1_500_000)
      guard try await call(Method.authorize, authorize, tally) else { continue }
      let id = RequestID(at: Clock.now(), randomness: (roll(), roll()))
      _ = try await call(Method.capture, Request(subject: (hold.high, hold.low), id: id, amount: 0), tally)
    }
  }

  private func call(_ method: MethodDescriptor, _ request: Request, _ tally: Tally) async throws -> Bool {
    let start = ContinuousClock.now
    do {
      let isGranted = try await client.unary(
        request: ClientRequest(message: request), descriptor: method, serializer: RequestCoder(),
        deserializer: ReplyCoder(), options: .defaults
      ) { try $0.message.isGranted }
      tally.record(ContinuousClock.now - start, isGranted)
      return isGranted
    } catch {
      if tally.isStopped { return false }
      throw error
    }
  }

  private mutating func roll() -> UInt64 {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return random
  }
}
