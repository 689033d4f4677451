// What the ledger remembers of requests: generations by the ids' own time, dropped whole, so that memory stays bounded.

internal import TollgateValues

/// Where a remembered request stands.
struct MemoryPlace {
  var generation: Int
  var slot: Slot
}

/// Where a request stands, or would stand, in the generation of its id.
struct MemoryProbe {
  fileprivate var generation: Int
  fileprivate var inIndex: IndexProbe

  @inline(__always)
  var found: MemoryPlace? {
    inIndex.slot == .none ? nil : MemoryPlace(generation: generation, slot: inIndex.slot)
  }
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
  /// Counts the freezes, as far as this value has seen them.
  private var epoch: UInt64 = 0

  /// The time that a generation covers, 2^12 ms: short, so that little more than the window is kept, and the same for every
  /// configuration, so that changing that moves nothing.
  private static let spanBits: Int64 = 12

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
  private func number(_ high: UInt64) -> Int64 { Int64(high >> 16) >> Memory.spanBits }

  private func end(of number: Int64) -> Instant {
    Instant(nanoseconds: ((number + 1) << Memory.spanBits) * 1_000_000)
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
  func find(_ high: UInt64, _ low: UInt64, hash: UInt32) -> MemoryPlace? { probe(high, low, hash: hash)?.found }

  /// Looks for an id and remembers the way, so that adding it need not look again. Nil if its generation has not begun.
  @inline(__always)
  func probe(_ high: UInt64, _ low: UInt64, hash: UInt32) -> MemoryProbe? {
    let (index, exists) = position(of: number(high))
    guard exists else { return nil }
    return MemoryProbe(generation: index, inIndex: generations[index].probe(high, low, hash: hash))
  }

  @inline(__always)
  subscript(place: MemoryPlace) -> RememberedRecord {
    unsafeAddress { generations[place.generation].records.peek(place.slot) }
  }

  /// Notes with an authorize how its hold ended.
  @inline(__always)
  mutating func noteEnd(at place: MemoryPlace, _ how: HoldEnd, captured: Credits) {
    generations[place.generation].claim(epoch)
    generations[place.generation].noteEnd(at: place.slot, how, captured: captured)
  }

  /// Takes over from a snapshot what the hold of an authorize had captured.
  mutating func note(captured: Credits, of request: RequestID, hash: UInt32) {
    guard let place = find(request.high, request.low, hash: hash) else { return }
    generations[place.generation].claim(epoch)
    generations[place.generation].note(captured: captured, at: place.slot)
  }

  /// What the hold of an authorize had captured when it ended.
  func capturedAtEnd(_ place: MemoryPlace) -> Credits { generations[place.generation].capturedAtEnd(place.slot) }

  /// Remembers a decided request, unless the bound pushed its own generation out: then its id is no longer taken anyway.
  /// `probe` is of the same id and hash; nothing may have been remembered since.
  @inline(__always)
  mutating func add(_ record: RememberedRecord, hash: UInt32, after probe: MemoryProbe?) {
    if let probe, count < countMax, probe.generation < generations.count,
      generations[probe.generation].number == number(record.high)
    {
      generations[probe.generation].claim(epoch)
      generations[probe.generation].add(record, hash: hash, at: probe.inIndex)
      count += 1
    } else {
      addSlowly(record, hash: hash)
    }
  }

  /// Adds where generations begin or go.
  @inline(never)
  private mutating func addSlowly(_ record: RememberedRecord, hash: UInt32) {
    while count >= countMax, !generations.isEmpty { dropOldest(raisingFloor: true) }
    let number = number(record.high)
    guard end(of: number) > floor else { return }
    let (index, exists) = position(of: number)
    if !exists { generations.insert(Generation(number: number, epoch: epoch), at: index) }
    generations[index].claim(epoch)
    let place = generations[index].probe(record.high, record.low, hash: hash)
    generations[index].add(record, hash: hash, at: place)
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

  /// Where an id probably is, or no slot: reading that early lets the misses of a batch overlap. Without a branch on what
  /// the index says, as a branch that is guessed wrongly would wait for it.
  @inline(__always)
  func peek(_ high: UInt64, hash: UInt32) -> MemoryPlace {
    let (index, exists) = position(of: number(high))
    guard exists else { return MemoryPlace(generation: 0, slot: .none) }
    return MemoryPlace(generation: index, slot: generations[index].peek(hash))
  }

  /// The ledger was copied: each generation claims its pages anew before it is written.
  mutating func share() { epoch += 1 }

  /// Whether the next request would push the oldest out.
  var isFull: Bool { count >= countMax }

  /// Takes over the floor of a snapshot.
  mutating func restore(floor: Instant) { self.floor = floor }

  var bytes: Int { generations.reduce(0) { $0 + $1.bytes } }
}
