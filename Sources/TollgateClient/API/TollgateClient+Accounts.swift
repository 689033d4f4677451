// Accounts, grants, balances, quotes and refunds: what billing and support ask.

public import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Opens an account. Needs the billing or admin role.
  /// - Parameter reason: why, for the books (rule 19); the actor is the client's certificate.
  public func openAccount(
    _ account: AccountID, reason: String, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<AccountID> {
    try await decide(.openAccount, .init(account: account, reason: reason), options).map { _ in account }
  }

  /// Freezes, activates or closes an account. Needs the billing or admin role. Closing is for ever, and refused while
  /// holds are open.
  /// - Parameter reason: why, for the books.
  public func setAccountState(
    _ account: AccountID, to state: AccountState, reason: String, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<AccountState> {
    let message = SetAccountStateRequest(account: account, state: state.rawValue, reason: reason)
    return try await decide(.setAccountState, message, options).map { AccountState(rawValue: $0.state) }
  }

  /// Gives credits to an account, as a new lot whose id is that of this request. Needs the billing or admin role.
  public func grant(
    _ grant: GrantRequest, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Granted> {
    let message = TollgateWire.GrantRequest(
      account: grant.account, source: grant.source.rawValue, priority: grant.priority, amount: grant.amount,
      effective: grant.effective, expires: grant.expires, pricePaid: grant.pricePaid, reason: grant.reason)
    return try await decide(.grant, message, options).map { Granted(lot: $0.lot, amount: $0.amount) }
  }

  /// An account's credits now, with a page of its lots in the order in which they burn.
  /// - Parameters:
  ///   - includingLots: whether lots are listed.
  ///   - lotsFrom: where the page begins: `nextLots` of the page before; nil begins at the first.
  ///   - lotsMax: lots of the page at most, up to `Limits.pageItemsMax`; 0 leaves it to the gate.
  public func balance(
    of account: AccountID, includingLots: Bool = true, lotsFrom: PageCursor? = nil, lotsMax: Int = 0,
    options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Balance> {
    let message = BalanceRequest(
      account: account, cursor: Cursor(lotsFrom), includesLots: includingLots, limit: UInt16(clamping: lotsMax))
    return try await decide(.balance, message, options).map { Balance($0) }
  }

  /// The price of a job for an account, promised for a while.
  /// - Parameter lifetime: how long the quote is to hold; zero leaves it to the gate.
  public func quote(
    _ job: Job, for account: AccountID, lifetime: TimeSpan = .zero, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Quote> {
    let message = QuoteRequest(account: account, job: job, lifetime: lifetime)
    return try await decide(.quote, message, options).map { Quote($0) }
  }

  /// Gives a capture, charge or late capture back to the lots that it consumed, last consumed first (rule 8). Needs the
  /// billing or admin role.
  /// - Parameters:
  ///   - entry: the number of its entry in the account's book.
  ///   - amount: how much; nil gives back all that has not been refunded yet.
  ///   - reason: why, for the books.
  public func refund(
    _ entry: EntryNumber, of account: AccountID, amount: Credits? = nil, reason: String,
    options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Refunded> {
    let message = RefundRequest(
      account: account, entry: entry.rawValue, takeKind: amount == nil ? TakeKind.all : TakeKind.amount,
      amount: amount ?? .zero, reason: reason)
    return try await decide(.refund, message, options).map { Refunded(amount: $0.refunded, expired: $0.expired) }
  }
}
