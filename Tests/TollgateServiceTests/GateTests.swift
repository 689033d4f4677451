// The gate's promises: one instant a batch, prices of its own, answers only when durable, nothing after a failure.

import Testing
import TollgateJournal
import TollgateLedger
import TollgatePricing
import TollgateValues

@testable import TollgateService

private func newJournal(_ faults: InMemoryJournal.Faults = .init()) -> InMemoryJournal {
  var random = SystemRandomNumberGenerator()
  return InMemoryJournal(metadata: .new(created: GateHarness.start, using: &random), faults: faults)
}

private func credits(_ count: Int64) -> Credits { Credits(microcredits: count * 1_000_000) }

@Suite struct GateTests {
  @Test func rule10_theServerComputesThePrice() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    let decision = await harness.perform(GateHarness.authorize(account, count: 3))
    guard case .authorized(let amount, _, let book) = decision?.outcome else {
      return #expect(Bool(false), "\(String(describing: decision))")
    }
    #expect(amount == credits(12))
    #expect(book == 1)
  }

  @Test func rule10_aPriceThatTheCallerPutsIntoACommandDoesNotCount() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    let spend = Spend(
      account: account, job: Job(width: 512, height: 512), price: .amount(Credits(microcredits: 1), book: 9))
    let decision = await harness.perform(.charge(Charge(spend: spend)))
    #expect(decision?.outcome == .charged(Credits(microcredits: 1_500_000), book: 1))
  }

  @Test func rule15_aDenialSaysWhatWouldFit() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 10)
    let id = harness.id()
    for expected in [Decision.Standing.fresh, .replayed] {
      let batch = await harness.submit([Command(request: id, operation: GateHarness.authorize(account, count: 4))])
      #expect(batch.decisions.first?.standing == expected)
      #expect(
        batch.decisions.first?.outcome
          == .denied(.insufficientCredits(shortfall: credits(6), available: credits(10), book: 1)))
      #expect(batch.remedies[0] == Remedy(largestCount: 2, smallerSide: 768))
    }
  }

  @Test func answersWaitForTheJournal() async throws {
    let gateway = Latch()
    let harness = try GateHarness(journal: newJournal(.init(beforeAppend: { _ in gateway.wait() })))
    let account = AccountID(high: 1, low: 1)
    let note = Note(actor: "test", reason: "test")
    let batch = await harness.submit([
      Command(request: harness.id(), operation: .openAccount(OpenAccount(account: account, note: note)))
    ])
    #expect(batch.decisions.first?.outcome == .opened)
    #expect(await harness.gate.durable < batch.commit)
    #expect(harness.sink.committed == 0)
    // A read that saw the account waits for the same commit.
    let query = QueryCall(token: 1, deadline: .never, query: .balance(account, lots: 0, after: .zero))
    let read = await harness.submit([], queries: [query])
    #expect(read.commit == batch.commit)
    gateway.open()
    await harness.sink.wait(for: batch.commit)
    #expect(await harness.gate.durable >= batch.commit)
  }

  @Test func batchesThatComeDuringASyncShareTheNextCommit() async throws {
    let latch = Latch()
    let harness = try GateHarness(journal: newJournal(.init(beforeAppend: { _ in latch.wait() })))
    let note = Note(actor: "test", reason: "test")
    var commits: [CommitNumber] = []
    for number in 1...5 as ClosedRange<UInt64> {
      let open = OpenAccount(account: AccountID(high: 1, low: number), note: note)
      let batch = await harness.submit([Command(request: harness.id(), operation: .openAccount(open))])
      commits.append(batch.commit)
      if number == 1 { while await harness.gate.core.commit == 1, await !harness.gate.isFullyHandedOver {} }
    }
    #expect(commits == [1, 2, 2, 2, 2])
    latch.open()
    await harness.sink.wait(for: 2)
  }

  @Test func aFailedAppendIsFatalAndAnswersNothing() async throws {
    let harness = try GateHarness(journal: newJournal(.init(failAppend: 1)))
    let open = OpenAccount(account: AccountID(high: 1, low: 1), note: Note(actor: "t", reason: "t"))
    let batch = await harness.submit([Command(request: harness.id(), operation: .openAccount(open))])
    while await !harness.gate.hasFailed { await Task.yield() }
    #expect(harness.failed.count == 1)
    #expect(harness.sink.committed < batch.commit)
    let later = await harness.submit([Command(request: harness.id(), operation: .openAccount(open))])
    #expect(later.decisions.isEmpty)
    // A batch of queries alone has no decisions either way, so the gate says itself that it answered nothing.
    var reading = CallBatch()
    reading.queries.append(QueryCall(token: 1, deadline: .never, query: .status))
    #expect(await harness.gate.submit(&reading, for: harness.sink) == false)
    #expect(reading.answers.isEmpty)
  }

  @Test func aCallWhoseDeadlineHasPassedIsNotProcessed() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    var batch = CallBatch()
    let now = await harness.gate.now()
    batch.append(Command(request: harness.id(), operation: GateHarness.authorize(account)), deadline: now)
    let kept = harness.id()
    batch.append(Command(request: kept, operation: GateHarness.authorize(account)), deadline: .never)
    await harness.gate.submit(&batch, for: harness.sink)
    #expect(batch.dropped == [0])
    #expect(batch.decisions.count == 2)
    #expect(batch.commands[1].request == kept)
    let balance = await harness.ask(.balance(account, lots: 0, after: .zero))
    guard case .balance(let report)? = balance else { return #expect(Bool(false)) }
    #expect(report.account.held == credits(4))
  }

  @Test func rule7_theInstantNeverRunsBackwards() async throws {
    let harness = try GateHarness(journal: newJournal())
    let before = await harness.gate.now()
    harness.time.jump(by: .hours(-3))
    let after = await harness.gate.now()
    #expect(after >= before)
    harness.time.advance(by: .seconds(10))
    let later = await harness.gate.now()
    #expect(later > after, "time goes on while the wall clock is behind")
    #expect(later.since(after) <= .seconds(10))
  }

  @Test func rule7_aHoldThatIsDueExpiresBeforeTheNextDecision() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 4)
    let first = await harness.perform(GateHarness.authorize(account, lifetime: .minutes(1)))
    guard case .authorized = first?.outcome else { return #expect(Bool(false)) }
    let second = await harness.perform(GateHarness.authorize(account))
    guard case .denied(.insufficientCredits) = second?.outcome else { return #expect(Bool(false)) }
    harness.time.advance(by: .minutes(1))
    let third = await harness.perform(GateHarness.authorize(account))
    guard case .authorized = third?.outcome else { return #expect(Bool(false), "\(String(describing: third))") }
  }

  @Test func aTickExpiresWhatNobodyTouches() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 4)
    await harness.perform(GateHarness.authorize(account, lifetime: .minutes(1)))
    harness.time.advance(by: .minutes(2))
    let commit = await harness.gate.core.commit
    await harness.gate.tick()
    await harness.sink.wait(for: commit)
    #expect(await harness.gate.core.commit > commit, "the expiry is journaled as an operation of its own")
  }
}
