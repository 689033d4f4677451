// Moves what the write-ahead log holds into the database file beside the commits, so that these hardly ever wait for it.

internal import Dispatch
internal import GRDB
internal import Synchronization
internal import TollgateJournal

/// SQLite's own automatic checkpoint runs inside of the commit that crosses a mark: it copies the whole log and syncs the
/// database file before that commit returns, some 10–100 ms. Here a second connection copies the bulk while commits go on
/// (a passive checkpoint blocks nobody). What arrived meanwhile is little; the writer copies it between two commits, which
/// is the one moment at which nothing new arrives, so that the log can begin again at its start instead of growing for ever.
final class Checkpointer: Sendable {
  /// Pages that the writer may be asked to copy.
  static let pagesForWriterMax = 256
  /// Rounds before the writer is asked whatever is left.
  static let roundsMax = 6

  private struct State {
    /// Pages in the log that may not have been copied; an estimate from above.
    var pages = 0
    /// When the next run begins.
    var threshold: Int
    var isRunning = false
    /// The bulk is copied: the writer should copy the rest.
    var isWriterWanted = false
  }

  private let connection: DatabaseQueue
  private let queue = DispatchQueue(label: "tollgate.journal.checkpoint")
  private let path: String
  private let pagesMax: Int
  private let state: Mutex<State>
  private let onFailure: @Sendable (JournalError) -> Void

  /// `onFailure` hears of a checkpoint that failed: as after any failed sync, nothing may be tried again.
  init(
    _ connection: DatabaseQueue, _ path: String, logBytes: Int, onFailure: @escaping @Sendable (JournalError) -> Void
  ) {
    self.connection = connection
    self.path = path
    self.onFailure = onFailure
    pagesMax = max(logBytes / 4_096, 1)
    state = Mutex(State(threshold: pagesMax))
  }

  /// Called by the writer after each commit of `byteCount` bytes; true asks it to call `finish` at once.
  func committed(byteCount: Int) -> Bool {
    let (begin, finish) = state.withLock { state in
      state.pages += byteCount / 4_000 + 3
      let begin = state.pages >= state.threshold && !state.isRunning && !state.isWriterWanted
      if begin { state.isRunning = true }
      return (begin, state.isWriterWanted)
    }
    if begin { queue.async { self.run() } }
    return finish
  }

  /// The rest, on the writer's connection: nothing is being written meanwhile.
  func finish(_ db: Database) throws {
    let (logged, copied) = try passive(db) ?? (.max, 0)
    state.withLock { state in
      state.isWriterWanted = false
      // A reader that still uses old pages keeps the log from beginning again; then the next run tries.
      state.pages = logged <= copied ? 0 : min(logged, state.pages)
      state.threshold = state.pages + pagesMax
    }
  }

  /// Waits for a run to end, then closes the connection.
  func close() {
    queue.sync { try? connection.close() }
  }

  /// Copies until what is left is little.
  private func run() {
    do {
      for _ in 0..<Checkpointer.roundsMax {
        let before = state.withLock(\.pages)
        _ = try connection.writeWithoutTransaction { try passive($0) }
        let added = state.withLock { $0.pages - before }
        if added <= Checkpointer.pagesForWriterMax { break }
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
}
