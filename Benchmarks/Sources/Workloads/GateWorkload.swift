// The gate as a connection uses it: batches of 64 are priced, decided, recorded, appended to a journal in memory and released.

internal import Dispatch
internal import Synchronization
internal import TollgateJournal
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues

final class GateWorkload: Workload {
  let name: String
  let operationsPerRound = batchSize
  private let hall: Hall
  private let isCapture: Bool
  private var batches: [[Command]] = []

  private init(_ name: String, _ hall: Hall, isCapture: Bool) {
    self.name = "gate.\(name)"
    self.hall = hall
    self.isCapture = isCapture
  }

  static func all(accounts: Int) -> [GateWorkload] {
    let hall = Hall(accounts: UInt64(accounts))
    return [GateWorkload("authorize", hall, isCapture: false), GateWorkload("capture", hall, isCapture: true)]
  }

  func prepare(rounds: Int) {
    hall.open()
    batches = (0..<rounds).map { _ in hall.authorizes() }
    guard isCapture else { return }
    for batch in batches { hall.submit(batch) }
    batches = batches.map { hall.captures(of: $0) }
  }

  func run(rounds: Int) {
    for index in 0..<rounds { hall.submit(batches[index]) }
    hall.requireSuccess()
  }
}

/// A gate with funded accounts, on the caller's own thread; made when it is first needed.
private final class Hall {
  private let accounts: UInt64
  private var gate: Gate?
  private let executor = CallersExecutor()
  private let sink = CommitSink()
  private var batch = CallBatch()
  private var ids = IDs(now: .start)
  private var dice = Dice()

  init(accounts: UInt64) { self.accounts = accounts }

  func open() {
    guard gate == nil else { return }
    let metadata = JournalMetadata(
      id: JournalID(high: 1, low: 2), created: .start, quoteKey: SecretKey(3, 4), hashKey: SecretKey(5, 6))
    let journal = InMemoryJournal(metadata: metadata)
    do {
      let (core, _) = try GateCore.recover(
        from: journal, configuration: LedgerConfiguration(), books: .shipped, time: StandingTime())
      gate = Gate(
        core: core, journal: journal, executor: executor, snapshots: SnapshotPolicy(commandsMax: .max),
        onFailure: { preconditionFailure("the journal in memory failed: \($0)") })
    } catch {
      preconditionFailure("an empty journal cannot be recovered: \(error)")
    }
    let note = Note(actor: "bench", reason: "bench")
    let amount = Credits(microcredits: 1_000_000_000_000_000)
    for start in stride(from: 0, to: accounts, by: 1_024) {
      var commands: [Command] = []
      for number in start..<min(accounts, start + 1_024) {
        let account = AccountID(high: 7, low: number &+ 1)
        commands.append(
          Command(request: ids.next(), operation: .openAccount(OpenAccount(account: account, note: note))))
        commands.append(
          Command(
            request: ids.next(), operation: .grant(Grant(account: account, source: .plan, amount: amount, note: note))))
      }
      submit(commands)
      requireSuccess()
    }
  }

  func authorizes() -> [Command] {
    (0..<batchSize).map { _ in
      let spend = Spend(
        account: AccountID(high: 7, low: dice.roll(accounts) + 1), job: Job(width: 512, height: 512),
        price: .amount(.zero, book: 0))
      return Command(request: ids.next(), operation: .authorize(Authorize(spend: spend, lifetime: .zero)))
    }
  }

  func captures(of authorizes: [Command]) -> [Command] {
    authorizes.map { command in
      let capture = Capture(hold: command.request.hold, take: .all, closes: true)
      return Command(request: ids.next(), operation: .capture(capture))
    }
  }

  /// Submits a batch and does the gate's work until its answers may be told.
  func submit(_ commands: [Command]) {
    // Taken out, so that the gate has the arrays for itself.
    var batch = CallBatch()
    swap(&batch, &self.batch)
    batch.removeAll()
    for command in commands { batch.append(command, deadline: .never) }
    let sink = sink
    _ = gate?.assumeIsolated { $0.submit(&batch, for: sink) }
    swap(&batch, &self.batch)
    let commit = self.batch.commit
    executor.work { sink.committed >= commit }
  }

  func requireSuccess() {
    for decision in batch.decisions {
      if case .denied(let denial) = decision.outcome { preconditionFailure("the benchmark was denied: \(denial)") }
    }
  }
}

/// Time stands still, so that nothing expires and every run is alike.
private struct StandingTime: TimeSource {
  func wall() -> Int64 { Instant.start.nanoseconds }
  func monotonic() -> Int64 { 0 }
}

/// Hears of commits on the thread that asks.
private final class CommitSink: ReplySink, @unchecked Sendable {
  private(set) var committed: CommitNumber = 0
  func committed(through commit: CommitNumber) { committed = commit }
  func answered(_ answer: Answer, token: UInt64) {}
}

/// Does the gate's work on the one thread that calls it.
private final class CallersExecutor: GateExecutor {
  private let queue = Mutex<[@Sendable () -> Void]>([])
  private let hasWork = DispatchSemaphore(value: 0)

  func run(_ work: @escaping @Sendable () -> Void) {
    queue.withLock { $0.append(work) }
    hasWork.signal()
  }

  /// Time stands still here.
  func run(after nanoseconds: Int64, _ work: @escaping @Sendable () -> Void) { run(work) }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    run { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  func checkIsolated() {}

  func work(until isDone: () -> Bool) {
    while !isDone() {
      hasWork.wait()
      queue.withLock { $0.removeFirst() }()
    }
  }
}
