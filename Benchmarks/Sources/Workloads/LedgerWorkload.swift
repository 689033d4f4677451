// `Ledger.apply` with full state: random accounts, batches of 64, holds that stay open meanwhile.

internal import TollgateLedger
internal import TollgateValues

/// A ledger of many funded accounts, filled when it is first needed and shared by its workloads.
final class Bank {
  private let accounts: UInt64
  private var ledger: Ledger
  private var ids = IDs(now: .start)
  private var dice = Dice()
  private var log = EntryLog()
  private var decisions: [Decision] = []
  private var isFilled = false
  private let standingHolds: Int

  init(accounts: Int, standingHolds: Int = 16_384) {
    self.accounts = UInt64(accounts)
    self.standingHolds = standingHolds
    ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321))
  }

  /// Opens and funds the accounts, once; tells of each batch.
  func fill(_ each: (DecidedBatch) -> Void = { _ in }) {
    guard !isFilled else { return }
    isFilled = true
    let note = Note(actor: "bench", reason: "bench")
    for number in 0..<accounts {
      let account = AccountID(high: 7, low: number &+ 1)
      let amount = Credits(microcredits: 1_000_000_000_000_000)
      each(
        decided([
          Command(request: ids.next(), operation: .openAccount(OpenAccount(account: account, note: note))),
          Command(
            request: ids.next(), operation: .grant(Grant(account: account, source: .plan, amount: amount, note: note))),
        ]))
    }
    for _ in 0..<(standingHolds / batchSize) { each(decided(authorizes())) }
  }

  func authorizes(_ count: Int = batchSize) -> [Command] {
    (0..<count).map { _ in
      let spend = Spend(
        account: AccountID(high: 7, low: dice.roll(accounts) + 1), job: Job(width: 512, height: 512),
        price: .amount(Credits(microcredits: 1_500_000), book: 1))
      return Command(request: ids.next(), operation: .authorize(Authorize(spend: spend, lifetime: .zero)))
    }
  }

  /// Captures in full of what these commands authorized.
  func captures(of authorizes: [Command]) -> [Command] {
    authorizes.map { command in
      let capture = Capture(hold: command.request.hold, take: .all, closes: true)
      return Command(request: ids.next(), operation: .capture(capture))
    }
  }

  func decide(_ commands: [Command]) {
    ids.now = ids.now.advanced(by: .microseconds(50))
    log.removeAll()
    decisions.removeAll(keepingCapacity: true)
    ledger.apply(commands, at: ids.now, into: &log, decisions: &decisions)
  }

  /// A benchmark whose commands are denied would measure something else.
  func requireSuccess() {
    for decision in decisions {
      if case .denied(let denial) = decision.outcome { preconditionFailure("the benchmark was denied: \(denial)") }
    }
  }

  /// A batch with all that came of it, for the journal.
  func decided(_ commands: [Command]) -> DecidedBatch {
    decide(commands)
    requireSuccess()
    return DecidedBatch(instant: ids.now, commands: commands, decisions: decisions, log: log)
  }

  var lastEntry: EntryNumber { ledger.lastEntry }
  var now: Instant { ids.now }
}

struct DecidedBatch {
  var instant: Instant
  var commands: [Command]
  var decisions: [Decision]
  var log: EntryLog
}

/// Sets aside: one command a hold.
final class AuthorizeWorkload: Workload {
  let name = "ledger.authorize"
  let operationsPerRound = batchSize
  private let bank: Bank
  private var batches: [[Command]] = []

  init(_ bank: Bank) { self.bank = bank }

  func prepare(rounds: Int) {
    bank.fill()
    batches = (0..<rounds).map { _ in bank.authorizes() }
  }

  func run(rounds: Int) {
    for index in 0..<rounds { bank.decide(batches[index]) }
    bank.requireSuccess()
  }
}

/// Settles in full and closes: one command a hold.
final class CaptureWorkload: Workload {
  let name = "ledger.capture"
  let operationsPerRound = batchSize
  private let bank: Bank
  private var batches: [[Command]] = []

  init(_ bank: Bank) { self.bank = bank }

  func prepare(rounds: Int) {
    bank.fill()
    let authorizes = (0..<rounds).map { _ in bank.authorizes() }
    for batch in authorizes { bank.decide(batch) }
    batches = authorizes.map { bank.captures(of: $0) }
  }

  func run(rounds: Int) {
    for index in 0..<rounds { bank.decide(batches[index]) }
    bank.requireSuccess()
  }
}
