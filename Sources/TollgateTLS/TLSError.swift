// One error for everything that TLS can get wrong: a code to switch over, a sentence to read, and what lay beneath.

/// The message says what was wrong and, where there is a remedy, what would be right; files are named.
package struct TLSError: Error, Sendable, CustomStringConvertible {
  package var code: Code
  package var message: String
  package var cause: (any Error)?

  package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  package var description: String {
    cause.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
  }
}

extension TLSError {
  /// What kind of accident it was. New codes may join, so a switch needs a default.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    private init(_ name: String) {
      description = name
    }

    /// A file is missing, unreadable, or too large to be what it should be.
    package static let fileUnreadable = Self("fileUnreadable")
    /// A file was read, but does not hold the PEM that it should.
    package static let fileMalformed = Self("fileMalformed")
    /// The private key does not belong to the certificate.
    package static let keyMismatch = Self("keyMismatch")
    /// A certificate's time is over, or has not come.
    package static let certificateExpired = Self("certificateExpired")
    /// A setting that cannot be: no protocol names, half a key pair, an impossible server name.
    package static let configurationInvalid = Self("configurationInvalid")
    /// OpenSSL itself refused to work: no memory, or a build without what TLS 1.3 needs.
    package static let librarySetup = Self("librarySetup")

    /// The handshake failed for a reason that has no code of its own.
    package static let handshakeFailed = Self("handshakeFailed")
    /// The handshake took too long.
    package static let handshakeTimedOut = Self("handshakeTimedOut")
    /// The peer does not speak TLS 1.3, or no TLS at all.
    package static let versionUnsupported = Self("versionUnsupported")
    /// The two sides share no application protocol.
    package static let protocolMismatch = Self("protocolMismatch")
    /// The peer's certificate did not pass our check.
    package static let certificateRejected = Self("certificateRejected")
    /// The peer's certificate is good, but for another name.
    package static let nameMismatch = Self("nameMismatch")
    /// The client showed no certificate.
    package static let certificateMissing = Self("certificateMissing")
    /// The peer refused our certificate. In TLS 1.3 a client learns this only after its own handshake.
    package static let certificateRefused = Self("certificateRefused")

    /// The connection ended without the peer's close_notify: what was read may not be all that was sent.
    package static let truncated = Self("truncated")
    /// The peer reported a failure after the handshake.
    package static let alertReceived = Self("alertReceived")
    /// What the peer sent after the handshake was no valid record.
    package static let recordInvalid = Self("recordInvalid")
  }
}
