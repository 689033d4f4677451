// Memory that the ledger will grow into, made ready beside the commits: the gate never waits for the kernel to clear it.

internal import TollgateJournal
internal import TollgateLedger

extension Gate {
  /// Called once a commit. The first touch of two mebibytes costs a fifth of a millisecond where the system has them at hand,
  /// and 3 ms in a virtual machine whose host must find them first.
  func replenishMemory() {
    guard Ledger.isShortOfMemory, !isReplenishing else { return }
    isReplenishing = true
    keeper.run { [self] in
      Ledger.prepareForGrowth()
      executor.run { self.enter { $0.isReplenishing = false } }
    }
  }
}
