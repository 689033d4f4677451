// Tables of many pages: their indices split, their pages are copied after a freeze, and nothing is lost.

import Testing
import TollgateLedger
import TollgateValues

/// A ledger of thousands of accounts, each with a lot of 100 credits and at first one hold of 10.
private struct Crowd {
  static let start = Instant(nanoseconds: 1_780_000_000_000_000_000)
  static let count: UInt64 = 2_000
  var ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (11, 12))
  private var next: UInt64 = 0
  private var requests: [RequestID] = []

  init() {
    let note = Note(actor: "test", reason: "test")
    apply { .openAccount(OpenAccount(account: Crowd.account($0), note: note)) }
    apply {
      .grant(Grant(account: Crowd.account($0), source: .plan, amount: Credits(microcredits: 100_000_000), note: note))
    }
    apply {
      let price = PricedAmount.amount(Credits(microcredits: 10_000_000), book: 1)
      let spend = Spend(account: Crowd.account($0), job: Job(width: 512, height: 512), price: price)
      return .authorize(Authorize(spend: spend, lifetime: .zero))
    }
  }

  static func account(_ number: UInt64) -> AccountID { AccountID(high: 9, low: number) }

  /// The hold of an account, while the last operation of all was its authorize.
  var holds: [HoldID] { requests.map(\.hold) }

  /// One operation for each account, all in one batch; all must be accepted.
  mutating func apply(_ operation: (UInt64) -> TollgateLedger.Operation) {
    requests = (0..<Crowd.count).map { number in
      RequestID(at: Crowd.start, randomness: (number, (next + number) &* 0x9E37_79B9_7F4A_7C15))
    }
    next += Crowd.count
    let commands = zip(requests, 0..<Crowd.count).map { Command(request: $0, operation: operation($1)) }
    var (log, decisions) = (EntryLog(), [Decision]())
    ledger.apply(commands, at: Crowd.start, into: &log, decisions: &decisions)
    for decision in decisions {
      if case .denied(let denial) = decision.outcome { Issue.record("denied: \(denial)") }
    }
  }
}

@Test func tablesOfManyPagesLoseNothing() throws {
  var crowd = Crowd()
  #expect(crowd.ledger.audit() == [])
  let (frozen, digest, holds) = (crowd.ledger, crowd.ledger.digest, crowd.holds)
  // Every third hold is captured whole, every third in part, every third not at all.
  crowd.apply { number in
    let amount = Credits(microcredits: Int64(number % 3) * 5_000_000)
    return .capture(Capture(hold: holds[Int(number)], take: .amount(amount), closes: true))
  }
  #expect(crowd.ledger.audit() == [] && crowd.ledger.statistics.openHolds == 0)
  #expect(frozen.digest == digest && frozen.statistics.openHolds == Int(Crowd.count))
  for number in 0..<Crowd.count {
    let hold = crowd.ledger.hold(holds[Int(number)])
    let captured = Int64(number % 3) * 5_000_000
    #expect(hold?.captured.microcredits == captured && hold?.state == .ended(.captured))
    #expect(frozen.hold(holds[Int(number)])?.state == .open)
  }
  var chunks: [[UInt8]] = []
  crowd.ledger.encodeSnapshot { chunks.append($0) }
  let copy = try Ledger(snapshot: chunks, hashKey: (5, 6))
  #expect(copy.digest == crowd.ledger.digest && copy.audit() == [])
  #expect(copy.hold(holds[1]) == crowd.ledger.hold(holds[1]))
}

@Test func aTableShrinksAndFillsAgain() {
  var crowd = Crowd()
  for _ in 0..<2 {
    let holds = crowd.holds
    crowd.apply { .void(VoidHold(hold: holds[Int($0)])) }
    #expect(crowd.ledger.statistics.openHolds == 0)
    crowd.apply {
      let price = PricedAmount.amount(Credits(microcredits: 1_000_000), book: 1)
      let spend = Spend(account: Crowd.account($0), job: Job(width: 512, height: 512), price: price)
      return .authorize(Authorize(spend: spend, lifetime: .zero))
    }
  }
  #expect(crowd.ledger.audit() == [] && crowd.ledger.statistics.openHolds == Int(Crowd.count))
}

/// The index of a generation has as many pages from the start as the generation before came to need; fewer or more
/// requests than that are found all the same.
@Test(arguments: [100, 6_000, 20_000]) func aGenerationIsReadyForAsManyRequestsAsTheOneBefore(next: UInt64) {
  var ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (13, 14))
  var (log, decisions) = (EntryLog(), [Decision]())
  let counts: [UInt64] = [6_000, next]
  var requests: [RequestID] = []
  for (generation, count) in counts.enumerated() {
    let now = Crowd.start.advanced(by: .seconds(Int64(generation) * 10))
    let made = (0..<count).map { RequestID(at: now, randomness: ($0, $0 &* 0x9E37_79B9_7F4A_7C15)) }
    let commands = made.map { Command(request: $0, operation: .void(VoidHold(hold: HoldID(high: 1, low: 2)))) }
    ledger.apply(commands, at: now, into: &log, decisions: &decisions)
    requests += made
  }
  let again = requests.map { Command(request: $0, operation: .void(VoidHold(hold: HoldID(high: 1, low: 2)))) }
  decisions.removeAll()
  ledger.apply(again, at: Crowd.start.advanced(by: .seconds(10)), into: &log, decisions: &decisions)
  #expect(decisions.allSatisfy { $0.standing == .replayed } && decisions.count == requests.count)
  #expect(ledger.audit() == [])
}

/// A generation after one of many requests finds them by slices of its time. What was frozen in between stays as it was.
@Test func requestsAreFoundInWhicheverSliceOfTheirGeneration() {
  var ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (15, 16))
  var (log, decisions) = (EntryLog(), [Decision]())
  // A generation begins at a multiple of 4,096 ms.
  let start = Instant(nanoseconds: 1_780_000_000_000_000_000 / 4_096_000_000 * 4_096_000_000)
  func commands(_ generation: Int, _ numbers: Range<UInt64>) -> [Command] {
    numbers.map { number in
      let at = start.advanced(by: .milliseconds(Int64(generation) * 4_096 + Int64(number % 4_096)))
      let request = RequestID(at: at, randomness: (number, number &* 0x9E37_79B9_7F4A_7C15))
      return Command(request: request, operation: .void(VoidHold(hold: HoldID(high: 1, low: 2))))
    }
  }
  let now = start.advanced(by: .milliseconds(8_192))
  ledger.apply(commands(0, 0..<24_000), at: now, into: &log, decisions: &decisions)
  ledger.apply(commands(1, 0..<8_000), at: now, into: &log, decisions: &decisions)
  let (frozen, digest) = (ledger, ledger.digest)
  ledger.apply(commands(1, 8_000..<16_000), at: now, into: &log, decisions: &decisions)
  // The same in a copy, whose rows come to stand elsewhere: neither may find the other's.
  var other = frozen
  other.apply(commands(1, 8_000..<16_000).reversed(), at: now, into: &log, decisions: &decisions)
  #expect(decisions.allSatisfy { $0.standing == .fresh } && ledger.audit() == [] && other.audit() == [])
  #expect(frozen.digest == digest && frozen.audit() == [] && other.digest == ledger.digest)
  decisions.removeAll()
  ledger.apply(commands(1, 0..<16_000), at: now, into: &log, decisions: &decisions)
  #expect(decisions.allSatisfy { $0.standing == .replayed })
}
