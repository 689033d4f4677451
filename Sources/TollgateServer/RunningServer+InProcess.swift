// A server without a socket, for tests of applications: it takes only connections that are made in its own process.

package import Logging
package import NIOCore
package import TollgateJournal
package import TollgateService

extension RunningServer {
  /// Recovers the ledger and serves connections that are given to `adopt`. Recovery blocks, so the journal should be
  /// one in memory. The caller drains the server and closes its gate.
  package static func inProcess(
    configuration: ServerConfiguration, journal: any Journal, logger: Logger, time: any TimeSource,
    on eventLoop: any EventLoop, onFailure: @escaping @Sendable (any Error) -> Swift.Void
  ) async throws -> RunningServer {
    let (core, _) = try GateCore.recover(
      from: journal, configuration: configuration.ledger, books: configuration.priceBooks, time: time)
    let gate = Gate(
      core: core, journal: journal, executor: LoopExecutor(eventLoop), snapshots: configuration.snapshots,
      onFailure: onFailure, onTrouble: log(to: logger))
    return try await start(
      gate: gate, eventLoop: eventLoop, configuration: configuration, logger: logger, journal: journal.name)
  }

  /// Logs what concerns the operator, but none of the callers.
  static func log(to logger: Logger) -> @Sendable (any Error) -> Swift.Void {
    { logger.error("trouble with a snapshot; calls are not affected", metadata: ["reason": "\($0)"]) }
  }

  /// The same gate for peers of another identity.
  package func sharing(_ configuration: ServerConfiguration, logger: Logger) async throws -> RunningServer {
    try await RunningServer.start(
      gate: gate, eventLoop: connectionLoop, configuration: configuration, logger: logger, journal: "memory")
  }
}
