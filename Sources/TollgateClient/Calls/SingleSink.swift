// One task that waits for the answer to one call.

internal import Synchronization
internal import TollgateWire

/// Resumes its continuation exactly once: by the answer, a failure, the deadline or the task's cancellation.
final class SingleSink: ReplySink {
  typealias Answer = Result<RawReply, TollgateError>

  fileprivate enum Phase {
    case idle
    case waiting(CheckedContinuation<Answer, Never>)
    case finished
  }

  fileprivate struct State {
    var phase = Phase.idle
    var connection: ConnectionHandle?
    var call: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Takes the continuation; false if the task was cancelled before, and the continuation has been resumed.
  func begin(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
    let isLate = state.withLock { state in
      if case .finished = state.phase { return true }
      state.phase = .waiting(continuation)
      return false
    }
    if isLate { continuation.resume(returning: .failure(.cancelled(outcome: .notProcessed))) }
    return !isLate
  }

  /// The task was cancelled: it returns at once, and the gate is told that nobody waits any more.
  func cancel() {
    let (continuation, connection, call) = state.withLock { state in
      let continuation = state.finish()
      return (continuation, state.connection, state.call)
    }
    continuation?.resume(returning: .failure(.cancelled(outcome: connection == nil ? .notProcessed : .unknown)))
    if continuation != nil { connection?.cancel(call) }
  }

  func isFinished(_ index: Int) -> Bool {
    state.withLock { state in
      if case .finished = state.phase { true } else { false }
    }
  }

  func sent(_ index: Int, on connection: ConnectionHandle, as call: UInt64) {
    state.withLock { state in
      state.connection = connection
      state.call = call
    }
  }

  func finish(_ index: Int, _ result: Answer) {
    state.withLock { $0.finish() }?.resume(returning: result)
  }

  func item(_ index: Int, _ item: RawReply) {}
}

extension SingleSink.State {
  fileprivate mutating func finish() -> CheckedContinuation<SingleSink.Answer, Never>? {
    defer { phase = .finished }
    if case .waiting(let continuation) = phase { return continuation }
    return nil
  }
}

extension TollgateError {
  static func cancelled(outcome: Outcome) -> TollgateError {
    TollgateError(code: .cancelled, message: "the task was cancelled", outcome: outcome)
  }
}
