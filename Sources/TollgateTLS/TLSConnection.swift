// Owns one `SSL`: everything that OpenSSL says about a connection, folded into four outcomes.

internal import COpenSSL
internal import COpenSSLShims
internal import NIOCore

/// How a step of a connection ended.
enum TLSOutcome {
  case done
  /// OpenSSL needs more bytes of the peer.
  case wantsInput
  /// The peer said that it sends no more.
  case closed
  case failed(TLSError)
}

/// Lives on one event loop. After a failure it must not be used again, except to fetch the alert.
final class TLSConnection {
  let context: TLSContext
  let transport: ByteBufferBIO
  let serverName: String?
  /// Set by a callback, as OpenSSL's own reason is vague.
  var offeredNoProtocol = false
  /// OpenSSL forgets this when something fails.
  private(set) var isHandshakeDone = false
  let raw: OpaquePointer
  private let sessionCache: TLSSessionCache?

  init(context: TLSContext, serverName: String? = nil, sessionCache: TLSSessionCache? = nil) throws(TLSError) {
    ERR_clear_error()
    guard let transport = ByteBufferBIO() else { throw TLSError(.librarySetup, "no memory for a connection") }
    guard let raw = SSL_new(context.raw) else {
      BIO_free(transport.raw)
      throw TLSError(.librarySetup, "OpenSSL makes no connection: \(OpenSSLFailure.take().text)")
    }
    self.context = context
    self.transport = transport
    self.serverName = serverName
    self.sessionCache = sessionCache
    self.raw = raw
    SSL_set_bio(raw, transport.raw, transport.raw)
    SSL_set_ex_data(raw, 0, Unmanaged.passUnretained(self).toOpaque())
    switch context.configuration.role {
    case .server:
      SSL_set_accept_state(raw)
    case .client:
      SSL_set_connect_state(raw)
      if let serverName { try expect(serverName) }
      if let session = sessionCache?.take(for: cacheKey, contextNumber: context.number) {
        SSL_set_session(raw, session.raw)
      }
    }
  }

  /// Frees the BIO too, which `transport` outlives.
  deinit {
    SSL_free(raw)
  }

  static func of(_ ssl: OpaquePointer?) -> TLSConnection? {
    SSL_get_ex_data(ssl, 0).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  func handshake() -> TLSOutcome {
    ERR_clear_error()
    let result = SSL_do_handshake(raw)
    guard result == 1 else { return fold(result) }
    isHandshakeDone = true
    return .done
  }

  /// Decrypts all that has come in. What was decrypted before an end or a failure is in the buffer all the same.
  func read(into buffer: inout ByteBuffer) -> TLSOutcome {
    // Plain text is never longer than its ciphertext, so usually this is the only growth.
    buffer.reserveCapacity(minimumWritableBytes: transport.inboundBytes)
    clearErrors()
    repeat {
      var result: Int32 = 0
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: max(Int(SSL_pending(raw)), 512)) { region in
        var count = 0
        result = SSL_read_ex(raw, region.baseAddress, region.count, &count)
        return result == 1 ? count : 0
      }
      if result != 1 { return fold(result) }
      // Nothing left with us nor with OpenSSL: asking once more would cost a third of a short read.
    } while transport.inboundBytes > 0 || SSL_has_pending(raw) == 1
    return .wantsInput
  }

  /// Encrypts bytes, of which there must be some, into records of up to 16 KiB.
  func write(_ bytes: UnsafeRawBufferPointer) -> TLSOutcome {
    var count = 0
    clearErrors()
    let result = SSL_write_ex(raw, bytes.baseAddress, bytes.count, &count)
    return result == 1 ? .done : fold(result)
  }

  /// Writes our close_notify. Only after the handshake, and never after a failure.
  func close() {
    ERR_clear_error()
    SSL_shutdown(raw)
    ERR_clear_error()
  }

  var isResumed: Bool { SSL_session_reused(raw) == 1 }

  var negotiatedProtocol: String? {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    SSL_get0_alpn_selected(raw, &bytes, &count)
    return bytes.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
  }

  /// Also known after a resumption: the ticket carries it.
  var peerCertificate: X509Certificate? {
    SSL_get1_peer_certificate(raw).map { X509Certificate(owning: $0) }
  }

  func keep(_ session: OpaquePointer) {
    guard SSL_SESSION_is_resumable(session) == 1 else { return }
    sessionCache?.insert(session, for: cacheKey, contextNumber: context.number)
  }

  private var cacheKey: String { serverName ?? "" }

  /// Names and addresses are verified by different calls, and only names go into the ClientHello.
  private func expect(_ serverName: String) throws(TLSError) {
    var name = Substring(serverName)
    if name.hasPrefix("["), name.hasSuffix("]") { name = name.dropFirst().dropLast() }
    if name.hasSuffix(".") { name = name.dropLast() }
    // OpenSSL would take an empty name for "any", and a zero byte for the end.
    guard (1...253).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw TLSError(
        .configurationInvalid, "'\(serverName)' is no server name: give a DNS name in ASCII or an IP address")
    }
    let parameters = SSL_get0_param(raw)
    defer { ERR_clear_error() }
    if X509_VERIFY_PARAM_set1_ip_asc(parameters, String(name)) == 1 { return }
    X509_VERIFY_PARAM_set_hostflags(
      parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
    guard SSL_set1_host(raw, String(name)) == 1, tollgate_ssl_set_server_name(raw, String(name)) == 1 else {
      throw TLSError(.configurationInvalid, "OpenSSL does not accept the server name '\(serverName)'")
    }
  }

  /// Empties the thread's queue of errors. It nearly always is empty, and a look costs less than to clear it.
  @inline(__always)
  private func clearErrors() { if ERR_peek_error() != 0 { ERR_clear_error() } }

  /// `SSL_get_error` looks at the queue too, so nothing may come between the call and this.
  private func fold(_ result: Int32) -> TLSOutcome {
    switch SSL_get_error(raw, result) {
    case SSL_ERROR_NONE: .done
    case SSL_ERROR_WANT_READ: .wantsInput
    case SSL_ERROR_ZERO_RETURN: .closed
    default: .failed(explain(OpenSSLFailure.take()))
    }
  }
}
