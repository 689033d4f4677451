// Pricing many jobs at once must be invisible: quotes and prices are those that single calls get.

import Testing
import TollgateJournal
import TollgateLedger
import TollgatePricing
import TollgateTestSupport
import TollgateValues

@testable import TollgateService

private func newJournal() -> InMemoryJournal {
  var random = SystemRandomNumberGenerator()
  return InMemoryJournal(metadata: .new(created: GateHarness.start, using: &random))
}

private func credits(_ count: Int64) -> Credits { Credits(microcredits: count * 1_000_000) }

private func randomJob(using random: inout SeededGenerator) -> Job {
  Job(
    width: .random(in: 0...2_200, using: &random), height: .random(in: 1...2_200, using: &random),
    steps: .random(in: 0...160, using: &random), count: .random(in: 0...20, using: &random),
    model: .random(in: 0...4, using: &random), quality: .init(rawValue: .random(in: 0...3, using: &random)),
    controlNets: .random(in: 0...4, using: &random), features: .init(rawValue: .random(in: 0...0x1FF, using: &random)))
}

@Suite struct QuoteBatchTests {
  /// Asks for the quotes of several lists of jobs in one batch of calls.
  private func ask(
    _ harness: GateHarness, _ lists: [(AccountID, [Job])], lifetime: TimeSpan = .zero, deadline: Instant = .never
  ) async -> CallBatch {
    var batch = CallBatch()
    for (token, list) in lists.enumerated() {
      let first = batch.jobs.count
      for job in list.1 { batch.jobs.append(job) }
      let query = Query.quoteBatch(list.0, rows: first..<batch.jobs.count, lifetime: lifetime)
      batch.queries.append(QueryCall(token: UInt64(token), deadline: deadline, query: query))
    }
    await harness.gate.submit(&batch, for: harness.sink)
    return batch
  }

