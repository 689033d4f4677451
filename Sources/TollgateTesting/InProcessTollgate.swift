// A whole gate inside a test: the real ledger, prices and protocol, in memory, on a clock that the test moves.

public import Logging
internal import NIOCore
internal import NIOPosix
public import TollgateClient
internal import TollgateServer
internal import TollgateService

/// A gate in this process.
public final class InProcessTollgate: Sendable {
  /// The gate's time, which the client's ids follow.
  public let clock: TestClock
  let administrator: TollgateClient
  private let server: RunningServer
  private let administration: RunningServer
  let connector: InProcessConnector
  let ids: RequestIDs
  private let group: MultiThreadedEventLoopGroup

  /// How a gate in a test is set up.
  public struct Settings: Sendable {
    /// What the test's client may do.
    public var role = Role.admin
    /// What the clock shows at first; 2027-01-15 08:00 UTC unless said otherwise.
    public var start = Instant(nanoseconds: 1_800_000_000_000_000_000)
    /// Connections of the test's client.
    public var connections = 1
    /// Open holds that an account may have.
    public var openHoldsPerAccountMax: UInt32 = 10_000

    /// Items of a batch call that the gate takes; the client splits what is longer.
    public var batchItemsMax = Limits.batchItemsMax

    /// An administrator's client on one connection.
    public init(role: Role = .admin) { self.role = role }
  }

  /// Who a client is, as its certificate would say.
  public enum Role: Sendable, Hashable, CaseIterable {
    /// Renders: authorizes, captures, voids.
    case worker
    /// Opens accounts, grants, refunds, charges raw amounts.
    case billing
    /// Reads.
    case auditor
    /// May do everything.
    case admin
  }

  /// A logger that says nothing.
  public static let silent = Logger(label: "tollgate.testing", factory: { _ in SwiftLogNoOpLogHandler() })

  init(
    clock: TestClock, server: RunningServer, administration: RunningServer, group: MultiThreadedEventLoopGroup,
    logger: Logger
  ) throws {
    self.clock = clock
    self.server = server
    self.administration = administration
    self.group = group
    connector = InProcessConnector(server)
    ids = RequestIDs(clock: { clock.now })
    administrator = try TollgateClient(
      configuration: InProcessTollgate.clientConfiguration(Settings()),
      connector: InProcessConnector(administration), group: group, ids: ids, logger: logger)
  }

  static func clientConfiguration(_ settings: Settings) -> TollgateClientConfiguration {
    var configuration = TollgateClientConfiguration(host: "127.0.0.1", security: .plaintextOnLoopback)
    // A machine that is busy with other tests is no reason for one to fail.
    configuration.callTimeout = .seconds(60)
    configuration.connections = settings.connections
    configuration.backoff.initial = .milliseconds(5)
    configuration.backoff.maximum = .milliseconds(100)
    return configuration
  }

  /// One more client of this gate, in the role of the settings; the caller runs it.
  public func makeClient(
    _ configuration: TollgateClientConfiguration, logger: Logger = InProcessTollgate.silent
  ) throws(TollgateError) -> TollgateClient {
    try TollgateClient(configuration: configuration, connector: connector, group: group, ids: ids, logger: logger)
  }

  func stop() async {
    await server.drain(timeout: .seconds(1))
    await administration.drain(timeout: .seconds(1))
    await server.gate.close()
    try? await group.shutdownGracefully()
  }
}
