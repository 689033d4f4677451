// What survives: recovery from records and snapshots, quotes, history, refunds.

import Testing
import TollgateJournal
import TollgateLedger
import TollgatePricing
import TollgateValues

@testable import TollgateService

private func newJournal() -> InMemoryJournal {
  var random = SystemRandomNumberGenerator()
  return InMemoryJournal(metadata: .new(created: GateHarness.start, using: &random))
}

private func credits(_ count: Int64) -> Credits { Credits(microcredits: count * 1_000_000) }

@Suite struct GateRestartTests {
  @Test func rule9_replaysAndRestartsAgree() async throws {
    let first = try GateHarness(journal: newJournal())
    let account = await first.account(1, credits: 50)
    let id = first.id()
    let original = await first.perform(GateHarness.authorize(account, count: 2), id: id)
    let digest = await first.gate.core.ledger.digest
    let second = try GateHarness(journal: first.journal.reopened(), time: first.time)
    #expect(await second.gate.core.ledger.digest == digest)
    let replayed = await second.perform(GateHarness.authorize(account, count: 2), id: id)
    #expect(replayed?.outcome == original?.outcome)
    #expect(replayed?.standing == .replayed)
    let conflict = await second.perform(GateHarness.authorize(account, count: 3), id: id)
    #expect(conflict?.outcome == .denied(.payloadConflict(.jobCount)))
  }

  @Test func rule7_theInstantNeverRunsBackwardsAcrossARestart() async throws {
    let first = try GateHarness(journal: newJournal())
    _ = await first.account(1, credits: 50)
    let last = await first.gate.core.ledger.lastInstant
    let time = ManualTime(at: GateHarness.start.advanced(by: .hours(-5)))
    let second = try GateHarness(journal: first.journal.reopened(), time: time)
    #expect(await second.gate.now() >= last)
  }

  @Test func aSnapshotBoundsTheReplay() async throws {
    let policy = SnapshotPolicy(commandsMax: 10)
    let first = try GateHarness(journal: newJournal(), snapshots: policy)
    let account = await first.account(1, credits: 1_000)
    for _ in 0..<40 { await first.perform(GateHarness.authorize(account)) }
    while await first.gate.snapshotter.isRunning { await Task.yield() }
    let digest = await first.gate.core.ledger.digest
    let (core, report) = try GateCore.recover(
      from: first.journal.reopened(), configuration: LedgerConfiguration(), books: .shipped, time: first.time)
    #expect(core.ledger.digest == digest)
    #expect(report.snapshotCommit != nil)
    #expect(report.commandsReplayed < 40)
  }

  /// Each life dies before its snapshot would be due by what it has decided itself.
  @Test func whatIsReplayedHasABoundHoweverOftenAServerDies() async throws {
    var journal = newJournal()
    var time = ManualTime(at: GateHarness.start)
    for life in 0..<8 {
      let harness = try GateHarness(journal: journal, time: time, snapshots: SnapshotPolicy(commandsMax: 20))
      let account = life == 0 ? await harness.account(1, credits: 1_000) : AccountID(high: 1, low: 1)
      for _ in 0..<8 { await harness.perform(GateHarness.authorize(account)) }
      while await harness.gate.snapshotter.isRunning { await Task.yield() }
      (journal, time) = (harness.journal.reopened(), harness.time)
      let (_, report) = try GateCore.recover(
        from: journal, configuration: LedgerConfiguration(), books: .shipped, time: time)
      #expect(report.commandsReplayed < 20 + 8, "life \(life)")
    }
  }

  @Test func closeWritesWhatWasReplayedAlsoIfNobodyCalled() async throws {
    let first = try GateHarness(journal: newJournal())
    let account = await first.account(1, credits: 1_000)
    await first.perform(GateHarness.authorize(account))
    let second = try GateHarness(journal: first.journal.reopened(), time: first.time)
    await second.gate.close()
    let (_, report) = try GateCore.recover(
      from: second.journal.reopened(), configuration: LedgerConfiguration(), books: .shipped, time: first.time)
    #expect(report.commandsReplayed == 0)
  }

