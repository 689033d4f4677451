// A gate on a thread of its own over the in-memory journal, with a clock that the test sets.

import Synchronization
import TollgateJournal
import TollgateLedger
import TollgatePricing
import TollgateValues

@testable import TollgateService

/// A clock that stands still until it is moved.
final class ManualTime: TimeSource {
  private let state: Mutex<(wall: Int64, monotonic: Int64)>

  init(at instant: Instant) { state = Mutex((instant.nanoseconds, 0)) }

  func wall() -> Int64 { state.withLock { $0.wall } }
  func monotonic() -> Int64 { state.withLock { $0.monotonic } }

  /// Time passes on both clocks.
  func advance(by span: TimeSpan) {
    state.withLock {
      $0.wall += span.nanoseconds
      $0.monotonic += span.nanoseconds
    }
  }

  /// Somebody sets the wall clock.
  func jump(by span: TimeSpan) { state.withLock { $0.wall += span.nanoseconds } }
}

/// Waits for the commits and late answers of its batches.
final class WaitingSink: ReplySink {
  private struct State {
    var committed: CommitNumber = 0
    var answers: [UInt64: Answer] = [:]
    var waiting: [(CommitNumber, CheckedContinuation<Void, Never>)] = []
    var asking: [UInt64: CheckedContinuation<Answer, Never>] = [:]
  }
  private let state = Mutex(State())

  func committed(through commit: CommitNumber) {
    let ready = state.withLock { state in
      state.committed = max(state.committed, commit)
      let ready = state.waiting.filter { $0.0 <= commit }.map(\.1)
      state.waiting.removeAll { $0.0 <= commit }
      return ready
    }
    for continuation in ready { continuation.resume() }
  }

  func answered(_ answer: Answer, token: UInt64) {
    let asking = state.withLock { state in
      if let asking = state.asking.removeValue(forKey: token) { return Optional(asking) }
      state.answers[token] = answer
      return nil
    }
    asking?.resume(returning: answer)
  }

  var committed: CommitNumber { state.withLock { $0.committed } }

  func wait(for commit: CommitNumber) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.committed >= commit { return true }
        state.waiting.append((commit, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  func answer(to token: UInt64) async -> Answer {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state in
        if let answer = state.answers.removeValue(forKey: token) { return Optional(answer) }
        state.asking[token] = continuation
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}

/// A gate to test, and shorthands for what tests ask of it.
final class GateHarness: Sendable {
  let journal: InMemoryJournal
  let time: ManualTime
  let gate: Gate
  let sink = WaitingSink()
  let executor = ThreadExecutor()
  /// Begins at a random number, so that the ids of two harnesses differ.
  private let counter = Mutex<UInt64>(.random(in: 0...UInt64.max / 2))

  static let start = Instant(nanoseconds: 1_780_000_000_000_000_000)

  init(
    journal: InMemoryJournal, time: ManualTime = ManualTime(at: GateHarness.start),
    configuration: LedgerConfiguration = LedgerConfiguration(), snapshots: SnapshotPolicy = SnapshotPolicy()
  ) throws {
    self.journal = journal
    self.time = time
    let (core, _) = try GateCore.recover(from: journal, configuration: configuration, books: .shipped, time: time)
    let box = FailureBox()
    self.box = box
    let troubles = FailureBox()
    troubleBox = troubles
    gate = Gate(
      core: core, journal: journal, executor: executor, snapshots: snapshots, onFailure: { box.add("\($0)") },
      onTrouble: { troubles.add("\($0)") })
  }

  private let box: FailureBox
  var failed: [String] { box.all }
  private let troubleBox: FailureBox
  var troubles: [String] { troubleBox.all }

  deinit { executor.stop() }

  /// A fresh id inside the window.
  func id() -> RequestID {
    let count = counter.withLock { count in
      count += 1
      return count
    }
    return RequestID(at: Instant(nanoseconds: time.wall()), randomness: (count, count &* 0x9E37_79B9_7F4A_7C15))
  }

  /// Submits a batch without waiting for the disk.
  func submit(_ commands: [Command], queries: [QueryCall] = [], deadline: Instant = .never) async -> CallBatch {
    var batch = CallBatch()
    for command in commands { batch.append(command, deadline: deadline) }
    batch.queries = queries
    await gate.submit(&batch, for: sink)
    return batch
  }

  /// Submits one command and waits until its decision may be told.
  @discardableResult
  func perform(_ operation: Operation, id: RequestID? = nil) async -> Decision? {
    let batch = await submit([Command(request: id ?? self.id(), operation: operation)])
    if await gate.durable < batch.commit { await sink.wait(for: batch.commit) }
    return batch.decisions.first
  }

  func ask(_ query: Query) async -> Answer? {
    let token = counter.withLock { count in
      count += 1
      return count
    }
    let batch = await submit([], queries: [QueryCall(token: token, deadline: .never, query: query)])
    guard case .later? = batch.answers.first else { return batch.answers.first }
    return await sink.answer(to: token)
  }

  /// An open account with credits.
  func account(_ number: UInt64, credits: Int64) async -> AccountID {
    let account = AccountID(high: 1, low: number)
    let note = Note(actor: "test", reason: "test")
    await perform(.openAccount(OpenAccount(account: account, note: note)))
    let amount = Credits(microcredits: credits * 1_000_000)
    await perform(.grant(Grant(account: account, source: .plan, amount: amount, note: note)))
    return account
  }

  /// Four credits at the shipped book: 1024×1024, standard, base model.
  static func authorize(_ account: AccountID, count: UInt16 = 1, lifetime: TimeSpan = .zero) -> Operation {
    let spend = Spend(
      account: account, job: Job(width: 1_024, height: 1_024, count: count), price: .amount(.zero, book: 0))
    return .authorize(Authorize(spend: spend, lifetime: lifetime))
  }
}

final class FailureBox: Sendable {
  private let failures = Mutex<[String]>([])
  func add(_ failure: String) { failures.withLock { $0.append(failure) } }
  var all: [String] { failures.withLock { $0 } }
}
