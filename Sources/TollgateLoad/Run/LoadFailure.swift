// What can go wrong with a run, in words that say what would be right.

/// Ends a run, or a connection of it.
package enum LoadFailure: Error, Hashable, CustomStringConvertible {
  /// The connection is gone.
  case broken(String)
  /// The server refused the connection, and said why.
  case refused(String)
  /// The run cannot go on.
  case failed(String)
  /// The server was away, or silent, for longer than the run's patience.
  case away(String)
  /// A signal asked for the end.
  case stopped(String)

  package var description: String {
    switch self {
    case .broken(let text), .failed(let text), .away(let text), .stopped(let text): text
    case .refused(let text): "the server refused the connection: \(text)"
    }
  }
}
