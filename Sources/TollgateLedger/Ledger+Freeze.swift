// The ledger never waits for the kernel to clear memory: what its tables grow into, and what the pages that are copied after a
// freeze are copied into, lies ready.

extension Ledger {
  /// About how many bytes of pages the first commands after a copy of this ledger are going to copy: the tables that are
  /// written all over. What is only appended to, or hardly ever changed, is not among them.
  package var bytesCopiedSoon: Int {
    var bytes = state.accounts.count * MemoryLayout<AccountRecord>.stride
    bytes += state.accountRests.count * MemoryLayout<AccountRest>.stride
    bytes += state.lots.count * MemoryLayout<LotRecord>.stride
    bytes += state.holds.count * (MemoryLayout<HoldRecord>.stride + MemoryLayout<HoldTerms>.stride)
    // Indices are between a third and four fifths full.
    let indexed = state.holdIndex.count + (state.memory.generations.last?.records.count ?? 0)
    return bytes + 2 * indexed * MemoryLayout<HashedSlot>.stride
  }

  /// Makes memory ready for copies of so many bytes. Takes a tenth of a second for some hundred megabytes, so it is called
  /// on another thread, before the copy is made.
  package static func prepareForCopies(of bytes: Int) { PageMemory.reserve(bytes) }

  /// Whether memory for the tables to grow into should be made ready soon. To be asked once a commit, say.
  package static var isShortOfMemory: Bool { PageMemory.isShort }

  /// Makes some megabytes ready. Takes milliseconds, so it is called on another thread.
  package static func prepareForGrowth() { PageMemory.replenish() }
}
