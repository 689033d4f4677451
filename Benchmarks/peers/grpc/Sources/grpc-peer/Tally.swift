// Counts, latencies and the clock.

internal import Synchronization
internal import TollgateValues

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

final class Tally: Sendable {
  private struct State: Sendable {
    var nanoseconds: [Int64] = []
    var denied = 0
  }

  private let state = Mutex(State())
  private let stopped = Atomic(false)

  var isStopped: Bool { stopped.load(ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }

  func reset() {
    state.withLock { state in
      state = State()
      state.nanoseconds.reserveCapacity(1 << 20)
    }
  }

  func record(_ latency: Duration, _ isGranted: Bool) {
    let parts = latency.components
    state.withLock { state in
      state.nanoseconds.append(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
      if !isGranted { state.denied += 1 }
    }
  }

  /// The line that Benchmarks/peers/run reads.
  func report(elapsed: Duration, cpu: Double) {
    let (latencies, denied) = state.withLock { ($0.nanoseconds.sorted(), $0.denied) }
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    func at(_ share: Double) -> Double {
      latencies.isEmpty ? 0 : Double(latencies[Int(Double(latencies.count - 1) * share)]) / 1e6
    }
    let count = Double(latencies.count)
    print(
      "RESULT ops=\(count / seconds) p50=\(at(0.5)) p99=\(at(0.99)) cpu=\(cpu * 1e6 / max(1, count)) failed=\(denied)")
  }
}

enum Clock {
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

/// User and system seconds of a process so far; 0 where it cannot be read.
func cpuSeconds(of pid: Int) -> Double {
  guard let file = fopen("/proc/\(pid)/stat", "r") else { return 0 }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 1_024)
  guard fgets(&buffer, Int32(buffer.count), file) != nil else { return 0 }
  let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  guard let close = text.lastIndex(of: ")") else { return 0 }
  let fields = text[text.index(after: close)...].split(separator: " ")
  guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
  return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
}
