// What jobs would have cost: their prices under one or two books, added up by tier, quality and model.

internal import CPricingKernel
package import TollgateValues

/// The groups that jobs fall into: the tiers of the first book, the four qualities, and the models of all books.
package final class JobGroups: @unchecked Sendable {
  /// The largest side of each tier. Sizes without a tier fall into one more.
  package let tierSides: [UInt16]
  /// The models of all books, ascending. Numbers in no book fall into one more.
  package let models: [UInt16]
  // Unchecked, because this memory never changes after `init`.
  private let tierOfSide: UnsafeMutablePointer<UInt8>
  private let slotOfModel: UnsafeMutablePointer<UInt16>

  /// Groups for at least one book.
  package init(_ books: [PriceBook]) {
    tierSides = books.first?.compiled.tierSides ?? []
    models = Set(books.flatMap { $0.terms.models.map(\.number) }).sorted()
    tierOfSide = .allocate(capacity: 1 << 16)
    tierOfSide.initialize(repeating: UInt8(tierSides.count), count: 1 << 16)
    for (tier, side) in tierSides.enumerated().reversed() {
      for pixels in 1...Int(side) { tierOfSide[pixels] = UInt8(tier) }
    }
    slotOfModel = .allocate(capacity: 1 << 16)
    slotOfModel.initialize(repeating: UInt16(models.count), count: 1 << 16)
    for (slot, model) in models.enumerated() { slotOfModel[Int(model)] = UInt16(slot) }
  }

  deinit {
    tierOfSide.deallocate()
    slotOfModel.deallocate()
  }

  private var slots: Int { models.count + 1 }

  /// Groups in all.
  package var count: Int { (tierSides.count + 1) * 4 * slots }

  /// The group of a job.
  package func group(of job: Job) -> Int {
    // The larger tier is that of the longer side, and a side of zero has the largest of all.
    let tier = Int(max(tierOfSide[Int(job.width)], tierOfSide[Int(job.height)]))
    return (tier * 4 + Int(min(job.quality.rawValue, 3))) * slots + Int(slotOfModel[Int(job.model)])
  }

  /// The tier, quality and model of a group, as indices: one after the last is none that there is.
  package func parts(of group: Int) -> (tier: Int, quality: Int, model: Int) {
    (group / slots / 4, group / slots % 4, group % slots)
  }

  /// What the C code needs; valid as long as this object lives.
  fileprivate var grouping: tollgate_grouping {
    tollgate_grouping(
      tier_of_side: tierOfSide, slot_of_model: slotOfModel, slots: UInt32(slots), groups: UInt32(count))
  }
}

/// What some jobs cost under one book.
package struct JobTotal: Hashable, Sendable {
  /// Jobs that have a price.
  package var jobs: UInt64 = 0
  /// µcr; in 128 bits, so that no number of jobs overflows it.
  package var microcredits: UInt128 = 0

  package init() {}

  fileprivate mutating func add(_ jobs: UInt64, _ microcredits: UInt128) {
    self.jobs += jobs
    self.microcredits += microcredits
  }

  fileprivate mutating func remove(_ jobs: UInt64, _ microcredits: UInt128) {
    self.jobs -= jobs
    self.microcredits -= microcredits
  }

  package static func += (total: inout JobTotal, more: JobTotal) {
    total.jobs += more.jobs
    total.microcredits += more.microcredits
  }
}

/// The totals of one book.
package struct BookTally: Hashable, Sendable {
  /// By group.
  package fileprivate(set) var groups: [JobTotal]
  /// Jobs without a price by the refusal's code; the first stands for none.
  package fileprivate(set) var refusals = [UInt64](repeating: 0, count: 16)

  fileprivate init(groups: Int) { self.groups = Array(repeating: JobTotal(), count: groups) }

  /// All that have a price.
  package var total: JobTotal { groups.reduce(into: JobTotal()) { $0 += $1 } }
  package var refused: UInt64 { refusals.reduce(0, +) }

  fileprivate mutating func merge(_ other: BookTally) {
    for index in groups.indices { groups[index] += other.groups[index] }
    for index in refusals.indices { refusals[index] += other.refusals[index] }
  }
}

