// The life of the process: opens the journal, serves, listens to signals, and ends with a code that says how.

internal import Foundation
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import TollgateJournal
internal import TollgateLedger
internal import TollgateSQLite
internal import TollgateServer
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues

/// One run of tollgated.
package final class Daemon: Sendable {
  let plan: DaemonPlan
  let sink: LogSink
  let logger: Logger
  /// Loads and judges the settings once more, for SIGHUP.
  let reread: @Sendable () -> (values: SettingValues, problems: [SettingProblem])

  package init(
    _ plan: DaemonPlan, sink: LogSink, reread: @escaping @Sendable () -> (SettingValues, [SettingProblem])
  ) {
    self.plan = plan
    self.sink = sink
    logger = sink.logger("tollgated")
    self.reread = reread
  }

  /// Serves until a signal ends it.
  package func run() async -> DaemonExit {
    signal(SIGPIPE, SIG_IGN)
    // Before anything is said: whoever reads "starting" may rely on signals.
    let signals = await SignalWatch()
    logger.info("starting", metadata: ["version": "\(TollgateVersion.current)", "openssl": "\(TLSLibrary.version)"])
    for warning in plan.warnings { logger.warning("\(warning)") }
    if let certificate = plan.tls?.current.certificate { log(certificate) }
    do {
      let journal = try await open(plan.journal)
      let server = server(over: journal)
      let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
      let watch = Task { await self.obey(signals, group) }
      defer { watch.cancel() }
      do {
        try await group.run()
      } catch {
        removeReadyFile()
        throw error
      }
      removeReadyFile()
      return .ok
    } catch {
      let code = DaemonExit(error)
      logger.critical("\(sentence(about: error))", metadata: ["exit": "\(code.rawValue)"])
      return code
    }
  }

  /// The group's own log says nothing that ours does not.
  private var quiet: Logger {
    Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
  }

  private func server(over journal: any Journal) -> TollgateServer {
    TollgateServer(
      configuration: plan.server, journal: journal, logger: logger,
      onFailure: { [self] error in
        logger.critical(
          "the journal failed: ending at once, nothing that was not durable has been answered",
          metadata: ["error": "\(error)", "exit": "\(DaemonExit.journalFailed.rawValue)"])
        removeReadyFile()
        // Not exit(3): nothing may run any more, and what waits for the journal must stay unanswered.
        _exit(DaemonExit.journalFailed.rawValue)
      },
      listening: { [self] running in
        guard let address = running.address else { return }
        writeReadyFile(address.hostAndPort)
      })
  }

  /// Opening blocks, so it has a thread of its own.
  private func open(_ place: DaemonPlan.JournalPlace) async throws -> any Journal {
    let thread = WorkerThread(name: "tg-open")
    defer { thread.stop() }
    let journal: any Journal = try await withCheckedThrowingContinuation { continuation in
      thread.run { continuation.resume(with: Result { try Daemon.openNow(place) }) }
    }
    var metadata: Logger.Metadata = [
      "journal": "\(journal.name)", "id": "\(journal.metadata.id)", "created": "\(journal.metadata.created)",
      "records": "\(try journal.lastSequence())",
    ]
    if let journal = journal as? SQLiteJournal { metadata["durability"] = "\(try journal.durability())" }
    logger.info("journal open", metadata: metadata)
    return journal
  }

  private static func openNow(_ place: DaemonPlan.JournalPlace) throws -> any Journal {
    let new: @Sendable () -> JournalMetadata = {
      var random = SystemRandomNumberGenerator()
      return .new(created: Instant(nanoseconds: SystemTime().wall()), using: &random)
    }
    switch place {
    case .sqlite(let path, let logBytes):
      return try SQLiteJournal(path: path, options: .init(logBytes: logBytes, metadataOfNew: new))
    case .memory: return InMemoryJournal(metadata: new())
    }
  }

  /// An error as a sentence, with the address where the system does not name it.
  private func sentence(about error: any Error) -> String {
    guard DaemonExit(error) == .addressUnavailable else { return "\(error)" }
    let (host, port) = (plan.server.host, plan.server.port)
    return "cannot listen on \(host) port \(port) (listen.host, listen.port): \(error)"
  }

  // MARK: Ready file

  /// Written whole and then named, so that whoever waits for it never reads half of it.
  private func writeReadyFile(_ address: String) {
    guard let path = plan.readyFile else { return }
    do {
      try Data("\(address)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      logger.error("the ready file cannot be written", metadata: ["path": "\(path)", "error": "\(error)"])
    }
  }

  private func removeReadyFile() {
    if let path = plan.readyFile { unlink(path) }
  }
}
