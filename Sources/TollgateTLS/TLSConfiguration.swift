// What an operator decides about TLS: the files, and whether clients must show a certificate. The rest is policy.

package struct TLSConfiguration: Sendable, Hashable {
  package enum Role: Sendable, Hashable {
    case server, client
  }

  package var role: Role
  /// The path of a PEM file: the own certificate first, then the intermediates up to (not with) the root.
  package var certificateChain: String?
  /// The path of a PEM file with the certificate's private key, without a passphrase.
  package var privateKey: String?
  /// The path of a PEM file with the authorities that may vouch for the peer; nothing else is trusted.
  package var trustRoots: String
  /// Server: refuse clients without a certificate. If false a certificate is asked for, and checked if one comes.
  package var requiresClientCertificate: Bool
  /// ALPN names, best first. The peer must agree to one of them.
  package var applicationProtocols: [String]
  /// How long a session can be resumed without showing the certificates again, and how long a ticket key issues.
  package var sessionLifetimeSeconds: Int

  package static func server(
    certificateChain: String,
    privateKey: String,
    trustRoots: String,
    requiresClientCertificate: Bool = true,
    applicationProtocols: [String] = TLSPolicy.applicationProtocols,
    sessionLifetimeSeconds: Int = TLSPolicy.sessionLifetimeSeconds
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .server, certificateChain: certificateChain, privateKey: privateKey, trustRoots: trustRoots,
      requiresClientCertificate: requiresClientCertificate, applicationProtocols: applicationProtocols,
      sessionLifetimeSeconds: sessionLifetimeSeconds)
  }

  /// A client without a certificate can only reach a server that does not insist on one.
  package static func client(
    certificateChain: String?,
    privateKey: String?,
    trustRoots: String,
    applicationProtocols: [String] = TLSPolicy.applicationProtocols,
    sessionLifetimeSeconds: Int = TLSPolicy.sessionLifetimeSeconds
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .client, certificateChain: certificateChain, privateKey: privateKey, trustRoots: trustRoots,
      requiresClientCertificate: false, applicationProtocols: applicationProtocols,
      sessionLifetimeSeconds: sessionLifetimeSeconds)
  }
}

/// What no operator needs to decide: written down here, so that no default of a distribution decides it.
package enum TLSPolicy {
  /// The name carries the protocol's major version.
  package static let applicationProtocols = ["tollgate/1"]
  package static let sessionLifetimeSeconds = 7_200
  /// AES-128 first: it is the fastest, and the server's order counts.
  static let cipherSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
  static let groups = "X25519:P-256"
  static let signatureAlgorithms =
    "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384"
    + ":rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:rsa_pss_pss_sha512"
  /// OpenSSL's scale: 2 means at least 112 bits, so RSA from 2048 bits and no SHA-1.
  static let securityLevel: Int32 = 2
  /// Intermediates between a peer's certificate and a trusted authority.
  static let chainDepthMax: Int32 = 4
  /// Bytes of a peer's certificate chain.
  static let chainBytesMax = 32 << 10
  /// Bytes of a PEM file: a bundle of every public authority has a quarter of a megabyte.
  static let fileBytesMax = 1 << 20
  /// Bytes of plain text in one record.
  static let recordBytesMax = 16 << 10
  /// Buffers that grew larger than this are not kept for the next use.
  static let keptBufferBytesMax = 256 << 10
}
