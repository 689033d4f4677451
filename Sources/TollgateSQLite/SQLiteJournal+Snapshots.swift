// Snapshots in the same file: a row that says what it is, and its chunks, each in a transaction of its own.

internal import GRDB
internal import Synchronization
package import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

extension SQLiteJournal {
  /// Chunks that one piece of housekeeping removes.
  private static let chunksRemovedAtOnce = 2

  package func beginSnapshot(_ mark: SnapshotMark) throws(JournalError) {
    try state.withLock { (state) throws(JournalError) in
      try state.keeper.begin(mark)
      state.isTidy = state.isTidy && state.snapshot == nil
      state.snapshot = nil
    }
    let id = try writePiece { db in
      try db.cachedStatement(
        sql: """
          INSERT INTO snapshots (sequence, chain_high, chain_low, next_entry, instant, taken) VALUES (?, ?, ?, ?, ?, ?)
          """
      ).execute(arguments: [
        Int64(bitPattern: mark.head.sequence), Int64(bitPattern: mark.head.chain.high),
        Int64(bitPattern: mark.head.chain.low), Int64(bitPattern: mark.head.nextEntry.rawValue),
        mark.head.instant.nanoseconds, mark.taken.nanoseconds,
      ])
      return db.lastInsertedRowID
    }
    state.withLock { $0.snapshot = id }
  }

  package func appendSnapshotChunk(_ bytes: [UInt8]) throws(JournalError) {
    var (seal, id) = try unfinished(bytes)
    try writePiece { db in
      let insert = try db.cachedStatement(sql: "INSERT INTO snapshot_chunks (place, bytes) VALUES (?, ?)")
      try bytes.withUnsafeBytes { bytes in
        try insert.execute(arguments: [place(seal.chunkCount, id), Blob(borrowing: bytes)])
      }
    }
    seal.add(bytes)
    state.withLock { $0.keeper.sealed(seal) }
  }

  package func finishSnapshot() throws(JournalError) {
    let (seal, id) = try unfinished([])
    try writePiece { db in
      try db.execute(
        sql: """
          UPDATE snapshots SET finished = 1, chunk_count = ?, byte_count = ?, checksum_high = ?, checksum_low = ? WHERE id = ?
          """,
        arguments: [
          seal.chunkCount, seal.byteCount, Int64(bitPattern: seal.checksum.high), Int64(bitPattern: seal.checksum.low),
          id,
        ])
    }
    forgetSnapshot()
  }

  package func abandonSnapshot() throws(JournalError) {
    try state.withLock { (state) throws(JournalError) in try state.keeper.judgeUse() }
    forgetSnapshot()
  }

  package func snapshots() throws(JournalError) -> [SnapshotSummary] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM snapshots WHERE finished = 1 ORDER BY id DESC").map(SnapshotSummary.init)
    }
  }

  package func snapshotChunk(_ index: Int, of snapshot: SnapshotSummary) throws(JournalError) -> [UInt8]? {
    guard index >= 0, index < 1 << 32 else { return nil }
    return try read { db in
      let select = try db.cachedStatement(sql: "SELECT place, bytes FROM snapshot_chunks WHERE place = ?")
      return try Row.fetchOne(select, arguments: [place(index, snapshot.id)]).map { try StoredRecord($0).bytes }
    }
  }

  package func housekeep() throws(JournalError) -> Bool {
    let (isTidy, current) = try state.withLock { (state) throws(JournalError) in
      try state.keeper.judgeUse()
      return (state.isTidy, state.snapshot)
    }
    if isTidy { return false }
    let more = try writePiece { db in try removeSuperfluous(db, except: current ?? 0) }
    if !more { state.withLock { $0.isTidy = true } }
    return more
  }

  /// First the rows of snapshots that are not needed, then chunks that belong to none, a few at a time.
  private func removeSuperfluous(_ db: Database, except current: Int64) throws -> Bool {
    try db.execute(
      sql: """
        DELETE FROM snapshots WHERE id <> ? AND id NOT IN (SELECT id FROM snapshots WHERE finished = 1 ORDER BY id DESC LIMIT ?)
        """, arguments: [current, JournalLimits.snapshotsKept])
    guard let superfluous = try firstSuperfluous(db) else { return false }
    try db.cachedStatement(
      sql: """
        DELETE FROM snapshot_chunks WHERE place IN
          (SELECT place FROM snapshot_chunks WHERE place >= ? AND place < ? ORDER BY place LIMIT ?)
        """
    ).execute(arguments: [
      place(0, superfluous), place(0, superfluous + 1), SQLiteJournal.chunksRemovedAtOnce,
    ])
    return true
  }

  /// The first number under which chunks are filed that belong to no snapshot. Looks at one chunk of each snapshot: going
  /// through them all would hold appends up.
  private func firstSuperfluous(_ db: Database) throws -> Int64? {
    let next = try db.cachedStatement(sql: "SELECT min(place) FROM snapshot_chunks WHERE place >= ?")
    let exists = try db.cachedStatement(sql: "SELECT 1 FROM snapshots WHERE id = ?")
    var from: Int64 = 0
    while let found = try Int64.fetchOne(next, arguments: [from]) {
      let snapshot = found >> 32
      if try Int64.fetchOne(exists, arguments: [snapshot]) == nil { return snapshot }
      from = place(0, snapshot + 1)
    }
    return nil
  }

  private func unfinished(_ bytes: [UInt8]) throws(JournalError) -> (SnapshotSeal, Int64) {
    try state.withLock { (state) throws(JournalError) in
      let seal = try state.keeper.judgeChunk(bytes)
      guard let id = state.snapshot else { throw JournalError(.outOfOrder, "no snapshot has been begun") }
      return (seal, id)
    }
  }

  private func forgetSnapshot() {
    state.withLock { state in
      state.keeper.sealed(nil)
      state.snapshot = nil
      state.isTidy = false
    }
  }
}

/// Where a chunk is filed: by snapshot, then by number.
private func place(_ index: Int, _ snapshot: Int64) -> Int64 { snapshot << 32 | Int64(index) }

extension SnapshotSummary {
  fileprivate init(_ row: Row) {
    let head = JournalHead(
      sequence: UInt64(bitPattern: row["sequence"]),
      chain: Checksum(high: UInt64(bitPattern: row["chain_high"]), low: UInt64(bitPattern: row["chain_low"])),
      nextEntry: EntryNumber(rawValue: UInt64(bitPattern: row["next_entry"])),
      instant: Instant(nanoseconds: row["instant"]))
    self.init(
      id: row["id"], mark: SnapshotMark(head: head, taken: Instant(nanoseconds: row["taken"])),
      chunkCount: row["chunk_count"], byteCount: row["byte_count"],
      checksum: Checksum(high: UInt64(bitPattern: row["checksum_high"]), low: UInt64(bitPattern: row["checksum_low"])))
  }
}
