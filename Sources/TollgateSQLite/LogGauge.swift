// How many pages the write-ahead log holds, as SQLite itself says after each commit.

internal import GRDB
internal import GRDBSQLite

/// Hears of every commit of the writer's connection. Read and written inside of that connection's queue only.
final class LogGauge: @unchecked Sendable {
  /// Pages in the log after the last commit, those that were copied already included.
  private(set) var pages = 0

  /// Replaces SQLite's automatic checkpoints, which are such a hook too. The gauge must outlive the connection.
  func watch(_ db: Database) {
    sqlite3_wal_hook(
      db.sqliteConnection,
      { gauge, _, _, pages in
        if let gauge { Unmanaged<LogGauge>.fromOpaque(gauge).takeUnretainedValue().pages = Int(pages) }
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}
