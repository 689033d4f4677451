// Where new connections get their context, so that a reload changes the certificate under a running server.

internal import Synchronization

/// Connections hold on to the context that they were made with, so a reload drops none.
package final class TLSContextSource: Sendable {
  private let state: Mutex<State>
  private let ticketKeys: TLSTicketKeys

  package init(_ configuration: TLSConfiguration) throws(TLSError) {
    ticketKeys = TLSTicketKeys(periodSeconds: configuration.sessionLifetimeSeconds)
    state = Mutex(State(context: try TLSContext(configuration, ticketKeys: ticketKeys)))
  }

  /// The context for the next connection.
  package var current: TLSContext { state.withLock { $0.context } }

  /// Reads the files again; blocks on them, so call it off the event loop. On failure nothing changes.
  ///
  /// - Parameter configuration: A new configuration, or nil for the current one with whatever its files hold now.
  @discardableResult
  package func reload(_ configuration: TLSConfiguration? = nil) throws(TLSError) -> TLSContext {
    let ticket = state.withLock { state in
      state.reloadCount += 1
      return (number: state.reloadCount, configuration: configuration ?? state.context.configuration)
    }
    let next = try TLSContext(ticket.configuration, ticketKeys: ticketKeys)
    return state.withLock { state in
      // Of two reloads at the same time, the one that began later has read the newer files.
      guard ticket.number > state.installed else { return state.context }
      state.installed = ticket.number
      state.context = next
      return next
    }
  }

  private struct State {
    var context: TLSContext
    var reloadCount = 0
    var installed = 0
  }
}
