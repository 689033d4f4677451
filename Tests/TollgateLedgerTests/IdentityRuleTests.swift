// Rule 9: ids, duplicates, conflicts, the window, and the bound on what is remembered.

import Testing
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Test func rule9TheSameRequestIsAnsweredAgainAndNotDoneAgain() {
  var book = Book()
  book.run(
    """
    open A1
    open A1 #O2                      → declined accountExists
    grant L1 A1 100                  → granted 100
    grant L1 A1 100                  → granted 100, again
    hold H1 A1 60                    → held 60 until 900
    hold H2 A1 60                    → declined insufficient, short 20 of 40
    void H1 #V1                      → voided 60
    hold H2 A1 60                    → declined insufficient, short 20 of 40, again
    hold H1 A1 60                    → held 60 until 900, again
    hold H3 A1 60                    → held 60 until 900
    capture H3 20 #C1                → captured 20, 40 left
    capture H3 20 #C1                → captured 20, 40 left, again
    balance A1                       → 40 available, 40 held
    at 3599 hold H3 A1 60            → held 60 until 900, again
    at 3601 hold H3 A1 60            → declined idOutsideWindow, refused
    """)
}

@Test func rule9AnotherPayloadIsAConflictThatNamesTheFirstDifferingField() {
  var book = Book()
  book.run(
    """
    open A1
    grant L1 A1 100 expires 500
    grant L1 A2 90 expires 600       → declined payloadConflict account, refused
    grant L1 A1 90 expires 600       → declined payloadConflict amount, refused
    grant L1 A1 100 expires 600      → declined payloadConflict expires, refused
    grant L1 A1 100 expires 500 by b → declined payloadConflict actor, refused
    grant L1 A1 100 expires 500 because b → declined payloadConflict reason, refused
    hold L1 A1 100                   → declined payloadConflict operation, refused
    hold H1 A1 10 images 2           → held 10 until 900
    hold H1 A1 10 images 3 for 60    → declined payloadConflict jobCount, refused
    hold H1 A1 10 images 2 for 60    → declined payloadConflict lifetime, refused
    hold H1 A1 20 images 2 book 9    → held 10 until 900, again
    capture H1 1 #C1                 → captured 1, 9 left
    capture H1 2 #C1                 → declined payloadConflict take, refused
    capture H1 1 closing #C1         → declined payloadConflict closes, refused
    capture H1 1 excess #C1          → declined payloadConflict allowsExcess, refused
    void H1 #C1                      → declined payloadConflict operation, refused
    """)
}

/// Every field of an authorize has a lane of its own, and the price has none.
@Test func rule9EachFieldOfAnAuthorizeIsNamed() {
  let account = AccountID(high: 1, low: 1)
  let plain = Authorize(
    spend: Spend(account: account, job: Job(width: 8, height: 8), price: .amount(.zero, book: 1)), lifetime: .minutes(1)
  )
  typealias Change = (field: Field, change: (inout Authorize) -> Void)
  let changes: [Change] = [
    Change(.account, { $0.spend.account.low = 2 }), Change(.amount, { $0.spend.rawAmount.microcredits = 1 }),
    Change(.jobWidth, { $0.spend.job.width = 9 }), Change(.jobHeight, { $0.spend.job.height = 9 }),
    Change(.jobSteps, { $0.spend.job.steps = 9 }), Change(.jobCount, { $0.spend.job.count = 9 }),
    Change(.jobModel, { $0.spend.job.model = 9 }), Change(.jobQuality, { $0.spend.job.quality = .high }),
    Change(.jobControlNets, { $0.spend.job.controlNets = 9 }),
    Change(.jobFeatures, { $0.spend.job.features = .preview }),
    Change(.quote, { $0.spend.quote.high = 9 }), Change(.lifetime, { $0.lifetime = .minutes(2) }),
    Change(.project, { $0.spend.project.low = 9 }), Change(.member, { $0.spend.member.high = 9 }),
  ]
  var book = Book()
  let request = RequestID(at: Book.start, randomness: (5, 5))
  #expect(book.apply(Command(request: request, operation: .authorize(plain))) == "declined accountUnknown")
  for (field, change) in changes {
    var changed = plain
    change(&changed)
    let answer = book.apply(Command(request: request, operation: .authorize(changed)))
    #expect(answer == "declined payloadConflict \(field), refused")
  }
  var repriced = plain
  repriced.spend.price = .refused(PriceRefusalCode(rawValue: 3))
  #expect(book.apply(Command(request: request, operation: .authorize(repriced))) == "declined accountUnknown, again")
}

