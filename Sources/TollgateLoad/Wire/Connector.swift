// How a connection comes about: a socket, or whatever a test puts in its place, and TLS on it.

internal import NIOCore
internal import NIOPosix
internal import TollgateTLS

/// Where the server is and how it is spoken to.
struct Connector: Sendable {
  enum Target: Sendable {
    case address(host: String, port: Int)
    /// For tests: a connected socket, made anew for each connection.
    case socket(@Sendable () throws -> CInt)
  }

  var target: Target
  var tls: TLSContext?
  /// The name that the server's certificate must carry.
  var serverName: String?
  static let connectTimeout = TimeAmount.seconds(10)

  /// Connects; the promise succeeds with WELCOME, and the connection fails it otherwise.
  func connect(_ connection: WireConnection, on loop: any EventLoop, _ opened: EventLoopPromise<Void>) {
    let bound = NIOLoopBound(connection, eventLoop: loop)
    let bootstrap = ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connectTimeout(Connector.connectTimeout)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: 262_144)
      )
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(client: tls, serverName: serverName)) }
          try channel.pipeline.syncOperations.addHandler(bound.value)
        }
      }
    let channel: EventLoopFuture<any Channel>
    switch target {
    case .address(let host, let port): channel = bootstrap.connect(host: host, port: port)
    case .socket(let make):
      do {
        channel = ClientBootstrap(group: loop).channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
        }.withConnectedSocket(try make())
      } catch {
        channel = loop.makeFailedFuture(error)
      }
    }
    channel.whenFailure { error in bound.value.cannotConnect(LoadFailure.broken(description(of: error))) }
    loop.scheduleTask(in: Connector.connectTimeout) {
      bound.value.giveUpOpening(after: Connector.connectTimeout.nanoseconds / 1_000_000_000)
    }
  }

  private func description(of error: any Error) -> String {
    switch target {
    case .address(let host, let port):
      "cannot connect to \(host):\(port): \(error); is tollgated running there, and is this its port?"
    case .socket: "cannot connect: \(error)"
    }
  }
}