/// Adds up jobs, block by block. Each thread has its own; at the end they are merged.
package struct JobTally: Sendable {
  /// Rows that are priced at once: their columns, prices and groups stay within the second-level cache.
  package static let blockRows = 16_384

  /// One for each book.
  package private(set) var books: [BookTally]
  package private(set) var jobs: UInt64 = 0
  private let groups: JobGroups
  private let pricers: [KernelPricer]
  /// The prices of a block, and the cells of its sums, book by book.
  private var prices: [PriceColumns]
  private var cells: [[UInt64]]
  private var cellsOfSet: Int { groups.count + 16 }

  package init(_ groups: JobGroups, _ pricers: [KernelPricer]) {
    self.groups = groups
    self.pricers = pricers
    books = pricers.map { _ in BookTally(groups: groups.count) }
    prices = pricers.map { _ in PriceColumns() }
    let cellsOfBook = (groups.count + 16) * Int(TOLLGATE_CELL_SETS)
    cells = pricers.map { _ in Array(repeating: 0, count: cellsOfBook) }
  }

  /// Adds rows of any number.
  package mutating func add(_ rows: JobRows) {
    var start = 0
    while start < rows.count {
      let end = min(start + JobTally.blockRows, rows.count)
      addBlock(rows.slice(start..<end))
      start = end
    }
    jobs += UInt64(rows.count)
  }

  package mutating func merge(_ other: JobTally) {
    for index in books.indices { books[index].merge(other.books[index]) }
    jobs += other.jobs
  }

  private mutating func addBlock(_ rows: JobRows) {
    for (index, pricer) in pricers.enumerated() { pricer.price(rows, into: &prices[index]) }
    let narrow = pricers.indices.filter { !prices[$0].isWide }
    addLanes(rows, of: narrow[...], [])
    for book in narrow {
      readCells(book)
      moveExceptions(rows, book)
    }
    for book in pricers.indices where prices[book].isWide { addWords(rows, book) }
  }

  /// Collects the columns of several books, one within the other, and adds all of them up in one pass over the rows.
  private mutating func addLanes(
    _ rows: JobRows, of narrow: ArraySlice<Int>, _ collected: [tollgate_book_lanes]
  ) {
    guard let book = narrow.first else {
      guard !collected.isEmpty else { return }
      withUnsafePointer(to: groups.grouping) { grouping in
        withUnsafePointer(to: rows.columns) { columns in
          tollgate_tally(grouping, columns, rows.count, collected, collected.count)
        }
      }
      return
    }
    // Taken out for the time being, so that what is lent is not part of the tally meanwhile.
    var (column, sums) = (PriceColumns(), [UInt64]())
    swap(&column, &prices[book])
    swap(&sums, &cells[book])
    sums.withUnsafeMutableBufferPointer { sums in
      column.withPrices(
        lanes: { lanes, _ in
          let lent = tollgate_book_lanes(lanes: lanes.baseAddress, cells: sums.baseAddress)
          addLanes(rows, of: narrow.dropFirst(), collected + [lent])
        }, words: { _ in })
    }
    swap(&column, &prices[book])
    swap(&sums, &cells[book])
  }

  /// Adds the cells to a book, and empties them.
  private mutating func readCells(_ book: Int) {
    let quantum = UInt128(prices[book].quantum)
    for (place, cell) in cells[book].enumerated() where cell != 0 {
      let (rows, quanta) = (cell >> UInt64(TOLLGATE_CELL_BITS), cell & (1 << UInt64(TOLLGATE_CELL_BITS) - 1))
      let group = place % cellsOfSet
      if group < groups.count {
        books[book].groups[group].add(rows, UInt128(quanta) * quantum)
      } else {
        books[book].refusals[group - groups.count] += rows
      }
      cells[book][place] = 0
    }
  }

  /// Exceptions were counted in the group of what stands in the columns in their place.
  private mutating func moveExceptions(_ rows: JobRows, _ book: Int) {
    for exception in rows.exceptions {
      guard let price = prices[book][exception.row - rows.start].credits else { continue }
      let placeholder = groups.group(of: Job(width: 0, height: 0, model: 0, quality: .draft))
      books[book].groups[placeholder].remove(1, UInt128(price.microcredits))
      books[book].groups[groups.group(of: exception.job)].add(1, UInt128(price.microcredits))
    }
  }

  private mutating func addWords(_ rows: JobRows, _ book: Int) {
    for row in 0..<rows.count {
      switch prices[book][row] {
      case .amount(let price): books[book].groups[groups.group(of: rows[row])].add(1, UInt128(price.microcredits))
      case .refused(let refusal): books[book].refusals[Int(refusal.rawValue)] += 1
      }
    }
  }
}
