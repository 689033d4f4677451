// A small gate that speaks the wire and does what a test's script says; it listens on this machine only.

import Logging
import NIOCore
import NIOPosix
import Synchronization
import TollgateTLS
import TollgateValues
import TollgateWire

@testable import TollgateClient

/// What the fake gate was asked.
struct FakeRequest: Sendable {
  /// Connections are numbered from 1 as they come.
  var connection: Int
  var call: UInt64
  var head: RequestHead
  var place: MessagePlace
  var buffer: ByteBuffer

  func message<Message: WireMessage>(_ type: Message.Type = Message.self) throws -> Message {
    try buffer.message(type, at: place)
  }
}

final class FakeGate: Sendable {
  typealias Script = @Sendable (FakeRequest, FakePeer) throws -> Void

  struct State {
    var script: Script
    var welcome: @Sendable (Int) -> Welcome?
    var requests: [FakeRequest] = []
    var cancels: [UInt64] = []
    var credits: [UInt32] = []
    var pings = 0
    var reads = 0
    var peers: [Int: NIOLoopBound<FakePeer>] = [:]
    var connectionCount = 0
  }

  let state: Mutex<State>
  private let channel = Mutex<(any Channel)?>(nil)
  private let listening = Atomic(0)
  /// Stays the same once it has stopped.
  var port: Int { listening.load(ordering: .relaxed) }

  /// Listens. `welcome` greets connection n, or not.
  init(
    tls: TLSContext? = nil, port: Int = 0, welcome: @escaping @Sendable (Int) -> Welcome? = { _ in .test() },
    script: @escaping Script
  ) async throws {
    state = Mutex(State(script: script, welcome: welcome))
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls)) }
          try channel.pipeline.syncOperations.addHandler(FakePeer(self))
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    channel.withLock { $0 = listener }
    listening.store(listener.localAddress?.port ?? 0, ordering: .relaxed)
  }

  var requests: [FakeRequest] { state.withLock { $0.requests } }
  var connectionCount: Int { state.withLock { $0.connectionCount } }

  var cancels: [UInt64] { state.withLock { $0.cancels } }
  var credits: [UInt32] { state.withLock { $0.credits } }
  /// Reads that brought bytes, of all connections.
  var reads: Int { state.withLock { $0.reads } }

  func setScript(_ script: @escaping Script) { state.withLock { $0.script = script } }

  /// Does something on the loop of every open connection.
  func onEachConnection(_ body: @escaping @Sendable (FakePeer) -> Void) {
    for peer in state.withLock({ Array($0.peers.values) }) { peer.execute(body) }
  }

  /// Stops listening, and drops every connection.
  func stop() async {
    let listener = channel.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try? await listener?.close()
    onEachConnection { $0.close() }
  }
}

extension NIOLoopBound<FakePeer> {
  fileprivate func execute(_ body: @escaping @Sendable (FakePeer) -> Void) { eventLoop.execute { body(self.value) } }
}

