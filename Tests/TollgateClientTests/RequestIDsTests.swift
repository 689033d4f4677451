// Ids: UUIDv7s that only ascend, whatever the clock does, on the gate's time.

import Synchronization
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateClient

@Suite struct RequestIDsTests {
  @Test func idsAscendAndAreVersion7WhateverTheClockDoes() throws {
    var generator = SeededGenerator()
    let clock = TestClock(.epoch.advanced(by: .days(20_000)))
    let ids = RequestIDs(seed: generator.next(), clock: { clock.now })
    var last = RequestID.zero
    var isRight = true
    for _ in 0..<20_000 {
      // Mostly standing still, sometimes forward, sometimes back.
      switch generator.next() % 10 {
      case 0: clock.move(.milliseconds(Int64(generator.next() % 5)))
      case 1: clock.move(.milliseconds(-Int64(generator.next() % 50)))
      default: break
      }
      let id = ids.next()
      isRight = isRight && id > last && id.embeddedInstant != nil
      last = id
    }
    #expect(isRight, "\(generator.recipe)")
  }

  @Test func manyAtOnceAscendToo() {
    let ids = RequestIDs(seed: 7)
    let many = ids.next(10_000) + [ids.next()]
    #expect(zip(many, many.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Set(many).count == many.count)
  }

  @Test func idsCarryTheGatesTimeAfterWelcome() throws {
    let clock = TestClock(.epoch.advanced(by: .days(20_000)))
    let ids = RequestIDs(seed: 1, clock: { clock.now })
    let gate = clock.now.advanced(by: .hours(3))
    ids.learn(serverTime: gate)
    #expect(ids.next().embeddedInstant == gate)
    #expect(ids.serverNow == gate)
    clock.move(.seconds(2))
    #expect(ids.next().embeddedInstant == gate.advanced(by: .seconds(2)))
  }

  @Test func twoProcessesDoNotMeet() {
    let clock = TestClock(.epoch.advanced(by: .days(20_000)))
    let first = RequestIDs(seed: 1, clock: { clock.now }).next(5_000)
    let second = RequestIDs(seed: 2, clock: { clock.now }).next(5_000)
    #expect(Set(first).isDisjoint(with: second))
  }
}

/// A clock that stands until it is moved.
final class TestClock: Sendable {
  private let instant: Mutex<Instant>

  init(_ start: Instant) { instant = Mutex(start) }

  var now: Instant { instant.withLock { $0 } }

  func move(_ span: TimeSpan) { instant.withLock { $0 = $0.advanced(by: span) } }
}
