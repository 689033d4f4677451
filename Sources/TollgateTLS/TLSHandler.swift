// TLS in a pipeline: what the socket brings goes up as one decrypted buffer a read, what is written comes down as one
// encrypted buffer a flush. The steps of a connection's life are in the extensions.

package import NIOCore
internal import NIOTLS

/// Fires `TLSUserEvent.handshakeCompleted` when the connection may be used, and a `TLSError` when it may not be any more;
/// after an error it closes the channel by itself. Writes before the handshake's end wait for it.
package final class TLSHandler: ChannelDuplexHandler {
  package typealias InboundIn = ByteBuffer
  package typealias InboundOut = ByteBuffer
  package typealias OutboundIn = ByteBuffer
  package typealias OutboundOut = ByteBuffer

  package let tlsContext: TLSContext
  package let limits: TLSLimits
  /// Who is at the other end, from the handshake on; nil for a client that showed no certificate.
  package internal(set) var peerCertificate: PeerCertificate?
  /// Whether the handshake built on an earlier session.
  package internal(set) var isResumed = false

  let serverName: String?
  let sessionCache: TLSSessionCache?
  private(set) var context: ChannelHandlerContext?
  var phase = Phase.idle
  var connection: TLSConnection?
  /// The handshake's, the close's or the linger's timeout: never two of them at a time.
  var deadline: Scheduled<Void>?
  var closePromise: EventLoopPromise<Void>?

  /// Decrypted, not yet handed on.
  var plaintext = ByteBuffer()
  /// The storage of `plaintext` was handed on, so the next read starts anew.
  var isPlaintextLent = false
  /// How the peer's stream ended, once it has; told after what was read before it.
  var inboundEnd: TLSOutcome?
  var isInboundEndTold = false
  /// Somebody waits for data, in a channel without automatic reading.
  var isReadWanted = false

  var pendingWrites = PendingWrites()
  var isFlushWanted = false

  var bufferSweep: Scheduled<Void>?
  var wasUsedSinceSweep = false

  /// Where a connection stands. It only ever moves down this list.
  enum Phase {
    case idle
    case handshaking
    case active
    /// Our close_notify is out, and the peer's is awaited.
    case closing
    /// An alert is out, and the peer is given time to read it.
    case failed
    case closed
  }

  /// For an accepted connection.
  package init(server context: TLSContext, limits: TLSLimits = TLSLimits()) {
    precondition(context.configuration.role == .server, "a server needs a server's context")
    tlsContext = context
    self.limits = limits
    serverName = nil
    sessionCache = nil
  }

  /// For an outgoing connection.
  ///
  /// - Parameters:
  ///   - serverName: The DNS name or IP address that the server's certificate must be for. With nil any server will do
  ///     whose certificate the trust roots vouch for, which is right only where they vouch for servers alone.
  ///   - sessionCache: Shared by the handlers of one client; nil for a full handshake each time.
  package init(
    client context: TLSContext, serverName: String?, sessionCache: TLSSessionCache? = nil,
    limits: TLSLimits = TLSLimits()
  ) {
    precondition(context.configuration.role == .client, "a client needs a client's context")
    tlsContext = context
    self.limits = limits
    self.serverName = serverName
    self.sessionCache = sessionCache
  }

  package func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { start(context) }
  }

  package func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    phase = .closed
    release()
    failWrites(ChannelError.ioOnClosedChannel)
  }

  package func channelActive(context: ChannelHandlerContext) {
    start(context)
    context.fireChannelActive()
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let connection, phase == .handshaking || phase == .active || phase == .closing else { return }
    connection.transport.receive(unwrapInboundIn(data))
    if phase == .handshaking { advanceHandshake(context) }
    if phase == .active || phase == .closing { decrypt(context) }
  }

  package func channelReadComplete(context: ChannelHandlerContext) {
    let hasDelivered = deliver(context)
    // In a channel without automatic reading nobody above asks again for what was none of theirs, nor after a close.
    if isReadWanted && !hasDelivered || phase == .closing || phase == .failed { context.read() }
    context.fireChannelReadComplete()
  }

  package func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // With half-closure on, the end of the stream comes as this event, and the channel would live on.
    if case ChannelEvent.inputClosed? = event as? ChannelEvent {
      end(context)
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  package func read(context: ChannelHandlerContext) {
    isReadWanted = true
    context.read()
  }

  package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch phase {
    case .idle, .handshaking, .active:
      pendingWrites.append(unwrapOutboundIn(data), promise)
    case .closing, .failed, .closed:
      promise?.fail(ChannelError.ioOnClosedChannel)
    }
  }

  package func flush(context: ChannelHandlerContext) {
    guard phase == .active else {
      isFlushWanted = phase == .idle || phase == .handshaking
      return
    }
    encrypt(context)
  }

  package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    // TLS 1.3 knows half a close; Tollgate's protocol has no use for it.
    guard mode == .all else {
      promise?.fail(ChannelError.operationUnsupported)
      return
    }
    closeGracefully(context, promise)
  }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
