// Looking into an index: where a hash is at home, and which of the eight entries of a line may be the wanted one.

internal import CPrefetch

/// Reads an index: plain values, which cost nothing to take out of a struct that has references besides.
struct IndexReader: BitwiseCopyable {
  let table: PageReader<HashedSlot>
  /// The page of each hash, by its first `depth` bits.
  let numbers: UnsafeMutablePointer<UInt32>
  let depth: UInt64
  /// The places of a page, less one.
  let mask: Int

  /// Entries of a cache line.
  static var line: Int { 8 }

  @inline(__always)
  func page(of hash: UInt32) -> Int {
    Int(truncatingIfNeeded: numbers[Int(truncatingIfNeeded: (UInt64(hash) &<< depth) &>> 32)])
  }

  /// Where the line begins that an entry belongs into. The entries of a line stand at its front; only those that a full line
  /// had no room for stand in the next ones.
  @inline(__always)
  func home(_ hash: UInt32) -> Int { Int(truncatingIfNeeded: hash) & mask & ~(Self.line &- 1) }

  @inline(__always)
  func next(_ line: Int) -> Int { (line &+ Self.line) & mask }

  func distance(from line: Int, to other: Int) -> Int { (other - line) & mask }

  @inline(__always)
  func prefetch(_ hash: UInt32) { tollgate_prefetch(table.page(page(of: hash)) + home(hash)) }

  @inline(__always)
  func guess(_ hash: UInt32) -> Slot { probe(hash) { _ in true }.slot }

  @inline(__always)
  func probe(_ hash: UInt32, where isWanted: (Slot) -> Bool) -> IndexProbe {
    let page = page(of: hash)
    let entries = table.page(page)
    var line = home(hash)
    while true {
      let scan = LineScan(entries + line, for: hash)
      var matches = scan.matches
      while matches != 0 {
        let place = line &+ matches.trailingZeroBitCount
        let slot = entries[place].slotEnd &- 1
        if isWanted(slot) { return IndexProbe(slot: slot, page: page, place: place) }
        matches &= matches &- 1
      }
      if !scan.isFull { return IndexProbe(slot: .none, page: page, place: line &+ scan.used) }
      line = next(line)
    }
  }

  /// Writes an entry into the page of its hash, which has room.
  @inline(__always)
  func place(_ entry: HashedSlot, in page: UnsafeMutablePointer<HashedSlot>) {
    var place = home(entry.hash)
    while !page[place].isEmpty { place = (place &+ 1) & mask }
    page[place] = entry
  }
}

/// Where a hash was found, or where it would be inserted.
struct IndexProbe {
  /// The slot that was wanted, or `.none`.
  let slot: Slot
  let page: Int
  let place: Int
}

/// What a line of an index shows of a hash: which entries may be the wanted ones, and how many are in use.
struct LineScan {
  private let bits: UInt32

  @inline(__always)
  init(_ line: UnsafePointer<HashedSlot>, for hash: UInt32) { bits = tollgate_scan_entries(line, hash) }

  /// A bit for each entry in use that has the hash.
  @inline(__always)
  var matches: UInt32 { bits & 0xFF }

  @inline(__always)
  var isFull: Bool { bits & 0x8000 != 0 }

  /// How many entries are in use, which stand at the front.
  @inline(__always)
  var used: Int { (~(bits >> 8)).trailingZeroBitCount }
}
