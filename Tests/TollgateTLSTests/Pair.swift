// A client and a server joined by nothing but two buffers, so that a test decides what arrives, when, and in which pieces.

import NIOCore
import NIOEmbedded
import NIOTLS

@testable import TollgateTLS

/// What one end sees above TLS.
final class Recorder: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  var received = ByteBuffer()
  var readCount = 0
  var errors: [any Error] = []
  var negotiated: String?
  var isComplete = false
  var wasShutDown = false
  var isInactive = false
  /// Told of each read, to answer it.
  var onRead: ((ChannelHandlerContext, ByteBuffer) -> Void)?

  var codes: [TLSError.Code] { errors.compactMap { ($0 as? TLSError)?.code } }
  var message: String { (errors.first as? TLSError)?.message ?? "" }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    readCount += 1
    onRead?(context, buffer)
    received.writeBuffer(&buffer)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    isInactive = true
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event as? TLSUserEvent {
    case .handshakeCompleted(let name): (isComplete, negotiated) = (true, name)
    case .shutdownCompleted: wasShutDown = true
    case nil: break
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    errors.append(error)
  }
}

final class End {
  let channel: EmbeddedChannel
  let tls: TLSHandler
  let seen = Recorder()
  /// Everything that this end sent.
  var sent = ByteBuffer()
  /// How many writes reached the socket's place.
  var writeCount = 0

  init(_ tls: TLSHandler, _ loop: EmbeddedEventLoop) throws {
    self.tls = tls
    channel = EmbeddedChannel(loop: loop)
    try channel.pipeline.syncOperations.addHandlers([tls, seen])
  }

  func open() throws {
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  func write(_ bytes: [UInt8]) {
    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
  }

  func takeSent() -> ByteBuffer? {
    var all: ByteBuffer?
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) {
      writeCount += 1
      sent.writeImmutableBuffer(buffer)
      all.setOrWriteImmutableBuffer(buffer)
    }
    return all
  }

  func receive(_ buffer: ByteBuffer) {
    // What goes wrong is in `seen`.
    _ = try? channel.writeInbound(buffer)
  }

  /// The socket ends under the handler.
  func vanish() {
    channel.pipeline.fireChannelInactive()
  }
}

final class Pair {
  let loop = EmbeddedEventLoop()
  let client: End
  let server: End

  init(
    client: TLSContext? = nil, server: TLSContext? = nil, serverName: String? = "localhost",
    cache: TLSSessionCache? = nil, limits: TLSLimits = TLSLimits()
  ) throws {
    let client = try client ?? TLSContext(TestCertificates.client())
    let server = try server ?? TLSContext(TestCertificates.server())
    self.client = try End(TLSHandler(client: client, serverName: serverName, sessionCache: cache, limits: limits), loop)
    self.server = try End(TLSHandler(server: server, limits: limits), loop)
    try self.server.open()
    try self.client.open()
  }

  /// A channel and its handlers hold on to each other until the channel is closed, below TLS.
  deinit {
    for end in [client, server] {
      try? end.channel.pipeline.syncOperations.context(handler: end.tls).close(promise: nil)
    }
    loop.run()
  }

  /// A pair that has shaken hands.
  static func connected(
    client: TLSContext? = nil, server: TLSContext? = nil, cache: TLSSessionCache? = nil
  ) throws -> Pair {
    let pair = try Pair(client: client, server: server, cache: cache)
    pair.exchange()
    return pair
  }

  /// Carries bytes to and fro until both are quiet, in pieces of the given size.
  func exchange(pieceBytes: Int = .max) {
    while true {
      let isClientQuiet = carry(from: client, to: server, pieceBytes)
      let isServerQuiet = carry(from: server, to: client, pieceBytes)
      if isClientQuiet, isServerQuiet { return }
    }
  }

  private func carry(from source: End, to sink: End, _ pieceBytes: Int) -> Bool {
    loop.run()
    guard var buffer = source.takeSent() else { return true }
    while let piece = buffer.readSlice(length: min(pieceBytes, buffer.readableBytes)), piece.readableBytes > 0 {
      sink.receive(piece)
    }
    loop.run()
    return false
  }
}

/// The records in a stream of TLS, by the bytes that each carries.
func recordSizes(_ stream: ByteBuffer) -> [Int] {
  var stream = stream
  var sizes: [Int] = []
  while let header = stream.readBytes(length: 5) {
    let size = Int(header[3]) << 8 | Int(header[4])
    sizes.append(size)
    stream.moveReaderIndex(forwardBy: min(size, stream.readableBytes))
  }
  return sizes
}
