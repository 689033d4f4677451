// Reading a snapshot's file: chunk by chunk, each length judged before anything is read.

internal import Foundation
internal import TollgateJournal

/// Remembers where the next chunk begins, as chunks are read in order. The file is opened for each of them, so that nothing
/// keeps it when it is removed.
struct SnapshotCursor {
  private var id: Int64 = 0
  private var index = 0
  private var offset = 0

  /// A chunk of a snapshot's file, nil if it ends before. Whatever keeps it from being read is damage, for which recovery
  /// has another snapshot or replays.
  mutating func chunk(_ wanted: Int, of id: Int64, beside journal: String) throws(JournalError) -> [UInt8]? {
    let path = SnapshotFile.path(of: id, beside: journal)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw JournalError(.damaged, "\(path) cannot be opened: \(systemError())") }
    defer { _ = Foundation.close(descriptor) }
    if id != self.id || wanted < index { (self.id, index, offset) = (id, 0, 0) }
    while true {
      let prefix = try read(SnapshotFile.lengthBytes, descriptor, path)
      if prefix.isEmpty { return nil }
      let length = prefix.reversed().reduce(0) { $0 << 8 | Int($1) }
      guard prefix.count == SnapshotFile.lengthBytes, length <= JournalLimits.snapshotChunkBytesMax else {
        throw JournalError(.damaged, "\(path): what should be the length of chunk \(index) is none")
      }
      offset += SnapshotFile.lengthBytes
      if index < wanted {
        (index, offset) = (index + 1, offset + length)
        continue
      }
      let bytes = try read(length, descriptor, path)
      (index, offset) = (index + 1, offset + length)
      guard bytes.count == length else { throw JournalError(.damaged, "\(path) ends within chunk \(wanted)") }
      return bytes
    }
  }

  /// So many bytes from the offset on, or fewer where the file ends.
  private func read(_ count: Int, _ descriptor: CInt, _ path: String) throws(JournalError) -> [UInt8] {
    var problem: CInt = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        let got = pread(descriptor, rest.baseAddress, count - filled, off_t(offset + filled))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { problem = errno }
        guard got > 0 else { return }
        filled += got
      }
    }
    guard problem == 0 else { throw JournalError(.damaged, "\(path) cannot be read: \(systemError(problem))") }
    return bytes
  }
}