@Test func rule9IdsOutsideTheWindowAreRefused() {
  var book = Book(LedgerConfiguration(dedupWindow: .seconds(600), futureSkew: .seconds(30)))
  let open = Operation.openAccount(
    OpenAccount(account: AccountID(high: 7, low: 7), note: Note(actor: "", reason: "")))
  func answer(_ request: RequestID) -> String { book.apply(Command(request: request, operation: open)) }
  let refusal = "declined idOutsideWindow, refused"
  #expect(answer(RequestID(at: book.instant(-601), randomness: (1, 1))) == refusal)
  #expect(answer(RequestID(at: book.instant(31), randomness: (1, 1))) == refusal)
  #expect(answer(.zero) == refusal)
  #expect(answer(RequestID(high: 0xFFFF_FFFF_FFFF_7000, low: 2 << 62)) == refusal)
  var notVersion7 = RequestID(at: Book.start, randomness: (1, 1))
  notVersion7.high ^= 1 << 12
  #expect(answer(notVersion7) == refusal)
  #expect(book.ledger.statistics.rememberedRequests == 0)
  #expect(answer(RequestID(at: book.instant(-600), randomness: (1, 1))) == "opened")
  #expect(answer(RequestID(at: book.instant(30), randomness: (1, 1))) == "declined accountExists")
}

@Test func rule9MemoryStaysBoundedAndNothingRunsTwice() {
  var book = Book(LedgerConfiguration(dedupWindow: .seconds(640), rememberedMax: 10))
  book.run("open A1\ngrant L1 A1 1000")
  for second in 0..<100 {
    book.run("at \(second * 20) charge X\(second) A1 1 → charged 1")
    #expect(book.ledger.statistics.rememberedRequests <= 10)
  }
  book.run(
    """
    charge X99 A1 1                  → charged 1, again
    charge X80 A1 1                  → declined idOutsideWindow, refused
    balance A1                       → 900 available, 0 held
    """)
  // The same bound, when everything falls into one generation: what was dropped is refused, never done again.
  for number in 0..<25 { _ = number; book.run("charge Y\(number) A1 1") }
  for number in 0..<25 { book.run("charge Y\(number) A1 1") }
  #expect((book.ledger.account(book.accountID("A1"))?.available ?? .zero) >= credits("875"))
}

@Test func rule9BatchesAndSingleCommandsAgree() {
  var random = SeededGenerator()
  let commands = (0..<200).map { number in
    let request = RequestID(at: Book.start, randomness: (0, UInt64.random(in: 0..<150, using: &random) << 8))
    let spend = Spend(
      account: AccountID(high: 0, low: 1), job: Job(width: 1, height: 1),
      price: .amount(Credits(microcredits: Int64(number % 7)), book: 1))
    return Command(
      request: request,
      operation: number % 2 == 0
        ? .charge(Charge(spend: spend)) : .authorize(Authorize(spend: spend, lifetime: .minutes(1))))
  }
  var single = Book()
  single.run("open A1\ngrant L1 A1 0.0003")
  single.ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (1, 1))
  var batched = Ledger(configuration: LedgerConfiguration(), hashKey: (2, 2))
  let note = Note(actor: "a", reason: "b")
  let opening = [
    Command(
      request: RequestID(at: Book.start, randomness: (1, 1 << 8)),
      operation: .openAccount(OpenAccount(account: AccountID(high: 0, low: 1), note: note))),
    Command(
      request: RequestID(at: Book.start, randomness: (1, 2 << 8)),
      operation: .grant(
        Grant(account: AccountID(high: 0, low: 1), source: .plan, amount: Credits(microcredits: 300), note: note))),
  ]
  var (log, decisions) = (EntryLog(), [Decision]())
  batched.apply(opening + commands, at: Book.start, into: &log, decisions: &decisions)
  var (singleEntries, singleDecisions) = ([Entry](), [Decision]())
  for (position, command) in (opening + commands).enumerated() {
    var oneLog = EntryLog()
    single.ledger.apply([command], at: Book.start, into: &oneLog, decisions: &singleDecisions)
    for var entry in oneLog.entries {
      entry.command = UInt32(position)
      entry.postingStart = log.entries[singleEntries.count].postingStart
      singleEntries.append(entry)
    }
  }
  #expect(decisions == singleDecisions, "\(random.recipe)")
  #expect(log.entries == singleEntries, "\(random.recipe)")
  #expect(batched.digest == single.ledger.digest, "\(random.recipe)")
}
