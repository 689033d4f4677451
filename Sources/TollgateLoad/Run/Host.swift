// The machine that the harness runs on, for the report.

internal import TollgateLoadReport

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

enum Host {
  /// Over one minute; nil where the system does not say.
  static var loadAverage: Double? {
    var loads = [0.0, 0.0, 0.0]
    return getloadavg(&loads, 3) > 0 ? loads[0] : nil
  }

  static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  static func machine(loadBefore: Double?) -> RunReport.Machine {
    var names = utsname()
    uname(&names)
    let system = [text(&names.sysname), text(&names.release), text(&names.machine)].joined(separator: " ")
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    return RunReport.Machine(
      host: text(&names.nodename), system: system, processor: processor, cores: cores,
      memory: UInt64(max(0, pages)) * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))), loadBefore: loadBefore,
      loadAfter: loadAverage)
  }

  private static func text<Field>(_ field: inout Field) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static var processor: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1_024)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return String(text[text.index(after: colon)...].drop { $0 == " " }.prefix { $0 != "\n" })
    }
    return ""
  }
}
