// The requests whose ids carry a time of one span: rows in order of arrival, their index, and what few rows have besides.

internal import TollgateValues

struct Generation: Sendable {
  /// Its number: the ids' milliseconds divided by the span.
  let number: Int64
  private(set) var records = PagedArray<RememberedRecord>()
  private var index: TimeIndex
  /// Of authorizes whose hold ended with neither nothing nor exactly its amount captured: how much it was.
  private var partials = PagedArray<PartialCapture>()
  private var partialIndex = IndexMap()

  /// The ownership under which its pages were last claimed. Most generations are never written again, so a freeze touches
  /// none of them.
  private var epoch: UInt64

  /// An empty one that will probably have so many rows.
  init(number: Int64, epoch: UInt64, expecting rows: Int) {
    self.number = number
    self.epoch = epoch
    index = TimeIndex(expecting: rows)
  }

  var bytes: Int { records.bytes + index.bytes + partials.bytes + partialIndex.bytes }

  /// Entries of the index, for the audit.
  var indexCount: Int { index.entries }

  /// Before a write: if the ledger was copied since the last one, no page is taken for ours alone any more.
  @inline(__always)
  mutating func claim(_ epoch: UInt64) {
    if self.epoch != epoch { share(epoch) }
  }

  @inline(never)
  private mutating func share(_ epoch: UInt64) {
    self.epoch = epoch
    records.share()
    index.share()
    partials.share()
    partialIndex.share()
  }

  /// Looks for the id whose high half is given; good until anything changes.
  @inline(__always)
  func reader(_ high: UInt64) -> GenerationReader {
    GenerationReader(rows: records.reader, index: index.reader(high), high: high)
  }

  /// Adds a row, which the caller fills at once.
  @inline(__always)
  mutating func add(
    _ high: UInt64, hash: UInt32, at probe: IndexProbe
  ) -> UnsafeMutablePointer<RememberedRecord> {
    index.insert(high, hash, Slot(truncatingIfNeeded: records.count), at: probe, epoch)
    return records.appendUninitialized()
  }

  // MARK: What a hold had captured when it ended

  /// False if another request stands there.
  @inline(__always)
  mutating func noteEnd(
    at slot: Slot, of high: UInt64, _ low: UInt64, _ how: HoldEnd, captured: Credits
  ) -> Bool {
    let record = records.element(slot)
    guard record.pointee.high == high, record.pointee.low == low else { return false }
    record.pointee.end = how
    note(captured: captured, at: slot, record)
    return true
  }

  /// The same for a row of a snapshot.
  mutating func note(captured: Credits, at slot: Slot) { note(captured: captured, at: slot, records.element(slot)) }

  @inline(__always)
  private mutating func note(captured: Credits, at slot: Slot, _ record: UnsafeMutablePointer<RememberedRecord>) {
    if captured == .zero {
      record.pointee.captured = .nothing
    } else if captured.microcredits == record.pointee.first {
      record.pointee.captured = .all
    } else {
      record.pointee.captured = .other
      notePartial(captured, at: slot)
    }
  }

  @inline(never)
  private mutating func notePartial(_ captured: Credits, at slot: Slot) {
    if let place = partialPlace(slot) {
      partials[place].captured = captured
    } else {
      partials.append(PartialCapture(captured: captured, slot: slot))
      partialIndex.insert(Self.hash(slot), Slot(partials.count - 1))
    }
  }

  func capturedAtEnd(_ slot: Slot) -> Credits {
    switch records[slot].captured {
    case .nothing: .zero
    case .all: Credits(microcredits: records[slot].first)
    case .other: partialPlace(slot).map { partials[$0].captured } ?? .zero
    }
  }

  private func partialPlace(_ slot: Slot) -> Slot? { partialIndex.find(Self.hash(slot)) { partials[$0].slot == slot } }

  /// Slots are ours and no client's choice, so this needs no key.
  private static func hash(_ slot: Slot) -> UInt32 { slot &* 0x9E37_79B1 }
}

/// Looks for one id in its generation: plain values, as whoever calls C out of a struct with references gets a copy of it.
struct GenerationReader: BitwiseCopyable {
  fileprivate let rows: PageReader<RememberedRecord>
  fileprivate let index: IndexReader
  fileprivate let high: UInt64

  @inline(__always)
  func prefetch(_ hash: UInt32) { index.prefetch(hash) }

  @inline(__always)
  func guess(_ hash: UInt32) -> Slot { index.guess(hash) }

  @inline(__always)
  func probe(_ low: UInt64, hash: UInt32) -> IndexProbe {
    index.probe(hash) { slot in
      let record = rows.peek(slot)
      return record.pointee.low == low && record.pointee.high == high
    }
  }
}

/// How much a hold had captured, and the row of its authorize.
private struct PartialCapture: BitwiseCopyable {
  var captured: Credits
  var slot: Slot
}
