// Many requests in one call: one write, one journal commit, one answer, and no task for an item.

public import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Authorizes many jobs at once. Each item is decided on its own, with its own id; the results stand in the order of
  /// the items. Any number of items: the client splits them as the gate's limits demand.
  /// - Throws: only if nothing at all could be asked; what befell single items is in their results.
  public func authorizeBatch(
    _ items: [SpendRequest], options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> [Result<Decision<Authorization>, TollgateError>] {
    try await batch(items, .authorizeBatch, options) {
      AuthorizeItem($0, id: $1)
    } message: {
      AuthorizeBatchRequest(items: $0)
    } results: {
      $0.results.map { Decision.result($0) }
    }
  }

  /// Captures many holds at once, as ``authorizeBatch(_:options:)`` does.
  public func captureBatch(
    _ items: [CaptureRequest], options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> [Result<Decision<Captured>, TollgateError>] {
    try await batch(items, .captureBatch, options) {
      CaptureItem($0, id: $1)
    } message: {
      CaptureBatchRequest(items: $0)
    } results: {
      $0.results.map { Decision.result($0) }
    }
  }

  /// The prices of many jobs of one account, promised for a while, and whether the account has credits for all of them.
  /// Any number of jobs: the client splits them as the gate's limits demand. Any role may ask; nothing is set aside.
  ///
  /// Each price can be redeemed on its own: put the item's ``QuotedPrice/id`` into the ``SpendRequest`` of the same
  /// account and job. For how a price comes about, ask ``quote(_:for:lifetime:options:)``.
  /// - Parameter lifetime: how long the quotes are to hold; zero leaves it to the gate.
  /// - Returns: denied as a whole if there is no such account or no price book; jobs without a price are denied one by one
  ///   in ``QuoteBatch/items``.
  public func quoteBatch(
    _ jobs: [Job], for account: AccountID, lifetime: TimeSpan = .zero, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<QuoteBatch> {
    try await quotes(jobs, for: account, lifetime: lifetime, options)
  }

  /// Sends many single calls at once, without waiting for one before the next, and returns when all have their answers.
  /// The results stand in the order of the requests. Each is a call of its own to the gate; unlike a batch they may be
  /// of different kinds, and may spread over several connections.
  public func pipeline(
    _ requests: [PipelinedRequest], options: CallOptions = CallOptions()
  ) async -> [Result<PipelinedReply, TollgateError>] {
    await performPipeline(requests, options)
  }
}

/// A request that can be pipelined.
public enum PipelinedRequest: Hashable, Sendable {
  /// See ``TollgateClient/authorize(_:options:)``.
  case authorize(SpendRequest)
  /// See ``TollgateClient/capture(_:options:)``.
  case capture(CaptureRequest)
  /// See ``TollgateClient/void(_:options:)``.
  case void(HoldID, id: RequestID? = nil)
  /// See ``TollgateClient/extend(_:lifetime:options:)``.
  case extend(HoldID, lifetime: TimeSpan, id: RequestID? = nil)
  /// See ``TollgateClient/charge(_:options:)``.
  case charge(SpendRequest)
}

/// The answer to a pipelined request of the same kind.
public enum PipelinedReply: Hashable, Sendable {
  /// Of an authorize.
  case authorized(Decision<Authorization>)
  /// Of a capture.
  case captured(Decision<Captured>)
  /// Of a void.
  case voided(Decision<Voided>)
  /// Of an extension.
  case extended(Decision<Extended>)
  /// Of a one-step charge.
  case charged(Decision<Charged>)
}
