// Replay equals life with the real ledger: the same state, whatever mixture of records and snapshots it is rebuilt from.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct LedgerRecoveryTests {
  @Test(arguments: Engine.allCases)
  func `A recovered ledger has the digest of the one that lived`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = LedgerLife(medium.journal)
    for round in 0..<4 {
      for _ in 0..<12 {
        try medium.journal.append(life.record(&generator))
      }
      if round == 1 { try life.snapshot() }
      try medium.reopen()
      let replayer = Replayer.ledger(of: medium.journal.metadata)
      let portion = 1 + generator.below(20_000)
      let recovered = try recover(from: medium.journal, with: replayer, portion: portion)
      #expect(recovered.state.digest == life.ledger.digest, "round \(round): \(generator.recipe)")
      #expect(recovered.head == life.builder.head && recovered.snapshotsRefused.isEmpty, "\(generator.recipe)")
      #expect(recovered.head.nextEntry.rawValue == recovered.state.lastEntry.rawValue + 1)
      #expect((recovered.snapshot != nil) == (round > 0))
      life = LedgerLife(medium.journal, recovered, life)
    }
    #expect(life.ledger.lastEntry.rawValue > 20)
    try expectWholeBooks(life, medium.journal, generator)
  }

  /// The chain of each account, walked through the journal, adds up to the balance that the ledger has.
  private func expectWholeBooks(_ life: LedgerLife, _ journal: any Journal, _ generator: SeededGenerator) throws {
    var reader = HistoryReader(journal)
    var seen = 0
    var latest: [AccountID: EntryNumber] = [:]
    for stored in try journal.records(after: 0, upTo: .max) {
      for entry in try DecodedRecord(decoding: stored.bytes).log.entries { latest[entry.account] = entry.number }
    }
    for (_, number) in latest {
      let book = try reader.page(from: number, limit: .max, through: life.builder.head.sequence)
      seen += book.count
      var available: Int64 = 0
      for line in book.reversed() {
        for posting in line.postings {
          if posting.from == .available { available -= posting.amount.microcredits }
          if posting.to == .available { available += posting.amount.microcredits }
        }
        #expect(line.entry.available.microcredits == available, "entry \(line.entry.number): \(generator.recipe)")
      }
    }
    #expect(UInt64(seen) == life.ledger.lastEntry.rawValue, "\(generator.recipe)")
  }
}

/// A service without its threads: applies what is due, then random commands, some of them retries.
struct LedgerLife {
  var ledger: Ledger
  var builder: RecordBuilder
  let journal: any Journal
  var instant = Instant(nanoseconds: 1_800_000_000_000_000_000)
  private var requests: [Command] = []
  private var holds: [HoldID] = []

  init(_ journal: any Journal) {
    self.journal = journal
    let key = journal.metadata.hashKey
    ledger = Ledger(configuration: .genesis, hashKey: (key.first, key.second))
    builder = RecordBuilder(after: .start(of: journal.metadata))
  }

  init(_ journal: any Journal, _ recovered: Recovered<Ledger>, _ before: LedgerLife) {
    self.journal = journal
    ledger = recovered.state
    builder = RecordBuilder(after: recovered.head)
    instant = before.instant
    requests = before.requests
    holds = before.holds
  }

  func snapshot() throws {
    try journal.beginSnapshot(SnapshotMark(head: builder.head, taken: instant))
    try ledger.encodeSnapshot { try journal.appendSnapshotChunk($0) }
    try journal.syncSnapshot()
    try journal.finishSnapshot()
  }

  mutating func record(_ generator: inout SeededGenerator) -> EncodedRecord {
    repeat {
      instant = instant.advanced(by: .milliseconds(Int64(generator.below(40_000))))
      while ledger.isDue(at: instant) { apply([Command(request: .zero, operation: .expire(limit: 3))]) }
      if generator.chance(5) {
        // From here on the bounds are others, which a replay must not know before.
        let bounds = LedgerConfiguration(
          dedupWindow: .minutes(Int64(1 + generator.below(60))),
          openHoldsPerAccountMax: UInt32(1 + generator.below(20)),
          lateCaptureWindow: .minutes(Int64(generator.below(30))))
        apply([Command(request: .zero, operation: .configure(bounds))])
      }
      apply((0...generator.below(8)).map { _ in command(&generator) })
    } while builder.isEmpty
    return builder.finish()
  }

  private mutating func apply(_ commands: [Command]) {
    var log = EntryLog()
    var decisions: [Decision] = []
    ledger.apply(commands, at: instant, into: &log, decisions: &decisions)
    builder.append(at: instant, commands: commands, decisions: decisions, log: log)
  }

  private mutating func command(_ generator: inout SeededGenerator) -> Command {
    if generator.chance(15), let retried = requests.randomElement(using: &generator) { return retried }
    let request = RequestID(at: instant, randomness: (generator.next(), generator.next()))
    let account = Tally.account(UInt64(generator.below(4)))
    let command = Command(request: request, operation: operation(account, &generator))
    switch command.operation {
    case .authorize: holds.append(request.hold)
    default: break
    }
    requests.append(command)
    return command
  }

  private func operation(_ account: AccountID, _ generator: inout SeededGenerator) -> TollgateLedger.Operation {
    let note = Note(actor: "test", reason: "")
    let amount = Credits(microcredits: Int64(1 + generator.below(2_000_000)))
    let spend = Spend(
      account: account, job: Job(width: 512, height: 512, count: UInt16(1 + generator.below(4))),
      price: .amount(amount, book: 1))
    let hold = holds.suffix(20).randomElement(using: &generator) ?? .zero
    let take: Take = [.all, .amount(amount), .images(1)][generator.below(3)]
    switch generator.below(20) {
    case 0, 1: return .openAccount(OpenAccount(account: account, note: note))
    case 2...5:
      return .grant(
        Grant(
          account: account, source: .package, amount: Credits(microcredits: Int64(1 + generator.below(20_000_000))),
          expires: generator.chance(50) ? .never : instant.advanced(by: .seconds(Int64(1 + generator.below(600)))),
          note: note))
    case 6...10:
      return .authorize(Authorize(spend: spend, lifetime: .seconds(Int64(1 + generator.below(300)))))
    case 11...13:
      return .capture(Capture(hold: hold, take: take, closes: generator.chance(50), allowsExcess: generator.chance(30)))
    case 14: return .void(VoidHold(hold: hold))
    case 15: return .extend(Extend(hold: hold, lifetime: .minutes(3)))
    case 16: return .increase(Increase(hold: hold, job: spend.job, price: spend.price))
    case 17: return .charge(Charge(spend: spend))
    case 18: return .captureLate(CaptureLate(hold: hold, take: take))
    default:
      return .setAccountState(
        SetAccountState(account: account, state: generator.chance(80) ? .active : .frozen, note: note))
    }
  }
}
