// What a client remembers of earlier connections, so that the next one to the same server costs no certificates.

internal import COpenSSL
internal import Synchronization

/// Sessions by server name, for one context: a session proves the identity it was made with, so a client that has
/// changed its certificate or its trust roots starts anew. Each session is used once, as RFC 8446 (C.4) advises, so that
/// nobody can link connections by it.
package final class TLSSessionCache: Sendable {
  private let state = Mutex(State())
  private let serverCountMax: Int
  private let sessionsPerServerMax: Int

  package init(serverCountMax: Int = 64, sessionsPerServerMax: Int = 8) {
    self.serverCountMax = max(1, serverCountMax)
    self.sessionsPerServerMax = max(1, sessionsPerServerMax)
  }

  /// Sessions at hand for a server.
  package func count(for serverName: String) -> Int {
    state.withLock { $0.servers[serverName]?.sessions.count ?? 0 }
  }

  package func removeAll() {
    state.withLock { $0 = State() }
  }

  /// Keeps a copy of the session: OpenSSL spoils the original when its connection ends without a close_notify, which
  /// is just when a client wants to resume.
  func insert(_ session: OpaquePointer, for serverName: String, contextNumber: Int) {
    guard let copy = SSL_SESSION_dup(session) else { return }
    let session = TLSSession(owning: copy)
    state.withLock { state in
      state.useCount += 1
      var entry = state.servers[serverName] ?? Entry(contextNumber: contextNumber)
      if entry.contextNumber != contextNumber { entry = Entry(contextNumber: contextNumber) }
      entry.lastUse = state.useCount
      if entry.sessions.count == sessionsPerServerMax { entry.sessions.removeFirst() }
      entry.sessions.append(session)
      state.servers[serverName] = entry
      if state.servers.count > serverCountMax, let idle = state.servers.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.servers[idle.key] = nil
      }
    }
  }

  /// Takes the newest session out.
  func take(for serverName: String, contextNumber: Int) -> TLSSession? {
    state.withLock { state in
      guard state.servers[serverName]?.contextNumber == contextNumber else { return nil }
      return state.servers[serverName]?.sessions.popLast()
    }
  }

  private struct Entry {
    let contextNumber: Int
    var sessions: [TLSSession] = []
    var lastUse = 0
  }

  private struct State {
    var servers: [String: Entry] = [:]
    var useCount = 0
  }
}

/// Owns an `SSL_SESSION`, whose reference count is atomic.
final class TLSSession: @unchecked Sendable {
  let raw: OpaquePointer

  init(owning pointer: OpaquePointer) {
    raw = pointer
  }

  deinit {
    SSL_SESSION_free(raw)
  }
}
