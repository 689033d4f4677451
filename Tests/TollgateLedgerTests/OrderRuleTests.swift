// Rule 16: each check wins over all that stand after it; rules 18 and 19 beside it.

import Testing
import TollgateLedger
import TollgateValues

@Test func rule16ChecksComeInTheirOrder() {
  var book = Book(LedgerConfiguration(openHoldsPerAccountMax: 1))
  book.run(
    """
    open A1
    open A2
    open A3
    freeze A2 #F
    close A3 #Z
    grant L1 A1 10
    hold H0 A1 1                     → held 1 until 900
    hold H1 A9 -1 unpriced 3 for -1  → declined accountUnknown
    hold H2 A2 99 unpriced 3 for -1  → declined accountFrozen
    hold H3 A3 99 unpriced 3 for -1  → declined accountClosed
    hold H4 A1 99 unpriced 3 for -1  → declined priceRefused 3
    hold H5 A1 99 for -1             → declined lifetimeOutOfRange
    hold H6 A1 99                    → declined tooManyOpenHolds 1
    charge X1 A1 99                  → declined insufficient, short 90 of 9
    charge X2 A9 1 unpriced 3        → declined accountUnknown
    charge X3 A2 1 unpriced 3        → declined accountFrozen
    charge X4 A1 1 unpriced 3        → declined priceRefused 3
    increase H9 1 unpriced 3 #I1     → declined holdUnknown
    increase H0 1 unpriced 3 #I2     → declined priceRefused 3
    increase H0 99 #I3               → declined insufficient, short 90 of 9
    extend H9 for -1 #E1             → declined holdUnknown
    extend H0 for -1 #E2             → declined lifetimeOutOfRange
    capture H9 99 #C1                → declined holdUnknown
    freeze A1 #F1
    increase H0 1 unpriced 3 #I4     → declined accountFrozen
    extend H0 for 60 #E3             → extended until 900
    capture H0 2 excess #C2          → declined accountFrozen
    grant L2 A1 5                    → granted 5
    close A1 #Z1                     → declined accountHasOpenHolds 1
    at 900 increase H0 1 #I5         → declined accountFrozen
    capture H0 1 #C3                 → declined holdExpired 900
    close A1 #Z2                     → closed
    entries                          → stateSet 0, lotVoided 10, lotVoided 5
    capture H0 1 #C4                 → declined accountClosed
    extend H0 for -1 #E4             → declined accountClosed
    late H0 all #K1                  → declined accountClosed
    grant L3 A1 5                    → declined accountClosed
    grant L3 A8 5 #G                 → declined accountUnknown
    activate A1 #S1                  → declined accountClosed
    activate A9 #S2                  → declined accountUnknown
    refund A1 of X1 #R1              → declined accountClosed
    refund A9 of X1 #R2              → declined accountUnknown
    balance A1                       → 0 available, 0 held
    """)
}

/// Malformed, id window, duplicate: before everything else, in this order.
@Test func rule16WhatIsNeverRememberedComesFirst() {
  var book = Book()
  let account = AccountID(high: 3, low: 3)
  func spend(_ amount: Int64, raw: Int64 = 0) -> Operation {
    .charge(
      Charge(
        spend: Spend(
          account: account, job: Job(width: 1, height: 1), rawAmount: Credits(microcredits: raw),
          price: .amount(Credits(microcredits: amount), book: 0))))
  }
  let (old, young) = (
    RequestID(at: book.instant(-9_999), randomness: (1, 1)), RequestID(at: book.instant(0), randomness: (1, 1))
  )
  func answer(_ request: RequestID, _ operation: Operation) -> String {
    book.apply(Command(request: request, operation: operation))
  }
  #expect(answer(old, spend(-1)) == "declined malformed amount, refused")
  #expect(answer(old, spend(1)) == "declined idOutsideWindow, refused")
  #expect(answer(young, spend(1)) == "declined accountUnknown")
  #expect(answer(young, spend(1, raw: -1)) == "declined malformed amount, refused")
  #expect(answer(young, spend(1, raw: 5)) == "declined payloadConflict amount, refused")
  #expect(answer(young, spend(1)) == "declined accountUnknown, again")
}

