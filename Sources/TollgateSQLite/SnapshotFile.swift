// A snapshot's bytes: a file of their own beside the journal's, so that neither appends nor SQLite's log ever wait for them.

internal import CScheduling
internal import Foundation
internal import TollgateJournal

/// The file of the unfinished snapshot: chunk after chunk, each behind its length in four bytes, the least first.
///
/// What is written leaves for the disk piece by piece, and the piece before is waited for. So hardly more than two are ever on
/// their way, and a sync of the journal's log never waits behind a long flush.
struct SnapshotFile {
  static let lengthBytes = 4
  private static let pieceBytes = 256 << 10

  let id: Int64
  private let path: String
  private let descriptor: CInt
  private var end = 0
  /// The piece that is on its way, and where what has not been sent begins.
  private var sent = 0..<0

  /// Takes over the file of a snapshot that is not kept, or makes one that only its owner may read.
  ///
  /// To free the blocks of a large file may take a third of a second, in which a sync of the journal's log waits for a tenth. So a
  /// file's blocks are written once more instead.
  init(_ id: Int64, beside journal: String, except isKept: (Int64) -> Bool) throws(JournalError) {
    self.id = id
    let path = SnapshotFile.path(of: id, beside: journal)
    self.path = path
    var spare = try SnapshotFile.ids(beside: journal).filter { !isKept($0) }
    let isTaken = spare.popLast().map { rename(SnapshotFile.path(of: $0, beside: journal), path) == 0 } ?? false
    for id in spare { _ = unlink(SnapshotFile.path(of: id, beside: journal)) }
    descriptor = open(path, O_WRONLY | O_CLOEXEC | (isTaken ? 0 : O_CREAT | O_EXCL), 0o600)
    guard descriptor >= 0 else { throw SnapshotFile.error("\(path) cannot be created", errno) }
  }

  mutating func append(_ chunk: [UInt8]) throws(JournalError) {
    let length = UInt32(chunk.count)
    var problem = write((0..<SnapshotFile.lengthBytes).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
    if problem == 0 { problem = write(chunk) }
    if problem == 0, end - sent.upperBound >= SnapshotFile.pieceBytes { problem = send() }
    guard problem == 0 else { throw SnapshotFile.error("\(path) cannot be written", problem) }
  }

  /// Makes the bytes and the file's name durable.
  func sync() throws(JournalError) {
    guard ftruncate(descriptor, off_t(end)) == 0 else { throw SnapshotFile.error("\(path) cannot be cut", errno) }
    guard fsync(descriptor) == 0 else { throw SnapshotFile.error("\(path) cannot be synced", errno) }
    try DatabaseFile.syncDirectory(of: path)
  }

  /// Once, and nothing else after it.
  func close() { _ = Foundation.close(descriptor) }

  /// Closes the file and removes it.
  func remove() {
    close()
    _ = unlink(path)
  }

  /// Zero, or what went wrong.
  private mutating func write(_ bytes: [UInt8]) -> CInt {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = pwrite(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, off_t(end))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return count < 0 ? errno : EIO }
        rest = rest.dropFirst(count)
        end += count
      }
      return 0
    }
  }

  private mutating func send() -> CInt {
    let next = sent.upperBound..<end
    if tollgate_send(descriptor, Int64(next.lowerBound), Int64(next.count), 0) != 0 { return errno }
    if !sent.isEmpty, tollgate_send(descriptor, Int64(sent.lowerBound), Int64(sent.count), 1) != 0 { return errno }
    sent = next
    return 0
  }

  static func error(_ what: String, _ number: CInt) -> JournalError {
    let isFull = number == ENOSPC || number == EDQUOT || number == EFBIG
    return JournalError(isFull ? .full : .failed, "\(what): \(systemError(number))")
  }
}

extension SnapshotFile {
  /// Sixteen digits, as none that people give to copies of a journal: a file of such a name may be removed.
  static func path(of id: Int64, beside journal: String) -> String {
    let digits = String(UInt64(bitPattern: id), radix: 16)
    return "\(journal)\(infix)\(String(repeating: "0", count: digitCount - digits.count))\(digits)"
  }

  private static let infix = "-snapshot-"
  private static let digitCount = 16

  /// Removes the files of all snapshots that are not to be kept, and nothing else.
  static func removeAll(beside journal: String, except isKept: (Int64) -> Bool) throws(JournalError) {
    for id in try ids(beside: journal) where !isKept(id) { _ = unlink(path(of: id, beside: journal)) }
  }

  /// The numbers of all ordinary files that are named like a snapshot of this journal. A name that only reads like the number
  /// of one stands for the file that the number names.
  private static func ids(beside journal: String) throws(JournalError) -> [Int64] {
    let url = URL(fileURLWithPath: journal)
    let (directory, prefix) = (url.deletingLastPathComponent().path, url.lastPathComponent + infix)
    guard let stream = opendir(directory) else { throw error("\(directory) cannot be listed", errno) }
    defer { closedir(stream) }
    var ids: [Int64] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), let number = UInt64(name.dropFirst(prefix.count), radix: 16) else { continue }
      let id = Int64(bitPattern: number)
      var status = stat()
      guard lstat(path(of: id, beside: journal), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      ids.append(id)
    }
    return ids
  }
}
