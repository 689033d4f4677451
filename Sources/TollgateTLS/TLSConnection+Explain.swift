// What a failure of OpenSSL's means to somebody who runs a server or a client: who refused whom, why, and what to do.

internal import COpenSSL

extension TLSConnection {
  func explain(_ failure: OpenSSLFailure) -> TLSError {
    let isServer = context.configuration.role == .server
    if let alert = failure.alert { return explain(alert: alert, text: failure.text) }
    let peer = isServer ? "client" : "server"
    let verdict = Int32(truncatingIfNeeded: SSL_get_verify_result(raw))
    if failure.reason == SSL_R_CERTIFICATE_VERIFY_FAILED, verdict != X509_V_OK {
      return explain(verdict: verdict, peer)
    }
    if isServer, offeredNoProtocol { return noSharedProtocol("the client offers no application protocol") }
    if isHandshakeDone {
      return TLSError(.recordInvalid, "the \(peer) sent what is no valid TLS record: \(failure.text)")
    }
    switch failure.reason {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return TLSError(
        .certificateMissing, "the client showed no certificate; every client needs one that the trust roots vouch for")
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return noSharedProtocol("the client offers no application protocol that we speak")
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_VERSION_TOO_LOW:
      return TLSError(.versionUnsupported, "the \(peer) does not speak TLS 1.3: \(failure.text)")
    case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_WRONG_VERSION_NUMBER:
      return TLSError(.versionUnsupported, "the \(peer) does not speak TLS on this port: \(failure.text)")
    default:
      return TLSError(.handshakeFailed, "the handshake with the \(peer) failed: \(failure.text)")
    }
  }

  func noSharedProtocol(_ what: String) -> TLSError {
    let names = context.configuration.applicationProtocols.map { "'\($0)'" }.joined(separator: ", ")
    return TLSError(.protocolMismatch, "\(what) (ALPN); we speak \(names)")
  }

  private func explain(alert: Int32, text: String) -> TLSError {
    let peer = context.configuration.role == .server ? "client" : "server"
    switch alert {
    case SSL_AD_BAD_CERTIFICATE...SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED,
      SSL_AD_CERTIFICATE_REQUIRED:
      let what = context.certificate.map { "our certificate ('\($0.subject)')" } ?? "us without a certificate"
      return TLSError(
        .certificateRefused,
        "the \(peer) refused \(what): \(text); it must be in force and issued by an authority that the \(peer) trusts")
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return noSharedProtocol("the \(peer) speaks no application protocol that we offer")
    case SSL_AD_PROTOCOL_VERSION:
      return TLSError(.versionUnsupported, "the \(peer) does not speak TLS 1.3: \(text)")
    default:
      return isHandshakeDone
        ? TLSError(.alertReceived, "the \(peer) gave the connection up: \(text)")
        : TLSError(.handshakeFailed, "the \(peer) gave the handshake up: \(text)")
    }
  }

  private func explain(verdict: Int32, _ peer: String) -> TLSError {
    let text = String(cString: X509_verify_cert_error_string(Int(verdict)))
    switch verdict {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return TLSError(
        .nameMismatch,
        "the server's certificate is not for '\(serverName ?? "")': \(text); its alternative names must hold that name")
    default:
      return TLSError(
        .certificateRejected,
        "the \(peer)'s certificate is refused: \(text); trust roots are those of \(context.configuration.trustRoots)")
    }
  }
}
