// The file before SQLite sees it: where it is, that only its owner can read it, and that its name survives a power cut.

internal import Foundation
internal import TollgateJournal

enum DatabaseFile {
  /// The one path of the file, whatever links lead to it. Its directory must exist.
  static func canonicalPath(_ path: String) throws(JournalError) -> String {
    if let whole = resolved(path) { return whole }
    let url = URL(fileURLWithPath: path)
    let directory = url.deletingLastPathComponent().path
    guard let existing = resolved(directory) else {
      throw JournalError(
        .unreachable, "the directory \(directory) of the journal \(path) cannot be found: \(systemError())")
    }
    return existing == "/" ? "/" + url.lastPathComponent : existing + "/" + url.lastPathComponent
  }

  /// Makes an empty file that only its owner may read, as it will hold secret keys; SQLite gives its side files the same
  /// permissions. Existing files keep what their operator chose.
  static func create(_ path: String) throws(JournalError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0 && errno == EEXIST { return }
    guard descriptor >= 0 else { throw JournalError(.unreachable, "\(path) cannot be created: \(systemError())") }
    defer { _ = Foundation.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw JournalError(.failed, "\(path) cannot be synced: \(systemError())") }
    try syncDirectory(of: path)
  }

  static func syncDirectory(of path: String) throws(JournalError) {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError(.unreachable, "\(directory) cannot be opened: \(systemError())") }
    defer { _ = Foundation.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw JournalError(.failed, "\(directory) cannot be synced: \(systemError())") }
  }

  /// Fills the write-ahead log with zeroes behind its end, up to so many bytes. A sync of what was written into blocks that
  /// a file has already costs half of one that makes it grow (70 against 130 µs where it was measured). SQLite takes zeroes
  /// for what they are, the end of the log. Best effort: without it all is well but slower.
  static func reserveLog(of path: String, bytes: Int) {
    let descriptor = open(path + "-wal", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    // SQLite's locks are on its other files, so that closing this one drops none.
    defer { _ = Foundation.close(descriptor) }
    var end = Int(lseek(descriptor, 0, SEEK_END))
    let zeroes = [UInt8](repeating: 0, count: 1 << 20)
    while end >= 0, end < bytes {
      let written = pwrite(descriptor, zeroes, min(zeroes.count, bytes - end), off_t(end))
      guard written > 0 else { return }
      end += written
    }
    _ = fsync(descriptor)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
