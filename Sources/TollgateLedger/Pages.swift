// The memory behind paged arrays: pages, groups of pages that are retained together, and the directory of their addresses.

/// The raw memory of one page; the first page of a table may be shorter than the others.
final class Page: @unchecked Sendable {
  let memory: UnsafeMutableRawPointer
  let bytes: Int

  /// Memory that is written before it is read.
  init(uninitialized bytes: Int) {
    self.bytes = bytes
    memory = PageMemory.allocate(bytes)
  }

  convenience init(zeroed bytes: Int) {
    self.init(uninitialized: bytes)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  /// A copy, of the same size or larger; what lies behind the copied bytes is not initialized.
  convenience init(copying other: Page, bytes: Int) {
    self.init(uninitialized: bytes)
    memory.copyMemory(from: other.memory, byteCount: other.bytes)
  }

  deinit { PageMemory.deallocate(memory, bytes) }
}

/// Some pages, so that the first write after a freeze retains a group's pages and not those of a whole table. Changed only
/// by a sole owner.
final class PageGroup: @unchecked Sendable {
  static let pagesMax = 32
  var pages: [Page]

  init(_ pages: [Page]) { self.pages = pages }

  /// Makes a page ours alone; returns it if that took a copy.
  func ownPage(_ place: Int) -> Page? {
    if isKnownUniquelyReferenced(&pages[place]) { return nil }
    pages[place] = Page(copying: pages[place], bytes: pages[place].bytes)
    return pages[place]
  }
}

/// Where the pages are, in plain memory, as every access looks here. A copied array gets its own before it writes.
final class PageDirectory<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Both addresses of a page side by side, so that a read warms the way of the write that follows.
  struct Entry: BitwiseCopyable {
    var base: UnsafeMutablePointer<Element>?
    /// The same, if the page is known to be ours alone; nil where that must be found out first.
    var writable: UnsafeMutablePointer<Element>?
  }

  let capacity: Int
  let entries: UnsafeMutablePointer<Entry>

  init(capacity: Int) {
    self.capacity = capacity
    entries = .allocate(capacity: capacity)
    entries.initialize(repeating: Entry(), count: capacity)
  }

  convenience init(_ other: PageDirectory, count: Int, capacity: Int, keepingWritable: Bool) {
    self.init(capacity: capacity)
    for index in 0..<count {
      entries[index].base = other.entries[index].base
      if keepingWritable { entries[index].writable = other.entries[index].writable }
    }
  }

  deinit { entries.deallocate() }
}
