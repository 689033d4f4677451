// The service's time: follows the wall clock, never runs backwards, and keeps running when the wall clock is set back.

package import TollgateValues

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where readings of clocks come from; tests pass their own.
package protocol TimeSource: Sendable {
  /// Nanoseconds since 1970 UTC, as the machine believes; may jump.
  func wall() -> Int64
  /// Nanoseconds since some start; never jumps, never runs backwards.
  func monotonic() -> Int64
}

/// The machine's clocks.
package struct SystemTime: TimeSource {
  package init() {}
  package func wall() -> Int64 { read(CLOCK_REALTIME) }
  package func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

  private func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Rule 7: the instant of a decision never runs backwards, across clock jumps and restarts.
///
/// A wall clock that jumps ahead is followed at once. One that was set back is approached by running a tenth slower than
/// the monotonic clock until both agree, so that holds still expire meanwhile.
package struct ServiceClock: Sendable {
  let source: any TimeSource
  private var last: Int64
  private var lastMonotonic: Int64

  /// A clock that never shows less than `floor`, the last instant of the journal.
  package init(source: any TimeSource, floor: Instant) {
    self.source = source
    lastMonotonic = source.monotonic()
    last = max(source.wall(), floor.nanoseconds)
  }

  /// The instant of the next batch.
  package mutating func instant() -> Instant {
    let monotonic = source.monotonic()
    let elapsed = max(0, monotonic - lastMonotonic)
    lastMonotonic = monotonic
    last = max(source.wall(), last + elapsed - elapsed / 10)
    return Instant(nanoseconds: last)
  }
}
