// An array in copy-on-write pages: copying it is cheap, and a write after a copy copies one page, not the whole.

/// A growing array of plain values. Unsafe inside: the pointers of the directory live as long as the pages in `groups`,
/// and nobody writes through one before its page is known to be ours alone.
struct PagedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  private var groups: [PageGroup] = []
  private var directory: PageDirectory<Element>
  /// The directory's memory once more, so that an access reads it without a reference.
  private var entries: UnsafeMutablePointer<PageDirectory<Element>.Entry>
  private var pageCount = 0
  private(set) var count = 0
  private var capacity = 0

  /// The power of two of elements that fit one page.
  @inline(__always)
  static var shift: Int {
    Int.bitWidth - 1 - max(1, PageMemory.pageBytesMax / MemoryLayout<Element>.stride).leadingZeroBitCount
  }
  @inline(__always)
  private static var mask: Int { (1 << shift) - 1 }

  /// Bytes of memory that the pages take; those of zeroes that stand one behind the other are one.
  var bytes: Int {
    var (sum, last) = (0, Page?.none)
    for group in groups {
      for page in group.pages where page !== last { (sum, last) = (sum + page.bytes, page) }
    }
    return sum
  }

  init() {
    directory = PageDirectory(capacity: 1)
    entries = directory.entries
  }

  /// An array of so many elements whose bytes are all zero; only for element types for which that is a value. All its
  /// pages are one page at first, and become their own when they are written.
  init(zeroes count: Int) {
    let page = Page(zeroed: min(count, 1 << Self.shift) * MemoryLayout<Element>.stride)
    pageCount = (count + Self.mask) >> Self.shift
    directory = PageDirectory(capacity: pageCount)
    entries = directory.entries
    for index in 0..<pageCount { entries[index].base = Self.base(page) }
    let whole = PageGroup(Array(repeating: page, count: min(pageCount, PageGroup.pagesMax)))
    groups = Array(repeating: whole, count: pageCount / PageGroup.pagesMax)
    let rest = pageCount % PageGroup.pagesMax
    if rest > 0 { groups.append(PageGroup(Array(repeating: page, count: rest))) }
    self.count = count
    capacity = count
  }

  private static func base(_ page: Page) -> UnsafeMutablePointer<Element> {
    page.memory.bindMemory(to: Element.self, capacity: page.bytes / MemoryLayout<Element>.stride)
  }

  // MARK: Access

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
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside of a paged array")
    return UnsafePointer(entries[index >> Self.shift].base.unsafelyUnwrapped + (index & Self.mask))
  }

  @inline(__always)
  fileprivate mutating func mutableAddress(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside of a paged array")
    let page = index >> Self.shift
    guard let base = entries[page].writable else { return claimPage(page) + (index & Self.mask) }
    return base + (index & Self.mask)
  }

  /// One element for several changes at once, as each way in costs a check. Good until the array is copied or grows.
  @inline(__always)
  mutating func element(_ slot: Slot) -> UnsafeMutablePointer<Element> { mutableAddress(Int(slot)) }

  /// One element for several reads at once. Good until anything changes.
  @inline(__always)
  func peek(_ slot: Slot) -> UnsafePointer<Element> { address(Int(slot)) }

  /// The first element of a page, to be read before anything changes.
  @inline(__always)
  func page(_ page: Int) -> UnsafePointer<Element> { address(page << Self.shift) }

  /// The first element of a page that is ours alone. Good until the array is copied or grows.
  @inline(__always)
  mutating func ownedPage(_ page: Int) -> UnsafeMutablePointer<Element> { mutableAddress(page << Self.shift) }

  /// Reads without any reference. Good until anything changes.
  @inline(__always)
  var reader: PageReader<Element> { PageReader(entries: entries, count: count) }

  // MARK: Growth

  @inline(__always)
  mutating func append(_ element: Element) { appendUninitialized().initialize(to: element) }

  /// Makes room for one more element, which the caller initializes at once.
  @inline(__always)
  mutating func appendUninitialized() -> UnsafeMutablePointer<Element> {
    if count == capacity { grow() }
    let index = count
    count = index &+ 1
    guard let base = entries[index >> Self.shift].writable else {
      return claimPage(index >> Self.shift) + (index & Self.mask)
    }
    return base + (index & Self.mask)
  }

  /// Adds a whole page of elements whose bytes are zero, to an array of whole pages.
  mutating func appendZeroedPage() {
    precondition(count & Self.mask == 0 && count == capacity, "a page can only follow whole pages")
    addPage(Page(zeroed: MemoryLayout<Element>.stride << Self.shift))
    count = capacity
  }

  @inline(__always)
  mutating func removeLast() {
    precondition(count > 0, "removing from an empty paged array")
    count &-= 1
  }

  /// The first page starts small and doubles, so that small tables stay small; the others are whole from the start.
  @inline(never)
  private mutating func grow() {
    let full = MemoryLayout<Element>.stride << Self.shift
    if pageCount == 1, groups[0].pages[0].bytes < full {
      let page = Page(copying: groups[0].pages[0], bytes: min(full, groups[0].pages[0].bytes * 2))
      groups[0] = PageGroup([page])
      entries[0].base = Self.base(page)
      entries[0].writable = Self.base(page)
      capacity = page.bytes / MemoryLayout<Element>.stride
    } else {
      addPage(Page(uninitialized: pageCount == 0 ? min(full, MemoryLayout<Element>.stride * 8) : full))
    }
  }

  private mutating func addPage(_ page: Page) {
    if pageCount % PageGroup.pagesMax == 0 {
      groups.append(PageGroup([page]))
    } else {
      ownGroup(groups.count - 1)
      groups[groups.count - 1].pages.append(page)
    }
    if pageCount == directory.capacity {
      replaceDirectory(capacity: pageCount * 2, keepingWritable: true)
    }
    entries[pageCount].base = Self.base(page)
    entries[pageCount].writable = Self.base(page)
    pageCount += 1
    capacity = (pageCount - 1) << Self.shift + page.bytes / MemoryLayout<Element>.stride
  }

  // MARK: Copying

  /// The array was copied: from here on a page is copied before it is written, unless it turns out to be ours alone.
  mutating func share() { replaceDirectory(capacity: directory.capacity, keepingWritable: false) }

  private mutating func replaceDirectory(capacity: Int, keepingWritable: Bool) {
    directory = PageDirectory(directory, count: pageCount, capacity: capacity, keepingWritable: keepingWritable)
    entries = directory.entries
  }

  @inline(never)
  private mutating func claimPage(_ index: Int) -> UnsafeMutablePointer<Element> {
    let (group, place) = (index / PageGroup.pagesMax, index % PageGroup.pagesMax)
    ownGroup(group)
    if let copy = groups[group].ownPage(place) { entries[index].base = Self.base(copy) }
    entries[index].writable = entries[index].base
    return entries[index].base.unsafelyUnwrapped
  }

  private mutating func ownGroup(_ group: Int) {
    if !isKnownUniquelyReferenced(&groups[group]) { groups[group] = PageGroup(groups[group].pages) }
  }
}

