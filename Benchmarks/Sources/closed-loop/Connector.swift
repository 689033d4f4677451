// Connections: TCP, TLS, HELLO and WELCOME; then the handler that does the work.

import NIOCore
import NIOPosix
import TollgateTLS
import TollgateValues
import TollgateWire

struct Connector: Sendable {
  var group: MultiThreadedEventLoopGroup
  var host: String
  var port: Int
  var tls: TLSContext?

  /// Opens so many connections, one after the other.
  func connect(
    _ count: Int, handler: @escaping @Sendable (Int) -> WorkHandler
  ) async throws -> [any Channel] {
    var channels: [any Channel] = []
    for index in 0..<count {
      let channel = try await ClientBootstrap(group: group)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(
          .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: 262_144)
        )
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls {
              try channel.pipeline.syncOperations.addHandler(TLSHandler(client: tls, serverName: "localhost"))
            }
            try channel.pipeline.syncOperations.addHandler(handler(index))
          }
        }
        .connect(host: host, port: port).get()
      channels.append(channel)
    }
    return channels
  }
}

/// Greets, then hands every RESPONSE to `answered` and sends what was queued meanwhile in one write.
class WorkHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var decoder = FrameDecoder()
  private var inbound = ByteBuffer()
  var outbound = ByteBufferAllocator().buffer(capacity: 64 << 10)
  private var nextCall: UInt64 = 1
  var ids = IDSource()

  /// WELCOME is there: begin.
  func begin() {}
  /// A call was answered.
  func answered(_ call: UInt64, _ head: ResponseHead, _ buffer: ByteBuffer, _ place: MessagePlace) {}
  /// The connection is gone.
  func ended(_ error: (any Error)?) {}

  func channelActive(context: ChannelHandlerContext) {
    try? outbound.writeFrame(.hello, Hello(clientName: "closed-loop", clientVersion: "1"))
    flush(context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    var position = 0
    do {
      while let frame = try decoder.next(in: inbound, at: &position) { try take(frame) }
    } catch {
      fail(context, error)
    }
    if position == inbound.readableBytes {
      inbound = ByteBuffer()
    } else {
      inbound.moveReaderIndex(forwardBy: position)
      inbound.discardReadBytes()
    }
    flush(context)
  }

  private func take(_ frame: Frame) throws {
    switch frame.type {
    case .response:
      let (head, place) = try inbound.responseHead(of: frame)
      answered(frame.call, head, inbound, place)
    case .welcome:
      let welcome = try inbound.message(Welcome.self, of: frame)
      decoder.frameBytesMax = Int(welcome.frameBytes)
      ids = IDSource(now: welcome.serverTime)
      begin()
    case .ping: try outbound.writeFrame(.pong, try inbound.message(Ping.self, of: frame))
    case .connectionError: throw Refused(try inbound.message(ConnectionError.self, of: frame).message)
    default: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, error) }
  func channelInactive(context: ChannelHandlerContext) { ended(nil) }

  private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
    print("connection failed: \(error)")
    ended(error)
    context.close(promise: nil)
  }

  private func flush(_ context: ChannelHandlerContext) {
    guard outbound.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
    outbound.clear()
  }

  /// Queues a call; returns its id.
  @discardableResult
  func call(_ method: Method, _ request: RequestID, _ message: some WireMessage) -> UInt64 {
    defer { nextCall += 1 }
    do {
      try outbound.writeRequest(RequestHead(method: method, request: request), message, call: nextCall)
    } catch {
      preconditionFailure("the client's own request: \(error)")
    }
    return nextCall
  }
}

struct Refused: Error, CustomStringConvertible {
  var description: String
  init(_ message: String) { description = message }
}

/// UUIDv7s in quantity: the clock is read once in a while, the rest counts.
struct IDSource {
  private var milliseconds: Int64 = 0
  private var start = NIODeadline.now()
  private var base: Int64 = 0
  private var random: UInt64 = 0
  private var counter: UInt64 = 0

  init() {}

  init(now: Instant) {
    base = now.nanoseconds / 1_000_000
    milliseconds = base
    var generator = SystemRandomNumberGenerator()
    random = generator.next()
  }

  mutating func next() -> RequestID {
    counter &+= 1
    if counter & 63 == 0 { milliseconds = base + (NIODeadline.now() - start).nanoseconds / 1_000_000 }
    return RequestID(
      at: Instant(nanoseconds: milliseconds * 1_000_000),
      randomness: (random, (random &+ counter) &* 0x9E37_79B9_7F4A_7C15))
  }
}

/// The id of the account of a number.
func accountID(_ number: UInt64) -> AccountID { AccountID(high: 0x7461_6C6C_7967_6174, low: number &+ 1) }
