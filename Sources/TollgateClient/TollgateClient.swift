// The client: what applications hold. It owns the connections, makes the ids, and runs as a service of its own.

public import Logging
package import NIOCore
internal import NIOPosix
public import ServiceLifecycle
internal import Synchronization
@_exported public import TollgateValues

/// A client of one or several Tollgate gates. Calls may be made from any task; they wait for a connection while
/// ``run()`` runs, and fail when their time is over. Nothing is ever allowed in the gate's stead.
///
///     let configuration = TollgateClientConfiguration(
///       host: "gate.example", security: .tls(.init(certificateChain: "worker.pem", privateKey: "worker.key", trustRoots: "ca.pem")))
///     try await withTollgateClient(configuration: configuration, logger: logger) { client in
///       switch try await client.authorize(Job(width: 1024, height: 1024), for: account) {
///       case .accepted(let authorization, _): …
///       case .denied(let denial): print(denial.message)
///       }
///     }
public final class TollgateClient: Service, Sendable {
  /// The settings of this client.
  public let configuration: TollgateClientConfiguration
  let pool: ConnectionPool
  let ids: RequestIDs
  let retry: RetryPolicy
  let budget: Mutex<RetryBudget>
  let logger: Logger
  let settlement: SettlementQueue?
  private let keeper: ConnectionKeeper
  private let isRunning = Mutex(false)
  private let stopSignal = AsyncStream<Void>.makeStream()

  /// A client, not yet connected: run it, or use ``withTollgateClient(configuration:logger:_:)``. Reads the certificate
  /// files, and so may block for a moment.
  /// - Throws: a ``TollgateError`` of code `invalidConfiguration` that names every wrong setting or file.
  public convenience init(configuration: TollgateClientConfiguration, logger: Logger) throws(TollgateError) {
    try configuration.validate()
    try self.init(configuration: configuration, connector: SocketConnector(configuration), logger: logger)
  }

  /// A client over any transport.
  package init(
    configuration: TollgateClientConfiguration, connector: any ClientConnector,
    group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, ids: RequestIDs = RequestIDs(), logger: Logger,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) throws(TollgateError) {
    try configuration.validate()
    self.configuration = configuration
    self.ids = ids
    self.logger = logger
    retry = RetryPolicy(settings: configuration.retry)
    budget = Mutex(RetryBudget(configuration.retry))
    pool = ConnectionPool(loop: group.next(), waitingMax: configuration.waitingCallsMax, ids: ids, logger: logger)
    keeper = ConnectionKeeper(
      configuration: configuration, connector: connector, group: group, pool: pool, logger: logger, sleep: sleep)
    settlement = try configuration.settlement.map { settings throws(TollgateError) in
      try SettlementQueue(settings, logger: logger)
    }
  }

  /// Keeps the connections up until the task is cancelled, or a graceful shutdown is asked for: then no new calls are
  /// taken, those in flight are given `drainTimeout`, and the connections close. Runs once.
  public func run() async throws {
    guard
      isRunning.withLock({ running in
        defer { running = true }
        return !running
      })
    else {
      throw TollgateError(code: .failedPrecondition, message: "run() was called twice", outcome: .notProcessed)
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        for number in 0..<configuration.connections { group.addTask { await self.keeper.keep(number) } }
        group.addTask { await self.keeper.refreshNames() }
        if settlement != nil { group.addTask { await self.runSettlement() } }
        for await _ in stopSignal.stream {}
        pool.refuseCalls()
        if !Task.isCancelled { await pool.idle(within: .init(configuration.drainTimeout)) }
        group.cancelAll()
        pool.closeAll()
      }
    } onCancelOrGracefulShutdown: {
      self.stop()
    }
    pool.refuseCalls()
    pool.closeAll()
  }

  /// Ends ``run()`` gracefully: no new calls, those in flight are given `drainTimeout`.
  public func stop() { stopSignal.continuation.finish() }
}

/// Makes a client, runs it while `body` works with it, and shuts it down gracefully afterwards.
/// - Throws: what `body` throws, or a ``TollgateError`` if the configuration is wrong.
public func withTollgateClient<Value>(
  configuration: TollgateClientConfiguration, logger: Logger = Logger(label: "tollgate.client"),
  isolation: isolated (any Actor)? = #isolation, _ body: (TollgateClient) async throws -> Value
) async throws -> Value {
  try await run(TollgateClient(configuration: configuration, logger: logger), isolation: isolation, body)
}

/// Runs a client while `body` works with it.
package func run<Value>(
  _ client: TollgateClient, isolation: isolated (any Actor)? = #isolation,
  _ body: (TollgateClient) async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Void.self, returning: Value.self, isolation: isolation) { group in
    group.addTask { try await client.run() }
    defer { client.stop() }
    return try await body(client)
  }
}
