// Finds a record by its id: extendible hashing. A hash's first bits choose a page, its last bits a place in it; a page that
// fills up is split in two, so that no insertion ever waits for the whole table to be hashed anew.

internal import CPrefetch

/// A map from hashes to slots; whether a slot's record is the wanted one, the caller says.
struct IndexMap: Sendable {
  private var table: PagedArray<HashedSlot>
  private var pages = PagedArray<IndexPage>()
  /// The page of each hash, by its first `depth` bits.
  private var directory: [UInt32] = [0]
  private var depth: UInt64 = 0
  /// The places of a page: few while there is only one, and then as many as fit a page of the table.
  private var places: Int
  private(set) var count = 0

  private static var placesMax: Int { 1 << PagedArray<HashedSlot>.shift }
  /// The first bits of a hash and its places in a page must not overlap.
  private static var depthMax: UInt64 { UInt64(32 - PagedArray<HashedSlot>.shift) }

  init() { self.init(places: 16) }

  /// A map that will probably have so many entries: it has all its pages from the start, of which each takes memory only
  /// when it is written, so that nothing is moved while it fills.
  init(expecting entries: Int) {
    let pagesNeeded = min(entries, 1 << 30) / (Self.placesMax * 5 / 8)
    self.init()
    guard pagesNeeded > 0 else { return }
    places = Self.placesMax
    depth = min(UInt64(Int.bitWidth - pagesNeeded.leadingZeroBitCount), Self.depthMax)
    table = PagedArray(zeroes: places << Int(depth))
    directory = Array(0..<UInt32(1) << UInt32(depth))
    pages = PagedArray()
    for _ in directory { pages.append(IndexPage(count: 0, depth: UInt16(depth))) }
  }

  private init(places: Int) {
    self.places = places
    table = PagedArray(zeroes: places)
    pages.append(IndexPage())
  }

  var bytes: Int { table.bytes + pages.bytes + directory.count * 4 }

  mutating func share() {
    table.share()
    pages.share()
  }

  @inline(__always)
  private func page(of hash: UInt32) -> Int {
    let number = Int(truncatingIfNeeded: (UInt64(hash) &<< depth) &>> 32)
    return Int(truncatingIfNeeded: directory.withUnsafeBufferPointer { $0[number] })
  }

  @inline(__always)
  private func home(_ hash: UInt32) -> Int { Int(truncatingIfNeeded: hash) & (places &- 1) }

  /// Brings near what stands where a hash would be at home.
  @inline(__always)
  func prefetch(_ hash: UInt32) { tollgate_prefetch(table.page(page(of: hash)) + home(hash)) }

  /// The first slot of a hash, most likely the wanted one; `.none` if there is none.
  @inline(__always)
  func guess(_ hash: UInt32) -> Slot { probe(hash) { _ in true }.slot }

  /// Looks for a hash and remembers the way, so that an insertion that follows need not look again.
  @inline(__always)
  func probe(_ hash: UInt32, where isWanted: (Slot) -> Bool) -> IndexProbe {
    let page = page(of: hash)
    let entries = table.page(page)
    var place = home(hash)
    while true {
      let entry = entries[place]
      if entry.isEmpty { return IndexProbe(slot: .none, page: page, place: place) }
      if entry.hash == hash, isWanted(entry.slotEnd &- 1) {
        return IndexProbe(slot: entry.slotEnd &- 1, page: page, place: place)
      }
      place = (place &+ 1) & (places &- 1)
    }
  }

  @inline(__always)
  func find(_ hash: UInt32, where isWanted: (Slot) -> Bool) -> Slot? {
    let slot = probe(hash, where: isWanted).slot
    return slot == .none ? nil : slot
  }

  // MARK: Changes

