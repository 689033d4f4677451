// What decides outcomes besides the commands: part of the state, so that replay and snapshots agree with life.

package import TollgateValues

/// The bounds of one ledger. Those of `Limits` hold besides.
package struct LedgerConfiguration: Hashable, Sendable {
  /// How long a request's id is remembered (rule 9); clamped to `Limits.dedupWindowMax`.
  package var dedupWindow: TimeSpan
  /// How far an id's time may lie in the future.
  package var futureSkew: TimeSpan
  /// Open holds that one account may have.
  package var openHoldsPerAccountMax: UInt32
  /// Requests remembered at once; when it is reached, the oldest go early and the floor of accepted ids rises.
  package var rememberedMax: Int
  /// How long an expired hold is kept for a late capture; clamped to 48 hours.
  package var lateCaptureWindow: TimeSpan

  package init(
    dedupWindow: TimeSpan = Limits.dedupWindowDefault, futureSkew: TimeSpan = Limits.dedupFutureSkew,
    openHoldsPerAccountMax: UInt32 = 10_000, rememberedMax: Int = 20_000_000,
    lateCaptureWindow: TimeSpan = Limits.lateCaptureWindow
  ) {
    self.dedupWindow = min(max(dedupWindow, .seconds(1)), Limits.dedupWindowMax)
    self.futureSkew = min(max(futureSkew, .seconds(0)), .hours(1))
    self.openHoldsPerAccountMax = openHoldsPerAccountMax
    self.rememberedMax = max(1, rememberedMax)
    self.lateCaptureWindow = min(max(lateCaptureWindow, .seconds(0)), .hours(48))
  }
}

extension LedgerConfiguration {
  /// The bounds of every new ledger, until its first `.configure`: never to be changed, as replays begin from them.
  package static let genesis = LedgerConfiguration(
    dedupWindow: .hours(1), futureSkew: .minutes(5), openHoldsPerAccountMax: 10_000, rememberedMax: 20_000_000,
    lateCaptureWindow: .hours(24))
}

extension Limits {
  /// What an account may have in available, held and pending credits together, so that no sum of its lots overflows.
  package static let accountCreditsMax = Credits(microcredits: 4_000_000_000_000_000_000)
  /// Lots of one ledger, and likewise holds: slots have 31 bits.
  package static let slotsMax = 1 << 30
}
