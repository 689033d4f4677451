// The life of a hold: what render workers ask, one call at a time.

public import TollgateValues
internal import TollgateWire

extension TollgateClient {
  /// Asks whether a job may run and who pays: prices it and sets the credits aside. Needs the worker, billing or admin
  /// role. The hold's id is that of this request, known before any answer.
  public func authorize(
    _ spend: SpendRequest, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Authorization> {
    var options = options
    options.id = spend.id ?? options.id
    return try await decide(.authorize, AuthorizeRequest(spend), options).map { Authorization($0) }
  }

  /// Asks whether a job may run: the short form of ``authorize(_:options:)``.
  /// - Parameter lifetime: how long the hold may live; zero means the gate's default of 15 minutes.
  public func authorize(
    _ job: Job, for account: AccountID, lifetime: TimeSpan = .zero, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Authorization> {
    try await authorize(SpendRequest(account: account, job: job, lifetime: lifetime), options: options)
  }

  /// Settles a hold, fully or in part. By default it takes all and ends the hold. Needs the worker or admin role.
  public func capture(
    _ capture: CaptureRequest, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Captured> {
    var options = options
    options.id = capture.id ?? options.id
    let action = SettlementItem.Action.capture(
      take: capture.take, closes: capture.closes, allowsExcess: capture.allowsExcess)
    let message = TollgateWire.CaptureRequest(capture)
    return try await settle(.capture, message, action, of: capture.hold, options).map {
      Captured(amount: $0.captured, left: $0.left, closed: $0.closed)
    }
  }

  /// Settles a hold: the short form of ``capture(_:options:)``.
  /// - Parameter closes: ends the hold afterwards and releases the rest.
  public func capture(
    _ hold: HoldID, _ take: Take = .all, closes: Bool = true, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Captured> {
    try await capture(CaptureRequest(hold: hold, take: take, closes: closes), options: options)
  }

  /// Ends a hold and releases all that is left of it. Needs the worker, billing or admin role.
  public func void(
    _ hold: HoldID, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Voided> {
    try await settle(.void, VoidRequest(hold: hold), .void, of: hold, options).map { Voided(released: $0.released) }
  }

  /// A heartbeat: the hold lives for `lifetime` from now (zero: 15 minutes); never shortens it. Needs the worker or
  /// admin role.
  public func extend(
    _ hold: HoldID, lifetime: TimeSpan = .zero, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Extended> {
    try await decide(.extend, ExtendRequest(hold: hold, lifetime: lifetime), options).map {
      Extended(expires: $0.expires)
    }
  }

  /// Sets more credits aside under an open hold, for more of the work: passes every admission check. Needs the worker
  /// or admin role.
  public func increase(
    _ hold: HoldID, by spend: Spend, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Increased> {
    let message = IncreaseRequest(hold: hold, job: spend.wireJob, rawAmount: spend.wireAmount)
    return try await decide(.increase, message, options).map {
      Increased(added: $0.added, total: $0.total, priceBook: $0.book)
    }
  }

  /// Authorizes and captures in one step. Needs the worker, billing or admin role. `lifetime` is not used.
  public func charge(
    _ spend: SpendRequest, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Charged> {
    var options = options
    options.id = spend.id ?? options.id
    return try await decide(.charge, ChargeRequest(spend), options).map {
      Charged(amount: $0.amount, priceBook: $0.book)
    }
  }

  /// A fresh charge for the work of a hold that expired before its capture, linked to it (rule 3): passes every
  /// admission check again. Needs the worker or admin role.
  public func captureLate(
    _ hold: HoldID, _ take: Take = .all, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<CapturedLate> {
    let message = CaptureLateRequest(hold: hold, takeKind: take.wireKind, takeValue: take.wireValue)
    return try await decide(.captureLate, message, options).map { CapturedLate(amount: $0.amount) }
  }

  /// A hold as the gate sees it now. Any role.
  public func hold(
    _ hold: HoldID, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<Hold> {
    try await decide(.getHold, GetHoldRequest(hold: hold), options).map { Hold($0) }
  }

  /// A page of the open holds of an account. Any role.
  /// - Parameters:
  ///   - from: where the page begins: `next` of the page before; nil begins at the first.
  ///   - limit: holds of the page at most, up to `Limits.pageItemsMax`; 0 leaves it to the gate.
  public func holds(
    of account: AccountID, from: PageCursor? = nil, limit: Int = 0, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<HoldPage> {
    let message = ListHoldsRequest(account: account, after: Cursor(from), limit: UInt16(clamping: limit))
    return try await decide(.listHolds, message, options).map { HoldPage($0) }
  }

  /// A page of an account's book, newest first. Needs the billing, auditor or admin role.
  /// - Parameters:
  ///   - before: where the page begins: `next` of the page before; nil begins at the newest.
  ///   - limit: entries of the page at most, up to `Limits.pageItemsMax`; 0 leaves it to the gate.
  public func entriesPage(
    of account: AccountID, before: EntryNumber? = nil, limit: Int = 0, options: CallOptions = CallOptions()
  ) async throws(TollgateError) -> Decision<EntryPage> {
    let message = EntriesRequest(
      account: account, before: before?.rawValue ?? 0, limit: UInt16(clamping: limit))
    return try await decide(.entries, message, options).map { EntryPage($0) }
  }

  /// All of an account's book, newest first, read page by page as it is consumed.
  /// - Parameter pageSize: entries of a page, up to `Limits.pageItemsMax`; 0 leaves it to the gate.
  public func entries(
    of account: AccountID, pageSize: Int = 0, options: CallOptions = CallOptions()
  ) -> EntrySequence {
    EntrySequence(client: self, account: account, pageSize: pageSize, options: options)
  }
}
