// What one thread owns: its event loop, its connections, its ids. Nothing on the hot path is shared between threads.

internal import NIOCore
internal import NIOPosix
internal import TollgateTLS
internal import TollgateWire

final class Shard {
  let index: Int
  let loop: any EventLoop
  private let connector: Connector
  /// Whoever works on the connections at the moment: preparation, load, or the check at the end.
  @exclusivity(unchecked) var driver = ConnectionDriver()
  @exclusivity(unchecked) var connections: [WireConnection] = []
  @exclusivity(unchecked) var ids = RequestIDs()
  /// The clock at the beginning of the read that is being judged.
  @exclusivity(unchecked) var now = MonotonicClock.now
  /// Why nothing is connected or asked here any more; nil: all goes on.
  private(set) var brokenOff: LoadFailure?

  init(index: Int, loop: any EventLoop, connector: Connector) {
    self.index = index
    self.loop = loop
    self.connector = connector
  }

  /// Opens the connection of a place; it replaces what was there.
  func connect(_ place: Int) -> EventLoopFuture<Void> {
    loop.preconditionInEventLoop()
    if let brokenOff { return loop.makeFailedFuture(brokenOff) }
    let opened = loop.makePromise(of: Void.self)
    let connection = WireConnection(shard: self, index: place, opened: opened)
    if place < connections.count { connections[place] = connection } else { connections.append(connection) }
    connector.connect(connection, on: loop, opened)
    return opened.futureResult
  }

  /// Ends what is under way, and whatever would be begun.
  func breakOff(_ failure: LoadFailure) {
    brokenOff = brokenOff ?? failure
    driver.brokenOff(failure)
    closeAll()
  }

  func closeAll() { for connection in connections { connection.close() } }

  /// The most items that a batch may have on the connections that are ready.
  var batchItemsMax: Int { connections.compactMap { $0.welcome.map { Int($0.batchItems) } }.min() ?? 1 }
}

@available(*, unavailable)
extension Shard: Sendable {}

/// A shard as the rest of the program sees it: closures are carried to its thread.
struct ShardHandle: Sendable {
  private let shard: NIOLoopBound<Shard>
  let loop: any EventLoop

  init(index: Int, loop: any EventLoop, connector: Connector) async throws {
    self.loop = loop
    shard = try await loop.submit {
      NIOLoopBound(Shard(index: index, loop: loop, connector: connector), eventLoop: loop)
    }.get()
  }

  func run<Result: Sendable>(_ body: @escaping @Sendable (Shard) throws -> Result) async throws -> Result {
    let shard = shard
    return try await loop.submit { try body(shard.value) }.get()
  }

  /// For what ends later.
  func start<Result: Sendable>(
    _ body: @escaping @Sendable (Shard) throws -> EventLoopFuture<Result>
  ) async throws -> Result {
    let shard = shard
    return try await loop.flatSubmit {
      do { return try body(shard.value) } catch { return loop.makeFailedFuture(error) }
    }.get()
  }
}
