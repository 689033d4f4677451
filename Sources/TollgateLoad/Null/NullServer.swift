// A server that answers everything at once and remembers nothing: what the harness reaches against it is the harness's own limit.

internal import NIOCore
internal import NIOPosix
package import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// Listens on loopback until it is shut down.
package final class NullServer: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  package let port: Int

  /// What it does that no server should.
  package struct Faults: Sendable {
    /// How many micro-credits each job costs more than the one before it; other than 0 it is a liar, which answers repeated
    /// calls anew.
    var priceStep: Int64 = 0
    /// Each so many calls of a connection it leaves one unanswered; 0: none.
    var silentEvery = 0
    /// The calls of a connection, counted from 1, that it asks to come again later.
    var putsOff = 0..<0
  }

  private init(group: MultiThreadedEventLoopGroup, channel: any Channel) {
    self.group = group
    self.channel = channel
    port = channel.localAddress?.port ?? 0
  }

  /// - Parameters:
  ///   - port: 0 lets the system choose one.
  ///   - tls: A server's context; nil for none.
  ///   - faults: What it does wrong, for tests.
  package static func start(
    port: Int = 0, threads: Int = 1, tls: TLSContext? = nil, faults: Faults = Faults()
  ) async throws -> NullServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
    do {
      let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .serverChannelOption(.backlog, value: 1_024)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(
          .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: 262_144)
        )
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls)) }
            try channel.pipeline.syncOperations.addHandler(NullHandler(faults))
          }
        }
        .bind(host: "127.0.0.1", port: port).get()
      return NullServer(group: group, channel: channel)
    } catch {
      try? await group.shutdownGracefully()
      throw LoadFailure.failed("the null server cannot listen on port \(port): \(error)")
    }
  }

  package func shutDown() async {
    try? await channel.close()
    try? await group.shutdownGracefully()
  }
}

/// Answers the calls of one connection.
final class NullHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  @exclusivity(unchecked) private var decoder = FrameDecoder()
  @exclusivity(unchecked) private var inbound = ByteBuffer()
  @exclusivity(unchecked) private var outbound = ByteBufferAllocator().buffer(capacity: 64 << 10)
  @exclusivity(unchecked) private var now = Instant.epoch
  /// What a job costs here.
  @exclusivity(unchecked) private var price = Credits(microcredits: 1_000_000)
  private let faults: NullServer.Faults
  @exclusivity(unchecked) private var calls = 0

  init(_ faults: NullServer.Faults) { self.faults = faults }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    let buffer = inbound
    inbound = ByteBuffer()
    now = Instant(nanoseconds: Int64(MonotonicClock.wallSeconds * 1e9))
    var position = 0
    do {
      let bytes = buffer.readableBytesSpan
      while let frame = try decoder.next(in: bytes, at: &position) { try answer(frame, bytes) }
    } catch {
      context.close(promise: nil)
      return
    }
    inbound = buffer.rest(from: position)
    guard outbound.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
    outbound.clear()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ frame: Frame, _ bytes: RawSpan) throws {
    switch frame.type {
    case .request: try call(frame, bytes)
    case .hello:
      decoder.frameBytesMax = Limits.frameBytesMax
      try outbound.writeFrame(
        .welcome,
        Welcome(
          role: Role.admin.rawValue, connection: 1, serverTime: now, deadlineMax: .minutes(5),
          pingIntervalMin: .seconds(5), serverName: "null server", serverVersion: LoadVersion.current,
          identity: "anybody", methods: []))
    case .ping: try outbound.writeFrame(.pong, try frame.message(Ping.self, in: bytes))
    default: break
    }
  }

  private func call(_ frame: Frame, _ bytes: RawSpan) throws {
    let (head, place) = try frame.requestHead(in: bytes)
    calls &+= 1
    if faults.silentEvery > 0, calls.isMultiple(of: faults.silentEvery) { return }
    if faults.putsOff.contains(calls) { return try refuse(frame, .unavailable) }
    let ok = ResponseHead()
    let expires = now.advanced(by: .minutes(15))
    price.microcredits &+= faults.priceStep
    switch head.method {
    case .authorize:
      let reply = AuthorizeReply(hold: head.request.hold, amount: price, expires: expires, book: 1)
      try outbound.writeResponse(ok, reply, call: frame.call)
    case .capture:
      try outbound.writeResponse(
        ok, CaptureReply(captured: price, left: .zero, closed: true), call: frame.call)
    case .void: try outbound.writeResponse(ok, VoidReply(released: price), call: frame.call)
    case .extend: try outbound.writeResponse(ok, ExtendReply(expires: expires), call: frame.call)
    case .charge: try outbound.writeResponse(ok, ChargeReply(amount: price, book: 1), call: frame.call)
    default: try rareCall(frame, head, bytes, place, expires)
    }
  }

  private func rareCall(
    _ frame: Frame, _ head: RequestHead, _ bytes: RawSpan, _ place: MessagePlace, _ expires: Instant
  ) throws {
    let ok = ResponseHead()
    switch head.method {
    case .quote:
      let reply = QuoteReply(quote: .zero, amount: price, expires: expires, book: 1)
      try outbound.writeResponse(ok, reply, call: frame.call)
    case .balance:
      let account = try place.message(BalanceRequest.self, in: bytes).account
      let reply = BalanceReply(
        account: account, state: 0, available: .amountMax, held: .zero, pending: .zero, overdraftLimit: .zero,
        overdraftUsed: .zero, expiringSoon: .zero, openHolds: 0, lots: 1, asOf: now)
      try outbound.writeResponse(ok, reply, call: frame.call)
    case .authorizeBatch:
      let request = try place.message(AuthorizeBatchRequest.self, in: bytes)
      let results = request.items.map { [price] in
        AuthorizeResult(
          status: 0, detailType: 0, outcome: CallOutcome.done.rawValue, flags: 0, hold: $0.request.hold,
          amount: price, expires: expires, book: 1, detail: .zero)
      }
      try outbound.writeResponse(ok, AuthorizeBatchReply(results: results), call: frame.call)
    case .captureBatch:
      let request = try place.message(CaptureBatchRequest.self, in: bytes)
      let result = CaptureResult(
        status: 0, detailType: 0, outcome: CallOutcome.done.rawValue, flags: 0, captured: price,
        left: .zero, closed: true, detail: .zero)
      let results = Array(repeating: result, count: request.items.count)
      try outbound.writeResponse(ok, CaptureBatchReply(results: results), call: frame.call)
    default: try refuse(frame, .unimplemented)
    }
  }

  private func refuse(_ frame: Frame, _ status: StatusCode) throws {
    try outbound.writeResponse(ResponseHead(status: status, outcome: .notProcessed), detail: nil, call: frame.call)
  }
}
