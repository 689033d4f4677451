// How a client gets a channel to a gate: over TCP and TLS, or, in tests, within the process.

package import NIOCore
internal import NIOPosix
internal import TollgateTLS

/// Makes channels. TollgateTesting brings one that needs no network.
package protocol ClientConnector: Sendable {
  /// Connects. `initialize` adds the client's handlers; call it before the channel becomes active, after adding your own.
  func connect(
    to endpoint: TollgateClientConfiguration.Endpoint, on loop: any EventLoop,
    initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) async throws -> any Channel

  /// The addresses that the endpoint's name stands for now; nil if it has no name to look up.
  func addresses(of endpoint: TollgateClientConfiguration.Endpoint) async throws -> Set<String>?
}

extension ClientConnector {
  package func addresses(of endpoint: TollgateClientConfiguration.Endpoint) async throws -> Set<String>? { nil }
}

/// TCP, with TLS unless it stays on this machine.
struct SocketConnector: ClientConnector {
  let configuration: TollgateClientConfiguration
  /// Nil for plain text.
  let tls: TLSContextSource?
  let sessions: TLSSessionCache

  /// Reads the certificates: blocking, so not on an event loop.
  init(_ configuration: TollgateClientConfiguration) throws(TollgateError) {
    self.configuration = configuration
    sessions = TLSSessionCache()
    guard case .tls(let files) = configuration.security else {
      tls = nil
      return
    }
    do {
      tls = try TLSContextSource(
        .client(certificateChain: files.certificateChain, privateKey: files.privateKey, trustRoots: files.trustRoots))
    } catch {
      throw TollgateError(
        code: .invalidConfiguration, message: error.message, outcome: .notProcessed, cause: error)
    }
  }

  func connect(
    to endpoint: TollgateClientConfiguration.Endpoint, on loop: any EventLoop,
    initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) async throws -> any Channel {
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.maxMessagesPerRead, value: 16)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try setUserTimeout(channel)
          if let handler = try tlsHandler(for: endpoint) { try channel.pipeline.syncOperations.addHandler(handler) }
        }.flatMap { initialize(channel) }
      }
    return try await SocketConnector.cancellable(
      bootstrap.connect(host: endpoint.host, port: endpoint.port), on: loop)
  }

  /// Waits for a channel; a cancelled task does not wait for the attempt's timeout, and leaves no channel behind.
  private static func cancellable(
    _ attempt: EventLoopFuture<any Channel>, on loop: any EventLoop
  ) async throws -> any Channel {
    let promise = loop.makePromise(of: (any Channel).self)
    attempt.cascade(to: promise)
    return try await withTaskCancellationHandler {
      try await promise.futureResult.get()
    } onCancel: {
      promise.fail(CancellationError())
      attempt.whenSuccess { $0.close(promise: nil) }
    }
  }

  func addresses(of endpoint: TollgateClientConfiguration.Endpoint) async throws -> Set<String>? {
    guard !endpoint.isAddress else { return nil }
    return try await NameLookup.addresses(of: endpoint.host)
  }

  private func tlsHandler(for endpoint: TollgateClientConfiguration.Endpoint) throws -> TLSHandler? {
    guard let tls, case .tls(let files) = configuration.security else { return nil }
    return TLSHandler(
      client: tls.current, serverName: files.serverName ?? endpoint.host, sessionCache: sessions)
  }

  private func setUserTimeout(_ channel: any Channel) throws {
    #if os(Linux)
      guard let timeout = configuration.keepalive.tcpUserTimeout else { return }
      let milliseconds = TimeAmount(timeout).nanoseconds / 1_000_000
      // TCP_USER_TIMEOUT has no name in NIO: it is option 18 of Linux.
      try channel.syncOptions?.setOption(
        ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: 18)),
        value: SocketOptionValue(clamping: milliseconds))
    #endif
  }
}

extension TollgateClientConfiguration.Endpoint {
  /// Whether the host is an address that needs no look-up.
  var isAddress: Bool { (try? SocketAddress(ipAddress: host, port: port)) != nil }
}
