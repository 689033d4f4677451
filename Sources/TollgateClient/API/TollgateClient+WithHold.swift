// The whole life of a hold around a piece of work: authorize before, heartbeat during, capture or void after.

internal import Synchronization
public import TollgateValues

extension TollgateClient {
  /// Runs `work` under a hold. Authorizes first; if the gate refuses, the work does not run. While it runs, the hold is
  /// extended in the background. When it returns, all that is left of the hold is captured, unless the work has ended
  /// the hold itself; when it throws, the hold is voided and the error thrown on.
  ///
  /// - Parameters:
  ///   - spend: the job. Its lifetime (zero: 15 minutes) is also what each heartbeat extends by, three times a lifetime.
  ///   - work: what the credits are for. It may capture parts as they are done, or ask for more.
  /// - Returns: the refusal, or what the work returned and how the hold was settled.
  /// - Throws: what `work` throws, or a ``TollgateError``. With ``TollgateClientConfiguration/settlement``, a capture or
  ///   void that could not be made is queued and made later.
  public func withHold<Value>(
    _ spend: SpendRequest, options: CallOptions = CallOptions(), isolation: isolated (any Actor)? = #isolation,
    _ work: (OpenHold) async throws -> Value
  ) async throws -> HoldResult<Value> {
    let authorization: Authorization
    switch try await authorize(spend, options: options) {
    case .denied(let denial): return .denied(denial)
    case .accepted(let accepted, _): authorization = accepted
    }
    let lifetime = spend.lifetime == .zero ? Limits.holdLifetimeDefault : spend.lifetime
    let hold = OpenHold(client: self, authorization: authorization, trace: options.trace)
    let value: Value
    do {
      value = try await withThrowingTaskGroup(of: Void.self, returning: Value.self, isolation: isolation) { group in
        group.addTask { await hold.heartbeat(lifetime) }
        defer { group.cancelAll() }
        return try await work(hold)
      }
    } catch {
      await hold.abandon()
      throw error
    }
    // The work is done: it is paid for though the task may be cancelled by now.
    return .finished(value, settlement: try await hold.finish())
  }
}

/// What became of work under a hold.
public enum HoldResult<Value> {
  /// The gate refused; the work did not run.
  case denied(Denial)
  /// The work ran. `settlement` is the last capture or void: a refusal there (such as an expired hold) is for the caller
  /// to judge, for instance by ``TollgateClient/captureLate(_:_:options:)``.
  case finished(Value, settlement: Decision<Captured>)
}

extension HoldResult: Sendable where Value: Sendable {}

/// A hold while its work runs.
public final class OpenHold: Sendable {
  /// The hold, its amount and its first expiry.
  public let authorization: Authorization
  private let client: TollgateClient
  private let trace: TraceContext?
  /// How the work itself ended the hold, if it did.
  private let ending = Mutex<Decision<Captured>?>(nil)

  init(client: TollgateClient, authorization: Authorization, trace: TraceContext?) {
    self.client = client
    self.authorization = authorization
    self.trace = trace
  }

  /// The hold's id.
  public var id: HoldID { authorization.hold }

  /// Captures a part that is done; the hold stays open unless `closes`.
  public func capture(_ take: Take, closes: Bool = false) async throws(TollgateError) -> Decision<Captured> {
    let decision = try await client.capture(id, take, closes: closes, options: CallOptions(trace: trace))
    if let captured = decision.success, captured.closed { ending.withLock { $0 = decision } }
    return decision
  }

  /// Sets more credits aside for more of the work.
  public func increase(by spend: Spend) async throws(TollgateError) -> Decision<Increased> {
    try await client.increase(id, by: spend, options: CallOptions(trace: trace))
  }

  /// Ends the hold and releases what is left: the work is not to be paid for.
  public func void() async throws(TollgateError) -> Decision<Voided> {
    let decision = try await client.void(id, options: CallOptions(trace: trace))
    if case .accepted(_, let replayed) = decision {
      let nothing = Captured(amount: .zero, left: .zero, closed: true)
      ending.withLock { $0 = .accepted(nothing, replayed: replayed) }
    }
    return decision
  }

  func heartbeat(_ lifetime: TimeSpan) async {
    let pause = Duration.nanoseconds(lifetime.nanoseconds / 3)
    while !Task.isCancelled {
      do { try await Task.sleep(for: pause) } catch { return }
      // A refusal means that the hold has ended, and an error that the gate is away: the settlement will tell.
      guard let decision = try? await client.extend(id, lifetime: lifetime, options: CallOptions(trace: trace)) else {
        continue
      }
      if decision.denial != nil { return }
    }
  }

  /// Captures what is left; in a task of its own, as the work's may be cancelled.
  func finish() async throws(TollgateError) -> Decision<Captured> {
    if let ended = ending.withLock({ $0 }) { return ended }
    let capture = Task {
      do throws(TollgateError) {
        return Result<Decision<Captured>, TollgateError>.success(
          try await client.capture(id, .all, closes: true, options: CallOptions(trace: trace)))
      } catch {
        return .failure(error)
      }
    }
    return try await capture.value.get()
  }

  /// Voids the hold; in a task of its own, as the work's may be cancelled.
  func abandon() async {
    guard ending.withLock({ $0 }) == nil else { return }
    _ = await Task { try? await client.void(id, options: CallOptions(trace: trace)) }.value
  }
}
