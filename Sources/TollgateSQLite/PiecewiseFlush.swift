// What a checkpoint wrote leaves for the disk piece by piece, so that a commit's sync never waits behind megabytes.

internal import CScheduling
internal import Foundation
internal import GRDB

/// A checkpoint copies some eight mebibytes into the database file, mostly behind its end, and a sync sends them all at once.
/// A commit that is synced meanwhile waits for them. In pieces that are waited for, it waits for one of them at most.
///
/// Promises nothing of a power cut: SQLite's own sync follows, and finds little to do. Used by one thread.
final class PiecewiseFlush: @unchecked Sendable {
  private static let pieceBytes = 64 << 10

  private let descriptor: CInt
  private var sent: Int

  /// Nil where the file cannot be opened once more; then all is well but slower.
  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    sent = Int(lseek(descriptor, 0, SEEK_END))
  }

  /// Sends what the file has gained. What could not be written is as fatal as a failed sync.
  func send() throws {
    let end = Int(lseek(descriptor, 0, SEEK_END))
    while sent < end {
      let count = min(PiecewiseFlush.pieceBytes, end - sent)
      guard tollgate_send(descriptor, Int64(sent), Int64(count), 1) == 0 else {
        throw DatabaseError(resultCode: .SQLITE_IOERR, message: "new pages cannot be written: \(systemError())")
      }
      sent += count
    }
  }

  /// Only once no connection to the file is left: closing any of its descriptors drops the locks of the whole process.
  func close() { _ = Foundation.close(descriptor) }
}
