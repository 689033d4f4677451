// A connection in the pipeline: carries out what the state machine says, and moves whole reads through the gate.

package import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// One per connection. Everything that a read brought is decoded, decided and encoded together; the encoded answers wait
/// in `held` until their commit is durable, and leave in one write.
package final class ServerHandler: ChannelDuplexHandler {
  package typealias InboundIn = ByteBuffer
  package typealias OutboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  let server: ServerContext
  let identifier: UInt64
  /// The hot half: entered once a read.
  var intake: CallIntake
  /// Who calls; known from the TLS handshake on, or from the start without TLS.
  var identity: PeerIdentity?
  var identityError: IdentityError?
  var context: ChannelHandlerContext?

  /// What has come and is not a whole frame yet.
  var inbound = ByteBuffer()
  /// Answers of earlier commits that are not durable yet, ascending.
  var held: [HeldReplies] = []
  var heldBytes = 0
  /// Bytes that the channel has not written to the socket yet.
  var unsentBytes = 0
  /// Calls that are answered through the sink, or by many items: their ids.
  var lateCalls: Set<UInt64> = []
  var watches: [UInt64: HealthWatch] = [:]
  var isReadWanted = false
  private(set) lazy var sink = Sink(self)
  var refusalsLogged = 0
  var timers = ConnectionTimers()

  struct HeldReplies {
    var commit: CommitNumber
    var arrived: UInt64
    var bytes: ByteBuffer
  }

  init(server: ServerContext, identifier: UInt64, identity: PeerIdentity?) {
    self.server = server
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
    if context.channel.isActive { began() }
  }

  package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

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
    timers.hasHeard = true
    if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    process()
    context.fireChannelReadComplete()
  }

  /// Stops reading while the peer does not read: its calls then wait in its own buffers.
  package func read(context: ChannelHandlerContext) {
    if context.channel.isWritable { context.read() } else { isReadWanted = true }
  }

  package func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable, isReadWanted {
      isReadWanted = false
      context.read()
    }
    context.fireChannelWritabilityChanged()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if server.isHandshakeCompleted(event) { identify(context) }
    context.fireUserInboundEventTriggered(event)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    server.log(connection: identifier, error: error)
    context.close(promise: nil)
  }
}

@available(*, unavailable)
extension ServerHandler: Sendable {}
