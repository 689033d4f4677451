// A connection in the pipeline: carries out what the state machine says, and moves whole reads through the gate.

package import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// One per connection. Everything that a read brought is decoded, decided and encoded together; the encoded answers wait
/// in `held` until their commit is durable, and leave in one write.
package final class ServerHandler: ChannelInboundHandler {
  package typealias InboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  let server: ServerContext
  let identifier: UInt64
  /// The handler before this one; nil without TLS.
  let tls: TLSHandler?
  /// The hot half: entered once a read.
  var intake: CallIntake
  /// Who calls; known from the TLS handshake on, or from the start without TLS.
  var identity: PeerIdentity?
  var identityError: IdentityError?
  var context: ChannelHandlerContext?

  // What is touched with every read is moved out of the handler and back, never changed in place: such properties need no
  // check of exclusive access.

  /// What has come and is not a whole frame yet.
  var inbound = ByteBuffer()
  /// Answers of earlier commits that are not durable yet, ascending.
  var held: [HeldReplies] = []
  var heldBytes = 0
  /// Bytes that the channel has not written to the socket yet, but for short writes while it was writable: see `send`.
  var unsentBytes = 0
  var isWritable = true
  /// Set with the first GOAWAY.
  var isDraining = false
  /// Calls that are answered through the sink, or by many items: their ids.
  var lateCalls: Set<UInt64> = []
  var watches: [UInt64: HealthWatch] = [:]
  let sink = Sink()
  var refusalsLogged = 0
  var timers = ConnectionTimers()
  /// Something has come since the idle timer looked last.
  var hasHeard = false

  struct HeldReplies {
    var commit: CommitNumber
    var arrived: UInt64
    var bytes: ByteBuffer
  }

  init(server: ServerContext, identifier: UInt64, identity: PeerIdentity?, tls: TLSHandler?) {
    self.server = server
    self.tls = tls
    self.identifier = identifier
    self.identity = identity
    let limits = server.configuration.connections
    intake = CallIntake(
      connection: ServerConnection(
        callsInFlightMax: limits.callsInFlight, controlFramesPerSecond: limits.controlFramesPerSecond,
        pingSeconds: limits.pingIntervalMin.nanoseconds / 1_000_000_000),
      frameBytesMax: limits.frameBytes, methods: server.methods, deadlineMax: limits.deadlineMax)
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    sink.handler = self
    if context.channel.isActive { began() }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    sink.handler = nil
  }

  package func channelActive(context: ChannelHandlerContext) {
    began()
    context.fireChannelActive()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    ended()
    context.fireChannelInactive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    hasHeard = true
    guard inbound.readableBytes > 0 else { return inbound = bytes }
    var all = inbound
    inbound = ByteBuffer()
    all.writeBuffer(&bytes)
    inbound = all
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    process()
    context.fireChannelReadComplete()
  }

  /// Stops reading while the peer does not read: its calls then wait in its own buffers.
  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    isWritable = context.channel.isWritable
    // Fails only where the channel has ended.
    try? context.channel.syncOptions?.setOption(.autoRead, value: isWritable)
    context.fireChannelWritabilityChanged()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if server.isHandshakeCompleted(event) { identify() }
    context.fireUserInboundEventTriggered(event)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    server.log(connection: identifier, error: error)
    context.close(promise: nil)
  }
}

@available(*, unavailable)
extension ServerHandler: Sendable {}
