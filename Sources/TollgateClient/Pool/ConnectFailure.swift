// Why a connection could not be made or broke, in words that help.

internal import NIOCore
internal import NIOPosix
internal import TollgateTLS

enum ConnectFailure {
  /// The error of an attempt to connect to a gate.
  static func error(_ error: any Error, to endpoint: TollgateClientConfiguration.Endpoint) -> TollgateError {
    if let error = error as? TollgateError {
      var error = error
      error.message = "\(endpoint): \(error.message)"
      error.outcome = .notProcessed
      return error
    }
    let (code, message) = describe(error)
    return TollgateError(code: code, message: "\(endpoint): \(message)", outcome: .notProcessed, cause: error)
  }

  /// The code and sentence of an error that a channel met.
  static func describe(_ error: any Error) -> (TollgateError.Code, String) {
    switch error {
    case let error as TollgateError: (error.code, error.message)
    case let error as TLSError: (.tlsFailed, "TLS: \(error.message)")
    case let error as NIOConnectionError: (.unavailable, connection(error))
    case let error as IOError: (.unavailable, "\(error)")
    case ChannelError.connectTimeout(let timeout): (.unavailable, "no connection within \(timeout.text)")
    default: (.unavailable, "\(error)")
    }
  }

  private static func connection(_ error: NIOConnectionError) -> String {
    if let first = error.connectionErrors.first { return describe(first.error).1 }
    if let lookup = error.dnsAError ?? error.dnsAAAAError { return "the name cannot be looked up: \(lookup)" }
    return "no address answered"
  }
}
