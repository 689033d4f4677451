// OpenSSL's error queue, taken whole after a failed call: the first entry is the reason, the rest is how it spread.

internal import COpenSSL

struct OpenSSLFailure {
  let library: Int32
  let reason: Int32
  let text: String

  /// Empties the calling thread's queue.
  static func take() -> OpenSSLFailure {
    let code = ERR_get_error()
    defer { ERR_clear_error() }
    guard code != 0 else { return OpenSSLFailure(library: 0, reason: 0, text: "no reason given") }
    let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
    return OpenSSLFailure(library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code), text: text)
  }

  /// Whether a loop over PEM blocks ended because there are no more.
  var isEndOfPEM: Bool {
    library == 0 || library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE
  }

  /// The alert that the peer sent, if that is the reason: OpenSSL reports alert N as reason 1000 + N.
  var alert: Int32? {
    library == ERR_LIB_SSL && (1_000...1_255).contains(reason) ? reason - 1_000 : nil
  }
}

/// The version of OpenSSL that runs, which may be newer than the one that Tollgate was built with.
package func openSSLVersion() -> String {
  String(cString: OpenSSL_version(OPENSSL_VERSION))
}
