// Writes the entries and postings of the batch at work: through pointers, as an array asks at each of them whether it is
// the only owner and has room.

internal import TollgateValues

/// How many postings there were, and what they moved in all, before an operation posts its own.
struct PostingMark: BitwiseCopyable {
  fileprivate(set) var count: UInt32 = 0
  /// Wraps around; differences of it do not.
  fileprivate var sum: Int64 = 0
}

/// A few entries and postings at hand, which go to the log together.
struct EntryPen: @unchecked Sendable {
  /// Where everything ends up; complete once the pen was emptied.
  var log = EntryLog()
  private(set) var mark = PostingMark()
  private var memory = EntryMemory()
  private var entryCount = 0
  private var postingCount = 0

  /// A batch begins, whose entries go behind those of a log.
  mutating func begin(_ log: inout EntryLog) {
    swap(&self.log, &log)
    mark = PostingMark(count: UInt32(truncatingIfNeeded: self.log.postings.count))
  }

  /// The batch is over: the log has everything.
  mutating func end(_ log: inout EntryLog) {
    emptyEntries()
    emptyPostings()
    swap(&self.log, &log)
  }

  @inline(__always)
  mutating func post(_ lot: LotID, from: Bucket, to: Bucket, _ amount: Credits) {
    if postingCount == EntryMemory.postingsMax { emptyPostings() }
    (memory.postings + postingCount).initialize(to: Posting(lot: lot, from: from, to: to, amount: amount))
    postingCount &+= 1
    mark.count &+= 1
    mark.sum &+= amount.microcredits
  }

  /// Writes the next entry of an account, whose postings are those since a mark.
  @inline(__always)
  mutating func write(
    _ kind: EntryKind, _ number: EntryNumber, _ account: UnsafePointer<AccountRecord>, _ sums: AccountSums,
    hold: HoldID,
    since start: PostingMark, command: UInt32
  ) {
    if entryCount == EntryMemory.entriesMax { emptyEntries() }
    (memory.entries + entryCount).initialize(
      to: Entry(
        number: number, previous: account.pointee.lastEntry, account: account.pointee.id, kind: kind, hold: hold,
        amount: Credits(microcredits: mark.sum &- start.sum), available: sums.available,
        held: sums.held, command: command, postingStart: start.count,
        postingCount: mark.count &- start.count))
    entryCount &+= 1
  }

  /// The ledger was copied: copies must not write into the same memory.
  mutating func share() { memory = EntryMemory() }

  @inline(never)
  private mutating func emptyEntries() {
    log.entries.append(contentsOf: UnsafeBufferPointer(start: memory.entries, count: entryCount))
    entryCount = 0
  }

  @inline(never)
  private mutating func emptyPostings() {
    log.postings.append(contentsOf: UnsafeBufferPointer(start: memory.postings, count: postingCount))
    postingCount = 0
  }
}

private final class EntryMemory {
  static let entriesMax = 64
  static let postingsMax = 64
  let entries = UnsafeMutablePointer<Entry>.allocate(capacity: entriesMax)
  let postings = UnsafeMutablePointer<Posting>.allocate(capacity: postingsMax)

  deinit {
    entries.deallocate()
    postings.deallocate()
  }
}
