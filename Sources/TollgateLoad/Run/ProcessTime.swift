// The server as a process of this machine: found by its port, watched through /proc.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

package enum ServerProcess {
  /// User and system seconds of a process so far; nil where it cannot be read.
  package static func cpuSeconds(of pid: Int) -> Double? {
    guard let text = read("/proc/\(pid)/stat", bytesMax: 4_096) else { return nil }
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th fields after it.
    guard let close = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
    return (user + system) / Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
  }

  /// Bytes of memory that a process holds; nil where it cannot be read.
  package static func memory(of pid: Int) -> UInt64? {
    guard let text = read("/proc/\(pid)/statm", bytesMax: 256) else { return nil }
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = UInt64(fields[1]) else { return nil }
    return pages * UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
  }

  /// The process that listens on a port of this machine; nil if there is none, or if it is not ours to see.
  package static func listening(on port: Int) -> Int? {
    var inodes: Set<Substring> = []
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      guard let text = read(table, bytesMax: 16 << 20) else { continue }
      for line in text.split(separator: "\n").dropFirst() {
        // sl, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == "0A", let colon = fields[1].lastIndex(of: ":") else { continue }
        if Int(fields[1][fields[1].index(after: colon)...], radix: 16) == port { inodes.insert(fields[9]) }
      }
    }
    return inodes.isEmpty ? nil : owner(of: Set(inodes.map { "socket:[\($0)]" }))
  }

  private static func owner(of links: Set<String>) -> Int? {
    for process in names(in: "/proc") {
      guard let pid = Int(process) else { continue }
      for file in names(in: "/proc/\(pid)/fd") {
        var target = [CChar](repeating: 0, count: 128)
        let count = readlink("/proc/\(pid)/fd/\(file)", &target, target.count)
        guard count > 0 else { continue }
        if links.contains(String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)) {
          return pid
        }
      }
    }
    return nil
  }

  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  static func read(_ path: String, bytesMax: Int) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < bytesMax {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk.prefix(count)
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
