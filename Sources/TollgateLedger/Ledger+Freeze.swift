// What makes a copy of the ledger cheap while life goes on: memory for the pages that are copied next lies ready.

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
}
