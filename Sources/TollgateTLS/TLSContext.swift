// Owns an `SSL_CTX`: everything that the connections of one configuration share, loaded and validated before it exists.

internal import COpenSSL
internal import COpenSSLShims
internal import Synchronization

/// Immutable once made. Making one reads files, so do it off the event loop.
package final class TLSContext: Sendable {
  package let configuration: TLSConfiguration
  /// The own certificate, if there is one: its `notAfterSeconds` is what to warn about.
  package let certificate: PeerCertificate?
  let ticketKeys: TLSTicketKeys
  /// No two contexts of a process share it, which an address would not guarantee.
  let number = TLSContext.count.add(1, ordering: .relaxed).newValue
  private static let count = Atomic(0)
  /// OpenSSL locks what is mutable in it.
  nonisolated(unsafe) let raw: OpaquePointer

  /// Pass the `ticketKeys` of the former context to keep its sessions resumable.
  ///
  /// - Parameter nowSeconds: The time to judge certificates by, in seconds since 1970; nil takes the clock's.
  package init(
    _ configuration: TLSConfiguration, ticketKeys: TLSTicketKeys? = nil, nowSeconds: Int64? = nil
  ) throws(TLSError) {
    try Self.validate(configuration)
    let now = nowSeconds ?? currentSeconds()
    let identity = try Self.loadIdentity(configuration, now: now)
    let roots = try Self.loadRoots(configuration, now: now)
    guard let raw = SSL_CTX_new(configuration.role == .server ? TLS_server_method() : TLS_client_method()) else {
      throw TLSError(.librarySetup, "OpenSSL makes no context: \(OpenSSLFailure.take().text)")
    }
    self.configuration = configuration
    self.certificate = identity?.chain.first?.asPeer
    self.ticketKeys = ticketKeys ?? TLSTicketKeys(periodSeconds: configuration.sessionLifetimeSeconds)
    self.raw = raw
    ERR_clear_error()
    try applyPolicy()
    if let identity { try use(identity) }
    try trust(roots)
    try applyProtocols()
    try applySessions(roots)
  }

  deinit {
    SSL_CTX_free(raw)
  }

  private static func validate(_ configuration: TLSConfiguration) throws(TLSError) {
    if (configuration.certificateChain == nil) != (configuration.privateKey == nil) {
      throw TLSError(.configurationInvalid, "a certificate chain and a private key go together: give both or neither")
    }
    if configuration.role == .server, configuration.certificateChain == nil {
      throw TLSError(.configurationInvalid, "a server needs a certificate chain and a private key")
    }
    let names = configuration.applicationProtocols
    guard !names.isEmpty, names.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
      throw TLSError(.configurationInvalid, "give at least one application protocol, each of 1 to 255 bytes")
    }
    guard (1...604_800).contains(configuration.sessionLifetimeSeconds) else {
      throw TLSError(.configurationInvalid, "a session lives from 1 s to 7 days (RFC 8446, 4.6.1)")
    }
  }

  private func applyPolicy() throws(TLSError) {
    SSL_CTX_set_security_level(raw, TLSPolicy.securityLevel)
    SSL_CTX_set_verify_depth(raw, TLSPolicy.chainDepthMax)
    try require(tollgate_ctx_set_policy(raw, TLSPolicy.chainBytesMax), "TLS 1.3")
    try require(SSL_CTX_set_ciphersuites(raw, TLSPolicy.cipherSuites), "cipher suites \(TLSPolicy.cipherSuites)")
    try require(tollgate_ctx_set_groups(raw, TLSPolicy.groups), "groups \(TLSPolicy.groups)")
    try require(
      tollgate_ctx_set_signature_algorithms(raw, TLSPolicy.signatureAlgorithms),
      "signature algorithms \(TLSPolicy.signatureAlgorithms)")
  }

  private func use(_ identity: Identity) throws(TLSError) {
    guard let own = identity.chain.first else { return }
    try require(SSL_CTX_use_certificate(raw, own.raw), "the certificate of \(identity.path)")
    try require(SSL_CTX_use_PrivateKey(raw, identity.key.raw), "the private key of \(identity.path)")
    for intermediate in identity.chain.dropFirst() {
      try require(tollgate_ctx_add_chain_certificate(raw, intermediate.raw), "the chain of \(identity.path)")
    }
  }

  private func trust(_ roots: Roots) throws(TLSError) {
    let store = SSL_CTX_get_cert_store(raw)
    for root in roots.certificates {
      try require(X509_STORE_add_cert(store, root.raw), "the trust roots of \(configuration.trustRoots)")
    }
    // An intermediate among the roots is trusted as it stands: then only what it issued can connect.
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    let verify =
      configuration.requiresClientCertificate ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER
    SSL_CTX_set_verify(raw, verify, nil)
  }

  private func applyProtocols() throws(TLSError) {
    switch configuration.role {
    case .client:
      let names = configuration.applicationProtocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
      // This one function returns 0 when all is well.
      try require(SSL_CTX_set_alpn_protos(raw, names, UInt32(names.count)) == 0 ? 1 : 0, "application protocols")
    case .server:
      SSL_CTX_set_client_hello_cb(raw, requireProtocolOffer, nil)
      SSL_CTX_set_alpn_select_cb(raw, selectProtocol, nil)
    }
  }

  private func applySessions(_ roots: Roots) throws(TLSError) {
    SSL_CTX_set_timeout(raw, configuration.sessionLifetimeSeconds)
    tollgate_ctx_set_session_cache(raw, configuration.role == .client ? 1 : 0)
    switch configuration.role {
    case .client:
      SSL_CTX_sess_set_new_cb(raw, keepSession)
    case .server:
      // A session spares its client the check of its certificate, so it must not outlive the roots that it was checked
      // against: other roots are another session context, and its tickets lead to a full handshake.
      try require(
        SSL_CTX_set_session_id_context(raw, roots.digest, UInt32(roots.digest.count)), "the session context")
      try require(SSL_CTX_set_num_tickets(raw, 1), "one ticket a handshake")
      try require(SSL_CTX_set_tlsext_ticket_key_evp_cb(raw, prepareTicket), "ticket keys")
    }
  }

  private func require(_ result: Int32, _ what: String) throws(TLSError) {
    guard result != 1 else { return }
    throw TLSError(.librarySetup, "OpenSSL does not accept \(what): \(OpenSSLFailure.take().text)")
  }
}
