// Snapshots: bytes in a file of their own, and once these are durable, a row that makes them count.

internal import GRDB
internal import Synchronization
package import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

extension SQLiteJournal {
  package func beginSnapshot(_ mark: SnapshotMark) throws(JournalError) {
    try unfinished.withLock { (file) throws(JournalError) in
      file?.remove()
      file = nil
      let id = try state.withLock { (state) throws(JournalError) in
        try state.keeper.begin(mark)
        state.lastSnapshot &+= 1
        return state.lastSnapshot
      }
      try orGiveUp(&file) { (file) throws(JournalError) in
        let kept = try keptSnapshots()
        file = try SnapshotFile(id, beside: name) { kept.contains($0) }
      }
    }
  }

  package func appendSnapshotChunk(_ bytes: [UInt8]) throws(JournalError) {
    try unfinished.withLock { (file) throws(JournalError) in
      var seal = try state.withLock { (state) throws(JournalError) in try state.keeper.judgeChunk(bytes) }
      try orGiveUp(&file) { (file) throws(JournalError) in try file?.append(bytes) }
      seal.add(bytes)
      state.withLock { $0.keeper.add(seal) }
    }
  }

  package func syncSnapshot() throws(JournalError) {
    try unfinished.withLock { (file) throws(JournalError) in
      try state.withLock { (state) throws(JournalError) in try state.keeper.judgeSync() }
      try orGiveUp(&file) { (file) throws(JournalError) in try file?.sync() }
      state.withLock { $0.keeper.snapshotIsSynced() }
    }
  }

  package func finishSnapshot() throws(JournalError) {
    let (seal, id) = try unfinished.withLock { (file) throws(JournalError) in
      let seal = try state.withLock { (state) throws(JournalError) in
        let seal = try state.keeper.judgeFinish()
        state.keeper.forgetSnapshot()
        return seal
      }
      guard let finished = file else { throw JournalError(.outOfOrder, "no snapshot has been begun") }
      finished.close()
      // From here on the row may be there, so the file stays, whatever happens.
      file = nil
      return (seal, finished.id)
    }
    try commit { db in
      try db.inTransaction(.immediate) {
        try insert(seal, id, db)
        try db.execute(
          sql: "DELETE FROM snapshots WHERE id NOT IN (SELECT id FROM snapshots ORDER BY id DESC LIMIT ?)",
          arguments: [JournalLimits.snapshotsKept])
        return .commit
      }
    }
  }

  private func insert(_ seal: SnapshotSeal, _ id: Int64, _ db: Database) throws {
    let mark = seal.mark
    try db.execute(
      sql: """
        INSERT INTO snapshots (id, sequence, chain_high, chain_low, next_entry, instant, taken, finished, chunk_count,
          byte_count, checksum_high, checksum_low) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
        """,
      arguments: [
        id, Int64(bitPattern: mark.head.sequence), Int64(bitPattern: mark.head.chain.high),
        Int64(bitPattern: mark.head.chain.low), Int64(bitPattern: mark.head.nextEntry.rawValue),
        mark.head.instant.nanoseconds, mark.taken.nanoseconds, seal.chunkCount, seal.byteCount,
        Int64(bitPattern: seal.checksum.high), Int64(bitPattern: seal.checksum.low),
      ])
  }

  package func abandonSnapshot() throws(JournalError) {
    try unfinished.withLock { (file) throws(JournalError) in
      try state.withLock { (state) throws(JournalError) in
        try state.keeper.judgeUse()
        state.keeper.forgetSnapshot()
      }
      file?.remove()
      file = nil
    }
  }

  package func snapshots() throws(JournalError) -> [SnapshotSummary] {
    try read { db in try Row.fetchAll(db, sql: "SELECT * FROM snapshots ORDER BY id DESC").map(SnapshotSummary.init) }
  }

  package func snapshotChunk(_ index: Int, of snapshot: SnapshotSummary) throws(JournalError) -> [UInt8]? {
    guard index >= 0, index < 1 << 32 else { return nil }
    guard legacySnapshots.contains(snapshot.id) else {
      try state.withLock { (state) throws(JournalError) in try state.keeper.judgeUse() }
      return try cursor.withLock { (cursor) throws(JournalError) in
        try cursor.chunk(index, of: snapshot.id, beside: name)
      }
    }
    return try read { db in
      let select = try db.cachedStatement(sql: "SELECT place, bytes FROM snapshot_chunks WHERE place = ?")
      return try Row.fetchOne(select, arguments: [place(index, snapshot.id)]).map { try StoredRecord($0).bytes }
    }
  }

  /// Removes what a crash left, before anything is written.
  func removeLeftovers() throws(JournalError) {
    let kept = try keptSnapshots()
    try SnapshotFile.removeAll(beside: name) { kept.contains($0) }
  }

  private func keptSnapshots() throws(JournalError) -> Set<Int64> {
    try read { db in try Int64.fetchSet(db, sql: "SELECT id FROM snapshots") }
  }

  /// What fails while a snapshot's bytes are written is the end of that snapshot only.
  private func orGiveUp(
    _ file: inout SnapshotFile?, _ body: (inout SnapshotFile?) throws(JournalError) -> Void
  ) throws(JournalError) {
    do {
      try body(&file)
    } catch {
      file?.remove()
      file = nil
      let sequence = state.withLock { state in
        defer { state.keeper.forgetSnapshot() }
        return state.keeper.snapshot?.mark.head.sequence ?? 0
      }
      throw JournalError(
        error.code, "the snapshot after record \(sequence) of \(name) was given up: \(error.message)", record: sequence)
    }
  }
}

/// Where programs before version 2 of the schema filed a chunk: by snapshot, then by number.
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
