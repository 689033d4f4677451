// What the ledger remembers of requests: generations by the ids' own time, dropped whole, so that memory stays bounded.

internal import TollgateValues

/// The requests whose ids carry a time of one span.
struct Generation: Sendable {
  /// Its number: the ids' milliseconds divided by the span.
  var number: Int64
  var records = PagedArray<RememberedRecord>()
  var index = IndexMap()
}

/// Where a remembered request stands.
struct MemoryPlace {
  var generation: Int
  var slot: Slot
}

/// The generations, oldest first.
struct Memory: Sendable {
  private(set) var generations: [Generation] = []
  /// Ids before this instant are no longer taken, because their generation had to go early.
  private(set) var floor = Instant.distantPast
  private(set) var count = 0
  private(set) var window: TimeSpan
  private var skew: TimeSpan
  private(set) var countMax: Int

  /// The time that a generation covers: short, so that little more than the window is kept, and the same for every
  /// configuration, so that changing that moves nothing.
  private static let spanMilliseconds: Int64 = 4_096

  init(_ configuration: LedgerConfiguration) {
    window = configuration.dedupWindow
    skew = configuration.futureSkew
    countMax = configuration.rememberedMax
  }

  /// Takes new bounds over; what the old window has let go is not taken any more.
  mutating func configure(_ configuration: LedgerConfiguration, at now: Instant) {
    floor = accepted(at: now).earliest
    window = configuration.dedupWindow
    skew = configuration.futureSkew
    countMax = configuration.rememberedMax
    forget(at: now)
  }

  /// The instants whose ids are taken at `now`.
  @inline(__always)
  func accepted(at now: Instant) -> (earliest: Instant, latest: Instant) {
    (max(floor, now.advanced(by: TimeSpan(nanoseconds: -window.nanoseconds))), now.advanced(by: skew))
  }

  @inline(__always)
  private func number(_ high: UInt64) -> Int64 { Int64(high >> 16) / Memory.spanMilliseconds }

  private func end(of number: Int64) -> Instant {
    Instant(nanoseconds: (number + 1) * Memory.spanMilliseconds * 1_000_000)
  }

  /// The position of a generation, or where it would have to be inserted. New ids are young: search from the end.
  @inline(__always)
  private func position(of number: Int64) -> (index: Int, exists: Bool) {
    var index = generations.count
    while index > 0, generations[index - 1].number > number { index -= 1 }
    if index > 0, generations[index - 1].number == number { return (index - 1, true) }
    return (index, false)
  }

  @inline(__always)
  func find(_ high: UInt64, _ low: UInt64, hash: UInt32) -> MemoryPlace? {
    let (index, exists) = position(of: number(high))
    guard exists else { return nil }
    return generations[index].find(high, low, hash: hash).map { MemoryPlace(generation: index, slot: $0) }
  }

  @inline(__always)
  subscript(place: MemoryPlace) -> RememberedRecord { generations[place.generation].records[place.slot] }

  /// Notes with an authorize how its hold ended.
  @inline(__always)
  mutating func noteEnd(at place: MemoryPlace, _ how: HoldEnd, captured: Credits) {
    let record = generations[place.generation].records.element(place.slot)
    record.pointee.end = how
    record.pointee.capturedAtEnd = captured.microcredits
  }

  /// Remembers a decided request, unless the bound pushed its own generation out: then its id is no longer taken anyway.
  @inline(__always)
  mutating func add(_ record: RememberedRecord, hash: UInt32) {
    while count >= countMax, !generations.isEmpty { dropOldest(raisingFloor: true) }
    let number = number(record.high)
    guard end(of: number) > floor else { return }
    let (index, exists) = position(of: number)
    if !exists { generations.insert(Generation(number: number), at: index) }
    generations[index].records.append(record)
    generations[index].index.insert(hash, Slot(generations[index].records.count - 1))
    count += 1
  }

  /// Drops the generations all of whose ids are outside of the window.
  @inline(__always)
  mutating func forget(at now: Instant) {
    let earliest = now.advanced(by: TimeSpan(nanoseconds: -window.nanoseconds))
    while let oldest = generations.first, end(of: oldest.number) <= earliest { dropOldest(raisingFloor: false) }
  }

  @inline(never)
  private mutating func dropOldest(raisingFloor: Bool) {
    let oldest = generations.removeFirst()
    count -= oldest.records.count
    if raisingFloor { floor = max(floor, end(of: oldest.number)) }
  }

  /// Where an id probably is: reading that early lets the misses of a batch overlap.
  @inline(__always)
  func peek(_ high: UInt64, hash: UInt32) -> MemoryPlace? {
    let (index, exists) = position(of: number(high))
    guard exists else { return nil }
    let slot = generations[index].index.peek(hash)
    return slot == 0 ? nil : MemoryPlace(generation: index, slot: slot - 1)
  }

  mutating func share() {
    for index in generations.indices {
      generations[index].records.share()
      generations[index].index.share()
    }
  }

  /// Whether the next request would push the oldest out.
  var isFull: Bool { count >= countMax }

  /// Takes over the floor of a snapshot.
  mutating func restore(floor: Instant) { self.floor = floor }

  var bytes: Int { generations.reduce(0) { $0 + $1.records.bytes + $1.index.bytes } }
}

extension Generation {
  @inline(__always)
  fileprivate func find(_ high: UInt64, _ low: UInt64, hash: UInt32) -> Slot? {
    index.find(hash) { records[$0].low == low && records[$0].high == high }
  }
}
