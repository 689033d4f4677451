// A commit's pages leave in one write instead of two for each page: the layer of CGatheredLog, for the writer's connection.

internal import CGatheredLog
internal import GRDB
internal import GRDBSQLite

enum GatheredLog {
  /// Before connections are opened.
  static func register() throws {
    let code = tollgate_register_log()
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  /// Gathers what this connection writes to the log from now on; it must sync in every commit (`Schema.makeDurable`), and
  /// have used the log before. Where SQLite has another layer, all is well but slower.
  static func gather(_ db: Database) {
    var log: UnsafeMutablePointer<sqlite3_file>?
    let found = withUnsafeMutablePointer(to: &log) {
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, $0)
    }
    if found == SQLITE_OK { tollgate_gather_log(log) }
  }
}
