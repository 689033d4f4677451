// The rule of CommitPace: who waits for a fuller commit, for how long, and who never does.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@testable import TollgateService

/// A pace with its clock.
private struct Paced {
  var pace = CommitPace()
  var now: Int64 = 1_000_000_000_000

  /// Commits of so many commands, one after another: each takes `duration` and begins `interval` after the one before.
  mutating func commit(_ counts: [Int], duration: Int64, interval: Int64) {
    for count in counts {
      now += interval
      pace.began(with: count, at: now)
      pace.ended(after: duration)
    }
  }

  func wait(with commands: Int, after passed: Int64) -> Int64 { pace.wait(with: commands) { now + passed } }
}

private func times(_ count: Int, _ value: Int) -> [Int] { Array(repeating: value, count: count) }

@Suite struct CommitPaceTests {
  @Test func `The first record does not wait`() {
    #expect(Paced().wait(with: 1, after: 0) <= 0)
  }

  @Test func `Commits of a busy gate begin four durations of a commit apart`() {
    var paced = Paced()
    paced.commit(times(40, 100), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 60, after: 300_000) == 900_000)
    #expect(paced.wait(with: 60, after: 1_199_999) == 1)
    #expect(paced.wait(with: 60, after: 1_200_000) <= 0)
  }

  @Test func `However slow the disk is, no record waits longer than two milliseconds`() {
    var paced = Paced()
    paced.commit(times(40, 100), duration: 50_000_000, interval: 60_000_000)
    #expect(paced.wait(with: 60, after: 0) == 2_000_000)
  }

  @Test func `A caller that is alone never waits, nor do few`() {
    for callers in 1...3 {
      var paced = Paced()
      paced.commit(times(60, callers), duration: 300_000, interval: 350_000)
      for waiting in 1...callers { #expect(paced.wait(with: waiting, after: 300_000) <= 0) }
    }
  }

  @Test func `Where a pause would gather fewer than sixteen commands, nobody waits`() {
    for (commandsASecond, waits) in [(10_000, false), (13_000, false), (14_000, true)] {
      var paced = Paced()
      // Pauses last 1.2 ms: 15.6 commands at 13,000 a second.
      paced.commit(times(100, 20), duration: 300_000, interval: Int64(20 * 1_000_000_000 / commandsASecond))
      #expect((paced.wait(with: 1, after: 300_000) > 0) == waits, "\(commandsASecond) a second")
    }
  }

  @Test func `A record as full as the fullest of late goes at once, for everybody who calls is waiting`() {
    var paced = Paced()
    paced.commit(times(20, 60) + [64] + times(10, 60), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 63, after: 300_000) > 0)
    #expect(paced.wait(with: 64, after: 300_000) <= 0)
  }

  @Test func `What was fullest once is forgotten after thirty-two commits`() {
    var paced = Paced()
    paced.commit([200] + times(15, 100), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 199, after: 300_000) > 0)
    paced.commit(times(17, 100), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 100, after: 300_000) <= 0)
  }

  @Test func `Two hundred and fifty-six commands are enough for one commit`() {
    var paced = Paced()
    paced.commit(times(40, 3_000), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 255, after: 300_000) > 0)
    #expect(paced.wait(with: 256, after: 300_000) <= 0)
  }

  @Test func `After a quiet while the first record goes at once, and a caller who is left alone waits no more soon`() {
    var paced = Paced()
    paced.commit(times(40, 100), duration: 300_000, interval: 400_000)
    #expect(paced.wait(with: 1, after: 1_200_000) <= 0)
    paced.commit(times(32, 1), duration: 300_000, interval: 350_000)
    #expect(paced.wait(with: 1, after: 300_000) <= 0)
  }

  @Test func `Clocks that stand, or numbers beyond reason, make no record wait for more than two milliseconds`() {
    var generator = SeededGenerator()
    for _ in 0..<200 {
      var paced = Paced()
      let count = Int(generator.next() >> UInt64.random(in: 1...63, using: &generator))
      let duration = Int64(generator.next() >> UInt64.random(in: 1...63, using: &generator))
      let interval = Int64(generator.next() >> UInt64.random(in: 20...63, using: &generator))
      paced.commit(times(20, count), duration: duration, interval: interval)
      #expect(paced.wait(with: 1, after: 0) <= 2_000_000, "\(generator.recipe)")
    }
  }
}

@Suite struct GatePaceTests {
  /// A gate whose commits take 300 µs of its clock, after enough of them to know that it is busy.
  private func busy() async throws -> (GateHarness, AccountID) {
    var random = SystemRandomNumberGenerator()
    let time = ManualTime(at: GateHarness.start)
    let journal = InMemoryJournal(
      metadata: .new(created: GateHarness.start, using: &random),
      faults: .init(beforeAppend: { _ in time.advance(by: .microseconds(300)) }))
    let harness = try GateHarness(journal: journal, time: time)
    let account = await harness.account(1, credits: 1_000_000)
    for _ in 0..<20 {
      let batch = await harness.submit(authorizes(40, account, harness))
      await harness.sink.wait(for: batch.commit)
    }
    return (harness, account)
  }

  private func authorizes(_ count: Int, _ account: AccountID, _ harness: GateHarness) -> [Command] {
    (0..<count).map { _ in Command(request: harness.id(), operation: GateHarness.authorize(account)) }
  }

  @Test func `Batches that come during a pause share one commit, and are answered when it is over`() async throws {
    let (harness, account) = try await busy()
    var commits: Set<CommitNumber> = []
    for _ in 0..<3 { commits.insert(await harness.submit(authorizes(2, account, harness)).commit) }
    let commit = try #require(commits.first)
    #expect(commits.count == 1)
    // The clock stands still, so the pause does not end.
    #expect(await harness.gate.durable < commit)
    harness.time.advance(by: .milliseconds(2))
    await harness.sink.wait(for: commit)
    #expect(await harness.gate.durable == commit)
  }

  @Test func `A record that fills during a pause goes before its end`() async throws {
    let (harness, account) = try await busy()
    let first = await harness.submit(authorizes(2, account, harness))
    let second = await harness.submit(authorizes(38, account, harness))
    #expect(first.commit == second.commit)
    await harness.sink.wait(for: first.commit)
  }

  @Test func `A drain does not wait for ever for a pause that nobody ends`() async throws {
    let (harness, account) = try await busy()
    let batch = await harness.submit(authorizes(2, account, harness))
    harness.time.advance(by: .milliseconds(2))
    await harness.gate.close()
    #expect(harness.sink.committed >= batch.commit)
  }
}
