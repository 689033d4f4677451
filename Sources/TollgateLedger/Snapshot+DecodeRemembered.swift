// The remembered requests of a snapshot, which are most of it, and the indices of its accounts and holds.

internal import TollgateValues

extension SnapshotDecoder {
  /// Reads a request, and at once all that follow in the chunk.
  mutating func readRemembered(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    try readRow(&eye)
    while eye.remaining > SnapshotTag.remembered.bytes, eye.peek(0) == SnapshotTag.remembered.rawValue {
      _ = eye.take(UInt8.self)
      try readRow(&eye)
      counts.add(.remembered)
    }
  }

  @inline(__always)
  private mutating func readRow(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    // The rows stand one behind the other, each after its tag: reading one place of the index early, while the rows
    // between are added, hides the wait for it.
    let ahead = 8 * (SnapshotTag.remembered.bytes + 1)
    let high = eye.peek(ahead, UInt64.self)
    state.memory.prefetch(high, hash: key.hash(high, eye.peek(ahead + 8)))
    let words: EightWords = (
      eye.take(), eye.take(), eye.take(), eye.take(), eye.take(), eye.take(), eye.take(), eye.take()
    )
    let row = RememberedRecord(words: words)
    let request = RequestID(high: row.high, low: row.low)
    guard row.isSound, request.embeddedInstant != nil, request.high >> 16 <= UInt64(Int64.max / 1_000_000),
      !state.memory.isFull,
      state.memory.restore(
        row, captured: Credits(microcredits: Int64(bitPattern: words.5)), hash: key.hash(row.high, row.low))
    else { throw eye.fault("request \(request) is remembered wrongly or twice") }
  }

  /// Once all accounts and holds are there: they are found by id from here on, and none is there twice.
  mutating func buildIndices(_ eye: SnapshotEye) throws(ByteReaderError) {
    let (accounts, holds) = (state.accounts.reader, state.holds.reader)
    let accountIndex = index(of: state.accounts.count) { accounts.peek($0).pointee.id }
    guard let accountIndex else { throw eye.fault("an account twice") }
    let holdIndex = index(of: state.holds.count) { holds.peek($0).pointee.id }
    guard let holdIndex else { throw eye.fault("a hold twice") }
    (state.accountIndex, state.holdIndex) = (accountIndex, holdIndex)
  }

  /// Of so many rows from slot 0, some of whose ids are asked for early; nil if two have the same.
  @inline(__always)
  private func index<ID: Identifier>(of count: Int, _ id: (Slot) -> ID) -> IndexMap? {
    // Its pages will be between three eighths and three quarters full.
    var index = IndexMap(expecting: count * 5 / 6)
    for slot in 0..<Slot(count) {
      if case let ahead = slot + 16, ahead < count {
        let coming = id(ahead)
        index.prefetch(key.hash(coming.high, coming.low))
      }
      let own = id(slot)
      let hash = key.hash(own.high, own.low)
      let probe = index.probe(hash) { id($0) == own }
      guard probe.slot == .none else { return nil }
      if !index.insert(hash, slot, at: probe) { index.insert(hash, slot) }
    }
    return index
  }
}
