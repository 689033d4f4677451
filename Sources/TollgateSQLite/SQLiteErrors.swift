// SQLite's errors as the journal's, with its own words and code.

internal import Foundation
internal import GRDB
internal import TollgateJournal

/// Bytes as an argument or a column.
typealias Blob = Data

extension JournalError {
  /// What went wrong while `path` was being read or written.
  init(_ error: any Error, _ path: String) {
    if let error = error as? JournalError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.failed, "\(path): \(error)")
      return
    }
    let code: Code =
      switch error.resultCode {
      case .SQLITE_FULL: .full
      case .SQLITE_NOTADB: .foreign
      case .SQLITE_CORRUPT: .damaged
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY: .unreachable
      default: .failed
      }
    self.init(
      code, "\(path): SQLite error \(error.extendedResultCode.rawValue): \(error.message ?? "no message")")
  }
}
