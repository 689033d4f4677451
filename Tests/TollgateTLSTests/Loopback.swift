// A server and clients on real sockets, for what two joined buffers cannot show: the kernel's resets, and other peers.

import NIOCore
import NIOPosix
import NIOTLS
import Synchronization

@testable import TollgateTLS

/// Echoes what it reads, and remembers what went wrong.
final class LoopbackServer: Sendable {
  private let channel: any Channel
  private let errors: ErrorLog

  var port: Int { channel.localAddress?.port ?? 0 }
  var codes: [TLSError.Code] { errors.codes }

  init(_ context: TLSContext, readsByItself: Bool = true) async throws {
    let errors = ErrorLog()
    self.errors = errors
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: readsByItself)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            TLSHandler(server: context, limits: .patient), Echo(errors))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
  }

  func stop() async throws {
    try await channel.close()
  }
}

extension TLSLimits {
  /// Nothing here is about time, and other tests may keep a loop for many seconds.
  static var patient: TLSLimits {
    var limits = TLSLimits()
    (limits.handshakeTimeout, limits.closeTimeout) = (.minutes(5), .minutes(5))
    return limits
  }
}

/// A connection that sends a message as soon as it may, and collects what comes back.
final class LoopbackClient: Sendable {
  private let channel: any Channel
  private let outcome: EventLoopFuture<ByteBuffer>

  /// - Parameter message: What to send; the outcome is ready when as many bytes have come back.
  init(_ context: TLSContext, port: Int, message: ByteBuffer) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: ByteBuffer.self)
    outcome = promise.futureResult
    channel = try await ClientBootstrap(group: loop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            TLSHandler(client: context, serverName: "localhost", limits: .patient), Asker(message, promise))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func answer() async throws -> ByteBuffer {
    try await outcome.get()
  }

  func close() async throws {
    try await channel.close()
  }
}

/// Sends bytes that are no TLS, and returns what the server said until it ended the connection in good order.
func shout(_ message: ByteBuffer, port: Int) async throws -> ByteBuffer {
  let loop = MultiThreadedEventLoopGroup.singleton.next()
  let promise = loop.makePromise(of: ByteBuffer.self)
  let channel = try await ClientBootstrap(group: loop)
    .channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(Listener(promise))
      }
    }
    .connect(host: "127.0.0.1", port: port).get()
  channel.writeAndFlush(message, promise: nil)
  return try await promise.futureResult.get()
}

final class ErrorLog: Sendable {
  private let errors = Mutex<[any Error]>([])

  var codes: [TLSError.Code] { errors.withLock { $0.compactMap { ($0 as? TLSError)?.code } } }

  func append(_ error: any Error) {
    errors.withLock { $0.append(error) }
  }
}

private final class Echo: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let errors: ErrorLog

  init(_ errors: ErrorLog) {
    self.errors = errors
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.write(data, promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    context.read()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    errors.append(error)
  }
}

private final class Asker: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let message: ByteBuffer
  private let promise: EventLoopPromise<ByteBuffer>
  private var answer = ByteBuffer()

  init(_ message: ByteBuffer, _ promise: EventLoopPromise<ByteBuffer>) {
    self.message = message
    self.promise = promise
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      context.writeAndFlush(wrapOutboundOut(message), promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    answer.writeBuffer(&buffer)
    if answer.readableBytes >= message.readableBytes { promise.succeed(answer) }
  }

  /// The first error is the one that counts.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(ChannelError.eof)
  }
}

private final class Listener: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private let promise: EventLoopPromise<ByteBuffer>
  private var heard = ByteBuffer()

  init(_ promise: EventLoopPromise<ByteBuffer>) {
    self.promise = promise
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    heard.writeImmutableBuffer(unwrapInboundIn(data))
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.succeed(heard)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise.fail(error)
  }
}
