// A ledger under the load of authorizes and captures of random accounts.

import TollgateLedger
import TollgateValues

/// The ledger, its clock, and what is in flight.
struct Bench {
  var ledger: Ledger
  let accounts: UInt64
  let lots: Int
  let batch: Int
  /// The longest batch of each kind in nanoseconds, since the preparation ended.
  private(set) var longestAuthorizes = 0.0
  private(set) var longestCaptures = 0.0
  var now = Instant(nanoseconds: 1_767_225_600_000_000_000)
  private var random: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var counter: UInt64 = 0
  private(set) var batches = (authorizes: 0, captures: 0)
  private var log = EntryLog()
  private var decisions: [Decision] = []

  /// One image costs 1.5 credits; a lot of many is small, so that spending goes through the lots.
  static let price = Credits(microcredits: 1_500_000)

  init(accounts: Int, lots: Int, batch: Int, configuration: LedgerConfiguration = .genesis) {
    ledger = Ledger(configuration: configuration, hashKey: (0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321))
    self.accounts = UInt64(accounts)
    self.lots = lots
    self.batch = batch
  }

  /// Opens the accounts and grants their lots; after each batch the clock advances by `step`.
  mutating func prepare(step: TimeSpan = .milliseconds(3)) {
    let note = Note(actor: "bench", reason: "bench")
    var commands: [Command] = []
    // The lots before the last hold as much as 100 images cost.
    for number in 0..<accounts {
      let account = AccountID(high: 7, low: number &+ 1)
      commands.append(Command(request: nextID(), operation: .openAccount(OpenAccount(account: account, note: note))))
      for lot in 0..<lots {
        let images: Int64 = lot + 1 == lots ? 500_000_000 : 100
        let grant = Grant(
          account: account, source: .plan, amount: Credits(microcredits: images * Bench.price.microcredits),
          expires: Instant(nanoseconds: 1_900_000_000_000_000_000 + Int64(lot) * 1_000_000_000), note: note)
        commands.append(Command(request: nextID(), operation: .grant(grant)))
        if commands.count >= 4_096 { applyAll(&commands, step) }
      }
    }
    applyAll(&commands, step)
  }

  private mutating func applyAll(_ commands: inout [Command], _ step: TimeSpan) {
    apply(commands)
    commands.removeAll(keepingCapacity: true)
    now = now.advanced(by: step)
  }

  /// Makes holds that nothing ends.
  mutating func openHolds(_ count: Int, lifetime: TimeSpan = .zero, step: TimeSpan = .zero) {
    for _ in 0..<(count / batch) {
      apply(authorizes(lifetime: lifetime))
      now = now.advanced(by: step)
    }
  }

  /// Nanoseconds an authorize and a capture.
  mutating func measure(cycles: Int) -> (authorize: Double, capture: Double) {
    var spent = (authorize: 0.0, capture: 0.0)
    let rounds = cycles / batch
    var pending: [[RequestID]] = Array(repeating: [], count: 64)
    for round in 0..<rounds {
      let commands = authorizes()
      let authorized = applyAuthorizes(commands)
      // Captures come a while after their authorizes, as they do in life.
      let captured = captures(of: pending[round % 64])
      pending[round % 64] = commands.map(\.request)
      spent.authorize += authorized
      longestAuthorizes = max(longestAuthorizes, authorized)
      guard !captured.isEmpty else { continue }
      let taken = applyCaptures(captured)
      spent.capture += taken
      longestCaptures = max(longestCaptures, taken)
    }
    // What is still in flight ends outside of the count.
    for requests in pending where !requests.isEmpty { apply(captures(of: requests)) }
    let captured = Double(max(1, rounds - 64) * batch)
    return (spent.authorize / Double(rounds * batch), spent.capture / captured)
  }

  /// Remembers so many ids, all of denials, and nothing else.
  mutating func rememberOnly(_ count: Int) {
    for _ in 0..<(count / batch) {
      apply(
        (0..<batch).map { _ in
          let id = nextID()
          return Command(request: id, operation: .void(VoidHold(hold: HoldID(high: id.high, low: id.low &+ 1 << 40))))
        }, areDenied: true)
    }
  }

  // MARK: Commands

  private mutating func authorizes(lifetime: TimeSpan = .zero) -> [Command] {
    (0..<batch).map { _ in
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let spend = Spend(
        account: AccountID(high: 7, low: random % accounts + 1), job: Job(width: 512, height: 512),
        price: .amount(Bench.price, book: 1))
      return Command(request: nextID(), operation: .authorize(Authorize(spend: spend, lifetime: lifetime)))
    }
  }

  private mutating func captures(of requests: [RequestID]) -> [Command] {
    requests.map { request in
      Command(request: nextID(), operation: .capture(Capture(hold: request.hold, take: .all, closes: true)))
    }
  }

  private mutating func nextID() -> RequestID {
    counter &+= 1
    return RequestID(at: now, randomness: (counter, counter &* 0x9E37_79B9_7F4A_7C15))
  }

  // MARK: Applying

  /// Apart from captures, so that a profiler can tell them apart.
  @inline(never)
  mutating func applyAuthorizes(_ commands: [Command]) -> Double {
    batches.authorizes += 1
    return apply(commands)
  }

  @inline(never)
  mutating func applyCaptures(_ commands: [Command]) -> Double {
    batches.captures += 1
    return apply(commands)
  }

  /// Applies a batch; returns its nanoseconds.
  @discardableResult
  mutating func apply(_ commands: [Command], areDenied: Bool = false) -> Double {
    now = now.advanced(by: .microseconds(50))
    log.removeAll()
    decisions.removeAll(keepingCapacity: true)
    let start = ContinuousClock.now
    ledger.apply(commands, at: now, into: &log, decisions: &decisions)
    let duration = (ContinuousClock.now - start).nanoseconds
    for decision in decisions {
      if case .denied(let denial) = decision.outcome, !areDenied {
        preconditionFailure("the bench was denied: \(denial)")
      }
    }
    return duration
  }
}

extension Bench {
  /// Encodes and decodes the state, and applies the first batch after a freeze.
  mutating func measureSnapshot() -> SnapshotCost {
    var cost = SnapshotCost()
    let clock = ContinuousClock()
    let frozen = ledger
    cost.firstBatch = applyAuthorizes(authorizes())
    var chunks: [[UInt8]] = []
    cost.encode = clock.measure { frozen.encodeSnapshot { chunks.append($0) } }.nanoseconds / 1e9
    cost.bytes = chunks.reduce(0) { $0 + $1.count }
    cost.requests = frozen.statistics.rememberedRequests
    cost.decode =
      clock.measure {
        let copy = try? Ledger(snapshot: chunks, hashKey: (1, 2))
        precondition(copy?.statistics.accounts == frozen.statistics.accounts, "the snapshot does not decode")
      }.nanoseconds / 1e9
    return cost
  }
}

extension Duration {
  var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9 }
}