  /// Inserts where a probe of the same hash ended, nothing having changed since. False if there is no room: then make some.
  @inline(__always)
  mutating func insert(_ hash: UInt32, _ slot: Slot, at probe: IndexProbe) -> Bool {
    let page = pages.element(Slot(truncatingIfNeeded: probe.page))
    if Int(page.pointee.count) &* 5 >= places &* 4 { return false }
    page.pointee.count &+= 1
    count &+= 1
    table.ownedPage(probe.page)[probe.place] = HashedSlot(hash: hash, slot: slot)
    return true
  }

  /// Inserts, and makes room where there is none.
  @inline(__always)
  mutating func insert(_ hash: UInt32, _ slot: Slot) {
    if !insert(hash, slot, at: probe(hash) { _ in false }) { insertMakingRoom(hash, slot) }
  }

  @inline(never)
  private mutating func insertMakingRoom(_ hash: UInt32, _ slot: Slot) {
    if places < Self.placesMax { enlarge() } else { split(page(of: hash), hash) }
    insert(hash, slot)
  }

  /// Removes an entry and closes the gap, so that no tombstones gather.
  @inline(__always)
  mutating func remove(_ hash: UInt32, _ slot: Slot) {
    let page = page(of: hash)
    let entries = table.ownedPage(page)
    let mask = places &- 1
    let wanted = HashedSlot(hash: hash, slot: slot)
    var hole = home(hash)
    while entries[hole] != wanted {
      precondition(!entries[hole].isEmpty, "an index misses an entry that its records have")
      hole = (hole &+ 1) & mask
    }
    var next = (hole &+ 1) & mask
    while !entries[next].isEmpty {
      let home = home(entries[next].hash)
      if (next &- home) & mask >= (next &- hole) & mask {
        entries[hole] = entries[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    UnsafeMutableRawPointer(entries + hole).storeBytes(of: 0, as: UInt64.self)
    pages.element(Slot(truncatingIfNeeded: page)).pointee.count &-= 1
    count &-= 1
  }

  // MARK: Growth

  /// The only page becomes twice as large.
  private mutating func enlarge() {
    let old = self
    self = IndexMap(places: old.places * 2)
    for place in 0..<old.places {
      let entry = old.table[place]
      if !entry.isEmpty { insert(entry.hash, entry.slotEnd - 1) }
    }
  }

  /// Moves the entries whose next bit is set into a new page.
  private mutating func split(_ old: Int, _ hash: UInt32) {
    let pageDepth = UInt64(pages[old].depth)
    precondition(pageDepth < Self.depthMax, "an index whose hashes are all alike")
    if pageDepth == depth {
      directory = directory.flatMap { [$0, $0] }
      depth += 1
    }
    let new = pages.count
    table.appendZeroedPage()
    pages.append(IndexPage())
    for page in [old, new] { pages[page] = IndexPage(count: 0, depth: UInt16(pageDepth + 1)) }
    let share = 1 << Int(depth - pageDepth)
    let first = Int((UInt64(hash) << depth) >> 32) & ~(share - 1)
    for number in (first + share / 2)..<(first + share) { directory[number] = UInt32(new) }
    let entries = table.ownedPage(old)
    withUnsafeTemporaryAllocation(of: HashedSlot.self, capacity: places) { all in
      _ = all.initialize(from: UnsafeBufferPointer(start: entries, count: places))
      UnsafeMutableRawPointer(entries).initializeMemory(as: UInt64.self, repeating: 0, count: places)
      count -= all.count { !$0.isEmpty }
      for entry in all where !entry.isEmpty { insert(entry.hash, entry.slotEnd - 1) }
    }
  }
}

/// Where a hash was found, or where it would be inserted.
struct IndexProbe {
  /// The slot that was wanted, or `.none`.
  var slot: Slot
  fileprivate var page: Int
  fileprivate var place: Int
}

/// One page of an index: how many entries it has, and how many first bits all of them share.
private struct IndexPage: BitwiseCopyable {
  var count: UInt16 = 0
  var depth: UInt16 = 0
}
