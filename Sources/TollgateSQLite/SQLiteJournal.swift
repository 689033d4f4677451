// The journal that ships as the default: an SQLite file that holds the records, and snapshots in files beside it.

internal import Foundation
internal import GRDB
internal import Synchronization
package import TollgateJournal
package import TollgateLedger
internal import TollgateValues

/// A journal in an SQLite file in WAL mode with a sync in every commit. Three connections: the writer's, the reader's, and
/// that of the checkpointer.
package final class SQLiteJournal: Journal {
  /// How a file is opened.
  package struct Options: Sendable {
    /// Bytes of log after which they are moved into the database file.
    package var logBytes: Int
    /// Bytes that the log's file has from the start: half as much again as its bound, as commits go on while it is moved,
    /// but no more than a start can spare the time for.
    package var reservedBytes: Int
    /// What a missing file becomes; nil refuses one.
    package var metadataOfNew: (@Sendable () -> JournalMetadata)?

    package init(
      logBytes: Int = 8 << 20, reservedBytes: Int? = nil, metadataOfNew: (@Sendable () -> JournalMetadata)? = nil
    ) {
      self.logBytes = logBytes
      self.reservedBytes = reservedBytes ?? min(logBytes + logBytes / 2, 64 << 20)
      self.metadataOfNew = metadataOfNew
    }
  }

  struct State {
    var keeper: AppendGuard
    /// The highest number that a snapshot was given, whether or not it was finished.
    var lastSnapshot: Int64
  }

  /// The path of the file.
  package let name: String
  package let metadata: JournalMetadata
  package let tailMayBeTorn = false
  let state: Mutex<State>
  /// The file of the unfinished snapshot. Locked before the state where both are.
  let unfinished = Mutex<SnapshotFile?>(nil)
  let cursor = Mutex(SnapshotCursor())
  /// Snapshots of programs before version 2 of the schema, whose chunks are rows.
  let legacySnapshots: Set<Int64>
  let writer: DatabaseQueue
  private let reader: DatabaseQueue
  private let inserter: Mutex<AppendStatement?>
  private let gauge = LogGauge()
  private let checkpointer: Checkpointer
  private let flush: PiecewiseFlush?
  private let lock: FileLock

  /// Opens the journal at `path`, or makes one. Throws if another process owns it, if it is something else, or if it
  /// cannot be made durable.
  package init(path: String, options: Options) throws(JournalError) {
    let path = try DatabaseFile.canonicalPath(path)
    if !DatabaseFile.exists(path) && options.metadataOfNew == nil {
      throw JournalError(.unreachable, "there is no journal at \(path)")
    }
    let lock = try FileLock(over: path)
    if options.metadataOfNew != nil { try DatabaseFile.create(path) }
    do {
      let opened = try SQLiteJournal.open(path, options)
      (name, self.lock, writer, metadata) = (path, lock, opened.writer, opened.metadata)
      legacySnapshots = opened.snapshots.inside
      state = Mutex(State(keeper: opened.keeper, lastSnapshot: opened.snapshots.last))
      let (writer, gauge) = (opened.writer, gauge)
      inserter = Mutex(
        try writer.writeWithoutTransaction { db in
          gauge.watch(db)
          return try AppendStatement(db)
        })
      reader = try DatabaseQueue(path: path, configuration: SQLiteJournal.configuration("reader", readonly: true))
      let copier = try DatabaseQueue(path: path, configuration: SQLiteJournal.configuration("checkpointer"))
      let pageBytes = try copier.writeWithoutTransaction { db in
        try Schema.makeDurable(db, path)
        return try Schema.pageBytes(db)
      }
      DatabaseFile.reserveLog(of: path, bytes: options.reservedBytes)
      let failed = FailureRelay()
      flush = PiecewiseFlush(path)
      checkpointer = Checkpointer(copier, path, logBytes: options.logBytes, pageBytes: pageBytes, flush: flush) {
        failed.report($0)
      }
      failed.connect(self)
      // Whatever cannot be removed now does no harm.
      try? removeLeftovers()
    } catch {
      lock.release()
      throw JournalError(error, path)
    }
  }

  deinit { close() }

  private static func configuration(_ label: String, readonly: Bool = false) -> Configuration {
    var configuration = Configuration()
    configuration.label = "tollgate.journal.\(label)"
    configuration.readonly = readonly
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(5)
    return configuration
  }

  private typealias Opened = (
    writer: DatabaseQueue, metadata: JournalMetadata, keeper: AppendGuard, snapshots: Schema.SnapshotNumbers
  )

  private static func open(_ path: String, _ options: Options) throws -> Opened {
    try GatheredLog.register()
    let writer = try DatabaseQueue(path: path, configuration: configuration("writer"))
    return try writer.writeWithoutTransaction { db in
      if try !Schema.judge(db, path) {
        guard options.metadataOfNew != nil else { throw JournalError(.unreachable, "\(path) holds no journal") }
        try Schema.choosePages(db)
      }
      try Schema.makeDurable(db, path)
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try Schema.migrate(db, path) { options.metadataOfNew?() }
      GatheredLog.gather(db)
      guard let bytes = try Blob.fetchOne(db, sql: "SELECT bytes FROM metadata WHERE id = 1") else {
        throw JournalError(.damaged, "\(path) has lost its metadata; restore it from a backup")
      }
      let metadata = try JournalMetadata(decoding: Array(bytes), of: path)
      let last = try Row.fetchOne(db, sql: "SELECT sequence, bytes FROM records ORDER BY sequence DESC LIMIT 1")
      let sequence = last.map { UInt64(bitPattern: $0[0] as Int64) } ?? 0
      // A last row that does not verify is recovery's to refuse, with its reason; nothing can be appended after it.
      let head = last.map { row in
        (try? DecodedRecord.verified(StoredRecord(row).bytes)).map { JournalHead(after: $0.0, checksum: $0.1) }
      }
      let keeper = AppendGuard(lastSequence: sequence, head: head ?? .start(of: metadata))
      return (writer, metadata, keeper, try Schema.snapshotNumbers(db))
    }
  }

  package func append(_ record: EncodedRecord) throws(JournalError) {
    try state.withLock { (state) throws(JournalError) in try state.keeper.judge(record) }
    try commit { _ in try inserter.withLock { try $0?.run(record) } }
    state.withLock { $0.keeper.appended(record) }
  }

  package func appendedIsTold() throws(JournalError) {
    if checkpointer.isWriterWanted { try write { try finishCheckpoint($0) } }
  }

  package func lastSequence() throws(JournalError) -> UInt64 {
    try read { db in
      UInt64(bitPattern: try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM records") ?? 0)
    }
  }

  package func records(after sequence: UInt64, upTo byteCount: Int) throws(JournalError) -> [StoredRecord] {
    guard sequence < UInt64(Int64.max) else { return [] }
    return try read(", records after \(sequence)") { db in
      let select = try db.cachedStatement(
        sql: "SELECT sequence, bytes FROM records WHERE sequence > ? ORDER BY sequence")
      let rows = try Row.fetchCursor(select, arguments: [Int64(bitPattern: sequence)])
      var records: [StoredRecord] = []
      var bytes = 0
      while bytes == 0 || bytes < byteCount, let row = try rows.next() {
        let record = try StoredRecord(row)
        bytes += max(record.bytes.count, 1)
        records.append(record)
      }
      return records
    }
  }

  /// Bisects the sequence numbers, some 20 look-ups of a few microseconds.
  package func record(holding entry: EntryNumber) throws(JournalError) -> StoredRecord? {
    guard entry.rawValue <= UInt64(Int64.max) else { return nil }
    let wanted = Int64(bitPattern: entry.rawValue)
    return try read(", the record of entry \(entry.rawValue)") { [name] db in
      let bounds = try Row.fetchOne(
        db, sql: "SELECT (SELECT min(sequence) FROM records), (SELECT max(sequence) FROM records)")
      guard let bounds, let first = bounds[0] as Int64?, let last = bounds[1] as Int64? else { return nil }
      let probe = try db.cachedStatement(sql: "SELECT first_entry FROM records WHERE sequence = ?")
      var (low, high) = (first, last + 1)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        guard let start = try Int64.fetchOne(probe, arguments: [middle]) else {
          throw JournalError(.damaged, "record \(middle) of \(name) is missing", record: UInt64(bitPattern: middle))
        }
        if start <= wanted { low = middle } else { high = middle }
      }
      let select = try db.cachedStatement(
        sql:
          "SELECT sequence, bytes FROM records WHERE sequence = ? AND first_entry <= ? AND ? < first_entry + entry_count"
      )
      return try Row.fetchOne(select, arguments: [low, wanted, wanted]).map { try StoredRecord($0) }
    }
  }

  package func trimTornTail(_ sequence: UInt64) throws(JournalError) {
    throw JournalError(
      .outOfOrder, "a row of \(name) is whole or absent, so that its tail cannot be torn", record: sequence)
  }

  /// What SQLite says of the writer's durability, for logs: `journal_mode=wal synchronous=2`.
  package func durability() throws(JournalError) -> String {
    try write { db in
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "unknown"
      let synchronous = try Int64.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
      return "journal_mode=\(mode) synchronous=\(synchronous)"
    }
  }

  package func close() {
    let wasOpen = state.withLock { state in
      defer { state.keeper.close() }
      return !state.keeper.isClosed
    }
    guard wasOpen else { return }
    // Before the lock is given back, as the next owner may give the same number to a snapshot of its own.
    unfinished.withLock { file in
      file?.remove()
      file = nil
    }
    try? reader.close()
    checkpointer.close()
    // A statement that is left would keep the connection open.
    inserter.withLock { $0 = nil }
    try? writer.close()
    flush?.close()
    lock.release()
  }

  /// Anything that goes wrong while writing is the end: nobody knows what is durable, and a sync is never tried again.
  func write<Result>(_ body: (Database) throws -> Result) throws(JournalError) -> Result {
    do {
      return try writer.writeWithoutTransaction(body)
    } catch {
      let error = JournalError(error, name)
      fail(error)
      throw error
    }
  }

  /// `what` is being read, for the error that names it.
  func read<Result>(
    _ what: @autoclosure () -> String = "", _ body: (Database) throws -> Result
  ) throws(JournalError) -> Result {
    try state.withLock { (state) throws(JournalError) in try state.keeper.judgeUse() }
    do {
      return try reader.unsafeRead(body)
    } catch {
      throw JournalError(error, name + what())
    }
  }

  /// A write that is a transaction of its own, and the writer's share of moving the log.
  func commit(_ body: (Database) throws -> Void) throws(JournalError) {
    try write { db in
      try finishCheckpoint(db)
      try body(db)
      checkpointer.committed(pages: gauge.pages)
    }
  }

  /// Copies the rest of the log where the checkpointer asks for that.
  private func finishCheckpoint(_ db: Database) throws {
    if checkpointer.isWriterWanted { try checkpointer.finish(db) }
  }

  func fail(_ error: JournalError) { state.withLock { $0.keeper.fail(error) } }
}

/// Carries a checkpoint's failure to the journal, which does not exist yet when its checkpointer is made.
private final class FailureRelay: Sendable {
  private struct Target { weak var journal: SQLiteJournal? }
  private let target = Mutex(Target())

  func connect(_ journal: SQLiteJournal) { target.withLock { $0.journal = journal } }
  func report(_ error: JournalError) { target.withLock { $0.journal }?.fail(error) }
}

extension StoredRecord {
  /// A row of sequence and bytes.
  init(_ row: Row) throws {
    let bytes = try row.withUnsafeData(atIndex: 1) { data in data.map { Array($0) } ?? [] }
    self.init(sequence: UInt64(bitPattern: row[0] as Int64), bytes: bytes)
  }
}

extension Blob {
  /// Bytes that outlive every use of the blob, not copied.
  init(borrowing bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else {
      self.init()
      return
    }
    self.init(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count, deallocator: .none)
  }
}
