// The tables, and how a file of an older program becomes one of this program.

internal import GRDB
internal import TollgateJournal

enum Schema {
  /// "toll": says in the file's header whose it is.
  static let applicationID: Int64 = 0x746F_6C6C
  /// The step that each version takes from the one before. Steps are never changed once shipped, only added.
  static let steps: [String] = [first, second]
  static var version: Int64 { Int64(steps.count) }

  /// One row a batch. An entry's row is found by bisection of `sequence`, as `first_entry` rises with it: an index would
  /// cost one more page in each commit.
  private static let first = """
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
    """

  /// From here on a snapshot's chunks are a file beside this one, and its row is filed when it is finished: older programs must
  /// not take such a journal. The snapshots that they finished stay, with their chunks, until newer ones have replaced them.
  private static let second = "DELETE FROM snapshots WHERE finished = 0;"

  /// Refuses what is not a journal of this program or an older one, before anything in it is changed.
  static func judge(_ db: Database, _ path: String) throws -> Bool {
    let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let tables = try Int64.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    if application == 0 && version == 0 && tables == 0 { return false }
    guard application == applicationID else {
      throw JournalError(
        .foreign, "\(path) is an SQLite database of another program (application id \(application)), not a journal")
    }
    guard version <= Schema.version else {
      throw JournalError(
        .newer,
        "\(path) has version \(version), this program knows versions up to \(Schema.version): start a newer program")
    }
    return true
  }

  /// Pages of a new file: twice SQLite's usual, as each page costs a checksum, a look-up and a copy of its own, in the commit and once
  /// more in the checkpoint. Larger ones would make the smallest commit, which rewrites a page, write too much. Files of earlier
  /// programs keep theirs, for a page's size is for life.
  static let pageBytesOfNew = 8 << 10

  /// Chooses the size of a file's pages, as long as it is empty.
  static func choosePages(_ db: Database) throws { try db.execute(sql: "PRAGMA page_size = \(pageBytesOfNew)") }

  static func pageBytes(_ db: Database) throws -> Int {
    try max(Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0, 512)
  }

  /// Takes the missing steps, all in one transaction, and files the metadata of a new journal.
  static func migrate(_ db: Database, _ path: String, metadata: () -> JournalMetadata?) throws {
    try db.inTransaction(.immediate) {
      let found = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      if found == version { return .commit }
      for step in steps[Int(found)...] { try db.execute(sql: step) }
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: "PRAGMA user_version = \(version)")
      if found == 0 {
        guard let metadata = metadata() else { throw JournalError(.unreachable, "\(path) holds no journal") }
        try db.execute(sql: "INSERT INTO metadata VALUES (1, ?)", arguments: [Blob(metadata.encoded)])
      }
      return .commit
    }
  }

  /// The highest number that a finished snapshot was given, and those whose chunks are in this file.
  struct SnapshotNumbers {
    var last: Int64
    var inside: Set<Int64>
  }

  /// Removes the chunks of snapshots that are gone, which takes a second or two once in a journal's life, when the last of an
  /// older program's snapshots has been replaced.
  static func snapshotNumbers(_ db: Database) throws -> SnapshotNumbers {
    let stored = try Int64.fetchSet(db, sql: "SELECT DISTINCT place >> 32 FROM snapshot_chunks")
    let inside = try Int64.fetchSet(db, sql: "SELECT id FROM snapshots").intersection(stored)
    if inside != stored {
      // The pages become free without being written once more.
      try db.execute(sql: "PRAGMA secure_delete = OFF")
      try db.execute(sql: "DELETE FROM snapshot_chunks WHERE place >> 32 NOT IN (SELECT id FROM snapshots)")
      _ = try? db.checkpoint(.truncate)
    }
    let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'snapshots'") ?? 0
    return SnapshotNumbers(last: last, inside: inside)
  }

  /// Makes a connection durable and reads back that it is: WAL, and a sync in every commit.
  static func makeDurable(_ db: Database, _ path: String) throws {
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") ?? "unknown"
    try db.execute(sql: "PRAGMA synchronous = FULL")
    try db.execute(sql: "PRAGMA fullfsync = ON")
    try db.execute(sql: "PRAGMA checkpoint_fullfsync = ON")
    let synchronous = try Int64.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
    guard mode == "wal", synchronous == 2 else {
      throw JournalError(
        .notDurable,
        "\(path) cannot be made durable: SQLite reports journal_mode \(mode) (needed: wal) and synchronous \(synchronous)"
          + " (needed: 2, FULL); is it on a network file system?")
    }
  }
}
