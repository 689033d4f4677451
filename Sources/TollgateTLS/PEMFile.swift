// A PEM file of the operator's, read once into memory, whose errors say what it holds and what it should hold.

internal import COpenSSL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

struct PEMFile: ~Copyable {
  let path: String
  /// What the operator calls this file: "certificate chain", "private key", "trust roots".
  let purpose: String
  private var bytes: [UInt8]

  init(_ purpose: String, at path: String) throws(TLSError) {
    self.path = path
    self.purpose = purpose
    bytes = try Self.read(path, for: purpose)
  }

  /// A key must not linger in freed memory.
  deinit {
    bytes.withUnsafeBytes { OPENSSL_cleanse(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count) }
  }

  /// The bytes as they stand in the file, for a fingerprint.
  var digest: [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    return digest
  }

  /// All certificates in the file, at least one.
  func certificates() throws(TLSError) -> [X509Certificate] {
    let bio = try memory()
    defer { BIO_free(bio) }
    var found: [X509Certificate] = []
    ERR_clear_error()
    while let pointer = PEM_read_bio_X509(bio, nil, nil, nil) {
      found.append(X509Certificate(owning: pointer))
    }
    // The end of the file is "no start line"; anything else is a block that is damaged, also after good ones.
    let failure = OpenSSLFailure.take()
    guard failure.isEndOfPEM else { throw malformed("a certificate in it is damaged: \(failure.text)") }
    guard !found.isEmpty else { throw malformed("it holds \(contents), and should hold PEM blocks 'CERTIFICATE'") }
    return found
  }

  func privateKey() throws(TLSError) -> PrivateKey {
    let bio = try memory()
    defer { BIO_free(bio) }
    ERR_clear_error()
    // Without this callback OpenSSL would ask for a passphrase at the terminal.
    guard let pointer = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) else {
      let failure = OpenSSLFailure.take()
      if labels.contains(where: { $0.contains("ENCRYPTED") }) || text(contains: "Proc-Type: 4,ENCRYPTED") {
        throw malformed("the key is encrypted; it must have no passphrase, as nobody is there to type it at start")
      }
      guard labels.allSatisfy({ !$0.contains("PRIVATE KEY") }) else {
        throw malformed("the key in it is damaged: \(failure.text)")
      }
      throw malformed("it holds \(contents), and should hold a PEM block 'PRIVATE KEY'")
    }
    return PrivateKey(owning: pointer)
  }

  private func memory() throws(TLSError) -> OpaquePointer {
    // This kind of BIO takes a copy and wipes it when freed.
    guard let bio = BIO_new(BIO_s_secmem()), BIO_write(bio, bytes, Int32(bytes.count)) == bytes.count else {
      throw TLSError(.librarySetup, "no memory to read \(path)")
    }
    return bio
  }

  private func malformed(_ what: String) -> TLSError {
    TLSError(.fileMalformed, "\(purpose) file \(path): \(what)")
  }

  private var contents: String {
    if bytes.isEmpty { return "nothing" }
    return labels.isEmpty ? "no PEM at all" : labels.map { "'\($0)'" }.joined(separator: ", ")
  }

  /// The labels of the first PEM blocks: "CERTIFICATE", "PRIVATE KEY". Never anything else of the file.
  private var labels: [String] {
    let mark = "-----BEGIN "
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).lazy
      .filter { $0.hasPrefix(mark) && $0.hasSuffix("-----") && $0.count > mark.count + 5 }
      .prefix(4).map { String($0.dropFirst(mark.count).dropLast(5)) }
  }

  private func text(contains needle: String) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains(needle)
  }

  private static func read(_ path: String, for purpose: String) throws(TLSError) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
      throw TLSError(.fileUnreadable, "\(purpose) file \(path) cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    // One byte more than the bound tells "just fits" from "too large".
    let bytes = [UInt8](unsafeUninitializedCapacity: TLSPolicy.fileBytesMax + 1) { region, count in
      count = fread(region.baseAddress, 1, region.count, file)
    }
    guard ferror(file) == 0 else {
      throw TLSError(.fileUnreadable, "\(purpose) file \(path) cannot be read: \(String(cString: strerror(errno)))")
    }
    guard bytes.count <= TLSPolicy.fileBytesMax else {
      throw TLSError(
        .fileUnreadable, "\(purpose) file \(path) is too large: at most \(TLSPolicy.fileBytesMax) bytes are read")
    }
    return bytes
  }
}

/// Owns an `EVP_PKEY`.
final class PrivateKey {
  let raw: OpaquePointer

  init(owning pointer: OpaquePointer) {
    raw = pointer
  }

  deinit {
    EVP_PKEY_free(raw)
  }
}
