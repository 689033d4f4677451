// Finds out that a ledger was copied, once a batch instead of at every write.

internal import Synchronization

/// Shared by a ledger and its copies until one of them is written.
final class Ownership: Sendable {
  /// Whether a copy has been written: then its other holders have copies of pages to reckon with, too.
  private let isDivided = Atomic<Bool>(false)

  /// Whether the holder shares pages with a copy; leaves word of it for the other holders.
  static func isShared(_ ownership: inout Ownership) -> Bool {
    if !isKnownUniquelyReferenced(&ownership) {
      ownership.isDivided.store(true, ordering: .releasing)
      return true
    }
    return ownership.isDivided.load(ordering: .acquiring)
  }
}

extension LedgerState {
  /// Before a batch: if the ledger was copied since the last one, no page is taken for ours alone any more.
  @inline(__always)
  mutating func claim() {
    if Ownership.isShared(&ownership) { share() }
  }

  @inline(never)
  private mutating func share() {
    ownership = Ownership()
    pen.share()
    accounts.share()
    accountRests.share()
    accountIndex.share()
    lots.share()
    lotTerms.share()
    holds.share()
    holdTerms.share()
    holdIndex.share()
    pins.share()
    refunds.share()
    refundIndex.share()
    memory.share()
    wheel.share()
    events.share()
  }
}
