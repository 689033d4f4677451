// Which OpenSSL works here: the library that was found when the process started, not the headers it was built with.

internal import COpenSSL

package enum TLSLibrary {
  /// As `openssl version` says it: `OpenSSL 3.5.4 30 Sep 2025`.
  package static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
