// The journal for tests and trials: the same rules as on disk, and faults on demand.

internal import Synchronization
package import TollgateLedger
internal import TollgateValues

/// Keeps everything in memory. `reopened()` and `afterPowerCut()` play the process that starts after this one.
package final class InMemoryJournal: Journal {
  package let name = "memory"
  package let metadata: JournalMetadata
  package let tailMayBeTorn: Bool
  private let storage: Mutex<Storage>

  /// What goes wrong, and when.
  package struct Faults: Sendable {
    /// Which append fails, counted from 1 for this journal; the record is lost.
    package var failAppend: Int?
    /// Which append fails after the record was written whole: ambiguous to the caller.
    package var failAfterAppend: Int?
    /// Which snapshot chunk fails, counted from 1; the snapshot is given up.
    package var failSnapshotChunk: Int?
    /// Whether the write that would make a snapshot count fails.
    package var failSnapshotFinish: Bool
    /// Called before each append, on the writer's thread: to delay it.
    package var beforeAppend: (@Sendable (_ sequence: UInt64) -> Void)?
    /// Called before each snapshot chunk, on the snapshot's thread: to delay it.
    package var beforeSnapshotChunk: (@Sendable () -> Void)?

    package init(
      failAppend: Int? = nil, failAfterAppend: Int? = nil, failSnapshotChunk: Int? = nil,
      failSnapshotFinish: Bool = false, beforeAppend: (@Sendable (_ sequence: UInt64) -> Void)? = nil,
      beforeSnapshotChunk: (@Sendable () -> Void)? = nil
    ) {
      self.failAppend = failAppend
      self.failAfterAppend = failAfterAppend
      self.failSnapshotChunk = failSnapshotChunk
      self.failSnapshotFinish = failSnapshotFinish
      self.beforeAppend = beforeAppend
      self.beforeSnapshotChunk = beforeSnapshotChunk
    }
  }

  struct Storage: Sendable {
    var records: [StoredRecord] = []
    /// In the order of `records`; of zero entries where a record cannot be read.
    var snapshots: [(summary: SnapshotSummary, chunks: [[UInt8]])] = []
    var unfinished: [[UInt8]] = []
    var nextSnapshot: Int64 = 1
    var keeper: AppendGuard
    var faults: Faults
    var appends = 0
    var chunks = 0
  }

  /// An empty journal.
  package convenience init(metadata: JournalMetadata, faults: Faults = Faults()) {
    self.init(
      metadata: metadata, tailMayBeTorn: false,
      Storage(keeper: AppendGuard(lastSequence: 0, head: .start(of: metadata)), faults: faults))
  }

  private init(metadata: JournalMetadata, tailMayBeTorn: Bool, _ storage: Storage) {
    self.metadata = metadata
    self.tailMayBeTorn = tailMayBeTorn
    self.storage = Mutex(storage)
  }

  package func append(_ record: EncodedRecord) throws(JournalError) {
    storage.withLock { $0.faults.beforeAppend }?(record.header.sequence)
    try access { storage throws(JournalError) in
      try storage.keeper.judge(record)
      storage.appends += 1
      if storage.faults.failAppend == storage.appends {
        throw storage.failed("append \(storage.appends) failed as it was told to")
      }
      storage.records.append(StoredRecord(sequence: record.header.sequence, bytes: record.bytes))
      storage.keeper.appended(record)
      if storage.faults.failAfterAppend == storage.appends {
        throw storage.failed("the sync after append \(storage.appends) failed as it was told to")
      }
    }
  }

  package func lastSequence() throws(JournalError) -> UInt64 {
    try access { storage throws(JournalError) in storage.records.last?.sequence ?? 0 }
  }

  package func records(after sequence: UInt64, upTo byteCount: Int) throws(JournalError) -> [StoredRecord] {
    try access { storage throws(JournalError) in
      let start = storage.records.partitioningIndex { $0.sequence > sequence }
      var bytes = 0
      let found = storage.records[start...].prefix { record in
        defer { bytes += record.bytes.count }
        return bytes == 0 || bytes < byteCount
      }
      return Array(found)
    }
  }

  package func record(holding entry: EntryNumber) throws(JournalError) -> StoredRecord? {
    try access { storage throws(JournalError) in
      let after = storage.records.partitioningIndex { ($0.firstEntry ?? .none) > entry }
      guard after > 0 else { return nil }
      let record = storage.records[after - 1]
      guard let (header, _) = try? DecodedRecord.verified(record.bytes) else { return record }
      return entry < header.nextEntry ? record : nil
    }
  }

  package func trimTornTail(_ sequence: UInt64) throws(JournalError) {
    guard tailMayBeTorn else { throw JournalError(.outOfOrder, "the tail of this journal cannot be torn") }
    try access { storage throws(JournalError) in
      guard storage.records.last?.sequence == sequence else {
        throw JournalError(.outOfOrder, "record \(sequence) is not the last one", record: sequence)
      }
      storage.records.removeLast()
      storage.keeper.trimmed(to: sequence - 1)
    }
  }

  package func beginSnapshot(_ mark: SnapshotMark) throws(JournalError) {
    try access { storage throws(JournalError) in
      try storage.keeper.begin(mark)
      storage.unfinished = []
    }
  }

  package func appendSnapshotChunk(_ bytes: [UInt8]) throws(JournalError) {
    storage.withLock { $0.faults.beforeSnapshotChunk }?()
    try access { storage throws(JournalError) in
      var seal = try storage.keeper.judgeChunk(bytes)
      storage.chunks += 1
      if storage.faults.failSnapshotChunk == storage.chunks {
        storage.unfinished = []
        storage.keeper.forgetSnapshot()
        throw JournalError(.failed, "snapshot chunk \(storage.chunks) failed as it was told to")
      }
      seal.add(bytes)
      storage.unfinished.append(bytes)
      storage.keeper.add(seal)
    }
  }

  package func syncSnapshot() throws(JournalError) {
    try access { storage throws(JournalError) in
      try storage.keeper.judgeSync()
      storage.keeper.snapshotIsSynced()
    }
  }

  package func finishSnapshot() throws(JournalError) {
    try access { storage throws(JournalError) in
      let seal = try storage.keeper.judgeFinish()
      if storage.faults.failSnapshotFinish {
        throw storage.failed("the snapshot could not be filed, as it was told to")
      }
      let summary = SnapshotSummary(
        id: storage.nextSnapshot, mark: seal.mark, chunkCount: seal.chunkCount, byteCount: seal.byteCount,
        checksum: seal.checksum)
      storage.snapshots.append((summary, storage.unfinished))
      storage.snapshots = Array(storage.snapshots.suffix(JournalLimits.snapshotsKept))
      storage.nextSnapshot += 1
      storage.unfinished = []
      storage.keeper.forgetSnapshot()
    }
  }

  package func abandonSnapshot() throws(JournalError) {
    try access { storage throws(JournalError) in
      storage.unfinished = []
      storage.keeper.forgetSnapshot()
    }
  }

  package func snapshots() throws(JournalError) -> [SnapshotSummary] {
    try access { storage throws(JournalError) in storage.snapshots.reversed().map(\.summary) }
  }

  package func snapshotChunk(_ index: Int, of snapshot: SnapshotSummary) throws(JournalError) -> [UInt8]? {
    try access { storage throws(JournalError) in
      guard let found = storage.snapshots.first(where: { $0.summary.id == snapshot.id }) else { return nil }
      return found.chunks.indices.contains(index) ? found.chunks[index] : nil
    }
  }

  package func close() { storage.withLock { $0.keeper.close() } }

  private func access<Result: Sendable>(
    _ body: (inout Storage) throws(JournalError) -> sending Result
  ) throws(JournalError) -> Result {
    try storage.withLock { (storage) throws(JournalError) -> sending Result in
      try storage.keeper.judgeUse()
      return try body(&storage)
    }
  }
}

