// Changing the bounds of a living ledger: an operation like any other, so that replay decides under the bounds of its time.

internal import TollgateValues

extension LedgerState {
  /// Takes new bounds over. A longer dedup window does not reach back: ids that the old one had let go stay refused.
  mutating func configure(_ new: LedgerConfiguration) {
    if new.lateCaptureWindow != configuration.lateCaptureWindow {
      // The wheel files expired holds by when they are forgotten, which just changed.
      let expired = expiredHolds
      for slot in expired { unlinkDue(holds.element(slot)) }
      configuration = new
      for slot in expired { linkDue(slot, holds.element(slot)) }
    }
    configuration = new
    memory.configure(new, at: now)
  }

  private var expiredHolds: [Slot] {
    var slots: [Slot] = []
    for account in 0..<Slot(accounts.count) {
      var slot = accounts[account].holdsFirst
      while slot != .none {
        if holds[slot].isExpired { slots.append(slot) }
        slot = holds[slot].listNext
      }
    }
    return slots
  }
}
