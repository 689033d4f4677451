// What a command led to. A refusal is an outcome, not a thrown error; every outcome is small, so that it is remembered whole.

package import TollgateValues

/// The lasting answer to a command: what a replay of the same request returns again, byte for byte (rule 9).
package enum Outcome: Hashable, Sendable, BitwiseCopyable {
  case opened
  case stateSet(AccountState)
  case granted(Credits)
  /// `hold` is the request's id.
  case authorized(Credits, expires: Instant, book: UInt32)
  /// What this capture took (excess included), and what is left under the hold (zero once it is closed).
  case captured(Credits, left: Credits, closed: Bool)
  /// What was released; what of it expired at once, as its lot had expired (rule 6), is included.
  case voided(Credits)
  case extended(expires: Instant)
  /// What was added, and the hold's new total.
  case increased(Credits, total: Credits, book: UInt32)
  case charged(Credits, book: UInt32)
  case capturedLate(Credits)
  /// What went back, and what of it expired again at once.
  case refunded(Credits, expired: Credits)
  /// An `.expire`: how many things ended, and whether more are due.
  case expired(count: UInt32, more: Bool)
  /// A `.configure`.
  case configured
  case denied(Denial)
}

/// An outcome, and how it came about.
package struct Decision: Hashable, Sendable, BitwiseCopyable {
  package var outcome: Outcome
  package var standing: Standing

  package init(outcome: Outcome, standing: Standing) {
    self.outcome = outcome
    self.standing = standing
  }

  /// Whether a command changed the ledger's state, and must therefore be journaled.
  package enum Standing: UInt8, Hashable, Sendable, BitwiseCopyable {
    /// Decided now and remembered (denials too): journaled.
    case fresh = 0
    /// Decided before; the original outcome again: not journaled.
    case replayed = 1
    /// Refused before anything could be remembered (malformed, id outside the window, conflicting payload): not journaled.
    case refused = 2
  }
}
