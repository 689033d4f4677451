// The actor that holds the balances: batches in, decisions out, answers released once the journal has them.

package import TollgateJournal
internal import TollgateLedger
internal import TollgatePricing
package import TollgateValues

/// Owns the ledger and its journal. Its executor comes from outside: a server pins it to an event loop and enters it with
/// `enter` once a batch.
///
/// While the journal syncs one record, the next accumulates (group commit). A failed append is fatal: from then on nothing
/// is answered, and `onFailure` is told; a server exits there and rebuilds from the journal. What fails without a consequence
/// for any answer (a snapshot cannot be written) is told to `onTrouble`, and life goes on.
package actor Gate {
  package nonisolated let executor: any GateExecutor
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  var core: GateCore
  let journal: any Journal
  let writer: WorkerThread
  let reader: WorkerThread
  /// Makes memory ready (`replenishMemory`).
  let keeper = WorkerThread(name: "tg-memory")
  var isReplenishing = false
  let historyReader: HistoryBox
  private let onFailure: @Sendable (any Error) -> Void
  let onTrouble: @Sendable (any Error) -> Void

  /// The newest commit that is durable.
  package private(set) var durable: CommitNumber
  private(set) var hasFailed = false
  private var isWriting = false
  private var isFlushPlanned = false
  private var isPauseTimed = false
  private var pace = CommitPace()
  let time: any TimeSource
  /// Finished records that wait for the one being written; only where a record reached its bound meanwhile.
  private var finished: [EncodedRecord] = []
  /// Who waits for which commit, ascending.
  private var waiting: [Waiting] = []
  /// What is to be done once a commit is durable, ascending: reads of the journal, and the end of a drain.
  private var deferred: [Deferred] = []
  var snapshotter: Snapshotter
  let snapshotPace = SnapshotPace()

  private struct Waiting {
    var commit: CommitNumber
    var sink: any ReplySink
  }

  private struct Deferred {
    var commit: CommitNumber
    var work: @Sendable (isolated Gate) -> Void
  }

  /// A gate over a recovered ledger. `onFailure` hears of the first failed append, on the journal's thread; `onTrouble` of a
  /// snapshot that was given up, on the snapshot's.
  package init(
    core: GateCore, journal: any Journal, executor: any GateExecutor, snapshots: SnapshotPolicy,
    onFailure: @escaping @Sendable (any Error) -> Void, onTrouble: @escaping @Sendable (any Error) -> Void = { _ in }
  ) {
    self.core = core
    self.journal = journal
    self.executor = executor
    self.onFailure = onFailure
    self.onTrouble = onTrouble
    time = core.clock.source
    durable = core.record.head.sequence
    snapshotter = Snapshotter(policy: snapshots, commit: core.snapshotCommit, commandsSince: core.commandsReplayed)
    historyReader = HistoryBox(journal)
    writer = WorkerThread(name: "tg-journal", isUrgent: true)
    reader = WorkerThread(name: "tg-history")
  }

  /// Decides a batch at once; its answers may be told when `batch.commit` is durable, of which the sink hears.
  ///
  /// A batch whose commit is 0 (reads of durable state) need not wait. Returns false, and answers
  /// nothing, once an append has failed.
  @discardableResult
  package func submit(_ batch: inout CallBatch, for sink: any ReplySink) -> Bool {
    guard !hasFailed else { return false }
    core.run(&batch)
    snapshotter.commandsSince += batch.commands.count
    if !batch.queries.isEmpty { startLater(&batch, for: sink) }
    if batch.commit > durable {
      waiting.append(Waiting(commit: batch.commit, sink: sink))
    } else {
      batch.commit = 0
    }
    planFlush()
    return true
  }

  /// The instant that the next batch would get; for deadlines, which count from a call's arrival.
  package func now() -> Instant { core.clock.instant() }

  /// Ends what is due even when nobody calls, so that expiries are visible soon; decisions never depend on it (rule 7).
  package func tick() {
    guard !hasFailed else { return }
    core.settle()
    planFlush()
  }

  /// Whether every decision is in a record that the journal's thread has.
  var isFullyHandedOver: Bool { core.record.isEmpty && finished.isEmpty }

  /// Writes soon, after the executor has done what it has at hand, so that batches of one moment share a commit; or after a
  /// pause, where commits follow each other (`CommitPace`).
  func planFlush() {
    if core.record.byteCount >= RecordFormat.recordBytesTarget { finished.append(core.record.finish()) }
    guard !isWriting, !isFlushPlanned, !isFullyHandedOver, !isPausing() else { return }
    isFlushPlanned = true
    executor.run { self.enter { $0.flush() } }
  }

  /// Whether the record at hand should fill for a while; then it is looked at again when that is over.
  private func isPausing() -> Bool {
    guard finished.isEmpty else { return false }
    let wait = pace.wait(with: core.record.commandCount) { time.monotonic() }
    guard wait > 0 else { return false }
    if !isPauseTimed {
      isPauseTimed = true
      executor.run(after: wait) {
        self.enter { gate in
          gate.isPauseTimed = false
          gate.planFlush()
        }
      }
    }
    return true
  }

  private func flush() {
    isFlushPlanned = false
    guard !isWriting, !hasFailed else { return }
    let record: EncodedRecord
    if !finished.isEmpty {
      record = finished.removeFirst()
    } else if !core.record.isEmpty {
      record = core.record.finish()
    } else {
      return
    }
    isWriting = true
    let begin = time.monotonic()
    pace.began(with: Int(record.header.commandCount), at: begin)
    let carrier = RecordCarrier(record)
    writer.run { [self] in
      do {
        try carrier.lend { record throws(JournalError) in try journal.append(record) }
        let duration = time.monotonic() - begin
        executor.run { self.enter { $0.written(carrier, after: duration) } }
        try journal.appendedIsTold()
      } catch {
        failed(error)
      }
    }
    replenishMemory()
    snapshotIfDue()
  }

  private func written(_ carrier: RecordCarrier, after duration: Int64) {
    guard let record = carrier.take() else { return }
    let commit = record.header.sequence
    durable = commit
    isWriting = false
    pace.ended(after: duration)
    core.record.recycle(record)
    if !isFullyHandedOver, !isPausing() { flush() }
    release(through: commit)
  }

  private func release(through commit: CommitNumber) {
    var count = 0
    // A sink may submit again while it is told; what that adds stands behind, and is not touched here.
    while count < waiting.count, waiting[count].commit <= commit {
      waiting[count].sink.committed(through: commit)
      count += 1
    }
    if count > 0 { waiting.removeFirst(count) }
    while let first = deferred.first, first.commit <= commit {
      deferred.removeFirst()
      first.work(self)
    }
  }

  /// Does something once all that has been decided so far is durable.
  func whenDurable(_ work: @escaping @Sendable (isolated Gate) -> Void) {
    let commit = core.commit
    if commit <= durable { work(self) } else { deferred.append(Deferred(commit: commit, work: work)) }
  }

  /// An append failed: it may or may not be durable, so nothing that waits is ever answered.
  nonisolated func failed(_ error: any Error) {
    onFailure(error)
    executor.run {
      self.enter { gate in
        gate.hasFailed = true
        gate.waiting.removeAll()
        gate.deferred.removeAll()
        // No record will be handed over any more that a freeze could wait for.
        if let thread = gate.snapshotter.prepared { gate.freeze(on: thread) }
      }
    }
  }
}