/// Reads a paged array: plain values, which cost nothing to take out of a struct that has references besides.
struct PageReader<Element: BitwiseCopyable>: BitwiseCopyable {
  fileprivate let entries: UnsafeMutablePointer<PageDirectory<Element>.Entry>
  fileprivate let count: Int

  @inline(__always)
  func peek(_ slot: Slot) -> UnsafePointer<Element> {
    let index = Int(slot)
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "index outside of a paged array")
    let page = entries[index &>> PagedArray<Element>.shift].base.unsafelyUnwrapped
    return UnsafePointer(page + (index & (1 &<< PagedArray<Element>.shift &- 1)))
  }

  /// The first element of a page that exists.
  @inline(__always)
  func page(_ page: Int) -> UnsafePointer<Element> { UnsafePointer(entries[page].base.unsafelyUnwrapped) }
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
  @inline(__always)
  var count: Int { records.count &- free.count }
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

  /// Reads without any reference. Good until anything changes.
  @inline(__always)
  var reader: PageReader<Element> { records.reader }

  /// One record for several reads at once; good until anything changes.
  @inline(__always)
  func peek(_ slot: Slot) -> UnsafePointer<Element> { records.peek(slot) }

  @inline(__always)
  mutating func add(_ element: Element) -> Slot {
    let (slot, record) = addUninitialized()
    record.initialize(to: element)
    return slot
  }

  /// Takes a slot, whose record the caller initializes at once.
  @inline(__always)
  mutating func addUninitialized() -> (Slot, UnsafeMutablePointer<Element>) {
    guard free.count > 0 else {
      let slot = Slot(truncatingIfNeeded: records.count)
      return (slot, records.appendUninitialized())
    }
    let slot = free[free.count &- 1]
    free.removeLast()
    return (slot, records.element(slot))
  }

  @inline(__always)
  mutating func remove(_ slot: Slot) { free.append(slot) }
}
