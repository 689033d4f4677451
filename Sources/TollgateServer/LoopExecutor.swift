// The gate's executor in a server: an event loop, so that a connection's batch enters the gate without a hop.

package import NIOCore
internal import TollgateService

/// Runs the gate on an event loop. Connections of that loop enter the gate with `enter`.
package final class LoopExecutor: GateExecutor {
  package let eventLoop: any EventLoop

  package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  package func run(_ work: @escaping @Sendable () -> Void) { eventLoop.execute(work) }

  package func run(after nanoseconds: Int64, _ work: @escaping @Sendable () -> Void) {
    eventLoop.scheduleTask(in: .nanoseconds(nanoseconds), work)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    eventLoop.execute { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  package func checkIsolated() { eventLoop.preconditionInEventLoop() }
}
