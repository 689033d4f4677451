// The one interface of every storage engine: records in a row, snapshots in chunks, and blocking calls throughout.

package import TollgateLedger
internal import TollgateValues

/// A durable row of records, with snapshots beside it. One process owns it at a time.
///
/// All calls block, so they belong on threads of their own. Three threads may use a journal at once: the *writer* (`append`,
/// `appendedIsTold`, `finishSnapshot`, `trimTornTail`, `close`), the *snapshot's* (the other calls that write a snapshot), and
/// a *reader* (everything else). The calls that write a snapshot follow each other, whatever thread they
/// are on. After the first record or `finishSnapshot` that fails, every call but `close` is refused (`poisoned`): whether that
/// write is durable is unknown, so the process must end and recover. The other calls that write a snapshot say nothing about
/// records: when one fails, the snapshot is given up, and nothing else.
package protocol Journal: AnyObject, Sendable {
  /// What error messages call this journal: a path, or "memory".
  var name: String { get }
  var metadata: JournalMetadata { get }
  /// Whether an append that was cut short can leave a part of a record behind, which recovery then trims. Rows of a database
  /// are whole or absent: a damaged last row was whole once and acknowledged, so it is damage, and recovery refuses to start.
  var tailMayBeTorn: Bool { get }

  /// Appends the next record; it is durable when this returns. The record must continue the last one.
  func append(_ record: EncodedRecord) throws(JournalError)

  /// Does what the last append left to do, a few milliseconds at most. The writer calls it when it has told of the record.
  func appendedIsTold() throws(JournalError)

  /// The number of the last record, or 0.
  func lastSequence() throws(JournalError) -> UInt64
  /// The records after `sequence` in order: at least one if there is any, and no more once `byteCount` bytes are reached.
  func records(after sequence: UInt64, upTo byteCount: Int) throws(JournalError) -> [StoredRecord]
  /// The record that holds an entry, or nil if there is none yet.
  func record(holding entry: EntryNumber) throws(JournalError) -> StoredRecord?
  /// Removes the torn record at the end; refused where tails cannot be torn, and for any but the last record.
  func trimTornTail(_ sequence: UInt64) throws(JournalError)

  /// Begins the snapshot of the state right after a record that is durable already. An unfinished one is abandoned.
  func beginSnapshot(_ mark: SnapshotMark) throws(JournalError)
  /// Adds a part of the state. Appends do not wait for it.
  func appendSnapshotChunk(_ bytes: [UInt8]) throws(JournalError)
  /// Makes all parts durable; none may follow.
  func syncSnapshot() throws(JournalError)
  /// Makes a synced snapshot count, in one small write; until then recovery does not see it. Older ones than the last
  /// `snapshotsKept` count no more.
  func finishSnapshot() throws(JournalError)
  /// Gives the unfinished snapshot up.
  func abandonSnapshot() throws(JournalError)
  /// The finished snapshots, newest first.
  func snapshots() throws(JournalError) -> [SnapshotSummary]
  /// The bytes of one chunk of a finished snapshot; nil if it is missing, `damaged` if there is something else.
  func snapshotChunk(_ index: Int, of snapshot: SnapshotSummary) throws(JournalError) -> [UInt8]?

  /// Gives the journal back to others. Everything after it is refused.
  func close()
}

extension Journal {
  package func appendedIsTold() throws(JournalError) {}
}

/// A record as it stands in the journal, not judged yet.
package struct StoredRecord: Hashable, Sendable {
  /// The number that it is filed under.
  package var sequence: UInt64
  package var bytes: [UInt8]

  package init(sequence: UInt64, bytes: [UInt8]) {
    self.sequence = sequence
    self.bytes = bytes
  }
}

/// Bounds of every journal.
package enum JournalLimits {
  /// Snapshots kept: the newest, and one to fall back on.
  package static let snapshotsKept = 2
  /// Bytes of a snapshot's chunk.
  package static let snapshotChunkBytesMax = 1 << 20
  /// What recovery reads at a time.
  package static let recoveryReadBytes = 8 << 20
}

