// A program of ours as a child: started, told signals, waited for, and its output kept.

internal import Foundation
internal import Synchronization

/// A running or ended child. Ends it (SIGKILL) when nobody holds it any more, so that a failed test leaves none behind.
package final class ChildProcess: Sendable {
  private struct State {
    var output: [UInt8] = []
    var status: Int32?
    var waiting: [CheckedContinuation<Int32, Never>] = []
  }

  package let identifier: Int32
  private let state = Mutex(State())

  /// Starts a program; its standard output and error are kept together.
  package init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TOLLGATE") }
    variables.merge(environment) { $1 }
    process.environment = variables
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    identifier = process.processIdentifier
    let reader = pipe.fileHandleForReading
    let child = Unowned(self)
    // A thread of its own: the pipe must be drained while the child runs, and both calls block.
    Thread.detachNewThread {
      while true {
        let bytes = reader.availableData
        if bytes.isEmpty { break }
        child.value?.take(Array(bytes))
      }
      process.waitUntilExit()
      let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
      child.value?.ended(status)
    }
  }

  deinit {
    if state.withLock({ $0.status }) == nil { kill(identifier, SIGKILL) }
  }

  /// Everything that it has printed so far.
  package var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

  /// How it ended, or nil while it runs; 128 and the signal's number for an end by a signal.
  package var status: Int32? { state.withLock { $0.status } }

  package func send(_ signal: Int32) { if status == nil { kill(identifier, signal) } }

  /// Waits for its end.
  package func wait() async -> Int32 {
    await withCheckedContinuation { continuation in
      let status = state.withLock { state in
        if state.status == nil { state.waiting.append(continuation) }
        return state.status
      }
      if let status { continuation.resume(returning: status) }
    }
  }

  /// Waits until it has printed a text, or has ended, or time is over; whether it has printed it.
  package func prints(_ text: String, count: Int = 1, within limit: Duration = .seconds(60)) async -> Bool {
    await eventually(within: limit) { self.output.components(separatedBy: text).count > count || self.status != nil }
    return output.components(separatedBy: text).count > count
  }

  private func take(_ bytes: [UInt8]) { state.withLock { $0.output += bytes } }

  private func ended(_ status: Int32) {
    let waiting = state.withLock { state in
      state.status = status
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: status) }
  }
}

/// Lets the reading thread not keep the child alive.
private struct Unowned: @unchecked Sendable {
  private weak var child: ChildProcess?
  init(_ child: ChildProcess) { self.child = child }
  var value: ChildProcess? { child }
}

/// Looks again and again until a condition holds or time is over; whether it holds.
@discardableResult
package func eventually(within limit: Duration, _ condition: @Sendable () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now > end { return false }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return true
}

/// Runs a program to its end.
package func run(
  _ program: String, _ arguments: [String], environment: [String: String] = [:]
) async throws -> (status: Int32, output: String) {
  let child = try ChildProcess(program, arguments, environment: environment)
  let status = await child.wait()
  return (status, child.output)
}
