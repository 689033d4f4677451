// The threads of the harness and what they do together, phase by phase: connect, prepare, drive, look, clean up.

internal import NIOCore
internal import NIOPosix
internal import TollgateLoadReport
internal import TollgateValues
internal import TollgateWire

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
    try await withThrowingTaskGroup(of: (Int, Result)?.self) { group in
      if let progress {
        group.addTask {
          try? await self.follow(Driver.self, progress)
          return nil
        }
      }
      for (index, shard) in shards.enumerated() {
        group.addTask {
          do {
            let result = try await shard.start { shard in
              let driver = make(shard)
              driver.patienceSeconds = patience
              return driver.run().assumeIsolated().map { result(driver) }.nonisolated()
            }
            return (index, result)
          } catch {
            // The work of the others would be in vain.
            await self.breakOff(error as? LoadFailure ?? .failed("\(error)"))
            throw error
          }
        }
      }
      var results: [Int: Result] = [:]
      while results.count < shards.count, let ended = try await group.next() {
        if let (index, result) = ended { results[index] = result }
      }
      group.cancelAll()
      return results.keys.sorted().compactMap { results[$0] }
    }
  }

  /// Tells four times a second how much of it is done, until it is cancelled.
  private func follow<Driver: BulkDriver>(_ kind: Driver.Type, _ progress: (Int) -> Void) async throws {
    while true {
      try await Task.sleep(for: .milliseconds(250))
      var done = 0
      for shard in shards { done += try await shard.run { ($0.driver as? Driver)?.done ?? 0 } }
      progress(done)
    }
  }
}
