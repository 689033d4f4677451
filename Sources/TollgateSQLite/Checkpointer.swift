// Moves what the write-ahead log holds into the database file beside the commits, so that these hardly ever wait for it.

internal import GRDB
internal import GRDBSQLite
internal import Synchronization
internal import TollgateJournal

/// SQLite's own automatic checkpoint runs inside of the commit that crosses a mark: it copies the whole log and syncs the
/// database file before that commit returns, some 10–100 ms. Here a second connection copies the bulk while commits go on
/// (a passive checkpoint blocks nobody), and syncs it: SQLite itself syncs the file only in a checkpoint that reaches the
/// log's end, which would leave all of that to the writer. What arrived meanwhile is little; the writer copies it between
/// two commits, which is the one moment at which nothing new arrives, so that the log can begin again at its start
/// instead of growing for ever.
final class Checkpointer: Sendable {
  /// Bytes of pages that the writer may be asked to copy.
  static let bytesForWriterMax = 256 << 10
  /// Rounds before the writer is asked whatever is left.
  static let roundsMax = 6

  private struct State {
    /// Pages in the log, and how many of them are known to be in the file.
    var logged = 0
    var copied = 0
    var isRunning = false
    /// The bulk is copied: the writer should copy the rest.
    var isWriterWanted = false
  }

  private let connection: DatabaseQueue
  private let thread = WorkerThread(name: "tg-checkpoint", niceness: 5)
  private let path: String
  private let pagesMax: Int
  private let pagesForWriterMax: Int
  private let flush: PiecewiseFlush?
  private let state = Mutex(State())
  private let onFailure: @Sendable (JournalError) -> Void

  /// `onFailure` hears of a checkpoint that failed: as after any failed sync, nothing may be tried again.
  init(
    _ connection: DatabaseQueue, _ path: String, logBytes: Int, pageBytes: Int, flush: PiecewiseFlush?,
    onFailure: @escaping @Sendable (JournalError) -> Void
  ) {
    self.connection = connection
    self.path = path
    self.flush = flush
    self.onFailure = onFailure
    pagesMax = max(logBytes / pageBytes, 1)
    pagesForWriterMax = max(Checkpointer.bytesForWriterMax / pageBytes, 1)
  }

  /// Whether the bulk is copied, so that the writer should call `finish` when it has a moment.
  var isWriterWanted: Bool { state.withLock(\.isWriterWanted) }

  /// Called by the writer after each commit, with the pages that the log holds now.
  func committed(pages: Int) {
    let begin = state.withLock { state in
      // Fewer than before: the log began again.
      if pages < state.logged { state.copied = 0 }
      state.logged = pages
      guard pages - state.copied >= pagesMax, !state.isRunning, !state.isWriterWanted else { return false }
      state.isRunning = true
      return true
    }
    if begin { thread.run { self.run() } }
  }

  /// The rest, on the writer's connection: nothing is being written meanwhile.
  func finish(_ db: Database) throws {
    // A reader that still uses old pages keeps the log from beginning again; then the next run tries.
    let found = try passive(db)
    state.withLock { state in
      state.isWriterWanted = false
      if let (logged, copied) = found { (state.logged, state.copied) = (logged, copied) }
    }
  }

  /// Waits for a run to end, then closes the connection.
  func close() {
    thread.stop()
    thread.wait()
    try? connection.close()
  }

  /// Copies until what is left is little.
  private func run() {
    do {
      for _ in 0..<Checkpointer.roundsMax {
        let before = state.withLock(\.logged)
        try connection.writeWithoutTransaction { db in
          _ = try passive(db)
          try flush?.send()
          try syncFile(db)
        }
        let added = state.withLock { $0.logged - before }
        if added <= pagesForWriterMax { break }
      }
      state.withLock {
        $0.isRunning = false
        $0.isWriterWanted = true
      }
    } catch {
      onFailure(JournalError(error, path))
    }
  }

  /// Pages in the log and pages copied; nil if somebody else (an operator's tool) is copying just now.
  private func passive(_ db: Database) throws -> (Int, Int)? {
    do {
      return try db.checkpoint(.passive)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return nil
    }
  }

  /// Syncs the database file ahead of the writer's checkpoint, which syncs again but finds little to do. Through SQLite's
  /// own handle: a second descriptor of the file would drop the process's locks when it is closed.
  private func syncFile(_ db: Database) throws {
    var handle: UnsafeMutablePointer<sqlite3_file>?
    let found = withUnsafeMutablePointer(to: &handle) {
      sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
    }
    guard found == SQLITE_OK, let handle, let sync = handle.pointee.pMethods?.pointee.xSync else { return }
    let code = sync(handle, SQLITE_SYNC_FULL)
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }
}
