// Puts a gate together: ledger, prices and an in-memory journal on one event loop.

internal import Logging
internal import NIOPosix
internal import TollgateJournal
internal import TollgateLedger
internal import TollgateServer
internal import TollgateWire

extension InProcessTollgate {
  static func start(_ settings: Settings, logger: Logger) async throws -> InProcessTollgate {
    let clock = TestClock(settings.start)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var generator = SystemRandomNumberGenerator()
    let journal = InMemoryJournal(metadata: .new(created: settings.start, using: &generator))
    let server = try await RunningServer.inProcess(
      configuration: serverConfiguration(settings, settings.role), journal: journal, logger: logger, time: clock,
      on: group.next(), onFailure: { logger.critical("the journal failed", metadata: ["error": "\($0)"]) })
    let administration = try await server.sharing(serverConfiguration(settings, .admin), logger: logger)
    return try InProcessTollgate(
      clock: clock, server: server, administration: administration, group: group, logger: logger)
  }

  private static func serverConfiguration(_ settings: Settings, _ role: Role) -> ServerConfiguration {
    let uri = "spiffe://tollgate.dev/tollgate/\(role)/test"
    return ServerConfiguration(
      host: "in-process", port: 0, transport: .plaintext(PeerIdentity(uri: uri, role: role.wire)),
      ledger: LedgerConfiguration(openHoldsPerAccountMax: settings.openHoldsPerAccountMax),
      connections: ConnectionLimits(batchItems: settings.batchItemsMax))
  }
}

extension InProcessTollgate.Role {
  var wire: TollgateWire.Role {
    switch self {
    case .worker: .worker
    case .billing: .billing
    case .auditor: .auditor
    case .admin: .admin
    }
  }
}
