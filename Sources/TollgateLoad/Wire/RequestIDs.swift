// UUIDv7s by the million: the clock is read by the caller, the rest counts from a random start.

internal import TollgateValues

/// Makes ids by the server's clock, as the newest WELCOME told it.
struct RequestIDs {
  /// Server's clock minus our monotonic clock, in nanoseconds.
  private var offset: Int64 = 0
  private let random: UInt64
  private var counter: UInt64 = 0

  init() {
    var generator = SystemRandomNumberGenerator()
    random = generator.next()
  }

  mutating func learn(serverTime: Instant, at now: UInt64) {
    offset = serverTime.nanoseconds &- Int64(truncatingIfNeeded: now)
  }

  /// The server's instant at a moment of our clock.
  func serverTime(at now: UInt64) -> Instant {
    Instant(nanoseconds: Int64(truncatingIfNeeded: now) &+ offset)
  }

  @inline(__always)
  mutating func next(at now: UInt64) -> RequestID {
    counter &+= 1
    return RequestID(
      at: serverTime(at: now), randomness: (random, (random &+ counter) &* 0x9E37_79B9_7F4A_7C15))
  }
}
