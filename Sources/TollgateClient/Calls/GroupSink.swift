// One task that waits for the answers to many calls: a slot each, and one wake-up at the end.

internal import Synchronization
internal import TollgateWire

/// Collects the answers by index, and resumes its continuation when the last one is there.
final class GroupSink: ReplySink {
  typealias Answer = Result<RawReply, TollgateError>

  fileprivate struct State {
    var answers: [Answer?]
    var missing: Int
    var continuation: CheckedContinuation<[Answer], Never>?
    var isCancelled = false
    /// Where each call was sent, once it was.
    var sent: [(connection: ConnectionHandle, call: UInt64)?]
  }

  private let state: Mutex<State>

  init(count: Int) {
    state = Mutex(
      State(answers: Array(repeating: nil, count: count), missing: count, sent: Array(repeating: nil, count: count)))
  }

  /// Takes the continuation; false if the task was cancelled before, and the continuation has been resumed.
  func begin(_ continuation: CheckedContinuation<[Answer], Never>) -> Bool {
    let done = state.withLock { state -> [Answer]? in
      guard state.missing == 0 || state.isCancelled else {
        state.continuation = continuation
        return nil
      }
      return state.taken()
    }
    if let done { continuation.resume(returning: done) }
    return done == nil
  }

  /// The task was cancelled: what is missing counts as cancelled, and the gate is told.
  func cancel() {
    let (continuation, answers, open) = state.withLock { state in
      let open = state.answers.indices.compactMap { state.answers[$0] == nil ? state.sent[$0] : nil }
      state.isCancelled = true
      defer { state.continuation = nil }
      return (state.continuation, state.taken(), open)
    }
    continuation?.resume(returning: answers)
    for (connection, call) in open { connection.cancel(call) }
  }

  func isFinished(_ index: Int) -> Bool { state.withLock { $0.answers[index] != nil || $0.isCancelled } }

  func sent(_ index: Int, on connection: ConnectionHandle, as call: UInt64) {
    state.withLock { $0.sent[index] = (connection, call) }
  }

  func finish(_ index: Int, _ result: Answer) {
    let (continuation, answers) = state.withLock { state in
      guard state.answers[index] == nil, !state.isCancelled else {
        return (CheckedContinuation<[Answer], Never>?.none, [Answer]())
      }
      state.answers[index] = result
      state.missing -= 1
      guard state.missing == 0, let continuation = state.continuation else { return (nil, []) }
      state.continuation = nil
      return (continuation, state.taken())
    }
    continuation?.resume(returning: answers)
  }

  func item(_ index: Int, _ item: RawReply) {}
}

extension GroupSink.State {
  /// All answers, the missing ones as cancelled.
  fileprivate func taken() -> [GroupSink.Answer] {
    answers.indices.map { index in
      answers[index] ?? .failure(.cancelled(outcome: sent[index] == nil ? .notProcessed : .unknown))
    }
  }
}
