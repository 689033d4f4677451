// A thread of one's own: in order, waited for, and silent once it is stopped.

import Synchronization
import Testing
import TollgateJournal

@Suite struct WorkerThreadTests {
  @Test func `What is queued runs in its order, and waiting ends when it has run`() {
    let thread = WorkerThread(name: "test", niceness: 5, isUrgent: true)
    let numbers = Mutex<[Int]>([])
    for round in 0..<20 {
      for number in 0..<10 { thread.run { numbers.withLock { $0.append(10 * round + number) } } }
      thread.wait()
      #expect(numbers.withLock { $0 } == Array(0..<10 * (round + 1)))
    }
    thread.stop()
  }

  @Test func `A thread that is stopped does what was queued before, and nothing after`() {
    let thread = WorkerThread(name: "test")
    let count = Atomic(0)
    for _ in 0..<100 { thread.run { count.add(1, ordering: .relaxed) } }
    thread.stop()
    thread.run { count.add(1, ordering: .relaxed) }
    thread.wait()
    let done = count.load(ordering: .relaxed)
    #expect(done == 100)
  }

  @Test func `Work that waits for its own thread goes on`() {
    let thread = WorkerThread(name: "test")
    let isDone = Atomic(false)
    thread.run {
      thread.wait()
      isDone.store(true, ordering: .relaxed)
    }
    thread.wait()
    let wentOn = isDone.load(ordering: .relaxed)
    #expect(wentOn)
    thread.stop()
  }
}
