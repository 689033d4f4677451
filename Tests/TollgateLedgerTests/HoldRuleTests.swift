// The rules about holds: conservation, lifetime, captures, burn order, expiry of lots.

import Testing
import TollgateLedger
import TollgateValues

@Test func rule1NothingIsLostAndNothingIsMade() {
  var book = Book()
  book.run(
    """
    open A1                          → opened
    grant L1 A1 100 expires 50       → granted 100
    entries                          → granted 100
    postings                         → L1 outside>available 100
    hold H1 A1 80                    → held 80 until 900
    postings                         → L1 available>held 80
    balance A1                       → 20 available, 80 held
    capture H1 30 #C1                → captured 30, 50 left
    postings                         → L1 held>captured 30
    void H1 #V1                      → voided 50
    entries                          → released 50
    postings                         → L1 held>available 50
    balance A1                       → 70 available, 0 held
    at 50 expire                     → expired 1
    entries                          → lotExpired 70
    postings                         → L1 available>expired 70
    balance A1                       → 0 available, 0 held
    """)
  let lot = book.ledger.lots(of: book.accountID("A1"), after: nil, limit: 9)[0]
  #expect(lot.granted == lot.captured + lot.expired)
}

@Test func rule1AnOverdraftIsTheOnlyWayBelowZero() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10
    grant L2 A1 20 overdraft         → granted 20
    balance A1                       → 30 available, 0 held
    charge X1 A1 25                  → charged 25
    postings                         → L1 available>captured 10, L2 available>captured 15
    balance A1                       → 5 available, 0 held, 15 owed
    charge X2 A1 6                   → declined insufficient, short 1 of 5
    grant L3 A1 12                   → granted 12
    entries                          → granted 12, overdraftRepaid 24
    postings                         → L3 outside>available 12, L3 available>captured 12, L2 captured>available 12
    balance A1                       → 17 available, 0 held, 3 owed
    grant L4 A1 8 from 30            → granted 8
    balance A1                       → 17 available, 0 held, 8 pending, 3 owed
    at 30 expire                     → expired 1
    entries                          → effective 8, overdraftRepaid 6
    lots A1                          → L4 5, L2 20, L3 0, L1 0
    grant L5 A1 5 overdraft          → granted 5
    lots A1                          → L4 5, L2 25, L3 0, L1 0
    refund A1 of X1 #R1              → refunded 25
    postings                         → L4 captured>available 3, L3 captured>available 12, L1 captured>available 10
    """)
}

@Test func rule2AHoldNeverTakesMoreThanIsAvailable() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 80                    → held 80 until 900
    hold H2 A1 30                    → declined insufficient, short 10 of 20
    hold H3 A1 20                    → held 20 until 900
    hold H4 A1 0                     → held 0 until 900
    hold H5 A1 0.000001              → declined insufficient, short 0.000001 of 0
    capture H1 all #C1               → captured 80, closed
    capture H3 20 #C3                → captured 20, 0 left
    balance A1                       → 0 available, 0 held
    """)
}

@Test func rule3AHoldAtItsExpiryIsExpiredWhetherOrNotASweeperRan() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 10 for 60             → held 10 until 60
    hold H2 A1 10 for 60             → held 10 until 60
    at 59 extend H2 for 30 #E1       → extended until 89
    at 59 extend H2 for 1 #E2        → extended until 89
    at 60 capture H1 all #C1         → declined holdExpired 60
    entries                          → holdExpired 0, released 10
    show H1                          → expired 0 of 10
    void H1 #V1                      → declined holdExpired 60
    extend H1 for 60 #E3             → declined holdExpired 60
    increase H1 5 #I1                → declined holdExpired 60
    capture H2 all #C2               → captured 10, closed
    balance A1                       → 90 available, 0 held
    late H2 all #K2                  → declined holdEnded captured
    late H9 all #K9                  → declined holdUnknown
    late H1 4 #K1                    → captured 4 late
    entries                          → capturedLate 4
    late H1 7 #K3                    → declined captureExceedsHold, 6 left
    freeze A1 #S1
    late H1 1 #K4                    → declined accountFrozen
    activate A1 #S2
    late H1 all #K5                  → captured 6 late
    late H1 all #K6                  → captured 0 late
    show H1                          → expired 10 of 10
    hold H3 A1 60 for 1              → held 60 until 61
    late H3 all #K7                  → declined holdNotExpired
    at 61 charge X1 A1 70            → charged 70
    late H3 all #K8                  → declined insufficient, short 50 of 10
    """)
}

@Test func rule3LifetimesHaveLimits() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 1 for 86400           → held 1 until 86400
    hold H2 A1 1 for 86401           → declined lifetimeOutOfRange
    hold H3 A1 1 for -1              → declined lifetimeOutOfRange
    extend H1 for 86401 #E1          → declined lifetimeOutOfRange
    at 100 extend H1 for 86400 #E2   → extended until 86500
    extend H1 #E3                    → extended until 86500
    """)
}

@Test func rule3AnExpiredHoldIsForgottenAfterTheLateCaptureWindow() {
  var book = Book(LedgerConfiguration(lateCaptureWindow: .seconds(100)))
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 10 for 60
    at 159 late H1 1 #K1             → captured 1 late
    at 160 late H1 1 #K2             → declined holdEnded expired
    show H1                          → expired 1 of 10
    at 3700 late H1 1 #K3            → declined holdUnknown
    show H1                          → none
    """)
}

@Test func rule4CapturesOfZeroAllAndExcess() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 50
    capture H1 0 #C1                 → captured 0, 50 left
    entries                          → captured 0
    capture H1 51 #C2                → declined captureExceedsHold, 50 left
    capture H1 101 excess #C3        → declined insufficient, short 1 of 50
    capture H1 60 excess #C4         → captured 60, 0 left
    entries                          → captured 50, excessCharged 10
    capture H1 0 #C5                 → captured 0, 0 left
    freeze A1 #S1
    capture H1 1 excess #C6          → declined accountFrozen
    capture H1 1 #C7                 → declined captureExceedsHold, 0 left
    capture H1 all #C8               → captured 0, closed
    capture H1 0 #C9                 → declined holdEnded captured
    show H1                          → captured 60 of 50
    balance A1                       → 40 available, 0 held
    """)
}

@Test func rule4AClosingCaptureReleasesTheRest() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 30
    hold H1 A1 20
    hold H2 A1 10
    capture H1 5 closing #C1         → captured 5, closed
    entries                          → captured 5, released 15
    void H1 #V1                      → declined holdEnded captured
    void H2 #V2                      → voided 10
    void H2 #V3                      → declined holdEnded voided
    void H2 #V2                      → voided 10, again
    charge X1 A1 3                   → charged 3
    void X1 #V4                      → declined holdEnded captured
    """)
}