extension InMemoryJournal.Storage {
  mutating func failed(_ message: String) -> JournalError {
    let error = JournalError(.failed, message)
    keeper.fail(error)
    return error
  }
}

extension InMemoryJournal {
  /// The journal as the next process finds it: all that was appended, no faults, nothing unfinished.
  package func reopened(faults: Faults = Faults()) -> InMemoryJournal {
    InMemoryJournal(metadata: metadata, tailMayBeTorn: tailMayBeTorn, next(faults))
  }

  /// The journal after a power cut on a medium that tears: all that was acknowledged, and of the record that was under way
  /// the first `keeping` bytes.
  package func afterPowerCut(during record: EncodedRecord? = nil, keeping byteCount: Int = 0) -> InMemoryJournal {
    var next = next(Faults())
    if let record, byteCount > 0 {
      let bytes = Array(record.bytes.prefix(byteCount))
      next.records.append(StoredRecord(sequence: record.header.sequence, bytes: bytes))
      next.keeper = AppendGuard(lastSequence: record.header.sequence, head: nil)
    }
    return InMemoryJournal(metadata: metadata, tailMayBeTorn: true, next)
  }

  /// Lets a test damage what is stored.
  package func tamper(_ body: (inout [StoredRecord]) -> Void) {
    storage.withLock { body(&$0.records) }
  }

  /// Lets a test damage a snapshot's chunk.
  package func tamperSnapshot(_ id: Int64, chunk: Int, _ body: (inout [UInt8]) -> Void) {
    storage.withLock { storage in
      for index in storage.snapshots.indices where storage.snapshots[index].summary.id == id {
        body(&storage.snapshots[index].chunks[chunk])
      }
    }
  }

  private func next(_ faults: Faults) -> Storage {
    storage.withLock { storage in
      let head = storage.records.last.map { last in
        (try? DecodedRecord.verified(last.bytes)).map { JournalHead(after: $0.0, checksum: $0.1) }
      }
      return Storage(
        records: storage.records, snapshots: storage.snapshots, nextSnapshot: storage.nextSnapshot,
        keeper: AppendGuard(
          lastSequence: storage.records.last?.sequence ?? 0, head: head ?? .start(of: metadata)), faults: faults)
    }
  }
}

extension StoredRecord {
  /// The first entry number that the header states, not verified.
  fileprivate var firstEntry: EntryNumber? {
    guard bytes.count >= RecordFormat.headerBytes else { return nil }
    let offset = RecordFormat.firstEntryOffset
    return EntryNumber(
      rawValue: bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }
}

extension Array {
  /// The first index whose element, and all after it, fulfil the predicate.
  fileprivate func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
