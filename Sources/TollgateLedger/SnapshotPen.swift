// Writes the records of snapshots by plain stores into memory of its own: room is asked for once a record, not field by field.

internal import TollgateValues

/// A cursor over memory that grows where it must. Whoever puts a field has called `need` with at least its bytes.
struct SnapshotPen: ~Copyable {
  private var start: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var end: UnsafeMutableRawPointer

  init(capacity: Int) {
    start = .allocate(byteCount: capacity, alignment: 64)
    cursor = start
    end = start + capacity
  }

  deinit { start.deallocate() }

  @inline(__always)
  var count: Int { cursor - start }

  /// What has been written. Good until more is.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Forgets what has been written, but keeps the memory.
  mutating func removeAll() { cursor = start }

  /// Makes room for so many bytes.
  @inline(__always)
  mutating func need(_ bytes: Int) {
    if end - cursor < bytes { grow(bytes) }
  }

  @inline(never)
  private mutating func grow(_ bytes: Int) {
    let capacity = max(2 * (end - start), count + bytes)
    let new = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    new.copyMemory(from: start, byteCount: count)
    start.deallocate()
    (start, cursor, end) = (new, new + count, new + capacity)
  }

  @inline(__always)
  mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
    cursor.storeBytes(of: value.littleEndian, as: Value.self)
    cursor += MemoryLayout<Value>.size
  }

  @inline(__always)
  mutating func put(_ id: some Identifier) {
    put(id.high)
    put(id.low)
  }

  @inline(__always)
  mutating func put(_ credits: Credits) { put(credits.microcredits) }

  @inline(__always)
  mutating func put(_ instant: Instant) { put(instant.nanoseconds) }

  @inline(__always)
  mutating func put(_ span: TimeSpan) { put(span.nanoseconds) }

  @inline(__always)
  mutating func put(_ checksum: Checksum) {
    put(checksum.high)
    put(checksum.low)
  }
}

// MARK: The records, without their tags

extension SnapshotPen {
  mutating func put(head state: borrowing LedgerState) {
    put(state.configuration.dedupWindow)
    put(state.configuration.futureSkew)
    put(state.configuration.openHoldsPerAccountMax)
    put(UInt64(state.configuration.rememberedMax))
    put(state.configuration.lateCaptureWindow)
    put(state.lastInstant)
    put(state.lastEntry.rawValue)
    put(state.memory.floor)
  }

  /// The account without its sums, which follow from its lots.
  @inline(__always)
  mutating func put(_ account: UnsafePointer<AccountRecord>) {
    put(account.pointee.id)
    put(account.pointee.state.rawValue)
    put(account.pointee.lastEntry.rawValue)
    put(account.pointee.openedAt)
  }

  @inline(__always)
  mutating func put(_ lot: UnsafePointer<LotRecord>, _ terms: UnsafePointer<LotTerms>) {
    put(lot.pointee.id)
    put(lot.pointee.source.rawValue)
    put(lot.pointee.place.rawValue)
    put(lot.pointee.priority)
    put(terms.pointee.effective)
    put(terms.pointee.expires)
    put(terms.pointee.pricePaid)
    put(lot.pointee.kept + terms.pointee.lost)
    put(lot.pointee.available)
    put(lot.pointee.held)
    put(lot.pointee.captured)
    put(lot.pointee.isVoided ? .zero : terms.pointee.lost)
    put(lot.pointee.isVoided ? terms.pointee.lost : .zero)
  }

  /// The hold without its pins.
  @inline(__always)
  mutating func put(_ hold: UnsafePointer<HoldRecord>, _ terms: UnsafePointer<HoldTerms>) {
    put(hold.pointee.id)
    put(UInt8(hold.pointee.isExpired ? 1 : 0))
    put(terms.pointee.amount)
    put(hold.pointee.captured)
    put(hold.pointee.left)
    put(hold.pointee.images)
    put(hold.pointee.imagesCaptured)
    put(terms.pointee.authorizedAt)
    put(hold.pointee.expires)
    put(hold.pointee.book)
    put(terms.pointee.job)
    put(terms.pointee.project)
    put(terms.pointee.member)
  }

  @inline(__always)
  private mutating func put(_ job: Job) {
    put(job.width)
    put(job.height)
    put(job.steps)
    put(job.count)
    put(job.model)
    put(job.quality.rawValue)
    put(job.controlNets)
    put(job.features.rawValue)
  }

  @inline(__always)
  mutating func put(_ refund: RefundRecord) {
    put(refund.entry.rawValue)
    put(refund.refunded)
  }

  /// A remembered request, and what its hold had captured when it ended.
  @inline(__always)
  mutating func put(_ row: UnsafePointer<RememberedRecord>, captured: Credits) {
    let words = row.pointee.words(capturedAtEnd: captured)
    put(words.0)
    put(words.1)
    put(words.2)
    put(words.3)
    put(words.4)
    put(words.5)
    put(words.6)
    put(words.7)
  }

  mutating func put(_ counts: SnapshotCounts) {
    put(counts.accounts)
    put(counts.lots)
    put(counts.holds)
    put(counts.pins)
    put(counts.refunds)
    put(counts.events)
    put(counts.remembered)
  }
}
