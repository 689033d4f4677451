// The clocks of a run: monotonic nanoseconds for latencies, and the CPU time of the thread that asks.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

enum MonotonicClock {
  /// Nanoseconds since some fixed moment.
  @inline(__always)
  static var now: UInt64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds of CPU that the calling thread has used.
  static var threadCPU: UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

  /// Seconds since 1970, for reports.
  static var wallSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @inline(__always)
  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
