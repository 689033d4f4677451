// What the ledger remembers of requests: generations by the ids' own time, dropped whole, so that memory stays bounded.

internal import TollgateValues

/// Where a remembered request stands.
struct MemoryPlace: BitwiseCopyable {
  var generation: Int
  var slot: Slot

  static let none = MemoryPlace(generation: 0, slot: .none)
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
  private(set) var generations = Generations()
  /// Ids before this instant are no longer taken, because their generation had to go early.
  private(set) var floor = Instant.distantPast
  private(set) var count = 0
  private(set) var window: TimeSpan
  private var skew: TimeSpan
  private(set) var countMax: Int
  /// Counts the freezes, as far as this value has seen them.
  private var epoch: UInt64 = 0
  /// The instant of the batch at work, and the milliseconds of ids that are taken at it.
  private var now = Instant.distantPast
  private var takenFrom: UInt64 = 0
  private var takenThrough: UInt64 = 0

  /// The time that a generation covers, 2^12 ms: short, so that little more than the window is kept, and the same for every
  /// configuration, so that changing that moves nothing.
  static let spanBits: UInt64 = 12

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
    begin(at: now)
  }

  /// The instants whose ids are taken at `now`.
  @inline(__always)
  func accepted(at now: Instant) -> (earliest: Instant, latest: Instant) {
    (max(floor, now.advanced(by: TimeSpan(nanoseconds: -window.nanoseconds))), now.advanced(by: skew))
  }

  /// A batch begins, at an instant.
  mutating func begin(at now: Instant) {
    self.now = now
    let (earliest, latest) = accepted(at: now)
    let (first, last) = (max(0, earliest.nanoseconds), latest.nanoseconds)
    takenFrom = UInt64(first / 1_000_000 + (first % 1_000_000 == 0 ? 0 : 1))
    takenThrough = last < 0 ? 0 : UInt64(last / 1_000_000)
    if last < 0 { takenFrom = 1 }
  }

  /// Whether an id is a UUIDv7 of the instants that are taken now.
  @inline(__always)
  func takes(_ request: RequestID) -> Bool {
    let milliseconds = request.high >> 16
    return request.high >> 12 & 15 == 7 && request.low >> 62 == 2 && milliseconds >= takenFrom
      && milliseconds <= takenThrough
  }

  @inline(__always)
  private func number(_ high: UInt64) -> Int64 { Int64(bitPattern: high &>> (16 &+ Memory.spanBits)) }

  private func end(of number: Int64) -> Instant {
    Instant(nanoseconds: ((number + 1) << Memory.spanBits) * 1_000_000)
  }

  /// The position of a generation, or where it would have to be inserted. New ids are young: search from the end.
  @inline(__always)
  private func position(of number: Int64) -> (index: Int, exists: Bool) {
    var index = generations.count
    while index > 0, generations.element(index - 1).pointee.number > number { index -= 1 }
    if index > 0, generations.element(index - 1).pointee.number == number { return (index - 1, true) }
    return (index, false)
  }

  @inline(__always)
  func find(_ high: UInt64, _ low: UInt64, hash: UInt32) -> MemoryPlace? { probe(high, low, hash: hash)?.found }

  /// Looks for an id and remembers the way, so that adding it need not look again. Nil if its generation has not begun.
  @inline(__always)
  func probe(_ high: UInt64, _ low: UInt64, hash: UInt32) -> MemoryProbe? {
    let (index, exists) = position(of: number(high))
    guard exists else { return nil }
    return MemoryProbe(
      generation: index, inIndex: generations.element(index).pointee.reader(high).probe(low, hash: hash))
  }

  @inline(__always)
  subscript(place: MemoryPlace) -> RememberedRecord {
    unsafeAddress { row(place) }
  }

  /// A row to be read before anything changes.
  @inline(__always)
  func row(_ place: MemoryPlace) -> UnsafePointer<RememberedRecord> {
    generations.element(place.generation).pointee.records.peek(place.slot)
  }

  /// Notes with an authorize how its hold ended. False if the place, a guess of earlier, is not where the authorize stands.
  @inline(__always)
  mutating func noteEnd(
    at place: MemoryPlace, of high: UInt64, _ low: UInt64, _ how: HoldEnd, captured: Credits
  ) -> Bool {
    guard place.slot != .none, place.generation < generations.count else { return false }
    let generation = generations.element(place.generation)
    guard Int(place.slot) < generation.pointee.records.count else { return false }
    generation.pointee.claim(epoch)
    return generation.pointee.noteEnd(at: place.slot, of: high, low, how, captured: captured)
  }

  /// Takes over a row of a snapshot, and, of an authorize, what its hold had captured when it ended. False if its id is
  /// remembered already.
  @inline(__always)
  mutating func restore(_ row: RememberedRecord, captured: Credits, hash: UInt32) -> Bool {
    let request = RequestID(high: row.high, low: row.low)
    let probe = probe(row.high, row.low, hash: hash)
    guard probe?.found == nil else { return false }
    guard let place = add(request, hash: hash, after: probe) else { return true }
    place.initialize(to: row)
    if row.isAuthorize, captured != .zero { noteRestored(captured, of: request) }
    return true
  }

  /// The row was just added, so it is the last of its generation.
  @inline(__always)
  private mutating func noteRestored(_ captured: Credits, of request: RequestID) {
    let generation = generations.element(position(of: number(request.high)).index)
    generation.pointee.note(captured: captured, at: Slot(truncatingIfNeeded: generation.pointee.records.count - 1))
  }

  /// What the hold of an authorize had captured when it ended.
  func capturedAtEnd(_ place: MemoryPlace) -> Credits { generations[place.generation].capturedAtEnd(place.slot) }

  /// Makes a request remembered, in a row that the caller fills at once; nil if the bound pushed its own generation out:
  /// then its id is no longer taken anyway. `probe` is of the same id and hash; nothing may have been remembered since.
  @inline(__always)
  mutating func add(
    _ request: RequestID, hash: UInt32, after probe: MemoryProbe?
  ) -> UnsafeMutablePointer<RememberedRecord>? {
    guard let probe, count < countMax, probe.generation < generations.count else {
      return addSlowly(request, hash: hash)
    }
    let generation = generations.element(probe.generation)
    guard generation.pointee.number == number(request.high) else { return addSlowly(request, hash: hash) }
    generation.pointee.claim(epoch)
    count &+= 1
    return generation.pointee.add(request.high, hash: hash, at: probe.inIndex)
  }

  /// Adds where generations begin or go.
  @inline(never)
  private mutating func addSlowly(_ request: RequestID, hash: UInt32) -> UnsafeMutablePointer<RememberedRecord>? {
    while count >= countMax, !generations.isEmpty { dropOldest(raisingFloor: true) }
    let number = number(request.high)
    guard end(of: number) > floor else { return nil }
    let (index, exists) = position(of: number)
    if !exists {
      // As many as the one before, most likely.
      let expected = min(index > 0 ? generations[index - 1].records.count : 0, countMax)
      generations.insert(Generation(number: number, epoch: epoch, expecting: expected), at: index)
    }
    let generation = generations.element(index)
    generation.pointee.claim(epoch)
    let place = generation.pointee.reader(request.high).probe(request.low, hash: hash)
    count += 1
    return generation.pointee.add(request.high, hash: hash, at: place)
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
    guard raisingFloor else { return }
    floor = max(floor, end(of: oldest.number))
    begin(at: now)
  }

  /// Brings near the index entry where an id would be at home, so that the misses of a batch overlap.
  @inline(__always)
  func prefetch(_ high: UInt64, hash: UInt32) {
    let (index, exists) = position(of: number(high))
    if exists { generations.element(index).pointee.reader(high).prefetch(hash) }
  }

  /// Where an id is in all likelihood, by its hash alone.
  @inline(__always)
  func guess(_ high: UInt64, hash: UInt32) -> MemoryPlace {
    let (index, exists) = position(of: number(high))
    return exists
      ? MemoryPlace(generation: index, slot: generations.element(index).pointee.reader(high).guess(hash)) : .none
  }

  /// The ledger was copied: each generation claims its pages anew before it is written.
  mutating func share() {
    epoch += 1
    generations.share()
  }

  /// Whether the next request would push the oldest out.
  var isFull: Bool { count >= countMax }

  /// Takes over the floor of a snapshot.
  mutating func restore(floor: Instant) { self.floor = floor }

  var bytes: Int { generations.reduce(0) { $0 + $1.bytes } }
}
