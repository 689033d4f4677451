// What a test does to its gate: accounts and credits in one line each, and a network that breaks.

public import TollgateClient

extension InProcessTollgate {
  /// Opens an account, and grants it credits of a package that never expire.
  /// - Parameters:
  ///   - credits: whole credits; 0 grants none.
  ///   - id: the account; by default a new one.
  public func openAccount(credits: Int64 = 0, id: AccountID? = nil) async throws -> AccountID {
    guard let amount = Credits(credits: credits) else {
      throw TollgateError(code: .invalidArgument, message: "\(credits) credits are too many", outcome: .notProcessed)
    }
    let fresh = ids.next()
    let account = id ?? AccountID(high: fresh.high, low: fresh.low)
    _ = try await administrator.openAccount(account, reason: "a test").get()
    if amount > .zero { _ = try await grant(amount, to: account) }
    return account
  }

  /// Grants credits.
  /// - Parameters:
  ///   - expires: by the gate's clock; `.never` by default.
  @discardableResult
  public func grant(
    _ amount: Credits, to account: AccountID, source: LotSource = .package, expires: Instant = .never
  ) async throws -> Granted {
    let grant = GrantRequest(account: account, source: source, amount: amount, expires: expires, reason: "a test")
    return try await administrator.grant(grant).get()
  }

  /// Freezes, activates or closes an account.
  public func setAccountState(_ account: AccountID, to state: AccountState) async throws {
    _ = try await administrator.setAccountState(account, to: state, reason: "a test").get()
  }

  /// Drops the client's connections, as a broken network would; the client connects again by itself.
  public func dropConnections() { connector.drop(isCut: false) }

  /// Cuts the client off: its connections drop, and it cannot make new ones until ``restoreConnections()``.
  public func cutConnections() { connector.drop(isCut: true) }

  /// Ends ``cutConnections()``.
  public func restoreConnections() { connector.restore() }
}
