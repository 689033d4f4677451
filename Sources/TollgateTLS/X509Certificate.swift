// Owns an `X509`: the certificate as OpenSSL holds it, and how its fields become Swift values.

internal import COpenSSL
internal import COpenSSLShims

final class X509Certificate {
  let raw: OpaquePointer

  init(owning pointer: OpaquePointer) {
    raw = pointer
  }

  deinit {
    X509_free(raw)
  }

  var notBeforeSeconds: Int64 { seconds(X509_get0_notBefore(raw)) }
  var notAfterSeconds: Int64 { seconds(X509_get0_notAfter(raw)) }

  var subject: String {
    String(unsafeUninitializedCapacity: 1_024) { region in
      region.withMemoryRebound(to: CChar.self) { tollgate_x509_subject(raw, $0.baseAddress, $0.count) }
    }
  }

  var uris: [String] {
    var found: [String] = []
    withUnsafeMutablePointer(to: &found) { found in
      tollgate_x509_visit_uris(raw, found) { argument, bytes, count in
        let bytes = UnsafeBufferPointer(start: bytes, count: count)
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return }
        argument?.assumingMemoryBound(to: [String].self).pointee.append(String(decoding: bytes, as: UTF8.self))
      }
    }
    return found
  }

  var serialNumber: String {
    let serial = X509_get0_serialNumber(raw)
    return hexadecimal(
      UnsafeBufferPointer(start: ASN1_STRING_get0_data(serial), count: Int(ASN1_STRING_length(serial))))
  }

  var fingerprint: [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    X509_digest(raw, EVP_sha256(), &digest, nil)
    return digest
  }

  var asPeer: PeerCertificate {
    PeerCertificate(
      subject: subject, uris: uris, serialNumber: serialNumber, notAfterSeconds: notAfterSeconds,
      fingerprint: fingerprint)
  }

  /// Seconds since 1970. A time that OpenSSL cannot read counts as long gone, so that it is refused.
  private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    guard let epoch = ASN1_TIME_set(nil, 0) else { return .min }
    defer { ASN1_STRING_free(epoch) }
    var days: Int32 = 0
    var rest: Int32 = 0
    guard ASN1_TIME_diff(&days, &rest, epoch, time) == 1 else { return .min }
    return Int64(days) * 86_400 + Int64(rest)
  }
}
