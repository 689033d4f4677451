// One request: judged by role and version, decoded, and put into the batch.

internal import NIOCore
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  /// Takes a request into the batch, or answers it at once where it cannot be processed.
  @inline(__always)
  func receiveRequest(_ frame: Frame) throws(WireError) {
    let (head, place) = try inbound.requestHead(of: frame)
    guard let identity, server.roles(of: head.method).contains(identity.role), head.version == 1 else {
      return refuse(head, frame.call)
    }
    do {
      if try !takeFrequent(head, place, frame.call, identity) { try takeRare(head, place, frame.call, identity) }
    } catch let error as RequestError {
      answer(error.refusal, to: frame.call)
    } catch let error as WireError {
      let detail = Detail.malformedMessage(problem: error.problem.rawValue, offset: error.offset, text: "\(error)")
      answer(Refusal(.invalidArgument, detail), to: frame.call)
    } catch {
      answer(Refusal(.internal, .limitExceeded(which: 0, max: 0, seen: 0)), to: frame.call)
    }
  }

  /// The methods of the hot path; false if it is another one.
  @inline(__always)
  private func takeFrequent(
    _ head: RequestHead, _ place: MessagePlace, _ call: UInt64, _ identity: PeerIdentity
  ) throws -> Bool {
    switch head.method {
    case .authorize:
      let request = try inbound.message(AuthorizeRequest.self, at: place)
      if request.rawAmount != .zero { try requireRawAmount(identity) }
      add(.authorize(Authorize(spend: Spend(request), lifetime: request.lifetime)), head, call)
    case .capture: add(try Operation(try inbound.message(CaptureRequest.self, at: place)), head, call)
    case .void: add(.void(VoidHold(hold: try inbound.message(VoidRequest.self, at: place).hold)), head, call)
    case .extend:
      let request = try inbound.message(ExtendRequest.self, at: place)
      add(.extend(Extend(hold: request.hold, lifetime: request.lifetime)), head, call)
    case .charge:
      let request = try inbound.message(ChargeRequest.self, at: place)
      if request.rawAmount != .zero { try requireRawAmount(identity) }
      add(.charge(Charge(spend: Spend(request))), head, call)
    case .balance: add(Query(try inbound.message(BalanceRequest.self, at: place)), head, call)
    default: return false
    }
    return true
  }

  private func takeRare(
    _ head: RequestHead, _ place: MessagePlace, _ call: UInt64, _ identity: PeerIdentity
  ) throws {
    let actor = identity.uri
    switch head.method {
    case .authorizeBatch: try addBatch(inbound.message(AuthorizeBatchRequest.self, at: place), head, call, identity)
    case .captureBatch: try addBatch(inbound.message(CaptureBatchRequest.self, at: place), head, call)
    case .increase:
      let request = try inbound.message(IncreaseRequest.self, at: place)
      if request.rawAmount != .zero { try requireRawAmount(identity) }
      let price = PricedAmount.amount(.zero, book: 0)
      add(
        .increase(Increase(hold: request.hold, job: request.job, rawAmount: request.rawAmount, price: price)), head,
        call)
    case .captureLate:
      let request = try inbound.message(CaptureLateRequest.self, at: place)
      let take = try Take(kind: request.takeKind, value: request.takeValue)
      add(.captureLate(CaptureLate(hold: request.hold, take: take)), head, call)
    case .openAccount:
      let request = try inbound.message(OpenAccountRequest.self, at: place)
      let note = Note(actor: actor, reason: request.reason)
      add(.openAccount(OpenAccount(account: request.account, note: note)), head, call)
    case .setAccountState:
      add(try Operation(inbound.message(SetAccountStateRequest.self, at: place), actor: actor), head, call)
    case .grant: add(try Operation(inbound.message(GrantRequest.self, at: place), actor: actor), head, call)
    case .refund:
      let request = try inbound.message(RefundRequest.self, at: place)
      add(try Query(request, id: head.request, actor: actor), head, call)
    default: try takeReading(head, place, call)
    }
  }

  private func takeReading(_ head: RequestHead, _ place: MessagePlace, _ call: UInt64) throws {
    switch head.method {
    case .getHold: add(.hold(try inbound.message(GetHoldRequest.self, at: place).hold), head, call)
    case .listHolds: add(Query(try inbound.message(ListHoldsRequest.self, at: place)), head, call)
    case .quote:
      let request = try inbound.message(QuoteRequest.self, at: place)
      add(.quote(request.account, request.job, lifetime: request.lifetime), head, call)
    case .quoteBatch: try addQuotes(QuoteBatchColumns(at: place, in: inbound.readableBytesSpan), head, call)
    case .entries: add(Query(try inbound.message(EntriesRequest.self, at: place)), head, call)
    case .serverInfo: add(.status, head, call)
    case .describe:
      replies.send(ResponseHead(), DescribeReply.current, call, &outbound)
      connection.answered()
    case .health: answerHealth(try inbound.message(HealthRequest.self, at: place), call)
    case .healthWatch: try watchHealth(inbound.message(HealthRequest.self, at: place), call, credit: head.credit)
    default: refuse(head, call)
    }
  }

  @inline(__always)
  private func add(_ operation: Operation, _ head: RequestHead, _ call: UInt64) {
    slots.append(CallSlot(call: call, first: batch.commands.count, count: 1, kind: .command))
    batch.append(Command(request: head.request, operation: operation), deadline: deadline(of: head))
  }

  @inline(__always)
  private func add(_ query: Query, _ head: RequestHead, _ call: UInt64) {
    slots.append(CallSlot(call: call, first: batch.queries.count, count: 1, kind: .query))
    batch.queries.append(QueryCall(token: call, deadline: deadline(of: head), query: query))
  }

  private func addBatch(
    _ request: AuthorizeBatchRequest, _ head: RequestHead, _ call: UInt64, _ identity: PeerIdentity
  ) throws {
    try judgeItems(request.items.count)
    if request.items.contains(where: { $0.rawAmount != .zero }) { try requireRawAmount(identity) }
    slots.append(
      CallSlot(call: call, first: batch.commands.count, count: request.items.count, kind: .authorizeBatch))
    let deadline = deadline(of: head)
    for item in request.items {
      let operation = Operation.authorize(Authorize(spend: Spend(item), lifetime: item.lifetime))
      batch.append(Command(request: item.request, operation: operation), deadline: deadline)
    }
  }

  private func addBatch(_ request: CaptureBatchRequest, _ head: RequestHead, _ call: UInt64) throws {
    try judgeItems(request.items.count)
    let first = batch.commands.count
    let deadline = deadline(of: head)
    let operations = try request.items.map { try Operation($0) }
    for (item, operation) in zip(request.items, operations) {
      batch.append(Command(request: item.request, operation: operation), deadline: deadline)
    }
    slots.append(CallSlot(call: call, first: first, count: operations.count, kind: .captureBatch))
  }

  /// Copies the jobs of a message into the batch's columns.
  private func addQuotes(_ columns: QuoteBatchColumns, _ head: RequestHead, _ call: UInt64) throws(RequestError) {
    try judgeItems(columns.rows)
    let first = batch.jobs.count
    batch.jobs.append(columns, in: inbound)
    add(.quoteBatch(columns.account, rows: first..<first + columns.rows, lifetime: columns.lifetime), head, call)
  }

  private func judgeItems(_ count: Int) throws(RequestError) {
    let most = server.configuration.connections.batchItems
    guard count <= most else { throw .limit(.batchItems, max: most, seen: count) }
  }

  private func requireRawAmount(_ identity: PeerIdentity) throws(RequestError) {
    guard Method.rawAmountRoles.contains(identity.role) else {
      logRefusal("a raw amount", identity)
      throw .permission(identity.role, needed: Method.rawAmountRoles)
    }
  }

  /// When a call is too late to be decided.
  @inline(__always)
  private func deadline(of head: RequestHead) -> Instant {
    let most = server.deadlineMax
    guard head.timeoutMicroseconds != 0 else { return arrival.instant.advanced(by: most) }
    return arrival.instant.advanced(by: min(.microseconds(Int64(head.timeoutMicroseconds)), most))
  }

  /// A method that is unknown, not in this version, or not for this role.
  private func refuse(_ head: RequestHead, _ call: UInt64) {
    guard let row = head.method.row, head.version >= row.versionMin, head.version <= row.versionMax else {
      let row = head.method.row
      let detail = Detail.methodUnknown(
        method: head.method.rawValue, versionMin: row?.versionMin ?? 0, versionMax: row?.versionMax ?? 0)
      return answer(Refusal(.unimplemented, detail), to: call)
    }
    let role = identity?.role ?? .none
    if let identity { logRefusal(row.name, identity) }
    answer(RequestError.permission(role, needed: row.roles).refusal, to: call)
  }

  /// Answers a call that was not processed.
  private func answer(_ refusal: Refusal, to call: UInt64) {
    replies.refuse(refusal, call: call, to: &outbound)
    connection.answered()
  }

  /// Refusals are logged, but a peer cannot fill the log with them.
  private func logRefusal(_ what: String, _ identity: PeerIdentity) {
    refusalsLogged += 1
    if refusalsLogged <= 100 { server.log(refused: what, identity: identity, connection: identifier) }
  }
}
