// Finds a record by its id: open addressing over (hash, slot) pairs, which can grow and shrink without reading a record.

/// Where the secret of the hash tables lives. An attacker who chooses ids must not be able to choose collisions.
struct HashKey: Sendable {
  var first: UInt64
  var second: UInt64

  init(_ key: (UInt64, UInt64)) {
    first = key.0
    second = key.1
  }

  /// A keyed hash of 128 bits: two folded 128-bit products.
  @inline(__always)
  func hash(_ high: UInt64, _ low: UInt64) -> UInt32 {
    let inner = folded(high ^ first, low ^ second)
    return UInt32(truncatingIfNeeded: folded(inner ^ second, 0x9E37_79B9_7F4A_7C15 ^ first) >> 32)
  }
}

@inline(__always)
func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}

/// A map from hashes to slots; whether a slot's record is the wanted one, the caller says.
struct IndexMap: Sendable {
  /// `hash << 32 | slot + 1`, or zero where empty.
  private var table: PagedArray<UInt64>
  private var bits: Int
  private(set) var count = 0

  init(bits: Int = 4) {
    self.bits = bits
    table = PagedArray(zeroes: 1 << bits)
  }

  var bytes: Int { table.bytes }

  @inline(__always)
  private var mask: Int { (1 << bits) - 1 }

  @inline(__always)
  private func home(_ hash: UInt32) -> Int { Int(hash >> UInt32(32 - bits)) }

  /// What stands where a hash would be at home: reading it early lets cache misses overlap. Zero, or slot + 1.
  @inline(__always)
  func peek(_ hash: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: table[home(hash)]) }

  mutating func share() { table.share() }

  @inline(__always)
  func find(_ hash: UInt32, where isWanted: (Slot) -> Bool) -> Slot? {
    var position = home(hash)
    while true {
      // Within one page by pointer; only the step into the next page looks it up again.
      let (run, length) = table.run(from: position)
      for offset in 0..<length {
        let entry = run[offset]
        if entry == 0 { return nil }
        if UInt32(truncatingIfNeeded: entry >> 32) == hash {
          let slot = Slot(truncatingIfNeeded: entry) &- 1
          if isWanted(slot) { return slot }
        }
      }
      position = (position + length) & mask
    }
  }

  @inline(__always)
  mutating func insert(_ hash: UInt32, _ slot: Slot) {
    if (count + 1) * 8 > (mask + 1) * 5 { grow() }
    place(UInt64(hash) << 32 | UInt64(slot + 1))
    count += 1
  }

  @inline(__always)
  private mutating func place(_ entry: UInt64) {
    var position = home(UInt32(truncatingIfNeeded: entry >> 32))
    while true {
      let (run, length) = table.run(from: position)
      for offset in 0..<length where run[offset] == 0 {
        table[position + offset] = entry
        return
      }
      position = (position + length) & mask
    }
  }

  @inline(never)
  private mutating func grow() {
    precondition(bits < 31, "an index cannot grow beyond 2^31 places")
    var larger = IndexMap(bits: bits + 1)
    for position in 0...mask where table[position] != 0 { larger.place(table[position]) }
    larger.count = count
    self = larger
  }

  /// Removes an entry and closes the gap, so that no tombstones gather.
  mutating func remove(_ hash: UInt32, _ slot: Slot) {
    let wanted = UInt64(hash) << 32 | UInt64(slot + 1)
    var hole = home(hash)
    while table[hole] != wanted {
      precondition(table[hole] != 0, "an index misses an entry that its records have")
      hole = (hole + 1) & mask
    }
    var next = (hole + 1) & mask
    while table[next] != 0 {
      let home = home(UInt32(truncatingIfNeeded: table[next] >> 32))
      if (next - home) & mask >= (next - hole) & mask {
        table[hole] = table[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    table[hole] = 0
    count -= 1
  }
}
