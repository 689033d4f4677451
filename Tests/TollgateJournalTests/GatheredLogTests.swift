// The layer that gathers what SQLite writes to its log: fewer writes, and otherwise as if it were not there.

import CGatheredLog
import Foundation
import GRDB
import GRDBSQLite
import Testing
import TollgateJournal
import TollgateSQLite
import TollgateTestSupport
import TollgateValues

@Suite struct GatheredLogTests {
  /// A connection that syncs in every commit, and gathers.
  private func gathering(_ path: String, cachePages: Int) throws -> DatabaseQueue {
    #expect(tollgate_register_log() == SQLITE_OK)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      for pragma in [
        "journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = \(cachePages)",
      ] {
        try db.execute(sql: "PRAGMA \(pragma)")
      }
      try db.execute(sql: "CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
      #expect(tollgate_gather_log(try log(of: db)) == 1)
    }
    return queue
  }

  private func log(of db: Database) throws -> UnsafeMutablePointer<sqlite3_file> {
    var log: UnsafeMutablePointer<sqlite3_file>?
    let found = withUnsafeMutablePointer(to: &log) {
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, $0)
    }
    #expect(found == SQLITE_OK)
    return try #require(log)
  }

  @Test func `A cache too small for a transaction, rollbacks and checkpoints change nothing that anybody reads`() throws
  {
    var generator = SeededGenerator()
    let directory = try TemporaryDirectory()
    let writer = try gathering(directory.path + "/rows.db", cachePages: 3)
    let reader = try DatabaseQueue(path: directory.path + "/rows.db")
    var rows: [Int64: Data] = [:]
    for round in 0..<60 {
      var changed = rows
      let isKept = generator.below(4) > 0
      try writer.inTransaction { db in
        for _ in 0...generator.below(12) {
          let id = Int64(generator.below(40))
          let bytes = Data(
            repeating: UInt8(generator.below(256)), count: generator.below(round % 5 == 0 ? 200_000 : 6_000))
          changed[id] = bytes
          try db.execute(sql: "INSERT OR REPLACE INTO rows VALUES (?, ?)", arguments: [id, bytes])
          // In the midst of it, what was written early is read again.
          let looked = Int64(generator.below(40))
          let found = try Data.fetchOne(db, sql: "SELECT bytes FROM rows WHERE id = ?", arguments: [looked])
          #expect(found == changed[looked], "\(generator.recipe)")
        }
        return isKept ? .commit : .rollback
      }
      if isKept { rows = changed }
      if generator.below(5) == 0 { _ = try reader.writeWithoutTransaction { try $0.checkpoint(.passive) } }
      if generator.below(9) == 0 { _ = try writer.writeWithoutTransaction { try $0.checkpoint(.truncate) } }
      let seen = try reader.read { db in
        try Row.fetchAll(db, sql: "SELECT id, bytes FROM rows").map { ($0[0] as Int64, $0[1] as Data) }
      }
      #expect(Dictionary(uniqueKeysWithValues: seen) == rows, "\(generator.recipe)")
    }
    #expect(try reader.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    try writer.close()
    try reader.close()
  }

  @Test func `A log that was opened without the layer stays as it is`() throws {
    let directory = try TemporaryDirectory()
    #expect(tollgate_gather_log(nil) == 0)
    let queue = try DatabaseQueue(path: directory.path + "/plain.db")
    try queue.writeWithoutTransaction { db in
      // No log yet: what stands in its place is a rollback journal, which is never gathered.
      try db.execute(sql: "CREATE TABLE rows (id INTEGER)")
      #expect(tollgate_gather_log(try log(of: db)) == 0)
    }
    try queue.close()
  }

  @Test func `Records of any size are whole for whoever reads the file beside the journal`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    var life = Life(medium.journal)
    for commands in [1, 40, 400, 1_200, 2_500, 1] {
      let record = life.next(&generator, commandsMax: commands)
      try medium.journal.append(record)
      let found = try medium.backDoor { db in
        try Data.fetchOne(db, sql: "SELECT bytes FROM records ORDER BY sequence DESC LIMIT 1")
      }
      #expect(found.map { Array($0) } == record.bytes)
    }
  }

  #if os(Linux)
    @Test func `The pages of a record leave in one write`() throws {
      var generator = SeededGenerator()
      let medium = try SQLiteMedium(.new(created: .epoch, using: &generator), reservedBytes: 1 << 20)
      var life = Life(medium.journal)
      var largest = 0
      for _ in 0..<12 {
        let record = life.next(&generator, commandsMax: 600)
        largest = max(largest, record.bytes.count)
        let before = try writesOfThisThread()
        try medium.journal.append(record)
        // 120 KiB at most in one, and the odd piece of upkeep; 25 pages would be 50 writes.
        #expect(try writesOfThisThread() - before <= 3 + record.bytes.count / 100_000, "\(generator.recipe)")
      }
      #expect(largest > 10 * 4_096)
    }

    /// The kernel's own count of this thread's calls that write.
    private func writesOfThisThread() throws -> Int {
      let text = try String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8)
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("syscw:") })
      return try #require(Int(line.dropFirst("syscw: ".count)))
    }
  #endif
}
