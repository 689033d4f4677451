// The files of a configuration, read and judged: what is wrong is said before anything uses them.

internal import COpenSSL

extension TLSContext {
  /// The own certificate, its intermediates and its key.
  struct Identity {
    let path: String
    let chain: [X509Certificate]
    let key: PrivateKey
  }

  struct Roots {
    let certificates: [X509Certificate]
    /// SHA-256 of the file.
    let digest: [UInt8]
  }

  static func loadIdentity(_ configuration: TLSConfiguration, now: Int64) throws(TLSError) -> Identity? {
    guard let chainPath = configuration.certificateChain, let keyPath = configuration.privateKey else { return nil }
    let chain = try PEMFile("certificate chain", at: chainPath).certificates()
    let key = try PEMFile("private key", at: keyPath).privateKey()
    for certificate in chain {
      try judgeTime(of: certificate, in: chainPath, now: now)
    }
    guard let own = chain.first, X509_check_private_key(own.raw, key.raw) == 1 else {
      ERR_clear_error()
      let other = chain.dropFirst().contains { X509_check_private_key($0.raw, key.raw) == 1 }
      ERR_clear_error()
      throw TLSError(
        .keyMismatch,
        other
          ? "private key file \(keyPath) belongs to a later certificate of \(chainPath): the own certificate must come first"
          : "private key file \(keyPath) does not belong to the first certificate of \(chainPath): give the key that it was made with"
      )
    }
    return Identity(path: chainPath, chain: chain, key: key)
  }

  static func loadRoots(_ configuration: TLSConfiguration, now: Int64) throws(TLSError) -> Roots {
    let file = try PEMFile("trust roots", at: configuration.trustRoots)
    let certificates = try file.certificates()
    // A bundle may carry an expired authority along; only if all are, nobody could ever connect.
    guard certificates.contains(where: { $0.notAfterSeconds >= now }) else {
      throw TLSError(
        .certificateExpired,
        "trust roots file \(configuration.trustRoots): every authority in it has expired; give one that is in force")
    }
    return Roots(certificates: certificates, digest: file.digest)
  }

  private static func judgeTime(of certificate: X509Certificate, in path: String, now: Int64) throws(TLSError) {
    let (from, until) = (certificate.notBeforeSeconds, certificate.notAfterSeconds)
    if until < now {
      throw TLSError(
        .certificateExpired,
        "certificate chain file \(path): the certificate of '\(certificate.subject)' expired \(elapsed(now - until)) ago; renew it"
      )
    }
    if from > now {
      throw TLSError(
        .certificateExpired,
        "certificate chain file \(path): the certificate of '\(certificate.subject)' holds only in \(elapsed(from - now)); check the clock"
      )
    }
  }

  private static func elapsed(_ seconds: Int64) -> String {
    seconds < 172_800 ? "\(seconds) s" : "\(seconds / 86_400) days"
  }
}