  @Test func eachRowIsTheSingleQuote() async throws {
    var random = SeededGenerator()
    let harness = try GateHarness(journal: newJournal())
    let accounts = [await harness.account(1, credits: 50), await harness.account(2, credits: 7)]
    let lists = accounts.map { account in (account, (0..<300).map { _ in randomJob(using: &random) }) }
    let batch = await ask(harness, [lists[0], (accounts[1], []), lists[1]], lifetime: .seconds(77))
    for (answer, (account, jobs)) in zip([batch.answers[0], batch.answers[2]], lists) {
      guard case .quoteBatch(let quotes) = answer else { return #expect(Bool(false), "\(answer)") }
      var (total, refused, fitting) = (Credits.zero, 0, 0)
      for (row, job) in zip(quotes.rows, jobs) {
        let recipe = "\(job) \(random.recipe)"
        switch await harness.ask(.quote(account, job, lifetime: .seconds(77))) {
        case .quote(let quote, _)?:
          #expect(batch.prices[row] == .amount(quote.price) && batch.quotes[row] == quote.id, "\(recipe)")
          #expect(quotes.expires == quote.expires && quotes.book == quote.book)
          total += quote.price
        case .denied(.priceRefused(let code))?:
          #expect(batch.prices[row].encoded == -Int64(code.rawValue) && batch.quotes[row] == .zero, "\(recipe)")
          refused += 1
        case let other: Issue.record("\(String(describing: other))")
        }
        if total <= quotes.available { fitting = row - quotes.rows.lowerBound + 1 }
      }
      #expect(quotes.total == total && quotes.refused == refused && quotes.fitting == fitting, "\(random.recipe)")
      #expect(refused > 0 && refused < 300)
      #expect(quotes.shortfall == (total > quotes.available ? total - quotes.available : .zero))
    }
    guard case .quoteBatch(let none) = batch.answers[1] else { return #expect(Bool(false)) }
    #expect(none.rows.isEmpty && none.total == .zero && none.available == credits(7) && none.shortfall == .zero)
  }

  @Test func refusalsOfTheWhole() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    let stranger = AccountID(high: 7, low: 7)
    let jobs = [Job(width: 512, height: 512)]
    let batch = await ask(harness, [(stranger, jobs), (account, jobs)])
    guard case .denied(.accountUnknown) = batch.answers[0], case .quoteBatch(let quotes) = batch.answers[1] else {
      return #expect(Bool(false), "\(batch.answers)")
    }
    #expect(quotes.rows == 1..<2 && quotes.refused == 0 && batch.quotes[0] == .zero && batch.quotes[1] != .zero)
    let late = await ask(harness, [(account, jobs)], deadline: GateHarness.start)
    guard case .deadlineExceeded = late.answers[0] else { return #expect(Bool(false)) }
    // The shipped book applies from 2026 on.
    let early = try GateHarness(
      journal: newJournal(), time: ManualTime(at: Instant(nanoseconds: 1_700_000_000_000_000_000)))
    let other = await early.account(1, credits: 50)
    let without = await ask(early, [(other, jobs)])
    guard case .denied(.priceRefused(let code)) = without.answers[0] else { return #expect(Bool(false)) }
    #expect(code.rawValue == QuoteRefusal.noBookInForce.rawValue)
  }

  @Test func aBatchMayBeUsedAgain() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    var batch = await ask(harness, [(account, (0..<9).map { _ in Job(width: 512, height: 512) })])
    #expect(batch.quotes.count == 9)
    batch.removeAll()
    #expect(batch.isEmpty && batch.jobs.count == 0)
    batch.jobs.append(Job(width: 0, height: 0))
    batch.queries.append(
      QueryCall(token: 1, deadline: .never, query: .quoteBatch(account, rows: 0..<1, lifetime: .zero)))
    await harness.gate.submit(&batch, for: harness.sink)
    #expect(batch.prices.encoded == [-1] && batch.quotes == [.zero])
  }

  @Test func pricesOfManyCommandsAreThoseOfSingleOnes() async throws {
    var random = SeededGenerator()
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 50)
    var core = await harness.gate.core
    let now = core.settle()
    let hold = HoldID(high: 3, low: 3)
    for count in [1, BatchPricing.commandsMin - 1, BatchPricing.commandsMin, 40, 700] {
      let commands = (0..<count).map { _ in
        let job = randomJob(using: &random)
        var spend = Spend(account: account, job: job, price: .amount(credits(9), book: 9))
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
          spend.rawAmount = credits(3)
          spend.job.count = 0
        case 1:
          if case .quoted(let quote) = core.desk.quote(job, for: account, at: now) { spend.quote = quote.id }
          if Bool.random(using: &random) { spend.job.width ^= 1 }
        default: break
        }
        let operation: Operation =
          switch Int.random(in: 0..<5, using: &random) {
          case 0: .charge(Charge(spend: spend))
          case 1: .increase(Increase(hold: hold, job: job, rawAmount: spend.rawAmount, price: spend.price))
          case 2: .void(VoidHold(hold: hold))
          default: .authorize(Authorize(spend: spend, lifetime: .zero))
          }
        return Command(request: harness.id(), operation: operation)
      }
      var together = commands
      core.price(&together, at: now)
      for (one, priced) in zip(commands, together) {
        var alone = [one]
        core.priceEach(&alone, at: now)
        #expect(alone[0] == priced, "\(random.recipe)")
      }
    }
  }

  @Test func aBatchOfAuthorizesIsPricedAndRefusedItemByItem() async throws {
    let harness = try GateHarness(journal: newJournal())
    let account = await harness.account(1, credits: 100)
    // Four credits each; every fourth has no price, and the credits end before the jobs do.
    let commands = (0..<40).map { index in
      let operation = GateHarness.authorize(account, count: index % 4 == 3 ? 0 : 1)
      return Command(request: harness.id(), operation: operation)
    }
    let batch = await harness.submit(commands)
    var held = 0
    for (index, decision) in batch.decisions.enumerated() {
      switch decision.outcome {
      case .authorized(let amount, _, 1):
        #expect(index % 4 != 3 && amount == credits(4))
        held += 1
      case .denied(.priceRefused(let code)):
        #expect(index % 4 == 3 && code.rawValue == PriceRefusal.countOutOfRange.rawValue)
      case .denied(.insufficientCredits): #expect(held == 25 && index % 4 != 3)
      default: Issue.record("\(index): \(decision)")
      }
    }
    #expect(held == 25)
  }
}
