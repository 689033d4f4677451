// How a connection comes about: a socket, or whatever a test puts in its place, and TLS on it.

internal import NIOCore
internal import NIOPosix
internal import TollgateTLS

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

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
      bound.value.giveUpOpening(
        after: Connector.connectTimeout.nanoseconds / 1_000_000_000,
        tls == nil ? "does it speak TLS while we do not?" : "is it a tollgated, and does it speak TLS?")
    }
  }

  private func description(of error: any Error) -> String {
    switch target {
    case .address(let host, let port):
      "cannot connect to \(host):\(port): \(Connector.reason(error))"
    case .socket: "cannot connect: \(error)"
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return reason(first.error) }
      let lookup = (error.dnsAError ?? error.dnsAAAAError).map { ": \($0)" } ?? ""
      return "the name has no address\(lookup)"
    case let error as IOError where error.errnoCode == EMFILE:
      return "too many open files: take fewer --connections, or raise the limit (ulimit -n)"
    case let error as IOError:
      return "\(String(cString: strerror(error.errnoCode))); is tollgated running there, and is this its port?"
    case ChannelError.connectTimeout: return "no connection within \(connectTimeout.nanoseconds / 1_000_000_000) s"
    default: return "\(error)"
    }
  }
}
