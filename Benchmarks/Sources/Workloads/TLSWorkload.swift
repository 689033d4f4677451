// TLS records of one read of 64 authorize requests: sealed by a client's handler, opened by a server's, without a socket.

internal import NIOCore
internal import NIOEmbedded
internal import NIOTLS
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

final class TLSWorkload: Workload {
  let name: String
  let operationsPerRound = batchSize
  private let pair: TLSPair
  private let isOpening: Bool
  private let plaintext: ByteBuffer
  private var sealed: [ByteBuffer] = []

  private init(_ name: String, _ pair: TLSPair, isOpening: Bool) throws {
    self.name = "tls.\(name)"
    self.pair = pair
    self.isOpening = isOpening
    var frames = ByteBufferAllocator().buffer(capacity: 64 << 10)
    let message = AuthorizeRequest(account: AccountID(high: 7, low: 11), job: Job(width: 512, height: 512))
    for call in 1...UInt64(batchSize) {
      let head = RequestHead(method: .authorize, request: RequestID(high: 5, low: call))
      try frames.writeRequest(head, message, call: call)
    }
    plaintext = frames
  }

  func prepare(rounds: Int) {
    sealed = isOpening ? (0..<rounds).map { _ in seal() } : []
  }

  func run(rounds: Int) {
    for index in 0..<rounds {
      if isOpening { open(sealed[index]) } else { pair.carry(seal()) }
    }
  }

  private func seal() -> ByteBuffer {
    pair.client.writeAndFlush(plaintext, promise: nil)
    return pair.takeSent(pair.client)
  }

  private func open(_ buffer: ByteBuffer) {
    do {
      try pair.server.writeInbound(buffer)
      let read = try pair.server.readInbound(as: ByteBuffer.self)
      precondition(read?.readableBytes == plaintext.readableBytes, "the server read something else")
    } catch {
      preconditionFailure("the benchmark's own records: \(error)")
    }
  }

  static func all(certificates: String) throws -> [TLSWorkload] {
    let pair = try TLSPair(certificates: certificates)
    return [
      try TLSWorkload("seal", try TLSPair(certificates: certificates), isOpening: false),
      try TLSWorkload("open", pair, isOpening: true),
    ]
  }
}

/// A client and a server joined by nothing but buffers, that have shaken hands.
final class TLSPair {
  let client: EmbeddedChannel
  let server: EmbeddedChannel

  init(certificates: String) throws {
    let clientContext = try TLSContext(
      .client(
        certificateChain: "\(certificates)/worker.pem", privateKey: "\(certificates)/worker-key.pem",
        trustRoots: "\(certificates)/ca.pem"))
    let serverContext = try TLSContext(
      .server(
        certificateChain: "\(certificates)/server.pem", privateKey: "\(certificates)/server-key.pem",
        trustRoots: "\(certificates)/ca.pem"))
    let loop = EmbeddedEventLoop()
    client = EmbeddedChannel(loop: loop)
    server = EmbeddedChannel(loop: loop)
    try client.pipeline.syncOperations.addHandler(TLSHandler(client: clientContext, serverName: "localhost"))
    try server.pipeline.syncOperations.addHandler(TLSHandler(server: serverContext))
    let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
    try server.connect(to: address).wait()
    try client.connect(to: address).wait()
    for _ in 0..<8 {
      loop.run()
      let toServer = takeSent(client)
      if toServer.readableBytes > 0 { try server.writeInbound(toServer) }
      loop.run()
      let toClient = takeSent(server)
      if toClient.readableBytes > 0 { try client.writeInbound(toClient) }
    }
  }

  func takeSent(_ channel: EmbeddedChannel) -> ByteBuffer {
    var all: ByteBuffer?
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { all.setOrWriteImmutableBuffer(buffer) }
    return all ?? ByteBuffer()
  }

  /// What was sealed is not needed any more.
  @inline(never)
  func carry(_ buffer: ByteBuffer) { precondition(buffer.readableBytes > 0, "nothing was sealed") }
}
