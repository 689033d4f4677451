// The threads of the harness and what they do together, phase by phase: connect, prepare, drive, look, clean up.

internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TollgateLoadReport
internal import TollgateValues
internal import TollgateWire

/// Set from a signal handler, read by the phases: end early, and still report.
package final class StopSignal: Sendable {
  private let flag = Atomic(false)
  package init() {}
  package func stop() { flag.store(true, ordering: .relaxed) }
  package var isStopped: Bool { flag.load(ordering: .relaxed) }
}

/// Runs the phases of a run. Create one, use it, shut it down.
final class Harness: Sendable {
  let shards: [ShardHandle]
  private let group: MultiThreadedEventLoopGroup
  /// Handshakes under way at once on one thread.
  private static let handshakesMax = 32

  init(connector: Connector, threads: Int) async throws {
    group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    var shards: [ShardHandle] = []
    for index in 0..<threads {
      shards.append(try await ShardHandle(index: index, loop: group.next(), connector: connector))
    }
    self.shards = shards
  }

  func shutDown() async {
    for shard in shards { try? await shard.run { $0.closeAll() } }
    try? await group.shutdownGracefully()
  }

  /// Opens all connections, spread over the threads.
  func connect(_ count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, shard) in shards.enumerated() {
        let share = (count + shards.count - 1 - index) / shards.count
        group.addTask { try await Harness.connect(share, on: shard) }
      }
      try await group.waitForAll()
    }
  }

  private static func connect(_ count: Int, on shard: ShardHandle) async throws {
    var next = 0
    while next < count {
      let range = next..<min(next + handshakesMax, count)
      try await shard.start { shard in
        EventLoopFuture.andAllSucceed(range.map { shard.connect($0) }, on: shard.loop)
      }
      next = range.upperBound
    }
  }

  /// How the server presents itself, from the first connection.
  func welcome() async throws -> Welcome? {
    try await shards[0].run { $0.connections.first?.welcome }
  }

  /// The accounts of a thread.
  static func range(_ accounts: Int, _ index: Int, of count: Int) -> Range<UInt32> {
    UInt32(accounts * index / count)..<UInt32(accounts * (index + 1) / count)
  }

  /// Runs a bulk driver on every thread, and asks each what came of it.
  ///
  /// - Parameter patience: Seconds without an answer that end it.
  func bulk<Driver: BulkDriver, Result: Sendable>(
    patience: Double, progress: (@Sendable (Int) -> Void)?, make: @escaping @Sendable (Shard) -> Driver,
    result: @escaping @Sendable (Driver) -> Result
  ) async throws -> [Result] {
    let watch = Task { [shards] in
      while !Task.isCancelled, let progress {
        try await Task.sleep(for: .milliseconds(250))
        var done = 0
        for shard in shards { done += try await shard.run { ($0.driver as? Driver)?.done ?? 0 } }
        progress(done)
      }
    }
    defer { watch.cancel() }
    return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      for (index, shard) in shards.enumerated() {
        group.addTask {
          let result = try await shard.start { shard in
            let driver = make(shard)
            driver.patienceSeconds = patience
            return driver.run().assumeIsolated().map { result(driver) }.nonisolated()
          }
          return (index, result)
        }
      }
      var results: [Int: Result] = [:]
      for try await (index, result) in group { results[index] = result }
      return results.keys.sorted().compactMap { results[$0] }
    }
  }
}
