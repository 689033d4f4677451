// A whole server: recovers the ledger, listens, serves, and drains when it is asked to stop.

package import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
package import TollgateJournal
internal import TollgateLedger
internal import TollgatePricing
package import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// Runs as a service: `run()` returns after a drain. The journal is open already; the server closes it at the end.
package final class TollgateServer: Service {
  private let configuration: ServerConfiguration
  private let journal: any Journal
  private let logger: Logger
  private let time: any TimeSource
  private let onFailure: @Sendable (any Error) -> Void
  private let listening: @Sendable (RunningServer) -> Void

  /// - Parameters:
  ///   - onFailure: Hears of a failed append; nothing is answered any more, and the process should end.
  ///   - listening: Hears when the server takes connections.
  package init(
    configuration: ServerConfiguration, journal: any Journal, logger: Logger, time: any TimeSource = SystemTime(),
    onFailure: @escaping @Sendable (any Error) -> Void,
    listening: @escaping @Sendable (RunningServer) -> Void = { _ in }
  ) {
    self.configuration = configuration
    self.journal = journal
    self.logger = logger
    self.time = time
    self.onFailure = onFailure
    self.listening = listening
  }

  package func run() async throws {
    let core = try await recover()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // Callers wait for the loop as soon as it has something to read: neither a snapshot nor a neighbour should have a long turn first.
    group.next().execute { takeShortTurns(microseconds: 300) }
    let running = try await start(core, on: group.next())
    try await running.bind(configuration)
    listening(running)
    logger.info("serving", metadata: ["address": "\(running.address?.hostAndPort ?? "in process")"])
    try? await gracefulShutdown()
    logger.info("draining", metadata: ["timeout": "\(configuration.drainTimeout)"])
    await running.drain(timeout: configuration.drainTimeout)
    await running.gate.close()
    logger.info("stopped")
    try await group.shutdownGracefully()
  }

  /// Recovery blocks, so it has a thread of its own.
  private func recover() async throws -> GateCore {
    let thread = WorkerThread(name: "tg-recovery")
    defer { thread.stop() }
    let (core, report) = try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<(GateCore, RecoveryReport), any Error>) in
      thread.run { [self] in
        continuation.resume(
          with: Result {
            try GateCore.recover(
              from: journal, configuration: configuration.ledger, books: configuration.priceBooks, time: time,
              progress: { [logger] progress in
                logger.info(
                  "recovering", metadata: ["records": "\(progress.recordsDone) of \(progress.recordsTotal)"])
              })
          })
      }
    }
    for refused in report.snapshotsRefused {
      logger.warning("snapshot passed over", metadata: ["reason": "\(refused)"])
    }
    if let trimmed = report.trimmed { logger.warning("torn record trimmed", metadata: ["record": "\(trimmed)"]) }
    logger.info(
      "recovered",
      metadata: [
        "journal": "\(journal.name)", "commit": "\(report.commit)",
        "snapshot": "\(report.snapshotCommit.map(String.init) ?? "none")",
        "replayed": "\(report.commandsReplayed) commands in \(report.recordsReplayed) records",
      ])
    return core
  }

  private func start(_ core: GateCore, on eventLoop: any EventLoop) async throws -> RunningServer {
    let gate = Gate(
      core: core, journal: journal, executor: LoopExecutor(eventLoop), snapshots: configuration.snapshots,
      onFailure: onFailure, onTrouble: RunningServer.log(to: logger))
    return try await RunningServer.start(
      gate: gate, eventLoop: eventLoop, configuration: configuration, logger: logger, journal: journal.name)
  }
}
