// The rules about lots: burn order, expiry while held, usable times, refunds.

import Testing
import TollgateLedger
import TollgateValues

@Test func rule5LotsBurnInOrder() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 1
    grant L2 A1 1 expires 500
    grant L3 A1 1 expires 400
    grant L4 A1 1 expires 400 promotional
    grant L5 A1 1 expires 400 bonus from -10
    grant L6 A1 1 priority 5
    grant L7 A1 1 overdraft priority 1
    grant L8 A1 1 expires 400
    at 1 grant L9 A1 1 expires 400
    grant M1 A1 1 bonus
    lots A1                          → L6 1, L5 1, L4 1, L3 1, L8 1, L9 1, L2 1, M1 1, L1 1, L7 1
    charge X1 A1 10                  → charged 10
    postings                         → L6 available>captured 1, L5 available>captured 1, L4 available>captured 1, L3 available>captured 1, L8 available>captured 1, L9 available>captured 1, L2 available>captured 1, M1 available>captured 1, L1 available>captured 1, L7 available>captured 1
    """)
}

@Test func rule5CapturesTakeFromTheHeadAndReleasesFromTheTail() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 500
    grant L2 A1 10 expires 600
    grant L3 A1 10 expires 700
    hold H1 A1 25
    postings                         → L1 available>held 10, L2 available>held 10, L3 available>held 5
    grant L4 A1 10 expires 400
    capture H1 12 #C1                → captured 12, 13 left
    postings                         → L1 held>captured 10, L2 held>captured 2
    increase H1 12 #I1               → increased 12 to 37
    postings                         → L4 available>held 10, L3 available>held 2
    capture H1 14 closing #C2        → captured 14, closed
    postings                         → L2 held>captured 8, L3 held>captured 5, L4 held>captured 1, L3 held>available 2, L4 held>available 9
    lots A1                          → L4 9, L3 5, L2 0, L1 0
    """)
}

@Test func rule6TheHeldPartOfAnExpiredLotStaysCapturable() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 50
    grant L2 A1 10
    hold H1 A1 6
    hold H2 A1 6
    at 50 balance A1                 → 8 available, 12 held
    capture H1 4 #C1                 → captured 4, 2 left
    entries                          → captured 4
    postings                         → L1 held>captured 4
    balance A1                       → 8 available, 8 held
    capture H1 0 closing #C2         → captured 0, closed
    entries                          → captured 0, lotExpired 2
    postings                         → L1 held>expired 2
    void H2 #V2                      → voided 6
    entries                          → released 2, lotExpired 4
    balance A1                       → 10 available, 0 held
    """)
}

@Test func rule6AtOneInstantAHoldExpiresBeforeItsLot() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 60
    hold H1 A1 6 for 59
    hold H2 A1 4 for 60
    at 100 expire                    → expired 3
    entries                          → holdExpired 0, released 6, holdExpired 0, lotExpired 4, lotExpired 6
    balance A1                       → 0 available, 0 held
    """)
}

@Test func rule7UsableMeansFromEffectiveUntilJustBeforeExpiry() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 from 10 expires 20
    at 9 charge X1 A1 1              → declined insufficient, short 1 of 0
    at 10 charge X2 A1 1             → charged 1
    entries                          → effective 10, charged 1
    at 19 charge X3 A1 1             → charged 1
    at 20 charge X4 A1 1             → declined insufficient, short 1 of 0
    entries                          → lotExpired 8
    grant L2 A1 10 expires 20        → declined malformed expires, refused
    at 15 charge X5 A1 1             → declined insufficient, short 1 of 0
    """)
  #expect(book.ledger.lastInstant == book.instant(20))
}

@Test func rule7WhatIsDueHappensInTimeOrderAndAtMostSoMuchAtOnce() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 30
    grant L2 A1 10 from 20 expires 40
    hold H1 A1 2 for 25
    hold H2 A1 2 for 10
    at 40 expire 2                   → expired 2 and more
    entries                          → holdExpired 0, released 2, effective 10
    expire 2                         → expired 2 and more
    entries                          → holdExpired 0, released 2, lotExpired 10
    expire 0                         → expired 0 and more
    expire 2                         → expired 1
    entries                          → lotExpired 10
    expire 2                         → expired 0
    """)
}

@Test func rule8ARefundGoesBackToItsLotsLastConsumedFirst() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 50
    grant L2 A1 10 expires 100
    grant L3 A1 10
    charge X1 A1 25                  → charged 25
    refund A1 of X1 just 7 #R1       → refunded 7
    postings                         → L3 captured>available 5, L2 captured>available 2
    at 60 refund A1 of X1 just 10 #R2 → refunded 10, 2 expired
    entries                          → refunded 8, lotExpired 2
    postings                         → L2 captured>available 8, L1 captured>expired 2
    refund A1 of X1 just 9 #R3       → declined refundExceedsCapture, 8 left
    refund A1 of X1 #R4              → refunded 8, 8 expired
    refund A1 of X1 #R5              → declined refundExceedsCapture, 0 left
    refund A1 of X1 just 7 #R1       → refunded 7, again
    open A2
    refund A2 of X1 #R6              → declined lotUnknown
    balance A1                       → 20 available, 0 held
    """)
}

@Test func rule11ImagesOfAHoldAddUpExactly() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100
    hold H1 A1 0.000010 images 4
    capture H1 images 1 #C1          → captured 0.000003, 0.000007 left
    capture H1 images 2 #C2          → captured 0.000005, 0.000002 left
    capture H1 images 2 #C3          → declined imagesExceedHold, 1 left
    capture H1 images 1 #C4          → captured 0.000002, 0 left
    capture H1 images 0 closing #C5  → captured 0, closed
    hold H2 A1 10 images 4
    capture H2 2 #D1                 → captured 2, 8 left
    capture H2 images 1 #D2          → captured 2, 6 left
    increase H2 6 images 1 #D3       → increased 6 to 16
    capture H2 images 3 #D4          → captured 9, 3 left
    capture H2 all #D5               → captured 3, closed
    hold H3 A1 9 images 3 for 10
    capture H3 images 1 #F1          → captured 3, 6 left
    at 10 late H3 images 1 #F2       → captured 3 late
    late H3 images 2 #F3             → declined imagesExceedHold, 1 left
    late H3 all #F4                  → captured 3 late
    """)
}
