// An array in copy-on-write pages: copying it is cheap, and a write after a copy copies one page, not the whole.

/// Bytes of one page. Copying it takes about a microsecond, which is what a write after a freeze costs.
private let pageBytes = 16 << 10

/// The raw memory of one page, zeroed at birth.
private final class Page: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer

  init(zeroed bytes: Int) {
    memory = .allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt64.self, repeating: 0, count: bytes / 8)
  }

  init(copying other: Page, bytes: Int) {
    memory = .allocate(byteCount: bytes, alignment: 64)
    memory.copyMemory(from: other.memory, byteCount: bytes)
  }

  deinit { memory.deallocate() }
}

/// A growing array of plain values. Unsafe inside: the pointers in `bases` live as long as the pages beside them, and
/// nobody writes through one before its page is known to be ours alone.
struct PagedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  private var pages: [Page] = []
  private var bases: [UnsafeMutablePointer<Element>] = []
  private(set) var count = 0

  /// The power of two of elements that fit one page.
  @inline(__always)
  private static var shift: Int {
    Int.bitWidth - 1 - max(1, pageBytes / MemoryLayout<Element>.stride).leadingZeroBitCount
  }
  @inline(__always)
  private static var mask: Int { (1 << shift) - 1 }
  @inline(__always)
  private static var bytesPerPage: Int { MemoryLayout<Element>.stride << shift }

  /// Bytes of memory that the pages take.
  var bytes: Int { pages.count * Self.bytesPerPage }

  @inline(__always)
  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(index >= 0 && index < count, "index outside of a paged array")
      return UnsafePointer(bases[index >> Self.shift] + (index & Self.mask))
    }
    unsafeMutableAddress {
      precondition(index >= 0 && index < count, "index outside of a paged array")
      let page = index >> Self.shift
      if !isKnownUniquelyReferenced(&pages[page]) { copyPage(page) }
      return bases[page] + (index & Self.mask)
    }
  }

  @inline(__always)
  subscript(slot: Slot) -> Element {
    unsafeAddress {
      precondition(Int(slot) < count, "slot outside of a paged array")
      return UnsafePointer(bases[Int(slot) >> Self.shift] + (Int(slot) & Self.mask))
    }
    unsafeMutableAddress {
      precondition(Int(slot) < count, "slot outside of a paged array")
      let page = Int(slot) >> Self.shift
      if !isKnownUniquelyReferenced(&pages[page]) { copyPage(page) }
      return bases[page] + (Int(slot) & Self.mask)
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count >> Self.shift == pages.count { addPage() }
    count += 1
    self[count - 1] = element
  }

  mutating func removeLast() {
    precondition(count > 0, "removing from an empty paged array")
    count -= 1
  }

  /// An array of so many elements whose bytes are all zero; only for element types for which that is a value. All its
  /// pages are one page at first, and become their own when they are written.
  init(zeroes count: Int) {
    let page = Page(zeroed: Self.bytesPerPage)
    let base = page.memory.bindMemory(to: Element.self, capacity: 1 << Self.shift)
    let pageCount = (count + Self.mask) >> Self.shift
    pages = Array(repeating: page, count: pageCount)
    bases = Array(repeating: base, count: pageCount)
    self.count = count
  }

  init() {}

  @inline(never)
  private mutating func addPage() {
    let page = Page(zeroed: Self.bytesPerPage)
    pages.append(page)
    bases.append(page.memory.bindMemory(to: Element.self, capacity: 1 << Self.shift))
  }

  @inline(never)
  private mutating func copyPage(_ index: Int) {
    let page = Page(copying: pages[index], bytes: Self.bytesPerPage)
    pages[index] = page
    bases[index] = page.memory.bindMemory(to: Element.self, capacity: 1 << Self.shift)
  }
}

/// The place of a record in its table. Slots never leave the ledger, and no outcome depends on them.
typealias Slot = UInt32

extension Slot {
  /// No record.
  static var none: Slot { .max }
}

/// Records that come and go: a paged array and the stack of its free slots.
struct Slab<Element: BitwiseCopyable>: Sendable {
  private var records = PagedArray<Element>()
  private var free = PagedArray<Slot>()

  /// Records in use.
  var count: Int { records.count - free.count }
  /// Slots ever used: every record's slot is below.
  var slotEnd: Int { records.count }
  var bytes: Int { records.bytes + free.bytes }

  @inline(__always)
  subscript(slot: Slot) -> Element {
    _read { yield records[slot] }
    _modify { yield &records[slot] }
  }

  @inline(__always)
  mutating func add(_ element: Element) -> Slot {
    guard free.count > 0 else {
      records.append(element)
      return Slot(records.count - 1)
    }
    let slot = free[free.count - 1]
    free.removeLast()
    records[slot] = element
    return slot
  }

  @inline(__always)
  mutating func remove(_ slot: Slot) { free.append(slot) }
}