/// One connection of the fake gate; lives on its loop.
final class FakePeer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let gate: FakeGate
  private var number = 0
  private var unread = ByteBuffer()
  private var outbound = ByteBuffer()
  private var context: ChannelHandlerContext?
  private let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)

  init(_ gate: FakeGate) { self.gate = gate }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    number = gate.state.withLock { state in
      state.connectionCount += 1
      state.peers[state.connectionCount] = bound
      return state.connectionCount
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    _ = gate.state.withLock { $0.peers.removeValue(forKey: number) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    unread.writeBuffer(&bytes)
    gate.state.withLock { $0.reads += 1 }
    var position = 0
    do {
      while let frame = try decoder.next(in: unread, at: &position) { try read(frame) }
      unread.moveReaderIndex(forwardBy: position)
    } catch {
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) { flush() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func read(_ frame: Frame) throws {
    switch frame.type {
    case .hello:
      if let welcome = gate.state.withLock({ $0.welcome })(number) { try outbound.writeFrame(.welcome, welcome) }
    case .request:
      let (head, place) = try unread.requestHead(of: frame)
      let request = FakeRequest(
        connection: number, call: frame.call, head: head, place: place, buffer: unread)
      let script = gate.state.withLock { state in
        state.requests.append(request)
        return state.script
      }
      try script(request, self)
    case .cancel: gate.state.withLock { $0.cancels.append(frame.call) }
    case .credit:
      let credit = try unread.message(Credit.self, of: frame)
      gate.state.withLock { $0.credits.append(credit.items) }
    case .ping:
      gate.state.withLock { $0.pings += 1 }
      try outbound.writeFrame(.pong, try unread.message(Ping.self, of: frame))
    default: break
    }
  }

  // MARK: What scripts do

  func reply(_ request: FakeRequest, _ message: some WireMessage, head: ResponseHead = ResponseHead()) throws {
    try outbound.writeResponse(head, message, call: request.call)
  }

  func refuse(
    _ request: FakeRequest, _ detail: Detail?, status: StatusCode = .failedPrecondition, outcome: CallOutcome = .done,
    flags: ResponseFlags = []
  ) throws {
    let head = ResponseHead(status: status, outcome: outcome, flags: flags)
    try outbound.writeResponse(head, detail: detail, call: request.call)
  }

  func item(_ request: FakeRequest, _ sequence: UInt32, _ message: some WireMessage) throws {
    try outbound.writeItem(ItemHead(sequence: sequence), message, call: request.call)
  }

  func send(_ type: FrameType, _ message: some WireMessage) {
    _ = try? outbound.writeFrame(type, message)
    flush()
  }

  /// Does something a little later, on the same connection.
  func later(_ pause: TimeAmount, _ body: @escaping @Sendable (FakePeer) -> Void) {
    guard let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: pause) {
      body(bound.value)
      bound.value.flush()
    }
  }

  /// Does something once the readers of streams have granted so many more items.
  func later(whenCredited items: UInt32, _ body: @escaping @Sendable (FakePeer) -> Void) {
    later(.milliseconds(2)) { peer in
      if peer.gate.credits.reduce(0, +) >= items { body(peer) } else { peer.later(whenCredited: items, body) }
    }
  }

  func close() { context?.close(promise: nil) }

  private func flush() {
    guard outbound.readableBytes > 0, let context else { return }
    context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
    outbound = ByteBuffer()
  }
}

@available(*, unavailable)
extension FakePeer: Sendable {}

extension FakeGate {
  /// Settings of a client of this gate, with short pauses.
  func configuration(connections: Int = 1) -> TollgateClientConfiguration {
    var configuration = TollgateClientConfiguration(
      endpoints: [.init(host: "127.0.0.1", port: port)], security: .plaintextOnLoopback)
    configuration.connections = connections
    // Tests of a timeout bring their own; for all others, a machine that has no time for us is no failure.
    configuration.callTimeout = .seconds(60)
    configuration.backoff.initial = .milliseconds(5)
    configuration.backoff.maximum = .milliseconds(20)
    configuration.retry.initialDelay = .milliseconds(2)
    configuration.drainTimeout = .seconds(1)
    return configuration
  }

  /// Answers authorizes, captures, voids and extensions as a gate would.
  static let helpful: Script = { request, peer in
    switch request.head.method {
    case .authorize: try peer.reply(request, AuthorizeReply.test(request.head.request))
    case .capture: try peer.reply(request, CaptureReply(captured: .test(3), left: .zero, closed: true))
    case .void: try peer.reply(request, VoidReply(released: .test(3)))
    case .extend: try peer.reply(request, ExtendReply(expires: .test))
    case .charge: try peer.reply(request, ChargeReply(amount: .test(3), book: 1))
    default: try peer.refuse(request, .methodUnknown(method: 0, versionMin: 0, versionMax: 0), status: .unimplemented)
    }
  }
}

extension AuthorizeReply {
  static func test(_ id: RequestID, amount: Credits = .test(3)) -> AuthorizeReply {
    AuthorizeReply(hold: id.hold, amount: amount, expires: .test, book: 1)
  }
}

extension Credits {
  static func test(_ credits: Int64) -> Credits { Credits(microcredits: credits * 1_000_000) }
}

extension Instant {
  static let test = Instant(nanoseconds: 1_800_000_000_000_000_000)
}

/// Some account.
let account = AccountID(high: 1, low: 2)
/// Some job.
let job = Job(width: 1_024, height: 1_024)
/// Says nothing.
let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
