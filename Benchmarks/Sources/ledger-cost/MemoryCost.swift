// Bytes a record, as the operating system sees them: differences of the resident size.

import TollgateLedger
import TollgateValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes of one record of each kind, indices included. What was freed in between makes some megabytes of difference, so they
/// are right only for many records.
struct MemoryCost {
  /// An idle account with its lots and their coming expiries.
  var account = 0.0
  var hold = 0.0
  var remembered = 0.0

  /// Builds each kind of record while hardly anything else is kept: with a short memory for ids, and a clock that runs
  /// ahead of it. Nil where the resident size cannot be read. What was built goes to `kept`: freed memory would be taken
  /// again by the next measurement, and not show in it.
  static func measure(accounts: Int, lots: Int, holds: Int, _ kept: inout [Bench]) -> MemoryCost? {
    guard let before = residentBytes() else { return nil }
    let configuration = LedgerConfiguration(dedupWindow: .seconds(1), futureSkew: .seconds(1))
    var bench = Bench(accounts: accounts, lots: lots, batch: 64, configuration: configuration)
    bench.prepare(step: .seconds(1))
    guard let withAccounts = residentBytes() else { return nil }
    bench.openHolds(holds, lifetime: .hours(24), step: .milliseconds(100))
    guard let withHolds = residentBytes() else { return nil }
    let requests = 1_000_000
    bench.rememberOnly(requests)
    guard let withRequests = residentBytes() else { return nil }
    kept.append(bench)
    return MemoryCost(
      account: (withAccounts - before) / Double(accounts), hold: (withHolds - withAccounts) / Double(holds),
      remembered: (withRequests - withHolds) / Double(requests))
  }

  /// What `/proc/self/statm` says; nil where there is none.
  private static func residentBytes() -> Double? {
    guard let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Double(fields[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
  }
}

/// Seconds to write and read a snapshot of the state.
struct SnapshotCost {
  var encode = 0.0
  var decode = 0.0
  var bytes = 0
  /// Remembered requests in it.
  var requests = 0
  /// Nanoseconds of the first batch that is applied while the snapshot is held.
  var firstBatch = 0.0
}
