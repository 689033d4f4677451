// What people see: lines while the run goes on, and what came of it.

internal import ArgumentParser
internal import NIOConcurrencyHelpers
internal import TollgateLoadReport

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// `write` of the system, under a name that no method hides.
private let systemWrite: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { write($0, $1, $2) }

struct OutputOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "No progress, only the result.")
  var quiet = false
}

final class LoadConsole: RunObserver {
  private let isQuiet: Bool
  private let last = NIOLockedValueBox(UInt64(0))

  init(_ options: OutputOptions) throws { isQuiet = options.quiet }

  func say(_ line: String) { if !isQuiet { LoadConsole.write(line) } }
  func fail(_ line: String) { LoadConsole.write("tollgate-load: \(line)") }

  func progress(_ what: String, _ done: Int, of total: Int) {
    if isDue { say("\(what): \(Units.count(done)) of \(Units.count(total))") }
  }

  func interval(_ interval: Interval, _ meter: Meter, phase: String) {
    guard isDue else { return }
    let latency = interval.latency
    say(
      "\(phase) \(Units.time(max(0, interval.start + interval.seconds))): \(Units.rate(interval.rate)), p50 "
        + "\(Units.duration(latency.percentile(50))), p99 \(Units.duration(latency.percentile(99)))")
  }

  /// Once a second.
  private var isDue: Bool {
    let now = MonotonicClock.now
    return last.withLockedValue { last in
      guard now - last > 990_000_000 else { return false }
      last = now
      return true
    }
  }

  /// Writes the result; returns whether all thresholds held.
  func finish(_ report: RunReport) throws -> Bool {
    var line = "\(report.configuration.connections)×\(report.configuration.inFlight): \(Units.rate(report.totals.rate))"
    line += ", p50 \(Units.duration(report.latency.p50)), p99 \(Units.duration(report.latency.p99))"
    line += ", p99.9 \(Units.duration(report.latency.p999)), max \(Units.duration(report.latency.max))"
    if let server = report.processor.server, report.totals.operations > 0 {
      line += ", server CPU \(Units.duration(server * 1e9 / Double(report.totals.operations)))/op"
      line += " (\(Units.percent(server / report.totals.seconds)) of a core)"
    }
    line += ", harness \(Units.percent((report.processor.harness ?? 0) / report.totals.seconds)) of a core"
    line += ", denied \(report.totals.denials), failed \(report.totals.errors)"
    print(line)
    if let bottleneck = report.bottleneck { print("bottleneck: \(bottleneck.place.rawValue): \(bottleneck.reason)") }
    for note in report.notes { print(note) }
    if let money = report.money {
      print(
        money.agrees
          ? "money: \(Units.count(money.accounts)) accounts agree (\(Units.time(money.seconds)))"
          : "money: \(Units.count(money.discrepancyCount)) DISCREPANCIES")
      for wrong in money.discrepancies.prefix(20) {
        print("  \(wrong.account) \(wrong.figure): expected \(wrong.expected), found \(wrong.found)")
      }
    }
    if let search = report.search {
      print("capacity at \(search.bound): \(search.capacity.map { Units.rate($0) } ?? "none")")
    }
    return report.assertions.allSatisfy(\.held)
  }

  static func complain(_ line: String) { write("tollgate-load: \(line)") }

  private static func write(_ line: String) {
    var bytes = Array((line + "\n").utf8)
    bytes.withUnsafeMutableBytes { _ = systemWrite(2, $0.baseAddress, $0.count) }
  }
}
