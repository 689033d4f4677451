// One process owns a journal's file: an advisory lock that the kernel takes back even from a process that was killed.

internal import Foundation
internal import Synchronization
internal import TollgateJournal

/// Holds `<file>.lock` with flock(2) and writes the owner's process id into it. The file itself is never removed: whoever
/// removed it could let two processes lock two files of one name.
final class FileLock: Sendable {
  /// The lock's descriptor until it is released.
  private let descriptor: Mutex<CInt?>

  /// Takes the lock of `path`, or says who has it.
  init(over path: String) throws(JournalError) {
    let lockPath = path + ".lock"
    let opened = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else {
      throw JournalError(.unreachable, "the lock file \(lockPath) cannot be opened: \(systemError())")
    }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let problem = errno
      let owner = FileLock.owner(opened)
      _ = Foundation.close(opened)
      guard problem == EWOULDBLOCK else {
        throw JournalError(.unreachable, "\(lockPath) cannot be locked: \(systemError(problem))")
      }
      throw JournalError(.owned, "\(path) is in use by process \(owner ?? "unknown") (which holds \(lockPath))")
    }
    descriptor = Mutex(opened)
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(opened, 0) == 0, pwrite(opened, text, text.count, 0) == text.count else {
      let problem = systemError()
      release()
      throw JournalError(.unreachable, "the process id cannot be written to \(lockPath): \(problem)")
    }
  }

  deinit { release() }

  /// Lets others have it; harmless if that was done before.
  func release() {
    descriptor.withLock { held in
      if let descriptor = held { _ = Foundation.close(descriptor) }
      held = nil
    }
  }

  private static func owner(_ descriptor: CInt) -> String? {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return nil }
    let digits = buffer[..<count].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }
}

/// What the system says about its last error.
func systemError(_ number: CInt = errno) -> String { String(cString: strerror(number)) }