/// What an engine checks before it writes: the rules of appending, the same for all.
package struct AppendGuard: Sendable {
  /// Where the journal ends.
  package private(set) var head: JournalHead?
  private var lastSequence: UInt64
  package private(set) var failure: JournalError?
  package private(set) var isClosed = false
  /// The unfinished snapshot.
  package private(set) var snapshot: SnapshotSeal?
  private var isSnapshotSynced = false

  /// A guard over a journal whose last record is `lastSequence`; `head` may be unknown until the first append.
  package init(lastSequence: UInt64, head: JournalHead?) {
    self.lastSequence = lastSequence
    self.head = head
  }

  /// Refuses what follows a failure or a close.
  package func judgeUse() throws(JournalError) {
    if isClosed { throw JournalError(.closed, "the journal is closed") }
    if let failure { throw .poisoned(by: failure) }
  }

  /// Refuses a record that does not continue the journal.
  package func judge(_ record: EncodedRecord) throws(JournalError) {
    try judgeUse()
    let header = record.header
    guard header.sequence == lastSequence + 1 else {
      throw JournalError(
        .outOfOrder, "record \(header.sequence) cannot follow record \(lastSequence)", record: header.sequence)
    }
    if let head, header.previous != head.chain || header.firstEntry != head.nextEntry || header.instant < head.instant {
      throw JournalError(
        .outOfOrder, "record \(header.sequence) does not continue the chain, entries or time of the one before",
        record: header.sequence)
    }
  }

  package mutating func appended(_ record: EncodedRecord) {
    lastSequence = record.header.sequence
    head = record.head
  }

  package mutating func trimmed(to sequence: UInt64) {
    lastSequence = sequence
    head = nil
  }

  package mutating func fail(_ error: JournalError) {
    if failure == nil { failure = error }
  }

  package mutating func close() { isClosed = true }

  /// Refuses a snapshot of a state that is not durable.
  package mutating func begin(_ mark: SnapshotMark) throws(JournalError) {
    try judgeUse()
    guard mark.head.sequence <= lastSequence else {
      throw JournalError(
        .outOfOrder,
        "a snapshot after record \(mark.head.sequence) cannot begin while record \(lastSequence) is the last")
    }
    snapshot = SnapshotSeal(mark)
    isSnapshotSynced = false
  }

  /// The seal that the chunk is to be added to; `add` takes it back.
  package func judgeChunk(_ bytes: [UInt8]) throws(JournalError) -> SnapshotSeal {
    let seal = try unfinished()
    guard !isSnapshotSynced else { throw JournalError(.outOfOrder, "the snapshot has been synced, nothing may follow") }
    guard bytes.count <= JournalLimits.snapshotChunkBytesMax else {
      throw JournalError(
        .outOfOrder,
        "a snapshot's chunk of \(bytes.count) bytes is above \(JournalLimits.snapshotChunkBytesMax) bytes")
    }
    return seal
  }

  package mutating func add(_ seal: SnapshotSeal) { snapshot = seal }

  /// Refuses to sync what has not been begun.
  package func judgeSync() throws(JournalError) { _ = try unfinished() }

  package mutating func snapshotIsSynced() { isSnapshotSynced = true }

  /// The whole seal of a snapshot that may be finished.
  package func judgeFinish() throws(JournalError) -> SnapshotSeal {
    let seal = try unfinished()
    guard isSnapshotSynced else { throw JournalError(.outOfOrder, "the snapshot has not been synced") }
    return seal
  }

  package mutating func forgetSnapshot() { snapshot = nil }

  private func unfinished() throws(JournalError) -> SnapshotSeal {
    try judgeUse()
    guard let snapshot else { throw JournalError(.outOfOrder, "no snapshot has been begun") }
    return snapshot
  }
}
