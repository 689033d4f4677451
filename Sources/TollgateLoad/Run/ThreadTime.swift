// What threads got of the processor and what they had to wait for it, ours and the server's, where the system tells.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Processor time of a thread since it began, in nanoseconds.
struct ThreadTime: Hashable, Sendable {
  var used: UInt64
  /// How long it was ready to run while others ran; nil where the system does not say.
  var waited: UInt64?

  init(used: UInt64, waited: UInt64? = nil) {
    self.used = used
    self.waited = waited
  }

  /// Of the calling thread.
  static var current: ThreadTime {
    let text = ServerProcess.read("/proc/thread-self/schedstat", bytesMax: 256)
    return ThreadTime(used: MonotonicClock.threadCPU, waited: text.flatMap { ThreadTime(schedstat: $0) }?.waited)
  }

  /// Reads what Linux says of a thread: nanoseconds that it ran, nanoseconds that it waited, and how often.
  init?(schedstat text: String) {
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count >= 2, let used = UInt64(fields[0]), let waited = UInt64(fields[1]) else { return nil }
    self.init(used: used, waited: waited)
  }

  /// What share of some nanoseconds it used and waited since an earlier reading.
  func share(since earlier: ThreadTime, of nanoseconds: UInt64) -> ThreadShare {
    guard nanoseconds > 0 else { return ThreadShare() }
    var share = ThreadShare(busy: Double(used - min(used, earlier.used)) / Double(nanoseconds))
    if let waited, let before = earlier.waited {
      share.waiting = Double(waited - min(waited, before)) / Double(nanoseconds)
    }
    return share
  }
}

/// The shares of its time that a thread ran, and waited for a core to run on.
struct ThreadShare: Hashable, Sendable {
  var busy = 0.0
  /// Nil where the system does not say.
  var waiting: Double?

  /// The share in which it had work to do, whether or not it got a core for it.
  var wanted: Double { busy + (waiting ?? 0) }
}

extension Sequence<ThreadShare> {
  /// The thread that had the least time to spare.
  var busiest: ThreadShare? { self.max { $0.wanted < $1.wanted } }
}

extension ServerProcess {
  /// The threads of a process by number; empty where they cannot be read.
  static func threads(of pid: Int) -> [Int: ThreadTime] {
    var threads: [Int: ThreadTime] = [:]
    for name in names(in: "/proc/\(pid)/task") {
      guard let thread = Int(name), let text = read("/proc/\(pid)/task/\(name)/schedstat", bytesMax: 256) else {
        continue
      }
      threads[thread] = ThreadTime(schedstat: text)
    }
    return threads
  }
}
