// One command's talk with the gate: ids that are known before the answer, refusals as failures with remedies.

internal import ArgumentParser
internal import Logging
internal import TollgateClient
internal import TollgateValues

/// A command that calls the gate.
protocol RemoteCommand: AsyncParsableCommand {
  var output: OutputOptions { get }
  var connection: ConnectionOptions { get }
  /// The price book's path that the command was given, if it knows that option.
  var priceBookPath: String? { get }
  /// What the command does once there is a client.
  func perform(_ session: Session) async throws
}

extension RemoteCommand {
  var priceBookPath: String? { nil }

  func run() async throws {
    let settings = try connection.settings(priceBook: priceBookPath)
    let configuration = try settings.configuration()
    let isVerbose = connection.file.verbose
    let logger = Logger(label: "tollgate") { label in
      guard isVerbose else { return SwiftLogNoOpLogHandler() }
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = .trace
      return handler
    }
    try await withTollgateClient(configuration: configuration, logger: logger) { client in
      try await perform(Session(client: client, settings: settings, output: output))
    }
  }
}

/// What a command works with.
struct Session {
  let client: TollgateClient
  let settings: Settings
  let output: OutputOptions

  /// A call that changes nothing.
  func read<Value>(
    of subject: Subject = Subject(), _ call: () async throws(TollgateError) -> Decision<Value>
  ) async throws -> Value {
    do {
      switch try await call() {
      case .accepted(let value, _): return value
      case .denied(let denial): throw Failure(denial, id: nil, of: subject)
      }
    } catch let error as TollgateError {
      throw Failure(error, id: nil)
    }
  }

  /// A call that has nothing to refuse.
  func ask<Value>(_ call: () async throws(TollgateError) -> Value) async throws -> Value {
    do { return try await call() } catch { throw Failure(error, id: nil) }
  }

  /// A call that changes the ledger, under an id that is known whatever becomes of it.
  func mutate<Value>(
    _ retry: RetryOptions, of subject: Subject = Subject(),
    _ call: (CallOptions) async throws(TollgateError) -> Decision<Value>
  ) async throws -> Accepted<Value> {
    let first = try await attempt(retry.id ?? RequestIDs().next(), call)
    var (id, decision) = first
    if retry.id == nil, let fresh = Session.freshID(after: decision.denial) {
      // This machine's clock is off. Such a refusal is not remembered, so asking once more on the gate's clock is safe.
      (id, decision) = try await attempt(fresh, call)
    }
    switch decision {
    case .accepted(let value, let replayed): return Accepted(value: value, id: id, replayed: replayed)
    case .denied(let denial): throw Failure(denial, id: id, of: subject)
    }
  }

  private func attempt<Value>(
    _ id: RequestID, _ call: (CallOptions) async throws(TollgateError) -> Decision<Value>
  ) async throws -> (RequestID, Decision<Value>) {
    do {
      return (id, try await call(CallOptions(id: id)))
    } catch {
      throw Failure(error, id: id)
    }
  }

  /// An id on the gate's clock, if a refusal says that the last one was not.
  static func freshID(after denial: Denial?) -> RequestID? {
    guard let denial, denial.reason == .idOutsideWindow, let latest = denial.idLatest else { return nil }
    let gateNow = latest.advanced(by: TimeSpan(nanoseconds: -Limits.dedupFutureSkew.nanoseconds))
    return RequestIDs(clock: { gateNow }).next()
  }
}
