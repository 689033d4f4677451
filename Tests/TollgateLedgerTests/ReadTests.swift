// Reads: pages of lots and holds, what expires soon, when to look again.

import Testing
import TollgateLedger
import TollgateValues

@Test func lotsAndHoldsComeInPages() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10
    grant L2 A1 10 from 20
    grant L3 A1 10 expires 50
    charge X1 A1 10
    hold H1 A1 1 for 100
    hold H2 A1 1 for 200
    hold H3 A1 1 for 300
    """)
  let account = book.accountID("A1")
  let lots = book.ledger.lots(of: account, after: nil, limit: 10).map(\.id)
  #expect(lots == ["L1", "L2", "L3"].compactMap { book.requests[$0]?.lot })
  #expect(book.ledger.lots(of: account, after: lots[0], limit: 1).map(\.id) == [lots[1]])
  #expect(book.ledger.lots(of: account, after: lots[2], limit: 5).isEmpty)
  let holds = book.ledger.holds(of: account, after: nil, limit: 2).map(\.hold)
  #expect(holds == [book.holdID("H1"), book.holdID("H2")])
  book.run("void H2 #V")
  #expect(book.ledger.holds(of: account, after: book.holdID("H2"), limit: 2).map(\.hold) == [book.holdID("H3")])
  #expect(book.ledger.lots(of: book.accountID("A9"), after: nil, limit: 5).isEmpty)
}

@Test func whatExpiresSoonIsKnown() {
  var book = Book()
  book.run("open A1\ngrant L1 A1 10 expires 50\ngrant L2 A1 10 expires 60\ngrant L3 A1 10\ncharge X1 A1 4")
  let account = book.accountID("A1")
  #expect(book.ledger.expiring(of: account, before: book.instant(50)) == .zero)
  #expect(book.ledger.expiring(of: account, before: book.instant(51)) == credits("6"))
  #expect(book.ledger.expiring(of: account, before: book.instant(999)) == credits("16"))
}

@Test func nextDueIsWhenSomethingIsDue() {
  var book = Book()
  book.run("open A1\ngrant L1 A1 1000 expires 5000")
  #expect(book.ledger.nextDue == book.instant(5_000))
  book.run("hold H1 A1 1 for 100\nhold H2 A1 1 for 50")
  #expect(book.ledger.nextDue == book.instant(50))
  #expect(!book.ledger.isDue(at: Instant(nanoseconds: book.instant(50).nanoseconds - 1)))
  #expect(book.ledger.isDue(at: book.instant(50)))
  book.run("void H2 #V2")
  #expect(book.ledger.nextDue == book.instant(100))
  for number in 0..<80 { book.run("hold M\(number) A1 1 for 90") }
  let next = book.ledger.nextDue
  #expect(book.ledger.isDue(at: next) && next.since(book.instant(90)) < .seconds(2))
}

@Test func aDayOfSilenceChangesNothingButTheTime() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 10 expires 90000
    hold H1 A1 2 for 86400
    at 400000 charge X1 A1 1         → declined insufficient, short 1 of 0
    entries                          → holdExpired 0, released 2, lotExpired 10
    grant L2 A1 10
    hold H2 A1 2 for 86400           → held 2 until 486400
    at 486399 capture H2 2 #C1       → captured 2, 0 left
    at 486400 capture H2 0 #C2       → declined holdExpired 486400
    """)
}
