// Joins a client and a server of one process by a pair of sockets: no ports, no certificates.

internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import TollgateClient
internal import TollgateServer

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

final class InProcessConnector: ClientConnector {
  private let server: RunningServer
  private let state = Mutex(State())

  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isCut = false
  }

  init(_ server: RunningServer) { self.server = server }

  func connect(
    to endpoint: TollgateClientConfiguration.Endpoint, on loop: any EventLoop,
    initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
  ) async throws -> any Channel {
    guard !state.withLock({ $0.isCut }) else {
      throw TollgateError(code: .unavailable, message: "the test has cut the connections", outcome: .notProcessed)
    }
    let (ours, theirs) = try InProcessConnector.socketPair()
    let server = server
    _ = try await ClientBootstrap(group: server.connectionLoop)
      .channelInitializer { channel in channel.eventLoop.makeCompletedFuture { try server.adopt(channel) } }
      .withConnectedSocket(theirs).get()
    let channel = try await ClientBootstrap(group: loop).channelInitializer(initialize).withConnectedSocket(ours).get()
    let key = ObjectIdentifier(channel)
    state.withLock { $0.channels[key] = channel }
    channel.closeFuture.whenComplete { _ in
      _ = self.state.withLock { $0.channels.removeValue(forKey: key) }
    }
    return channel
  }

  /// Drops all connections; with `isCut`, no new ones can be made.
  func drop(isCut: Bool) {
    let channels = state.withLock { state in
      state.isCut = isCut
      return Array(state.channels.values)
    }
    for channel in channels { channel.close(promise: nil) }
  }

  func restore() { state.withLock { $0.isCut = false } }

  private static func socketPair() throws -> (CInt, CInt) {
    var sockets: [CInt] = [-1, -1]
    #if os(Linux)
      let type = CInt(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, type, 0, &sockets) == 0 else {
      throw TollgateError(code: .unavailable, message: "no pair of sockets: error \(errno)", outcome: .notProcessed)
    }
    return (sockets[0], sockets[1])
  }
}
