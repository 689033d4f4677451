// From the first byte to a connection that may be used: both names agreed, both certificates judged.

internal import NIOCore
internal import NIOTLS

extension TLSHandler {
  func start(_ context: ChannelHandlerContext) {
    guard phase == .idle else { return }
    do {
      connection = try TLSConnection(context: tlsContext, serverName: serverName, sessionCache: sessionCache)
    } catch {
      fail(context, error)
      return
    }
    phase = .handshaking
    let limit = limits.handshakeTimeout
    setDeadline(context, in: limit) { handler, context in
      let peer = handler.tlsContext.configuration.role == .server ? "client" : "server"
      handler.fail(
        context, TLSError(.handshakeTimedOut, "the \(peer) did not finish the handshake within \(seconds(limit)) s"))
    }
    advanceHandshake(context)
    // A channel without automatic reading would wait for somebody above to ask, who in turn waits for us.
    context.read()
  }

  func advanceHandshake(_ context: ChannelHandlerContext) {
    guard let connection else { return }
    switch connection.handshake() {
    case .wantsInput:
      sendCiphertext(context)
    case .done:
      finishHandshake(context, connection)
    case .closed:
      fail(context, TLSError(.handshakeFailed, "the peer closed the connection during the handshake"))
    case .failed(let error):
      fail(context, error)
    }
  }

  private func finishHandshake(_ context: ChannelHandlerContext, _ connection: TLSConnection) {
    sendCiphertext(context)
    clearDeadline()
    let certificate = connection.peerCertificate?.asPeer
    if let error = judge(connection, certificate) {
      // OpenSSL is content, so it sends no alert; the peer learns of it by our close_notify.
      connection.close()
      fail(context, error)
      return
    }
    peerCertificate = certificate
    isResumed = connection.isResumed
    phase = .active
    // A connection may stay quiet from here on, and the handshake's flight was its largest write for now.
    connection.transport.release()
    context.fireUserInboundEventTriggered(
      TLSUserEvent.handshakeCompleted(negotiatedProtocol: connection.negotiatedProtocol))
    if phase == .active, isFlushWanted {
      isFlushWanted = false
      encrypt(context)
    }
  }

  /// What OpenSSL leaves to its user.
  private func judge(_ connection: TLSConnection, _ certificate: PeerCertificate?) -> TLSError? {
    let configuration = tlsContext.configuration
    guard let name = connection.negotiatedProtocol, configuration.applicationProtocols.contains(name) else {
      return connection.noSharedProtocol("the peer agreed to no application protocol")
    }
    // A resumed session shows no certificate, so nobody has looked whether it is still in force.
    if let certificate, certificate.notAfterSeconds < currentSeconds() {
      return TLSError(
        .certificateRejected, "the certificate of '\(certificate.subject)', known from an earlier session, has expired")
    }
    if certificate == nil, configuration.role == .client || configuration.requiresClientCertificate {
      return TLSError(.certificateMissing, "the peer showed no certificate")
    }
    return nil
  }
}

func seconds(_ amount: TimeAmount) -> Double {
  Double(amount.nanoseconds) / 1e9
}
