// Snapshots: bound the time of a recovery, without stopping life for them.

internal import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

/// When a snapshot is worth its work: after so many commands, which bound the time of a recovery. Where snapshots take so long
/// that they would follow each other without a pause, they stand apart for `spacing` times as long as the last one took, but for no
/// more than `patience` times the commands: whoever decides millions a minute would otherwise pay for each page that is copied, and
/// for each byte that is written, all the time.
package struct SnapshotPolicy: Hashable, Sendable {
  /// Commands since the last snapshot.
  package var commandsMax: Int
  static let spacing: Int64 = 2
  static let patience = 3

  package init(commandsMax: Int = 4_000_000) { self.commandsMax = commandsMax }
}

/// What the gate remembers of snapshots.
struct Snapshotter: Sendable {
  let policy: SnapshotPolicy
  /// The commit that the newest snapshot follows.
  var commit: CommitNumber
  var commandsSince: Int
  /// From its preparation until it is written.
  private(set) var isRunning = false
  /// When the last one began, and when it was over: nanoseconds of a clock that never jumps.
  private var began: Int64 = 0
  private var ended: Int64 = 0
  /// The thread of a snapshot that is prepared and waits for the freeze.
  var prepared: WorkerThread?
  /// What is to be done once none is running.
  var afterwards: [@Sendable (isolated Gate) -> Void] = []

  /// What was replayed counts: however often a server dies, what the next start has to replay has a bound.
  init(policy: SnapshotPolicy, commit: CommitNumber, commandsSince: Int) {
    self.policy = policy
    self.commit = commit
    self.commandsSince = commandsSince
  }

  /// Whether the next one should begin. The clock is read where that matters.
  func isDue(at now: () -> Int64) -> Bool {
    guard commandsSince >= policy.commandsMax, !isRunning else { return false }
    return commandsSince / SnapshotPolicy.patience >= policy.commandsMax
      || now() - ended >= SnapshotPolicy.spacing * (ended - began)
  }

  mutating func begin(at now: Int64) {
    isRunning = true
    began = now
  }

  mutating func end(at now: Int64) {
    isRunning = false
    ended = now
  }
}

extension Gate {
  /// Freezes the ledger as of the record that was just handed to the journal's thread, if enough has happened since the
  /// last snapshot.
  func snapshotIfDue() {
    if let thread = snapshotter.prepared { return freeze(on: thread) }
    if snapshotter.isDue(at: { time.monotonic() }) { prepareSnapshot() }
  }

  /// Writes a snapshot of all that has been decided, unless there is one. `done` is told on the gate's executor.
  func takeLastSnapshot(done: @escaping @Sendable (isolated Gate) -> Void) {
    guard core.commit > 0, core.commit != snapshotter.commit, !hasFailed else { return done(self) }
    guard !snapshotter.isRunning, isFullyHandedOver else { return }
    snapshotter.begin(at: time.monotonic())
    freeze(on: Gate.snapshotThread(), done: done)
  }

  /// Right after the freeze, nearly every page that a command writes must be copied first. The memory for that is made
  /// ready on the snapshot's thread, as the kernel takes longer to clear it than the gate to fill it.
  private func prepareSnapshot() {
    snapshotter.begin(at: time.monotonic())
    let bytes = core.ledger.bytesCopiedSoon
    let thread = Gate.snapshotThread()
    thread.run { [self] in
      Ledger.prepareForCopies(of: bytes)
      executor.run { self.enter { $0.freeze(on: thread) } }
    }
  }

  private static func snapshotThread() -> WorkerThread { WorkerThread(name: "tg-snapshot", niceness: 10) }

  /// The snapshot is of a state that the journal has, so where something waits to be handed over, the freeze waits for that.
  func freeze(on thread: WorkerThread, done: (@Sendable (isolated Gate) -> Void)? = nil) {
    guard !hasFailed else {
      thread.stop()
      return noSnapshotIsRunning()
    }
    guard isFullyHandedOver else {
      snapshotter.prepared = thread
      return
    }
    snapshotter.prepared = nil
    snapshotter.commandsSince = 0
    let mark = SnapshotMark(head: core.record.head, taken: core.ledger.lastInstant)
    let frozen = core.ledger
    let executor = executor
    thread.run { [self] in
      let isWritten = write(frozen, mark)
      executor.run {
        self.enter { gate in
          if isWritten { gate.snapshotter.commit = mark.head.sequence }
          gate.noSnapshotIsRunning()
          done?(gate)
        }
      }
      thread.stop()
    }
  }

  /// A snapshot has ended, in whatever way; one that was given up is tried again when the policy says so.
  func noSnapshotIsRunning() {
    snapshotter.end(at: time.monotonic())
    let afterwards = snapshotter.afterwards
    snapshotter.afterwards = []
    for work in afterwards { work(self) }
  }

  /// On the snapshot's thread; the journal's thread files the one row that makes it count. Returns whether it counts.
  private nonisolated func write(_ frozen: Ledger, _ mark: SnapshotMark) -> Bool {
    do {
      // The append of the record that the snapshot follows is among what the journal's thread has to do.
      writer.wait()
      try journal.beginSnapshot(mark)
      var began = ContinuousClock.now
      try frozen.encodeSnapshot { chunk in
        try journal.appendSnapshotChunk(chunk)
        snapshotPace.rest(after: began.duration(to: .now))
        began = .now
      }
      try journal.syncSnapshot()
    } catch {
      // A snapshot that could not be written says nothing about the records, so life goes on; an earlier failed write does.
      if (error as? JournalError)?.code == .poisoned { failed(error) } else { onTrouble(error) }
      return false
    }
    if let error = finishOnWriter() {
      failed(error)
      return false
    }
    return true
  }

  /// Files the snapshot on the journal's thread, and waits for that.
  private nonisolated func finishOnWriter() -> JournalError? {
    let finished = Finished()
    writer.run { [journal] in finished.result = Result { () throws(JournalError) in try journal.finishSnapshot() } }
    writer.wait()
    guard case .failure(let error) = finished.result else { return nil }
    return error
  }
}

/// Carries a result from the journal's thread to one that waits for it.
private final class Finished: @unchecked Sendable {
  var result = Result<Void, JournalError>.failure(JournalError(.closed, "the journal's thread has ended"))
}
