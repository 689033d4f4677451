// Nanoseconds of `Ledger.apply` for authorize and capture, in batches, over random accounts of a full ledger.

import ArgumentParser
import TollgateLedger
import TollgateValues

@main
struct LedgerCost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger-cost", abstract: "Measures nanoseconds per Ledger.apply with full state.")

  @Option(help: "Accounts, each with one lot.") var accounts = [100_000, 1_000_000]
  @Option(help: "Commands of a batch.") var batch = 64
  @Option(help: "Holds that stay open while it is measured.") var holds = 100_000
  @Option(help: "Cycles of authorize and capture that count.") var cycles = 1_000_000
  @Option(help: "Rounds; the median counts.") var rounds = 5

  func run() {
    for count in accounts {
      var bench = Bench(accounts: count, batch: batch)
      bench.prepare()
      bench.openHolds(holds)
      var authorize: [Double] = []
      var capture: [Double] = []
      for _ in 0..<rounds {
        let (first, second) = bench.measure(cycles: cycles / rounds)
        authorize.append(first)
        capture.append(second)
      }
      let (first, second) = (median(authorize), median(capture))
      print(
        "\(count) accounts, \(holds) open holds, batches of \(batch): authorize \(Int(first)) ns, capture \(Int(second)) ns"
      )
    }
  }

  private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

struct Bench {
  var ledger: Ledger
  let accounts: UInt64
  let batch: Int
  private var now = Instant(nanoseconds: 1_767_225_600_000_000_000)
  private var random: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var counter: UInt64 = 0
  private var log = EntryLog()
  private var decisions: [Decision] = []

  init(accounts: Int, batch: Int) {
    ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321))
    self.accounts = UInt64(accounts)
    self.batch = batch
  }

  mutating func prepare() {
    let note = Note(actor: "bench", reason: "bench")
    var commands: [Command] = []
    for number in 0..<accounts {
      let account = AccountID(high: 7, low: number &+ 1)
      commands.append(Command(request: nextID(), operation: .openAccount(OpenAccount(account: account, note: note))))
      let amount = Credits(microcredits: 1_000_000_000_000_000)
      commands.append(
        Command(
          request: nextID(), operation: .grant(Grant(account: account, source: .plan, amount: amount, note: note))))
      if commands.count >= 4_096 || number + 1 == accounts {
        apply(commands)
        commands.removeAll(keepingCapacity: true)
      }
    }
  }

  mutating func openHolds(_ count: Int) {
    for _ in 0..<(count / batch) { apply(authorizes()) }
  }

  /// Nanoseconds per authorize and per capture.
  mutating func measure(cycles: Int) -> (Double, Double) {
    var spent: (Duration, Duration) = (.zero, .zero)
    let clock = ContinuousClock()
    let rounds = cycles / batch
    var pending: [[Command]] = []
    for _ in 0..<rounds {
      let commands = authorizes()
      spent.0 += clock.measure { apply(commands) }
      pending.append(commands)
      // Captures come a while after their authorizes, as they do in life.
      guard pending.count > 64 else { continue }
      let captures = pending.removeFirst().map { command in
        Command(
          request: nextID(), operation: .capture(Capture(hold: command.request.hold, take: .all, closes: true)))
      }
      spent.1 += clock.measure { apply(captures) }
    }
    let captured = Double(max(1, rounds - 64) * batch)
    return (spent.0.nanoseconds / Double(rounds * batch), spent.1.nanoseconds / captured)
  }

  private mutating func authorizes() -> [Command] {
    (0..<batch).map { _ in
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let spend = Spend(
        account: AccountID(high: 7, low: random % accounts + 1), job: Job(width: 512, height: 512),
        price: .amount(Credits(microcredits: 1_500_000), book: 1))
      return Command(request: nextID(), operation: .authorize(Authorize(spend: spend, lifetime: .zero)))
    }
  }

  private mutating func apply(_ commands: [Command]) {
    now = now.advanced(by: .microseconds(50))
    log.removeAll()
    decisions.removeAll(keepingCapacity: true)
    ledger.apply(commands, at: now, into: &log, decisions: &decisions)
    for decision in decisions {
      if case .denied(let denial) = decision.outcome { preconditionFailure("the bench was denied: \(denial)") }
    }
  }

  private mutating func nextID() -> RequestID {
    counter &+= 1
    return RequestID(at: now, randomness: (counter, counter &* 0x9E37_79B9_7F4A_7C15))
  }
}

extension Duration {
  var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9 }
}
