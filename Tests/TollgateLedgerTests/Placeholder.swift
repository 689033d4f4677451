// Smoke: the ledger decides at all.

import Testing
import TollgateLedger
import TollgateValues

@Test func grantHoldAndCaptureMoveCredits() {
  var ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (1, 2))
  var (log, decisions) = (EntryLog(), [Decision]())
  let now = Instant(nanoseconds: 1_700_000_000_000_000_000)
  let account = AccountID(high: 1, low: 2)
  let ids = (0..<6).map { RequestID(at: now, randomness: (0, $0 << 8)) }
  let note = Note(actor: "a", reason: "b")
  let spend = Spend(
    account: account, job: Job(width: 1, height: 1, count: 3), price: .amount(Credits(microcredits: 80), book: 1))
  ledger.apply(
    [
      Command(request: ids[0], operation: .openAccount(OpenAccount(account: account, note: note))),
      Command(
        request: ids[1],
        operation: .grant(Grant(account: account, source: .plan, amount: Credits(microcredits: 100), note: note))),
      Command(request: ids[2], operation: .authorize(Authorize(spend: spend, lifetime: .seconds(0)))),
      Command(request: ids[3], operation: .authorize(Authorize(spend: spend, lifetime: .seconds(0)))),
      Command(request: ids[4], operation: .capture(Capture(hold: ids[2].hold, take: .images(1), closes: true))),
      Command(request: ids[2], operation: .authorize(Authorize(spend: spend, lifetime: .seconds(0)))),
    ], at: now, into: &log, decisions: &decisions)
  #expect(ledger.account(account)?.available == Credits(microcredits: 73))
}
