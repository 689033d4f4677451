// An array in copy-on-write pages: copying it is cheap, and a write after a copy copies one page, not the whole.

/// Bytes of one page. Copying it takes a few microseconds, which is what a write after a freeze costs.
private let pageBytes = 64 << 10

/// The raw memory of one page, zeroed at birth.
private final class Page: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer
  let bytes: Int

  init(zeroed bytes: Int) {
    self.bytes = bytes
    memory = .allocate(byteCount: bytes, alignment: 64)
    memory.initializeMemory(as: UInt64.self, repeating: 0, count: (bytes + 7) / 8)
  }

  /// A copy, of the same size or larger.
  init(copying other: Page, bytes: Int) {
    self.bytes = bytes
    memory = .allocate(byteCount: bytes, alignment: 64)
    memory.copyMemory(from: other.memory, byteCount: other.bytes)
  }

  deinit { memory.deallocate() }
}

/// A growing array of plain values. Unsafe inside: the pointers in `bases` live as long as the pages beside them, and
/// nobody writes through one before its page is known to be ours alone.
struct PagedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  private var pages: [Page] = []
  private var bases: [UnsafeMutablePointer<Element>] = []
  /// The bases of the pages that are known to be ours alone; nil where that must be found out first.
  private var writable: [UnsafeMutablePointer<Element>?] = []
  private(set) var count = 0
  private var capacity = 0

  /// The power of two of elements that fit one page.
  @inline(__always)
  private static var shift: Int {
    Int.bitWidth - 1 - max(1, pageBytes / MemoryLayout<Element>.stride).leadingZeroBitCount
  }
  @inline(__always)
  private static var mask: Int { (1 << shift) - 1 }

  /// Bytes of memory that the pages take.
  var bytes: Int { pages.reduce(0) { $0 + $1.bytes } }

  @inline(__always)
  subscript(index: Int) -> Element {
    unsafeAddress { address(index) }
    unsafeMutableAddress { mutableAddress(index) }
  }

  @inline(__always)
  subscript(slot: Slot) -> Element {
    unsafeAddress { address(Int(slot)) }
    unsafeMutableAddress { mutableAddress(Int(slot)) }
  }

  @inline(__always)
  fileprivate func address(_ index: Int) -> UnsafePointer<Element> {
    precondition(index >= 0 && index < count, "index outside of a paged array")
    return UnsafePointer(bases[index >> Self.shift] + (index & Self.mask))
  }

  @inline(__always)
  fileprivate mutating func mutableAddress(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(index >= 0 && index < count, "index outside of a paged array")
    let page = index >> Self.shift
    guard let base = writable[page] else { return claimPage(page) + (index & Self.mask) }
    return base + (index & Self.mask)
  }

  /// The array was copied: from here on a page is copied before it is written, unless it turns out to be ours alone.
  mutating func share() {
    if !writable.isEmpty { writable = Array(repeating: nil, count: pages.count) }
  }

  /// The elements from an index to the end of its page, to be read before anything changes.
  @inline(__always)
  func run(from index: Int) -> (start: UnsafePointer<Element>, length: Int) {
    (address(index), min(count - index, (1 << Self.shift) - (index & Self.mask)))
  }

  /// One element for several changes at once, as each way in costs a check. Good until the array is copied or grows.
  @inline(__always)
  mutating func element(_ slot: Slot) -> UnsafeMutablePointer<Element> { mutableAddress(Int(slot)) }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    count += 1
    self[count - 1] = element
  }

  mutating func removeLast() {
    precondition(count > 0, "removing from an empty paged array")
    count -= 1
  }

  /// An array of so many elements whose bytes are all zero; only for element types for which that is a value. All its
  /// pages are one page at first, and become their own when they are written. Does not grow.
  init(zeroes count: Int) {
    let page = Page(zeroed: min(count, 1 << Self.shift) * MemoryLayout<Element>.stride)
    let pageCount = (count + Self.mask) >> Self.shift
    pages = Array(repeating: page, count: pageCount)
    bases = Array(repeating: Self.base(page), count: pageCount)
    writable = Array(repeating: nil, count: pageCount)
    self.count = count
    capacity = count
  }

  init() {}

  private static func base(_ page: Page) -> UnsafeMutablePointer<Element> {
    page.memory.bindMemory(to: Element.self, capacity: page.bytes / MemoryLayout<Element>.stride)
  }

  /// The first page starts small and doubles, so that small tables stay small; the others are whole from the start.
  @inline(never)
  private mutating func grow() {
    let full = MemoryLayout<Element>.stride << Self.shift
    if pages.count == 1, pages[0].bytes < full {
      pages[0] = Page(copying: pages[0], bytes: min(full, pages[0].bytes * 2))
      bases[0] = Self.base(pages[0])
      writable[0] = bases[0]
    } else {
      let page = Page(zeroed: pages.isEmpty ? min(full, MemoryLayout<Element>.stride * 8) : full)
      pages.append(page)
      bases.append(Self.base(page))
      writable.append(bases[bases.count - 1])
    }
    capacity = (pages.count - 1) << Self.shift + pages[pages.count - 1].bytes / MemoryLayout<Element>.stride
  }

  @inline(never)
  private mutating func claimPage(_ index: Int) -> UnsafeMutablePointer<Element> {
    if !isKnownUniquelyReferenced(&pages[index]) {
      pages[index] = Page(copying: pages[index], bytes: pages[index].bytes)
      bases[index] = Self.base(pages[index])
    }
    writable[index] = bases[index]
    return bases[index]
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
    unsafeAddress { records.address(Int(slot)) }
    unsafeMutableAddress { records.mutableAddress(Int(slot)) }
  }

  mutating func share() {
    records.share()
    free.share()
  }

  /// One record for several changes at once; good until the slab is copied or grows.
  @inline(__always)
  mutating func element(_ slot: Slot) -> UnsafeMutablePointer<Element> { records.element(slot) }

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
