// A thread of one's own for calls that block: the journal's appends, reads and checkpoints, never on an event loop.

internal import CScheduling

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs pieces of work one after another on its own thread, in the order in which they came.
package final class WorkerThread: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  /// Told whenever something has been done.
  private let progress: UnsafeMutablePointer<pthread_cond_t>
  // Guarded by the mutex.
  private var queue: [@Sendable () -> Void] = []
  private var queuedCount: UInt64 = 0
  private var doneCount: UInt64 = 0
  private var isStopped = false
  private var identifier: pthread_t?

  /// Starts the thread; its name (at most 15 bytes) shows in `top -H`. `niceness` lets the others go first where cores are
  /// scarce, for work that nobody waits for: 5 still leaves it a quarter of a core that another thread wants, 10 a tenth.
  /// An urgent one works for moments only, and goes first when it wakes (`takeShortTurns`).
  package init(name: String, niceness: CInt = 0, isUrgent: Bool = false) {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    progress = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    pthread_cond_init(progress, nil)
    let start = ThreadStart(thread: self, name: name, niceness: niceness, isUrgent: isUrgent)
    var identifier = pthread_t()
    let failure = pthread_create(
      &identifier, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
        nameThread(start.name)
        if start.niceness > 0 { beNice(start.niceness) }
        if start.isUrgent { takeShortTurns(microseconds: 100) }
        start.thread.loop()
        return nil
      }, Unmanaged.passRetained(start).toOpaque())
    precondition(failure == 0, "the system refused to start a thread (error \(failure))")
    pthread_detach(identifier)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    pthread_cond_destroy(progress)
    mutex.deallocate()
    condition.deallocate()
    progress.deallocate()
  }

  /// Whether the caller runs on this thread.
  package var isCurrent: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return identifier.map { pthread_equal($0, pthread_self()) != 0 } ?? false
  }

  /// Queues a piece of work; after `stop` it is dropped.
  package func run(_ work: @escaping @Sendable () -> Void) {
    pthread_mutex_lock(mutex)
    if !isStopped {
      queue.append(work)
      queuedCount += 1
    }
    pthread_mutex_unlock(mutex)
    // After the unlock, or the thread would wake only to wait for the mutex.
    pthread_cond_signal(condition)
  }

  /// Ends the thread once all that is queued has run.
  package func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  /// Returns when all that is queued so far has run; at once where that would be waiting for oneself.
  package func wait() {
    guard !isCurrent else { return }
    pthread_mutex_lock(mutex)
    let target = queuedCount
    while doneCount < target { pthread_cond_wait(progress, mutex) }
    pthread_mutex_unlock(mutex)
  }

  private func loop() {
    pthread_mutex_lock(mutex)
    identifier = pthread_self()
    pthread_mutex_unlock(mutex)
    var work: [@Sendable () -> Void] = []
    while true {
      pthread_mutex_lock(mutex)
      while queue.isEmpty && !isStopped { pthread_cond_wait(condition, mutex) }
      swap(&work, &queue)
      pthread_mutex_unlock(mutex)
      if work.isEmpty { return }
      for piece in work { piece() }
      let count = UInt64(work.count)
      work.removeAll(keepingCapacity: true)
      pthread_mutex_lock(mutex)
      doneCount += count
      pthread_cond_broadcast(progress)
      pthread_mutex_unlock(mutex)
    }
  }
}

/// Asks the system for short turns of the calling thread on its processor. Who takes short turns waits for less long when it
/// wakes, and gets no more of the processor in all. Best effort: only Linux from 6.12 on listens.
package func takeShortTurns(microseconds: UInt64) { tollgate_take_short_turns(microseconds * 1_000) }

/// Best effort: where the system has no such file, the thread keeps its parent's name.
private func nameThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY)
  guard file >= 0 else { return }
  _ = name.withCString { write(file, $0, name.utf8.count) }
  close(file)
}

/// Best effort, as it changes no outcome. On Linux a thread has a priority of its own; elsewhere this would be the process's.
private func beNice(_ niceness: CInt) {
  #if canImport(Glibc)
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
  #endif
}

private final class ThreadStart: Sendable {
  let thread: WorkerThread
  let name: String
  let niceness: CInt
  let isUrgent: Bool

  init(thread: WorkerThread, name: String, niceness: CInt, isUrgent: Bool) {
    self.thread = thread
    self.name = name
    self.niceness = niceness
    self.isUrgent = isUrgent
  }
}
