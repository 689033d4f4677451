// The tables of the hot path: calls in flight, batches, the render farm's moments.

import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateLoad

struct TableTests {
  @Test func callNumbersAscendWhileTheirPlacesAreUsedAgain() {
    var generator = SeededGenerator()
    var places = CallPlaces()
    var live: [UInt64: UInt32] = [:]
    var last: UInt64 = 0
    for sequence in 1...20_000 as ClosedRange<UInt64> {
      var record = CallRecord()
      record.account = UInt32(sequence)
      let call = places.put(record, sequence)
      #expect(call > last, "\(generator.recipe)")
      last = call
      live[call] = record.account
      while live.count > 64, let (answered, account) = live.randomElement(using: &generator) {
        #expect(places.take(answered)?.account == account, "\(generator.recipe)")
        #expect(places.take(answered) == nil, "an answer counts once; \(generator.recipe)")
        live[answered] = nil
      }
    }
    #expect(places.count == 64)
    #expect(places.takeAll().map(\.call) == live.keys.sorted())
    #expect(places.count == 0)
  }

  @Test func answersToUnknownCallsFindNothing() {
    var places = CallPlaces()
    let call = places.put(CallRecord(), 1)
    for wrong in [0, call + 1, call + 1 << 14, .max] { #expect(places.take(wrong) == nil) }
    #expect(places.take(call) != nil)
  }

  @Test func jobsWakeInTheOrderOfTheirMoments() {
    var generator = SeededGenerator()
    var farm = FarmTable()
    let moments = (0..<500).map { _ in UInt64.random(in: 0..<1_000, using: &generator) }
    for moment in moments {
      let job = farm.add(
        FarmJob(
          hold: .zero, amount: 0, account: 0, connection: 0, expires: .epoch, end: moment, crashes: false))
      farm.wake(job, at: moment)
    }
    var woken: [UInt64] = []
    while let (due, job) = farm.next(at: 499) {
      #expect(farm.jobs[Int(job)].end == due)
      woken.append(due)
    }
    #expect(woken == moments.filter { $0 <= 499 }.sorted(), "\(generator.recipe)")
    #expect(farm.resting == moments.count - woken.count)
    #expect(farm.nextDue > 499)
  }

  @Test func idsAreUniqueAndCarryTheServersTime() {
    var ids = RequestIDs()
    let server = Instant(nanoseconds: 1_700_000_000_000_000_000)
    ids.learn(serverTime: server, at: 5_000_000)
    let made = (0..<10_000).map { ids.next(at: 5_000_000 + UInt64($0) * 1_000_000) }
    #expect(Set(made).count == made.count)
    #expect(made[0].embeddedInstant == server)
    #expect(made[2_500].embeddedInstant == Instant(nanoseconds: server.nanoseconds + 2_500_000_000))
  }
}
