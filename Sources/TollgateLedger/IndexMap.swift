// Finds a record by its id: extendible hashing. A hash's first bits choose a page, its last bits a cache line in it, whose eight
// entries are compared at once; a page that fills up is split in two, so that no insertion waits for the whole table to be hashed.

/// A map from hashes to slots; whether a slot's record is the wanted one, the caller says.
struct IndexMap: @unchecked Sendable {
  private var table: PagedArray<HashedSlot>
  private var pages = PagedArray<IndexPage>()
  /// The page of each hash, by its first `depth` bits.
  private var directory: IndexDirectory
  /// Its memory once more, so that it is read without a reference.
  private var numbers: UnsafeMutablePointer<UInt32>
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
    directory = IndexDirectory(0..<UInt32(1) << UInt32(depth))
    numbers = directory.numbers
    pages = PagedArray()
    for _ in 0..<directory.count { pages.append(IndexPage(count: 0, depth: UInt16(depth))) }
  }

  private init(places: Int) {
    self.places = places
    table = PagedArray(zeroes: places)
    directory = IndexDirectory(0..<1)
    numbers = directory.numbers
    pages.append(IndexPage())
  }

  var bytes: Int { table.bytes + pages.bytes + directory.count * 4 }

  mutating func share() {
    table.share()
    pages.share()
  }

  /// Reads without any reference. Good until anything changes.
  @inline(__always)
  var reader: IndexReader { IndexReader(table: table.reader, numbers: numbers, depth: depth, mask: places &- 1) }

  /// Brings near what stands where a hash would be at home.
  @inline(__always)
  func prefetch(_ hash: UInt32) { reader.prefetch(hash) }

  /// The first slot of a hash, most likely the wanted one; `.none` if there is none.
  @inline(__always)
  func guess(_ hash: UInt32) -> Slot { reader.guess(hash) }

  /// Looks for a hash and remembers the way, so that an insertion that follows need not look again.
  @inline(__always)
  func probe(_ hash: UInt32, where isWanted: (Slot) -> Bool) -> IndexProbe { reader.probe(hash, where: isWanted) }

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
    if !insert(hash, slot, at: reader.probe(hash) { _ in false }) { insertMakingRoom(hash, slot) }
  }

  @inline(never)
  private mutating func insertMakingRoom(_ hash: UInt32, _ slot: Slot) {
    if places < Self.placesMax { enlarge() } else { split(reader.page(of: hash), hash) }
    insert(hash, slot)
  }

  /// Removes an entry and closes the gap, so that no tombstones gather.
  @inline(__always)
  mutating func remove(_ hash: UInt32, _ slot: Slot) {
    let reader = reader
    let page = reader.page(of: hash)
    let entries = table.ownedPage(page)
    let wanted = HashedSlot(hash: hash, slot: slot)
    var line = reader.home(hash)
    while true {
      let scan = LineScan(entries + line, for: hash)
      var matches = scan.matches
      while matches != 0, entries[line &+ matches.trailingZeroBitCount] != wanted { matches &= matches &- 1 }
      if matches != 0 {
        Self.take(line &+ matches.trailingZeroBitCount, of: line, scan, from: entries)
        if scan.isFull { Self.refill(line, in: entries, reader) }
        break
      }
      precondition(scan.isFull, "an index misses an entry that its records have")
      line = reader.next(line)
    }
    pages.element(Slot(truncatingIfNeeded: page)).pointee.count &-= 1
    count &-= 1
  }

  /// Takes an entry out of its line; the line's last one takes its place.
  @inline(__always)
  private static func take(
    _ place: Int, of line: Int, _ scan: LineScan, from entries: UnsafeMutablePointer<HashedSlot>
  ) {
    let last = entries + (line &+ scan.used &- 1)
    entries[place] = last.pointee
    UnsafeMutableRawPointer(last).storeBytes(of: 0, as: UInt64.self)
  }

  /// A line that was full has room: what had to go further because of it comes back, and so on. Lines are looked at up to the
  /// first that is not full, as nothing stands behind that because of an earlier one.
  @inline(never)
  private static func refill(_ line: Int, in entries: UnsafeMutablePointer<HashedSlot>, _ reader: IndexReader) {
    var (open, other) = (line, reader.next(line))
    while true {
      let scan = LineScan(entries + other, for: 0)
      let distance = reader.distance(from: open, to: other)
      let from = (other..<other + scan.used).first {
        reader.distance(from: reader.home(entries[$0].hash), to: other) >= distance
      }
      if let from {
        entries[open + IndexReader.line - 1] = entries[from]
        take(from, of: other, scan, from: entries)
        open = other
      }
      guard scan.isFull else { return }
      other = reader.next(other)
    }
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
      directory = IndexDirectory((0..<2 * directory.count).map { numbers[$0 / 2] })
      depth += 1
    } else if !isKnownUniquelyReferenced(&directory) {
      directory = IndexDirectory((0..<directory.count).map { numbers[$0] })
    }
    numbers = directory.numbers
    let new = pages.count
    table.appendZeroedPage()
    pages.append(IndexPage())
    let oldCount = pages[old].count
    for page in [old, new] { pages[page] = IndexPage(count: 0, depth: UInt16(pageDepth + 1)) }
    let share = 1 << Int(depth - pageDepth)
    let first = Int((UInt64(hash) << depth) >> 32) & ~(share - 1)
    for number in (first + share / 2)..<(first + share) { numbers[number] = UInt32(new) }
    let (entries, added) = (table.ownedPage(old), table.ownedPage(new))
    withUnsafeTemporaryAllocation(of: HashedSlot.self, capacity: places) { all in
      _ = all.initialize(from: UnsafeBufferPointer(start: entries, count: places))
      UnsafeMutableRawPointer(entries).initializeMemory(as: UInt64.self, repeating: 0, count: places)
      let reader = reader
      var moved: UInt16 = 0
      for entry in all where !entry.isEmpty {
        let isMoved = UInt64(entry.hash) &>> (31 &- pageDepth) & 1 == 1
        reader.place(entry, in: isMoved ? added : entries)
        moved &+= isMoved ? 1 : 0
      }
      pages[new].count = moved
      pages[old].count = oldCount - moved
    }
  }
}

/// One page of an index: how many entries it has, and how many first bits all of them share.
private struct IndexPage: BitwiseCopyable {
  var count: UInt16 = 0
  var depth: UInt16 = 0
}

/// The page of each hash, in plain memory. Changed only by a sole owner.
private final class IndexDirectory {
  let numbers: UnsafeMutablePointer<UInt32>
  let count: Int

  init(_ pages: some Collection<UInt32>) {
    count = pages.count
    numbers = .allocate(capacity: count)
    for (number, page) in pages.enumerated() { (numbers + number).initialize(to: page) }
  }

  deinit { numbers.deallocate() }
}
