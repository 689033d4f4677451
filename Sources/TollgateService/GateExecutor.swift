// Where the gate runs. The server pins it to an event loop, so that a batch enters it without a hop; tests use a thread.

internal import Dispatch
internal import TollgateJournal

/// A serial executor that also takes plain work, so that other threads can reach the gate without making a task.
package protocol GateExecutor: SerialExecutor {
  /// Runs work on the executor soon, after what it is doing now.
  func run(_ work: @escaping @Sendable () -> Void)
  /// Runs work on the executor after so many nanoseconds, or a little later.
  func run(after nanoseconds: Int64, _ work: @escaping @Sendable () -> Void)
}

extension Gate {
  /// Enters the gate from its executor, where the caller runs already: traps if not. Does what `assumeIsolated` does, but
  /// asks the executor itself, at a seventh of the cost: the run time compares with the main actor's first.
  @inline(__always)
  package nonisolated func enter<Result>(_ operation: (isolated Gate) throws -> Result) rethrows -> Result {
    executor.checkIsolated()
    return try withoutActuallyEscaping(operation) { operation in
      try unsafeBitCast(operation, to: ((Gate) throws -> Result).self)(self)
    }
  }
}

/// An executor on a thread of its own.
package final class ThreadExecutor: GateExecutor {
  private let thread: WorkerThread

  package init(name: String = "tollgate-gate") { thread = WorkerThread(name: name) }

  package func run(_ work: @escaping @Sendable () -> Void) { thread.run(work) }

  package func run(after nanoseconds: Int64, _ work: @escaping @Sendable () -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { self.run(work) }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    thread.run { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() { precondition(thread.isCurrent, "the gate was entered from outside of its thread") }

  /// Ends the thread once all queued work has run.
  package func stop() { thread.stop() }
}
