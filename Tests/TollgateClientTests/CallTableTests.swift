// The slot table and its wheel against a plain dictionary, with random calls and time that is passed in.

import NIOCore
import Testing
import TollgateTestSupport

@testable import TollgateClient

@Suite struct CallTableTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func expect(
    _ table: inout CallTable, at time: NIODeadline, expire calls: [UInt64],
    _ location: SourceLocation = #_sourceLocation
  ) {
    let expired = table.expire(at: time).map(\.call)
    #expect(expired == calls, sourceLocation: location)
  }

  @Test func callIDsAscendAndAreNeverReused() {
    var table = CallTable(now: start)
    let sink = RecordingSink()
    var last: UInt64 = 0
    for round in 0..<1_000 {
      let call = table.insert(sink, index: round, deadline: start + .seconds(5))
      #expect(call > last)
      last = call
      guard round % 3 != 0 else { continue }
      let removed = table.remove(call)
      #expect(removed.member?.index == round)
    }
    #expect(table.count == 334)
    let unknown = table.remove(last + 1 << CallTable.slotBits)
    #expect(!unknown.isKnown)
  }

  @Test func deadlinesFireWithinOneTickAndNotBefore() {
    var table = CallTable(now: start)
    let sink = RecordingSink()
    let near = table.insert(sink, index: 1, deadline: start + .milliseconds(20))
    // Further away than the wheel is round.
    let far = table.insert(sink, index: 2, deadline: start + .seconds(60))
    expect(&table, at: start + .milliseconds(19), expire: [])
    expect(&table, at: start + .milliseconds(20 + 16), expire: [near])
    expect(&table, at: start + .seconds(59), expire: [])
    expect(&table, at: start + .milliseconds(60_016), expire: [far])
    // Both still wait for their RESPONSE.
    #expect(table.count == 2)
    #expect(!table.hasDeadlines)
    let late = table.remove(near)
    #expect(late.isKnown)
    #expect(late.member == nil)
  }

  @Test func aStreamNeedsNoTimer() {
    var table = CallTable(now: start)
    let call = table.insert(RecordingSink(), index: 0, deadline: .distantFuture)
    #expect(!table.hasDeadlines)
    expect(&table, at: start + .hours(100), expire: [])
    let removed = table.remove(call)
    #expect(removed.member != nil)
  }

  @Test func anAbandonedCallKeepsItsSlotUntilItsResponse() {
    var table = CallTable(now: start)
    let call = table.insert(RecordingSink(), index: 4, deadline: start + .seconds(1))
    let member = table.abandon(call)
    #expect(member?.index == 4)
    let again = table.abandon(call)
    #expect(again == nil)
    #expect(table.waiter(of: call) == nil)
    #expect(table.count == 1)
    expect(&table, at: start + .seconds(9), expire: [])
    let removed = table.remove(call)
    #expect(removed.isKnown)
    #expect(table.count == 0)
  }

  @Test func behavesLikeADictionaryUnderRandomCalls() {
    var generator = SeededGenerator()
    var table = CallTable(now: start)
    var model: [UInt64: (index: Int, deadline: NIODeadline, waits: Bool)] = [:]
    var now = start
    let sink = RecordingSink()
    for step in 0..<4_000 {
      switch generator.next() % 8 {
      case 0...3 where model.count < 60:
        let deadline = now + .milliseconds(Int64(generator.next() % 12_000))
        let call = table.insert(sink, index: step, deadline: deadline)
        model[call] = (step, deadline, true)
      case 4, 5:
        guard let call = model.keys.sorted().randomElement(using: &generator) else { continue }
        let removed = table.remove(call)
        let expected = model.removeValue(forKey: call)
        #expect(removed.member?.index == (expected?.waits == true ? expected?.index : nil), "\(generator.recipe)")
      case 6:
        guard let call = model.keys.sorted().randomElement(using: &generator) else { continue }
        let wasWaiting = table.abandon(call) != nil
        #expect(wasWaiting == (model[call]?.waits == true), "\(generator.recipe)")
        model[call]?.waits = false
      default:
        now = now + .milliseconds(Int64(generator.next() % (generator.next() % 50 == 0 ? 30_000 : 40)))
        let expired = table.expire(at: now)
        let areDue = expired.allSatisfy { model[$0.call].map { $0.waits && $0.deadline <= now } == true }
        #expect(areDue, "fired early or twice; \(generator.recipe)")
        for member in expired { model[member.call]?.waits = false }
        let overdue = model.values.contains { $0.waits && $0.deadline + .milliseconds(17) < now }
        #expect(!overdue, "\(generator.recipe)")
      }
      if step % 50 == 0 { #expect(table.count == model.count, "\(generator.recipe)") }
    }
    let cut = model.keys.sorted()[model.count / 2]
    let above = table.removeAll(above: cut).map(\.call)
    #expect(above == model.filter { $0.key > cut && $0.value.waits }.keys.sorted(), "\(generator.recipe)")
  }
}
