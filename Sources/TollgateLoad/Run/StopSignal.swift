// The wish to end early, as a signal brings it, and what it means to the phases of a run: a load ends and is still checked and
// reported; anything else is broken off.

package import ArgumentParser
internal import Synchronization

/// Set from a signal's handler, read by the phases.
package final class StopSignal: Sendable {
  /// The signal's number; 0: none came.
  private let signal = Atomic<Int32>(0)
  package init() {}

  /// The first one counts.
  package func stop(by signal: Int32 = StopSignal.interrupt) {
    _ = self.signal.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
  }

  package static let interrupt: Int32 = 2
  package static let terminate: Int32 = 15

  package var isStopped: Bool { signal.load(ordering: .relaxed) != 0 }

  /// How a program ends that was stopped, as shells expect it; nil: it was not.
  package var exitCode: ExitCode? { isStopped ? StopSignal.exitCode(signal.load(ordering: .relaxed)) : nil }

  package static func exitCode(_ signal: Int32) -> ExitCode { ExitCode(128 + signal) }

  /// What a phase fails with that is broken off.
  func failure(while phase: String) -> LoadFailure {
    .stopped(
      "stopped by \(signal.load(ordering: .relaxed) == StopSignal.terminate ? "SIGTERM" : "SIGINT") while \(phase)")
  }
}

extension Harness {
  /// Runs a phase that is broken off when a signal comes. One that came before is not meant for it: the load that it ended is
  /// still checked.
  ///
  /// - Parameter phase: What is done, for the error: `connecting`.
  /// - Throws: `LoadFailure.stopped` if it was broken off; after that nothing can be asked of the harness any more.
  func breakable<Result>(
    _ phase: String, _ stop: StopSignal, _ body: () async throws -> Result
  ) async throws -> Result {
    guard !stop.isStopped else { return try await body() }
    let watch = Task {
      while !stop.isStopped { try await Task.sleep(for: .milliseconds(50)) }
      await breakOff(stop.failure(while: phase))
    }
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    watch.cancel()
    if case .success = await watch.result { throw stop.failure(while: phase) }
    return try result.get()
  }

  /// Ends whatever is under way on all threads, and everything that would be begun.
  func breakOff(_ failure: LoadFailure) async {
    for shard in shards { try? await shard.run { $0.breakOff(failure) } }
  }
}
