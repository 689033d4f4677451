// Makes idempotency ids: UUIDv7s that only ever ascend within a process, on the gate's clock rather than ours (rule 9).

internal import Synchronization
package import TollgateValues

/// One process-wide order of ids. The time in them is this machine's, moved by the offset that the last WELCOME taught.
package final class RequestIDs: Sendable {
  private let state: Mutex<State>
  private let clock: @Sendable () -> Instant

  /// - Parameters:
  ///   - seed: the randomness of this process; two processes must not share it.
  ///   - clock: this machine's clock.
  package init(
    seed: UInt64 = UInt64.random(in: .min ... .max), clock: @escaping @Sendable () -> Instant = { WallClock.now }
  ) {
    state = Mutex(State(generator: Scrambler(state: seed)))
    self.clock = clock
  }

  /// Learns how far the gate's clock is ahead of ours.
  package func learn(serverTime: Instant) {
    let offset = serverTime.since(clock())
    state.withLock { $0.offset = offset }
  }

  /// What the gate's clock shows now, as far as we know.
  package var serverNow: Instant {
    let now = clock()
    return state.withLock { now.advanced(by: $0.offset) }
  }

  /// A new id, above all before it.
  package func next() -> RequestID {
    let now = clock()
    return state.withLock { $0.next(at: now) }
  }

  /// New ids, ascending.
  package func next(_ count: Int) -> [RequestID] {
    let now = clock()
    return state.withLock { state in (0..<count).map { _ in state.next(at: now) } }
  }

  fileprivate struct State {
    var offset = TimeSpan.zero
    var generator: Scrambler
    /// The last id's time and its 74 random bits, as two numbers of 12 and 62 bits.
    var milliseconds: UInt64 = 0
    var high: UInt64 = 0
    var low: UInt64 = 0

    /// Within one millisecond, and while the clock stands or runs back, the random bits are counted up by a random
    /// step; they begin with a zero bit, so that there is room to count.
    mutating func next(at now: Instant) -> RequestID {
      let time = UInt64(clamping: now.advanced(by: offset).nanoseconds / 1_000_000)
      if time > milliseconds {
        milliseconds = time
        high = generator.next() & 0x7FF
        low = generator.next() >> 2
      } else {
        low += generator.next() >> 32 + 1
        if low >> 62 != 0 {
          low &= UInt64.max >> 2
          high += 1
        }
        if high >> 12 != 0 {
          milliseconds += 1
          high = generator.next() & 0x7FF
        }
      }
      return RequestID(high: milliseconds << 16 | 7 << 12 | high, low: 2 << 62 | low)
    }
  }
}

/// SplitMix64: quick, and enough to keep ids of different processes apart.
struct Scrambler: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
