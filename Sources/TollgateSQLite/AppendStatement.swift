// The one statement of the hot path: a row of `records`, bound and run through SQLite's own interface.

internal import GRDB
internal import GRDBSQLite
internal import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

/// GRDB's arguments, rows and observers cost a third of what a small commit costs in all, so a record is bound here without
/// them, and its bytes are not copied. Used on the writer's connection only, from inside its queue.
final class AppendStatement: @unchecked Sendable {
  private let connection: OpaquePointer
  private let statement: OpaquePointer

  init(_ db: Database) throws {
    guard let connection = db.sqliteConnection else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
    self.connection = connection
    var statement: OpaquePointer?
    let sql = """
      INSERT INTO records (sequence, first_entry, entry_count, command_count, instant, bytes) VALUES (?, ?, ?, ?, ?, ?)
      """
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw AppendStatement.error(code, connection) }
    self.statement = statement
  }

  /// Before the connection closes.
  deinit { sqlite3_finalize(statement) }

  /// Files a record; it is durable when this returns, as the statement is a transaction of its own.
  func run(_ record: EncodedRecord) throws {
    let header = record.header
    let fields: (Int64, Int64, Int64, Int64, Int64) = (
      Int64(bitPattern: header.sequence), Int64(bitPattern: header.firstEntry.rawValue), Int64(header.entryCount),
      Int64(header.commandCount), header.instant.nanoseconds
    )
    try record.withBytes { bytes in
      var code = sqlite3_bind_int64(statement, 1, fields.0)
      if code == SQLITE_OK { code = sqlite3_bind_int64(statement, 2, fields.1) }
      if code == SQLITE_OK { code = sqlite3_bind_int64(statement, 3, fields.2) }
      if code == SQLITE_OK { code = sqlite3_bind_int64(statement, 4, fields.3) }
      if code == SQLITE_OK { code = sqlite3_bind_int64(statement, 5, fields.4) }
      // Not copied: the bytes are unbound before this returns.
      if code == SQLITE_OK { code = sqlite3_bind_blob64(statement, 6, bytes.baseAddress, UInt64(bytes.count), nil) }
      if code == SQLITE_OK { code = sqlite3_step(statement) }
      let failure = code == SQLITE_DONE ? nil : AppendStatement.error(code, connection)
      let reset = sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
      if let failure { throw failure }
      guard reset == SQLITE_OK else { throw AppendStatement.error(reset, connection) }
    }
  }

  private static func error(_ code: CInt, _ connection: OpaquePointer) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(
        rawValue: sqlite3_extended_errcode(connection) == 0 ? code : sqlite3_extended_errcode(connection)),
      message: String(cString: sqlite3_errmsg(connection)))
  }
}
