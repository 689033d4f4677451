// A server that serves: takes connections on its event loop, from a socket or from the same process.

internal import Logging
internal import NIOConcurrencyHelpers
package import NIOCore
internal import NIOPosix
internal import TollgateLedger
internal import TollgatePricing
package import TollgateService
internal import TollgateTLS
package import TollgateValues
internal import TollgateWire

package final class RunningServer: Sendable {
  package let gate: Gate
  private let eventLoop: any EventLoop
  private let context: NIOLoopBound<ServerContext>
  private let listener: NIOLockedValueBox<(any Channel)?>
  private let ticks: NIOLockedValueBox<RepeatedTask?>

  private init(gate: Gate, eventLoop: any EventLoop, context: NIOLoopBound<ServerContext>) {
    self.gate = gate
    self.eventLoop = eventLoop
    self.context = context
    listener = NIOLockedValueBox(nil)
    ticks = NIOLockedValueBox(nil)
  }

  /// Where it listens; nil if only in process.
  package var address: SocketAddress? { listener.withLockedValue { $0?.localAddress } }

  /// How often things that are due end, though nobody calls.
  private static let tickInterval = TimeAmount.milliseconds(250)

  static func start(
    gate: Gate, eventLoop: any EventLoop, configuration: ServerConfiguration, logger: Logger, journal: String
  ) async throws -> RunningServer {
    try await eventLoop.submit {
      let now = gate.enter { $0.now() }
      let book = configuration.priceBooks.book(at: now)
      var random = SystemRandomNumberGenerator()
      let answers = AnswerContext(
        startedAt: now, instance: InstanceID(high: random.next(), low: random.next()),
        version: TollgateVersion.current, journal: journal, bookAppliesFrom: book?.appliesFrom ?? .epoch)
      let context = ServerContext(
        configuration: configuration, gate: gate, eventLoop: eventLoop, logger: logger, answers: answers)
      context.setHealth(.serving)
      let running = RunningServer(
        gate: gate, eventLoop: eventLoop, context: NIOLoopBound(context, eventLoop: eventLoop))
      let task = eventLoop.scheduleRepeatedTask(initialDelay: tickInterval, delay: tickInterval) { _ in
        gate.enter { $0.tick() }
      }
      running.ticks.withLockedValue { $0 = task }
      return running
    }.get()
  }

  /// Opens the listening socket.
  func bind(_ configuration: ServerConfiguration) async throws {
    let context = context
    let channel = try await ServerBootstrap(group: eventLoop)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: false)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: 262_144)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try RunningServer.configure(channel, context.value) }
      }
      .bind(host: configuration.host, port: configuration.port).get()
    listener.withLockedValue { $0 = channel }
  }

  /// Takes a connection that was made in this process; its channel must live on `connectionLoop`.
  package func adopt(_ channel: any Channel) throws { try RunningServer.configure(channel, context.value) }

  /// Where adopted channels must live.
  package var connectionLoop: any EventLoop { eventLoop }

  private static func configure(_ channel: any Channel, _ context: ServerContext) throws {
    guard let handler = context.accept() else {
      channel.close(promise: nil)
      return
    }
    if let tls = handler.tls { try channel.pipeline.syncOperations.addHandler(tls) }
    try channel.pipeline.syncOperations.addHandler(handler)
  }

  /// Takes no new connections, ends the old ones without losing a call, and returns when all are gone or time is up.
  package func drain(timeout: TimeSpan) async {
    if let listener = listener.withLockedValue({ $0 }) { try? await listener.close() }
    ticks.withLockedValue { $0?.cancel() }
    let context = context
    let eventLoop = eventLoop
    let promise = eventLoop.makePromise(of: Void.self)
    eventLoop.execute {
      let server = context.value
      var isDone = false
      server.whenEmpty = {
        if !isDone {
          isDone = true
          promise.succeed()
        }
      }
      eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(timeout.nanoseconds)) {
        server.closeAll()
        server.whenEmpty?()
      }
      server.drain()
    }
    _ = try? await promise.futureResult.get()
  }
}

extension SocketAddress {
  /// `127.0.0.1:7420`, `[::1]:7420`
  package var hostAndPort: String {
    let host = ipAddress ?? description
    return host.contains(":") ? "[\(host)]:\(port ?? 0)" : "\(host):\(port ?? 0)"
  }
}