@Test func malformedFieldsAreNamed() {
  var book = Book()
  let long = String(repeating: "x", count: Limits.textBytesMax + 1)
  book.run(
    """
    open A1
    grant L1 A1 0                    → declined malformed amount, refused
    grant L2 A1 1000000000000.000001 → declined malformed amount, refused
    grant L3 A1 1 from 20 expires 20 → declined malformed effective, refused
    grant L4 A1 1 overdraft expires 20 → declined malformed expires, refused
    grant L5 A1 1 overdraft from 20  → declined malformed effective, refused
    grant L6 A1 1 paid -1            → declined malformed pricePaid, refused
    open A2 by \(long)               → declined malformed actor, refused
    open A2 because \(long)          → declined malformed reason, refused
    open A0 #O                       → opened
    capture H1 -1 #C1                → declined malformed take, refused
    refund A1 of X1 just 0 #R1       → declined malformed amount, refused
    grant L7 A1 1000000000000        → granted 1000000000000
    """)
  #expect(book.ledger.statistics.rememberedRequests == 3)
}

@Test func boundsAreRefusalsAndNotOverflows() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 1000000000000
    grant L2 A1 1000000000000
    grant L3 A1 1000000000000
    grant L4 A1 1000000000000
    grant L5 A1 1                    → declined exhausted(TollgateLedger.Bound.credits)
    charge X1 A1 1000000000000
    grant L6 A1 1000000000000        → granted 1000000000000
    refund A1 of X1 #R1              → declined exhausted(TollgateLedger.Bound.credits)
    """)
  var many = Book()
  many.run("open A1")
  for number in 0..<1_030 { _ = many.apply(grantOfOne(number)) }
  many.run(
    """
    charge X1 A1 1025                → declined tooManyLots(max: 1024)
    hold H1 A1 1000                  → held 1000 until 900
    increase H1 25 #I1               → declined tooManyLots(max: 1024)
    increase H1 24 #I2               → increased 24 to 1024
    capture H1 1020 closing #C1      → captured 1020, closed
    balance A1                       → 10 available, 0 held
    """)
}

private func grantOfOne(_ number: Int) -> Command {
  let grant = Grant(
    account: AccountID(high: 0xACC0, low: 1), source: .plan, amount: credits("1"),
    expires: Book.start.advanced(by: .seconds(Int64(1_000 + number * 7 % 500))), note: Note(actor: "", reason: ""))
  return Command(request: RequestID(at: Book.start, randomness: (2, UInt64(number) << 8)), operation: .grant(grant))
}

@Test func rule18AdmissionFollowsFromLotsAlone() {
  var book = Book()
  book.run(
    """
    open A1
    charge X1 A1 1                   → declined insufficient, short 1 of 0
    grant L1 A1 1
    charge X1 A1 1                   → declined insufficient, short 1 of 0, again
    charge X2 A1 1                   → charged 1
    refund A1 of X2 #R1              → refunded 1
    charge X3 A1 1                   → charged 1
    """)
}

@Test func rule19AdministrativeChangesAreEntriesInTheChain() {
  var book = Book()
  book.run("open A1\nopen A2\nfreeze A1 #F\ngrant L1 A1 5\nactivate A1 #S\nclose A1 #Z")
  let mine = book.entries.filter { $0.account == book.accountID("A1") }
  #expect(mine.map(\.kind) == [.opened, .stateSet, .granted, .stateSet, .stateSet, .lotVoided])
  #expect(mine.map(\.number.rawValue) == [1, 3, 4, 5, 6, 7])
  #expect(mine.map(\.previous.rawValue) == [0, 1, 3, 4, 5, 6])
}
