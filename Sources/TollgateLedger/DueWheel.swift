// When something must be done about a hold: a wheel of second-long buckets, into and out of which a hold goes in O(1).

internal import TollgateValues

/// Which buckets have holds, and where their lists begin. The links are in the holds; `LedgerState+Due` keeps both.
struct DueWheel: Sendable {
  /// A bucket is 2^30 ns long (about 1.07 s).
  static let bucketBits = 30
  /// The wheel turns once in 78 hours: longer than a hold's longest life and the longest late-capture window together.
  static let wheelBits = 18
  static let bucketCount = 1 << wheelBits

  /// The first hold of a bucket, plus one.
  var heads = PagedArray<Slot>(zeroes: bucketCount)
  /// One bit a bucket.
  private var occupied = PagedArray<UInt64>(zeroes: bucketCount / 64)
  private(set) var count = 0
  /// The first tick that has a hold, and within one turn from which all others lie; means nothing while there is none.
  private var first: Int64 = 0
  /// Once a bucket was walked and nothing in it was due: nothing is before this bound. Spares walks, decides nothing.
  var walkedTick = Int64.min
  var walkedBound = Instant.distantPast

  var bytes: Int { heads.bytes + occupied.bytes }

  mutating func share() {
    heads.share()
    occupied.share()
  }

  @inline(__always)
  static func tick(_ instant: Instant) -> Int64 { instant.nanoseconds >> Int64(bucketBits) }

  @inline(__always)
  static func bucket(_ tick: Int64) -> Int { Int(truncatingIfNeeded: tick) & (bucketCount - 1) }

  /// Makes a hold the first of its bucket; returns the one that was.
  @inline(__always)
  mutating func push(_ slot: Slot, to bucket: Int) -> Slot {
    let next = heads[bucket]
    heads[bucket] = slot + 1
    return next == 0 ? .none : next - 1
  }

  @inline(__always)
  mutating func added(to tick: Int64, due: Instant, isFirst: Bool) {
    if isFirst {
      let bucket = Self.bucket(tick)
      occupied[bucket >> 6] |= 1 << UInt64(bucket & 63)
    }
    first = count == 0 ? tick : min(first, tick)
    count &+= 1
    if tick == walkedTick, due < walkedBound { walkedBound = due }
  }

  @inline(__always)
  mutating func removed(from tick: Int64, isLast: Bool) {
    count -= 1
    guard isLast else { return }
    let bucket = Self.bucket(tick)
    occupied[bucket >> 6] &= ~(1 << UInt64(bucket & 63))
    if tick == first, count > 0 { first = tickAfterFirst }
  }

  /// The buckets that are marked as having holds.
  var occupiedBuckets: [Int] {
    var buckets: [Int] = []
    for word in 0..<occupied.count where occupied[word] != 0 {
      for bit in 0..<64 where occupied[word] >> UInt64(bit) & 1 == 1 { buckets.append(word << 6 | bit) }
    }
    return buckets
  }

  /// The first tick that has a hold.
  @inline(__always)
  var firstTick: Int64? { count > 0 ? first : nil }

  /// The next tick that has a hold, as the first has lost its last one.
  private var tickAfterFirst: Int64 {
    let start = Self.bucket(first)
    var word = start >> 6
    var bits = occupied[word] & (~0 << UInt64(start & 63))
    for _ in 0...occupied.count {
      if bits != 0 {
        let bucket = word << 6 | bits.trailingZeroBitCount
        return first + Int64((bucket - start) & (Self.bucketCount - 1))
      }
      word = (word + 1) % occupied.count
      bits = occupied[word]
    }
    preconditionFailure("the wheel counts holds that are in none of its buckets")
  }
}

/// What happens to a lot by time. The numbers are the order within one instant, after the expiry of holds.
enum LotEventKind: UInt32 {
  case expiry = 1
  case effective = 2
}

/// A lot's coming expiry or effective time.
struct LotEvent: BitwiseCopyable {
  var at: Instant
  var lot: Slot
  var kind: UInt32
}

/// The lots' events as a binary heap, the next one first: by instant, kind, and id of the lot.
struct LotEvents: Sendable {
  private var heap = PagedArray<LotEvent>()

  var count: Int { heap.count }
  var first: LotEvent? { heap.count > 0 ? heap[0] : nil }
  var bytes: Int { heap.bytes }

  mutating func share() { heap.share() }

  /// Reads without any reference. Good until anything changes.
  var reader: PageReader<LotEvent> { heap.reader }

  subscript(index: Int) -> LotEvent { heap[index] }

  private static func isBefore(_ left: LotEvent, _ right: LotEvent, _ lots: borrowing PagedArray<LotRecord>) -> Bool {
    if left.at != right.at { return left.at < right.at }
    if left.kind != right.kind { return left.kind < right.kind }
    return lots.peek(left.lot).pointee.id < lots.peek(right.lot).pointee.id
  }

  mutating func add(_ event: LotEvent, lots: borrowing PagedArray<LotRecord>) {
    heap.append(event)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(event, heap[parent], lots) else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = event
  }

  mutating func removeFirst(lots: borrowing PagedArray<LotRecord>) {
    let last = heap[heap.count - 1]
    heap.removeLast()
    guard heap.count > 0 else { return }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, Self.isBefore(heap[child + 1], heap[child], lots) { child += 1 }
      guard Self.isBefore(heap[child], last, lots) else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = last
  }
}
