// The keys that seal session tickets: shared by successive contexts, so that a certificate reload forgets no session,
// and replaced in time, so that a stolen key opens little.

internal import COpenSSL
internal import COpenSSLShims
package import NIOCore
internal import Synchronization

/// One key issues for a period and opens tickets for one period more. With ephemeral key exchange (the only kind that
/// the policy permits) a stolen key reveals no traffic, but it would let a thief resume a session.
package final class TLSTicketKeys: Sendable {
  private let state: Mutex<State>
  private let period: TimeAmount

  package init(periodSeconds: Int = TLSPolicy.sessionLifetimeSeconds) {
    period = .seconds(Int64(periodSeconds))
    state = Mutex(State())
  }

  /// Makes a new issuing key now. Tickets of the former one stay good for a period.
  package func rotate(at now: NIODeadline = .now()) {
    state.withLock { $0.rotate(at: now) }
  }

  /// The key for a new ticket; nil if the system gives no randomness.
  func issuing(at now: NIODeadline) -> Key? {
    state.withLock { state in
      if state.current == nil || now >= state.since + period { state.rotate(at: now) }
      return state.current
    }
  }

  /// The key that sealed a ticket, if it still opens any.
  func opening(name: UnsafeBufferPointer<UInt8>, at now: NIODeadline) -> Key? {
    state.withLock { state in
      let age = now - state.since
      if let key = state.current, age < period + period, key.name.elementsEqual(name) { return key }
      if let key = state.previous, age < period, key.name.elementsEqual(name) { return key }
      return nil
    }
  }

  struct Key {
    static let nameBytes = 16
    let name: [UInt8]
    let cipherKey: [UInt8]
    let macKey: [UInt8]

    init?() {
      var random = [UInt8](repeating: 0, count: Self.nameBytes + 64)
      guard RAND_priv_bytes(&random, Int32(random.count)) == 1 else { return nil }
      name = Array(random[..<Self.nameBytes])
      cipherKey = Array(random[Self.nameBytes..<Self.nameBytes + 32])
      macKey = Array(random[(Self.nameBytes + 32)...])
    }
  }

  private struct State {
    var current: Key?
    var previous: Key?
    var since = NIODeadline.uptimeNanoseconds(0)

    mutating func rotate(at now: NIODeadline) {
      guard let next = Key() else { return }
      previous = current
      current = next
      since = now
    }
  }
}

extension TLSTicketKeys {
  /// Answers OpenSSL's question for a key: 1 = seal with it, 2 = open with it, and issue a new ticket, 0 =
  /// unknown, so do a full handshake, -1 = fail.
  func prepare(
    name: UnsafeMutablePointer<UInt8>, iv: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer, mac: OpaquePointer,
    isSealing: Bool, at now: NIODeadline = .now()
  ) -> Int32 {
    if isSealing {
      guard let key = issuing(at: now), RAND_bytes(iv, 16) == 1 else { return -1 }
      name.update(from: key.name, count: Key.nameBytes)
      return tollgate_ticket_prepare(cipher, mac, key.cipherKey, key.macKey, iv, 1) == 1 ? 1 : -1
    }
    guard let key = opening(name: UnsafeBufferPointer(start: name, count: Key.nameBytes), at: now) else { return 0 }
    guard tollgate_ticket_prepare(cipher, mac, key.cipherKey, key.macKey, iv, 0) == 1 else { return -1 }
    // A client uses a ticket once, so each handshake brings the next one.
    return 2
  }
}
