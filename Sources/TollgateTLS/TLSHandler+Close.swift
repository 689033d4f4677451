// The ends of a connection: agreed by close_notify on both sides, failed with an alert, or cut off.

internal import NIOCore
internal import NIOTLS

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension TLSHandler {
  /// Somebody above wants to close. What was flushed before still goes out; what was not is lost.
  func closeGracefully(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    switch phase {
    case .idle, .handshaking:
      // There is nothing to agree on yet, and OpenSSL forbids a shutdown during the handshake.
      phase = .closed
      release()
      failWrites(ChannelError.ioOnClosedChannel)
      context.close(promise: promise)
    case .active:
      phase = .closing
      addClosePromise(promise)
      failWrites(ChannelError.ioOnClosedChannel)
      setDeadline(context, in: limits.closeTimeout) { $0.closeNow($1) }
      connection?.close()
      sendCiphertext(context)
      context.read()
    case .closing, .failed:
      addClosePromise(promise)
    case .closed:
      context.close(promise: promise)
    }
  }

  /// The peer's close_notify has come: answer it if it was first, and close when the answer is out.
  func finishClose(_ context: ChannelHandlerContext) {
    switch phase {
    case .active:
      phase = .closing
      failWrites(ChannelError.ioOnClosedChannel)
      setDeadline(context, in: limits.closeTimeout) { $0.closeNow($1) }
      connection?.close()
      let sent = context.eventLoop.makePromise(of: Void.self)
      sendCiphertext(context, promise: sent)
      context.fireUserInboundEventTriggered(TLSUserEvent.shutdownCompleted)
      whenSettled(sent.futureResult, context) { handler, context, _ in handler.closeNow(context) }
    case .closing:
      closeNow(context)
    case .idle, .handshaking, .failed, .closed:
      break
    }
  }

  /// Ends the connection for a reason: the alert goes out, the reason goes up, and the channel closes when the peer has
  /// closed, or has had time enough to read.
  func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
    guard phase != .failed, phase != .closed else { return }
    phase = .failed
    clearDeadline()
    connection?.transport.discardInbound()
    sendCiphertext(context)
    failWrites(error)
    releaseBuffers()
    setDeadline(context, in: limits.alertLinger) { $0.closeNow($1) }
    context.fireErrorCaught(error)
    guard phase == .failed else { return }
    let closed = context.eventLoop.makePromise(of: Void.self)
    context.close(mode: .output, promise: closed)
    whenSettled(closed.futureResult, context) { handler, context, hasSucceeded in
      if !hasSucceeded { handler.closeNow(context) }
    }
  }

  /// The channel is gone, or its input is: without the peer's close_notify somebody may have cut the stream.
  func end(_ context: ChannelHandlerContext) {
    if phase == .active || phase == .closing { deliver(context) }
    let last = phase
    phase = .closed
    release()
    let peer = tlsContext.configuration.role == .server ? "client" : "server"
    switch last {
    case .handshaking:
      let error = TLSError(.handshakeFailed, "the \(peer) closed the connection during the handshake")
      failWrites(error)
      context.fireErrorCaught(error)
    case .active:
      let error = TLSError(
        .truncated, "the connection to the \(peer) ended without its close_notify: what was read may not be all")
      failWrites(error)
      context.fireErrorCaught(error)
    case .idle, .closing, .failed, .closed:
      failWrites(ChannelError.ioOnClosedChannel)
    }
    takeClosePromise()?.succeed()
  }

  func failWrites(_ error: any Error) {
    for promise in pendingWrites.takeAll() { promise.fail(error) }
  }

  func closeNow(_ context: ChannelHandlerContext) {
    guard phase != .closed else { return }
    phase = .closed
    release()
    context.close(promise: takeClosePromise())
  }

  /// Stops the timers and gives the connection's memory back.
  func release() {
    clearDeadline()
    bufferSweep?.cancel()
    bufferSweep = nil
    connection = nil
    releaseBuffers()
  }

  func setDeadline(
    _ context: ChannelHandlerContext, in limit: TimeAmount,
    _ action: @escaping (TLSHandler, ChannelHandlerContext) -> Void
  ) {
    clearDeadline()
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
      deadline = nil
      action(self, context)
    }
  }

  func clearDeadline() {
    deadline?.cancel()
    deadline = nil
  }

  private func whenSettled(
    _ future: EventLoopFuture<Void>, _ context: ChannelHandlerContext,
    _ action: @escaping (_ handler: TLSHandler, _ context: ChannelHandlerContext, _ hasSucceeded: Bool) -> Void
  ) {
    future.assumeIsolated().whenComplete { [self] result in
      if case .success = result { action(self, context, true) } else { action(self, context, false) }
    }
  }

  private func addClosePromise(_ promise: EventLoopPromise<Void>?) {
    guard let promise else { return }
    if let first = closePromise { first.futureResult.cascade(to: promise) } else { closePromise = promise }
  }

  private func takeClosePromise() -> EventLoopPromise<Void>? {
    defer { closePromise = nil }
    return closePromise
  }
}

/// Seconds since 1970: certificates are judged by the wall's clock.
func currentSeconds() -> Int64 {
  Int64(time(nil))
}
