// A file as memory: mapped where that is possible, read where it is not.

internal import Foundation
internal import TollgatePricing

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The bytes of a file, which stay where they are as long as this object lives. Unchecked, because they never change.
final class FileBytes: @unchecked Sendable {
  /// Bytes of a file that cannot be mapped, such as standard input.
  static let readMax = 1 << 30

  let bytes: UnsafeRawBufferPointer
  /// The file's name for messages.
  let name: String
  private let isMapped: Bool

  init(_ path: String, purpose: String) throws(Failure) {
    name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .usage("the \(purpose) \(path) cannot be opened: \(FileBytes.reason)")
    }
    defer { if path != "-" { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .usage("the \(purpose) \(path) cannot be read: \(FileBytes.reason)")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .usage("the \(purpose) \(path) is a folder") }
    let isRegular = status.st_mode & S_IFMT == S_IFREG && lseek(descriptor, 0, SEEK_CUR) == 0
    if isRegular, status.st_size > 0 {
      guard let base = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
        throw .usage("the \(purpose) \(path) cannot be mapped: \(FileBytes.reason)")
      }
      // It is read once from front to back.
      madvise(base, Int(status.st_size), Int32(MADV_SEQUENTIAL))
      (bytes, isMapped) = (UnsafeRawBufferPointer(start: base, count: Int(status.st_size)), true)
    } else {
      let content = try FileBytes.readAll(descriptor, path, purpose)
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
      memory.copyBytes(from: content)
      (bytes, isMapped) = (UnsafeRawBufferPointer(memory), false)
    }
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    } else {
      bytes.deallocate()
    }
  }

  private static func readAll(_ descriptor: Int32, _ path: String, _ purpose: String) throws(Failure) -> [UInt8] {
    var content: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return content }
      if count < 0 {
        guard errno == EINTR else { throw .usage("the \(purpose) \(path) cannot be read: \(reason)") }
        continue
      }
      content += part[..<count]
      guard content.count <= readMax else {
        throw .usage("the \(purpose) \(path) has more than \(readMax) bytes, the most that are read but from a file")
      }
    }
  }

  private static var reason: String { String(cString: strerror(errno)) }

  /// Whether the file begins as the binary form of jobs does.
  var isBinaryJobs: Bool { bytes.prefix(JobFileLayout.magic.count).elementsEqual(JobFileLayout.magic) }
}

/// Writes a binary file of jobs beside its place, and then into it.
enum JobsWriter {
  static func write(_ jobs: JobColumns, to path: String) throws(Failure) {
    let draft = path + ".partial"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(Failure) {
      try jobs.writeFile { bytes throws(Failure) in try writeAll(bytes, descriptor, path) }
    } catch {
      close(descriptor)
      unlink(draft)
      throw error
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(draft, path) == 0 else {
      let problem = failure(path)
      unlink(draft)
      throw problem
    }
  }

  private static func writeAll(_ bytes: UnsafeRawBufferPointer, _ descriptor: Int32, _ path: String) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      // Linux writes at most 2 GiB at once.
      let count = systemWrite(descriptor, part.baseAddress, min(part.count, 1 << 30))
      if count < 0 {
        guard errno == EINTR else { throw failure(path) }
      } else {
        rest = rest.dropFirst(count)
      }
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(
      status: .failure, kind: "failure", message: "\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
