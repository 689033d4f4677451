// Files of older programs: what they hold is read, what nobody needs any more is removed, and older programs stay away.

import Foundation
import GRDB
import Testing
import TollgateJournal
import TollgateLedger
import TollgateSQLite
import TollgateTestSupport
import TollgateValues

@Suite struct SQLiteUpgradeTests {
  /// The schema of version 1, where a snapshot's chunks were rows, as it was shipped.
  private let first = """
    CREATE TABLE metadata (id INTEGER PRIMARY KEY CHECK (id = 1), bytes BLOB NOT NULL) STRICT;
    CREATE TABLE records (
      sequence INTEGER PRIMARY KEY, first_entry INTEGER NOT NULL, entry_count INTEGER NOT NULL,
      command_count INTEGER NOT NULL, instant INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE snapshots (
      id INTEGER PRIMARY KEY AUTOINCREMENT, sequence INTEGER NOT NULL, chain_high INTEGER NOT NULL,
      chain_low INTEGER NOT NULL, next_entry INTEGER NOT NULL, instant INTEGER NOT NULL, taken INTEGER NOT NULL,
      finished INTEGER NOT NULL DEFAULT 0, chunk_count INTEGER NOT NULL DEFAULT 0, byte_count INTEGER NOT NULL DEFAULT 0,
      checksum_high INTEGER NOT NULL DEFAULT 0, checksum_low INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE TABLE snapshot_chunks (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    PRAGMA application_id = 1953459308;
    PRAGMA user_version = 1;
    """

  /// A file of version 1: a snapshot after each of the first records, the last of them not finished.
  private func makeFirst(_ medium: SQLiteMedium, _ generator: inout SeededGenerator, snapshots: Int64) throws -> Life {
    medium.sqlite.close()
    try FileManager.default.removeItem(atPath: medium.path)
    let memory = InMemoryJournal(metadata: medium.sqlite.metadata)
    var life = Life(memory)
    try medium.backDoor { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: first)
      try db.execute(sql: "INSERT INTO metadata VALUES (1, ?)", arguments: [Data(memory.metadata.encoded)])
      for id in 1...snapshots {
        let record = life.next(&generator)
        try memory.append(record)
        let header = record.header
        try db.execute(
          sql: "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [
            Int64(header.sequence), Int64(header.firstEntry.rawValue), Int64(header.entryCount),
            Int64(header.commandCount), header.instant.nanoseconds, Data(record.bytes),
          ])
        try fileSnapshot(id, of: life, isFinished: id < snapshots, db)
      }
    }
    return life
  }

  private func fileSnapshot(_ id: Int64, of life: Life, isFinished: Bool, _ db: Database) throws {
    let (head, bytes) = (life.builder.head, life.tally.encoded)
    var seal = SnapshotSeal(SnapshotMark(head: head, taken: life.instant))
    for chunk in [bytes.prefix(20), bytes.dropFirst(20)] {
      try db.execute(
        sql: "INSERT INTO snapshot_chunks VALUES (?, ?)", arguments: [id << 32 | Int64(seal.chunkCount), Data(chunk)])
      seal.add(Array(chunk))
    }
    try db.execute(
      sql: "INSERT INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        id, Int64(head.sequence), Int64(bitPattern: head.chain.high), Int64(bitPattern: head.chain.low),
        Int64(head.nextEntry.rawValue), head.instant.nanoseconds, life.instant.nanoseconds, isFinished ? 1 : 0,
        isFinished ? seal.chunkCount : 0, isFinished ? seal.byteCount : 0,
        isFinished ? Int64(bitPattern: seal.checksum.high) : 0, isFinished ? Int64(bitPattern: seal.checksum.low) : 0,
      ])
  }

  private func chunkOwners(_ medium: SQLiteMedium) throws -> [Int64] {
    try medium.backDoor { try Int64.fetchAll($0, sql: "SELECT DISTINCT place >> 32 FROM snapshot_chunks ORDER BY 1") }
  }

  @Test func `A file of version 1 is recovered from the snapshots in it, until files have replaced them`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    var life = try makeFirst(medium, &generator, snapshots: 3)
    try medium.reopen()
    #expect(try medium.backDoor { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 2)
    // The unfinished one counted for nothing, and is gone.
    #expect(try medium.journal.snapshots().map(\.id) == [2, 1])
    #expect(try chunkOwners(medium) == [1, 2])
    for (newest, owners) in [(4, [1, 2]), (5, [2]), (6, [])] as [(Int64, [Int64])] {
      let recovered = try recover(from: medium.journal, with: Tally.replayer())
      #expect(recovered.state == life.tally && recovered.snapshotsRefused.isEmpty, "\(generator.recipe)")
      #expect(recovered.recordsReplayed == 1 && recovered.snapshot?.id == (newest == 4 ? 2 : newest - 1))
      #expect(try chunkOwners(medium) == owners)
      life = Life(medium.journal, continuing: recovered)
      try life.snapshot()
      try life.append(1, &generator)
      #expect(try medium.journal.snapshots().first?.id == newest)
      try medium.reopen()
    }
  }

  @Test func `A damaged snapshot in a file of version 1 is passed over as ever`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    let life = try makeFirst(medium, &generator, snapshots: 3)
    try medium.backDoor { db in
      try db.execute(sql: "UPDATE snapshot_chunks SET bytes = zeroblob(20) WHERE place = ?", arguments: [2 << 32])
      try db.execute(sql: "DELETE FROM snapshot_chunks WHERE place = ?", arguments: [1 << 32 | 1])
    }
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.recordsReplayed == 3, "\(generator.recipe)")
    #expect(recovered.snapshotsRefused.map { $0.contains("missing") } == [false, true])
  }
}