  @Test func aSnapshotThatIsDueWhileNothingElseHappensIsWritten() async throws {
    let first = try GateHarness(journal: newJournal(), snapshots: SnapshotPolicy(commandsMax: 10))
    let account = await first.account(1, credits: 1_000)
    for _ in 0..<10 { await first.perform(GateHarness.authorize(account)) }
    // Nobody calls any more, so no commit follows that the freeze could wait for.
    while try first.journal.snapshots().isEmpty { await Task.yield() }
    while await first.gate.snapshotter.isRunning { await Task.yield() }
    #expect(await first.gate.snapshotter.commandsSince < 10)
  }

  @Test func closeWritesALastSnapshot() async throws {
    let first = try GateHarness(journal: newJournal())
    let account = await first.account(1, credits: 1_000)
    await first.perform(GateHarness.authorize(account))
    await first.gate.close()
    let (_, report) = try GateCore.recover(
      from: first.journal.reopened(), configuration: LedgerConfiguration(), books: .shipped, time: first.time)
    #expect(report.commandsReplayed == 0)
    #expect(report.snapshotCommit == report.commit)
  }

  @Test func aQuoteIsRedeemedAfterARestart() async throws {
    let first = try GateHarness(journal: newJournal())
    let account = await first.account(1, credits: 50)
    let job = Job(width: 1_024, height: 1_024, count: 2)
    guard case .quote(let quote, let explanation)? = await first.ask(.quote(account, job, lifetime: .zero)) else {
      return #expect(Bool(false))
    }
    #expect(quote.price == credits(8))
    #expect(explanation.total == quote.price)
    let second = try GateHarness(journal: first.journal.reopened(), time: first.time)
    var spend = Spend(account: account, job: job, quote: quote.id, price: .amount(.zero, book: 0))
    let redeemed = await second.perform(.authorize(Authorize(spend: spend, lifetime: .zero)))
    guard case .authorized(let amount, _, _) = redeemed?.outcome else { return #expect(Bool(false)) }
    #expect(amount == credits(8))
    spend.job.count = 3
    let other = await second.perform(.authorize(Authorize(spend: spend, lifetime: .zero)))
    #expect(other?.outcome == .denied(.priceRefused(PriceRefusalCode(rawValue: QuoteRefusal.mismatch.rawValue))))
    spend.job.count = 2
    second.time.advance(by: .minutes(6))
    let late = await second.perform(.authorize(Authorize(spend: spend, lifetime: .zero)))
    #expect(late?.outcome == .denied(.priceRefused(PriceRefusalCode(rawValue: QuoteRefusal.expired.rawValue))))
  }

  @Test func anAccountsBookIsReadNewestFirstInPages() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 100)
    for _ in 0..<5 { await harness.perform(GateHarness.authorize(account)) }
    var kinds: [EntryKind] = []
    var before = EntryNumber.none
    repeat {
      guard case .entries(let lines, let next)? = await harness.ask(.entries(account, before: before, limit: 3)) else {
        return #expect(Bool(false))
      }
      kinds += lines.map(\.entry.kind)
      before = next
    } while before != .none
    #expect(kinds == [.held, .held, .held, .held, .held, .granted, .opened])
  }

  @Test func rule8_aRefundGoesBackToTheLotThatWasConsumed() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 100)
    let spend = Spend(account: account, job: Job(width: 1_024, height: 1_024), price: .amount(.zero, book: 0))
    await harness.perform(.charge(Charge(spend: spend)))
    guard case .entries(let lines, _)? = await harness.ask(.entries(account, before: .none, limit: 1)),
      let charge = lines.first
    else { return #expect(Bool(false)) }
    let note = Note(actor: "test", reason: "bad image")
    let id = harness.id()
    guard
      case .decision(let decision)? = await harness.ask(
        .refund(id, account, charge.entry.number, amount: nil, note))
    else { return #expect(Bool(false)) }
    #expect(decision.outcome == .refunded(credits(4), expired: .zero))
    guard case .balance(let report)? = await harness.ask(.balance(account, lots: 10, after: .zero)) else {
      return #expect(Bool(false))
    }
    #expect(report.account.available == credits(100))
    guard
      case .decision(let again)? = await harness.ask(
        .refund(harness.id(), account, charge.entry.number, amount: nil, note))
    else { return #expect(Bool(false)) }
    #expect(again.outcome == .denied(.refundExceedsCapture(left: .zero)))
  }
}
