// Who is at the other end: what the rest of Tollgate needs of a certificate, as a plain value.

package struct PeerCertificate: Sendable, Hashable {
  /// The distinguished name as RFC 2253 writes it, fit for a log.
  package let subject: String
  /// All URI alternative names in the certificate's order; a SPIFFE id is one. URIs with anything but visible ASCII are
  /// left out, so that none can pass for another.
  package let uris: [String]
  /// Lower-case hexadecimal.
  package let serialNumber: String
  /// Seconds since 1970 UTC after which the certificate no longer holds.
  package let notAfterSeconds: Int64
  /// SHA-256 of the certificate's DER bytes, 32 of them.
  package let fingerprint: [UInt8]

  package init(subject: String, uris: [String], serialNumber: String, notAfterSeconds: Int64, fingerprint: [UInt8]) {
    self.subject = subject
    self.uris = uris
    self.serialNumber = serialNumber
    self.notAfterSeconds = notAfterSeconds
    self.fingerprint = fingerprint
  }

  /// The fingerprint in lower-case hexadecimal, as `openssl x509 -fingerprint -sha256` prints it without the colons.
  package var fingerprintText: String { hexadecimal(fingerprint) }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
