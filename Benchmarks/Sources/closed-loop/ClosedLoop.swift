// A simple closed-loop client: so many connections, so many job cycles in flight on each, authorize then capture.

import ArgumentParser
import NIOCore
import NIOPosix
import TollgateTLS
import TollgateValues
import TollgateWire

@main
struct ClosedLoop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "closed-loop",
    abstract: "Measures durable authorize and capture operations per second against a running tollgated.",
    discussion: """
      Each of the cycles in flight authorizes one image for a random account and, once that is answered, captures it; both \
      count as one operation. Latency is that of single calls. The accounts are opened and funded first.
      """)

  @Option(help: "Where tollgated listens.") var host = "127.0.0.1"
  @Option(help: "Its port.") var port = 7420
  @Option(help: "Trust roots (PEM); none means no TLS.") var ca: String?
  @Option(help: "Client certificate (PEM) of the admin role, which may open accounts and authorize.") var cert: String?
  @Option(help: "Its private key (PEM).") var key: String?
  @Option(help: "Connections.") var connections = 16
  @Option(help: "Cycles in flight on each connection.") var inFlight = 64
  @Option(help: "Seconds that count.") var seconds = 10
  @Option(help: "Seconds before that do not count.") var warmUp = 2
  @Option(help: "Accounts; they are numbered from 0 and may exist already.") var accounts = 100_000
  @Option(help: "Server process whose CPU time is read.") var pid: Int?
  @Flag(help: "The accounts exist and are funded: do not prepare them.") var prepared = false

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connector = Connector(group: group, host: host, port: port, tls: try tls())
    if !prepared {
      let start = NIODeadline.now()
      try await Preparation(connector: connector, accounts: accounts).run()
      let elapsed = Double((NIODeadline.now() - start).nanoseconds) / 1e9
      print("prepared \(accounts) accounts in \(fixed(elapsed, 1)) s")
    }
    let tally = Tally()
    let plan = CyclePlan(accounts: UInt64(accounts), inFlight: inFlight)
    let channels = try await connector.connect(connections) { index in
      CycleHandler(plan: plan, tally: tally, seed: UInt64(index + 1))
    }
    try await Task.sleep(for: .seconds(warmUp))
    let before = try await Sample.take(on: group.next(), tally, pid)
    try await Task.sleep(for: .seconds(seconds))
    let after = try await Sample.take(on: group.next(), tally, pid)
    report(before, after)
    for channel in channels { channel.close(promise: nil) }
    try await group.shutdownGracefully()
  }

  private func tls() throws -> TLSContext? {
    guard let ca else { return nil }
    return try TLSContext(.client(certificateChain: cert, privateKey: key, trustRoots: ca))
  }

  private func report(_ before: Sample, _ after: Sample) {
    let elapsed = Double((after.at - before.at).nanoseconds) / 1e9
    let operations = after.operations - before.operations
    let latencies = after.latencies.subtracting(before.latencies)
    let rate = Double(operations) / elapsed
    var line = "\(connections)×\(inFlight): \(Int(rate)) ops/s"
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
      line += ", \(name) \(fixed(Double(latencies.value(at: share)) / 1e6, 3)) ms"
    }
    line += ", max \(fixed(Double(latencies.max) / 1e6, 2)) ms"
    if let cpu = after.serverCPU, let earlier = before.serverCPU, operations > 0 {
      line += ", server CPU \(fixed((cpu - earlier) * 1e6 / Double(operations), 2)) µs/op"
      line += " (\(fixed((cpu - earlier) / elapsed * 100, 0)) % of a core)"
    }
    line += ", denied \(after.denied - before.denied), failed \(after.failed - before.failed)"
    print(line)
  }
}

/// A number with so many decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int64((value * scale).rounded())
  guard decimals > 0 else { return String(scaled) }
  let digits = String(scaled.magnitude)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return (scaled < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}
