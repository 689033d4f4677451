// The check of the money: it agrees with the truth, and finds every falsehood.

import Testing
import TollgateLoadReport
import TollgateValues

@testable import TollgateLoad

struct MoneyTests {
  /// Three accounts: one captured 30 of 100, one holds 20, one did nothing.
  private func honest() -> MoneyAudit {
    var plan = LoadPlan()
    plan.accounts = 3
    var book = Book(accounts: 3)
    book.hold(0, 30)
    book.settle(0, held: 30, taken: 30)
    book.hold(1, 20)
    let before = (0..<3).map { _ in Standing(available: 100, held: 0, asOf: 0) }
    let after = [
      Standing(available: 70, held: 0, asOf: 500), Standing(available: 80, held: 20, asOf: 500),
      Standing(available: 100, held: 0, asOf: 500),
    ]
    return MoneyAudit(plan: plan, before: before, after: after, book: book)
  }

  @Test func theTruthAgrees() {
    let check = honest().check(seconds: 1)
    #expect(check.agrees)
    #expect((check.accounts, check.granted, check.captured, check.held, check.available) == (3, 300, 30, 20, 250))
  }

  @Test func aLostMicroCreditIsFoundInItsAccount() {
    for account in 0..<3 {
      for change in [-1, 1] as [Int64] {
        var audit = honest()
        audit.after[account].available += change
        let check = audit.check(seconds: 1)
        #expect(check.discrepancyCount == 1)
        #expect(check.discrepancies.first?.account == audit.plan.account(UInt32(account)).description)
        #expect(check.discrepancies.first.map { $0.found - $0.expected } == change)
      }
    }
  }

  @Test func aHoldThatVanishedOrStayedIsFound() {
    var vanished = honest()
    (vanished.after[1].held, vanished.after[1].available) = (0, 100)
    #expect(vanished.check(seconds: 1).discrepancies.first?.figure == "held")
    var stayed = honest()
    (stayed.after[0].held, stayed.after[0].available) = (30, 40)
    #expect(!stayed.check(seconds: 1).agrees)
  }

  @Test func aCaptureThatHappenedTwiceIsFound() {
    var audit = honest()
    audit.after[0].available = 40
    #expect(audit.check(seconds: 1).discrepancies.map { $0.found - $0.expected } == [-30])
  }

  @Test func orphansCountAsHeldUntilTheyExpire() {
    var audit = honest()
    let hold = HoldID(high: 1, low: 1)
    audit.book.abandon(OpenHold(hold: hold, account: 1, amount: 20, expires: Instant(nanoseconds: 500)))
    // Expired at 500, seen at 500: free again.
    #expect(!audit.check(seconds: 1).agrees)
    (audit.after[1].held, audit.after[1].available) = (0, 100)
    #expect(audit.check(seconds: 1).agrees)
    audit.after[1].asOf = 499
    #expect(!audit.check(seconds: 1).agrees)
  }

  @Test func holdsOfEarlierRunsMayExpireButNotVanish() {
    var audit = honest()
    (audit.before[2].held, audit.before[2].available) = (40, 60)
    for left in [40, 10, 0] as [Int64] {
      (audit.after[2].held, audit.after[2].available) = (left, 100 - left)
      #expect(audit.check(seconds: 1).agrees)
    }
    (audit.after[2].held, audit.after[2].available) = (0, 60)
    #expect(!audit.check(seconds: 1).agrees)
  }

  @Test func contradictionsAreDiscrepancies() {
    var audit = honest()
    audit.book.expect(2, "captured of hold x", 30, found: 31)
    let check = audit.check(seconds: 1)
    #expect(check.discrepancyCount == 1)
    #expect(check.discrepancies.first?.figure == "captured of hold x")
  }

  @Test func uncertainAccountsAreCountedAndNotJudged() {
    var audit = honest()
    audit.after[0].available = 1
    audit.uncertain = [0]
    let check = audit.check(seconds: 1)
    #expect(check.agrees)
    #expect(check.uncertain == 1)
  }

  @Test func threadsBooksAddUp() {
    var (one, two) = (Book(accounts: 2), Book(accounts: 2))
    one.hold(0, 10)
    two.settle(0, held: 10, taken: 4)
    two.charge(1, 7)
    two.expect(1, "x", 1, found: 2)
    one.merge(two)
    #expect(one.lines[0].held == 0 && one.lines[0].spent == 4 && one.lines[1].spent == 7)
    #expect(one.contradictionCount == 1)
  }

  @Test func sumsOfHugeBalancesDoNotTrap() {
    var audit = honest()
    for index in 0..<3 {
      audit.before[index].available = 4_000_000_000_000_000_000
      audit.after[index].available = 4_000_000_000_000_000_000
    }
    #expect(audit.check(seconds: 1).granted == .max)
  }

  @Test func manyDiscrepanciesAreCountedAndFewAreListed() {
    var plan = LoadPlan()
    plan.accounts = 1_000
    let same = (0..<1_000).map { _ in Standing(available: 5, held: 0, asOf: 0) }
    let none = (0..<1_000).map { _ in Standing() }
    let check = MoneyAudit(plan: plan, before: same, after: none, book: Book(accounts: 1_000)).check(seconds: 1)
    #expect(check.discrepancyCount == 1_000)
    #expect(check.discrepancies.count == RunReport.MoneyCheck.discrepanciesMax)
  }
}
