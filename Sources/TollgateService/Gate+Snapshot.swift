// Snapshots: bound the time of a recovery, without stopping life for them.

internal import Dispatch
internal import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

/// When a snapshot is worth its work.
package struct SnapshotPolicy: Hashable, Sendable {
  /// Commands since the last snapshot, which bound the time of a recovery.
  package var commandsMax: Int

  package init(commandsMax: Int = 4_000_000) { self.commandsMax = commandsMax }
}

/// What the gate remembers of snapshots.
struct Snapshotter: Sendable {
  let policy: SnapshotPolicy
  /// The commit that the newest snapshot follows.
  var commit: CommitNumber
  var commandsSince = 0
  /// From its preparation until it is written.
  var isRunning = false
  /// The thread of a snapshot that is prepared and waits for the freeze.
  var prepared: WorkerThread?

  init(policy: SnapshotPolicy, commit: CommitNumber) {
    self.policy = policy
    self.commit = commit
  }
}

extension Gate {
  /// Freezes the ledger as of the record that was just handed to the journal's thread, if enough has happened since the
  /// last snapshot. The snapshot's chunks queue behind that record, between the appends that follow.
  func snapshotIfDue() {
    if let thread = snapshotter.prepared { return freeze(on: thread) }
    guard snapshotter.commandsSince >= snapshotter.policy.commandsMax, !snapshotter.isRunning else { return }
    prepareSnapshot()
  }

  /// Writes a snapshot of all that has been decided, unless there is one. `done` is told on the gate's executor.
  func takeLastSnapshot(done: @escaping @Sendable (isolated Gate) -> Void) {
    guard core.commit > 0, core.commit != snapshotter.commit, !hasFailed else { return done(self) }
    guard !snapshotter.isRunning, isFullyHandedOver else { return }
    snapshotter.isRunning = true
    freeze(on: Gate.snapshotThread(), done: done)
  }

  /// Right after the freeze, nearly every page that a command writes must be copied first. The memory for that is made
  /// ready on the snapshot's thread, as the kernel takes longer to clear it than the gate to fill it.
  private func prepareSnapshot() {
    snapshotter.isRunning = true
    let bytes = core.ledger.bytesCopiedSoon
    let thread = Gate.snapshotThread()
    thread.run { [self] in
      Ledger.prepareForCopies(of: bytes)
      executor.run { self.enter { $0.freeze(on: thread) } }
    }
  }

  private static func snapshotThread() -> WorkerThread { WorkerThread(name: "tg-snapshot", niceness: 10) }

  /// The snapshot is of a state that the journal has, so where something waits to be handed over, the freeze waits for that.
  private func freeze(on thread: WorkerThread, done: (@Sendable (isolated Gate) -> Void)? = nil) {
    guard !hasFailed else { return thread.stop() }
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
      let error = write(frozen, mark)
      executor.run { self.enter { $0.finishedSnapshot(mark, error, done) } }
      thread.stop()
    }
  }

  private func finishedSnapshot(
    _ mark: SnapshotMark, _ error: JournalError?, _ done: (@Sendable (isolated Gate) -> Void)?
  ) {
    snapshotter.isRunning = false
    if let error { failed(error) } else { snapshotter.commit = mark.head.sequence }
    done?(self)
  }

  /// On the snapshot's thread. The journal's thread does the writing, so that appends come in between.
  private nonisolated func write(_ frozen: Ledger, _ mark: SnapshotMark) -> JournalError? {
    do throws(JournalError) {
      try onWriter { (journal) throws(JournalError) in try journal.beginSnapshot(mark) }
      var failure: JournalError?
      frozen.encodeSnapshot { chunk in
        guard failure == nil else { return }
        journal.awaitRoom()
        do throws(JournalError) {
          try onWriter { (journal) throws(JournalError) in try journal.appendSnapshotChunk(chunk) }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      try onWriter { (journal) throws(JournalError) in try journal.finishSnapshot() }
      var hasMore = true
      while hasMore {
        journal.awaitRoom()
        hasMore = try onWriter { (journal) throws(JournalError) in try journal.housekeep() }
      }
      return nil
    } catch {
      return error
    }
  }

  /// Runs a call on the journal's thread and waits for it.
  private nonisolated func onWriter<Value: Sendable>(
    _ call: @escaping @Sendable (any Journal) throws(JournalError) -> Value
  ) throws(JournalError) -> Value {
    let box = ResultBox<Value>()
    let done = DispatchSemaphore(value: 0)
    writer.run { [journal] in
      do throws(JournalError) {
        box.result = .success(try call(journal))
      } catch {
        box.result = .failure(error)
      }
      done.signal()
    }
    done.wait()
    guard let result = box.result else { throw JournalError(.closed, "the journal's thread has ended") }
    return try result.get()
  }
}

/// Carries a result between two threads that a semaphore orders.
private final class ResultBox<Value: Sendable>: @unchecked Sendable {
  var result: Result<Value, JournalError>?
}
