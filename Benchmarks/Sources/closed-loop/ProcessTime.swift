// The CPU time of another process, from /proc.

#if canImport(Glibc)
  import Glibc
#endif

/// User and system seconds of a process so far; nil where it cannot be read.
func cpuSeconds(of pid: Int) -> Double? {
  #if canImport(Glibc)
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1_024)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th fields after it.
    guard let close = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  #else
    return nil
  #endif
}
