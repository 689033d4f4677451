// The ledger: a value that decides commands. Copying it is a snapshot; what follows copies only the pages that it touches.

package import TollgateValues

/// The deterministic state machine of credits. The same commands at the same instants lead to the same decisions,
/// entries and digest, whatever the hash key.
package struct Ledger: Sendable {
  var state: LedgerState

  /// An empty ledger. `hashKey` must be secret and random; it influences no outcome.
  package init(configuration: LedgerConfiguration, hashKey: (UInt64, UInt64)) {
    state = LedgerState(configuration: configuration, key: HashKey(hashKey))
  }

  package var configuration: LedgerConfiguration { state.configuration }

  /// Decides a batch at one instant (an earlier one than before counts as the last one). Appends one decision a command,
  /// and the entries of those that moved something, whose `command` is the index within `commands`. Total: nothing that
  /// a command says can make it trap.
  package mutating func apply(
    _ commands: [Command], at instant: Instant, into log: inout EntryLog, decisions: inout [Decision]
  ) {
    LedgerState.apply(commands, at: instant, to: &state, into: &log, &decisions)
  }

  /// Whether something is due at or before an instant. Exact.
  package func isDue(at instant: Instant) -> Bool { state.isDue(at: instant) }

  /// When to apply an `.expire` at the latest: then something is due, `.never` if nothing ever will be. Exact, but for
  /// holds of one second of expiry: if they are many, it is the end of that second.
  package var nextDue: Instant { state.nextDue }

  /// The instant of the last command that changed something.
  package var lastInstant: Instant { state.lastInstant }
  package var lastEntry: EntryNumber { state.lastEntry }

  package var statistics: LedgerStatistics {
    let bytes =
      state.accounts.bytes + state.accountRests.bytes + state.accountIndex.bytes + state.lots.bytes
      + state.lotTerms.bytes + state.holds.bytes + state.holdTerms.bytes + state.holdIndex.bytes
      + state.pins.bytes + state.refunds.bytes + state.refundIndex.bytes + state.events.bytes + state.memory.bytes
      + state.wheel.bytes
    return LedgerStatistics(
      accounts: state.accounts.count, lots: state.lots.count, openHolds: state.openHolds,
      expiredHolds: state.holds.count - state.openHolds, rememberedRequests: state.memory.count, bytes: bytes)
  }
}
