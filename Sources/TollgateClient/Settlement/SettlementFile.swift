// The file that makes unsettled captures and voids survive the process: records appended and synced, damage skipped.

internal import TollgateValues

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Owns the file's descriptor and its lock. Every method blocks.
final class SettlementFile {
  private let path: String
  private let descriptor: Int32

  /// Opens or makes the file and locks it for this process.
  init(_ path: String) throws(TollgateError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SettlementFile.error("cannot be opened", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let error = SettlementFile.error("is used by another process", path)
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// What is unsettled, in the order in which it was added, and how many records were damaged. A torn tail, left by a
  /// crash in the middle of a write, is cut off.
  func load() throws(TollgateError) -> (items: [SettlementItem], damaged: Int) {
    let bytes = try readAll()
    let whole = bytes.count / SettlementRecord.bytes * SettlementRecord.bytes
    var items: [SettlementItem] = []
    var damaged = 0
    for start in stride(from: 0, to: whole, by: SettlementRecord.bytes) {
      switch SettlementRecord(bytes[start..<start + SettlementRecord.bytes]) {
      case .added(let item): items.append(item)
      case .settled(let id): items.removeAll { $0.id == id }
      case nil: damaged += 1
      }
    }
    try truncate(to: items.isEmpty ? 0 : whole)
    return (items, damaged)
  }

  /// Appends records. With `isSynced` they are on disk when this returns.
  func append(_ records: [SettlementRecord], isSynced: Bool) throws(TollgateError) {
    let bytes = records.flatMap(\.encoded)
    guard lseek(descriptor, 0, SEEK_END) >= 0 else { throw SettlementFile.error("cannot be written", path) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw SettlementFile.error("cannot be written", path)
      }
      written += count
    }
    if isSynced, fsync(descriptor) != 0 { throw SettlementFile.error("cannot be synced", path) }
  }

  /// Nothing is unsettled: the file begins anew.
  func clear() throws(TollgateError) { try truncate(to: 0) }

  private func truncate(to count: Int) throws(TollgateError) {
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw SettlementFile.error("cannot be cut", path) }
  }

  private func readAll() throws(TollgateError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(bytes.count)) }
      if count < 0 {
        if errno == EINTR { continue }
        throw SettlementFile.error("cannot be read", path)
      }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
    }
  }

  private static func error(_ problem: String, _ path: String) -> TollgateError {
    TollgateError(
      code: .invalidConfiguration,
      message: "the settlement file \(path) \(problem): \(String(cString: strerror(errno)))", outcome: .notProcessed)
  }
}
