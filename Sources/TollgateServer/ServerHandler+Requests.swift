// The calls that are not frequent: decoded one by one, judged, and put into the batch, or refused.

internal import NIOCore
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  func takeRare(_ head: RequestHead, _ bytes: ByteBuffer, _ place: MessagePlace, _ call: UInt64) {
    guard let identity else { return refuse(head, call) }
    do {
      try takeMutating(head, bytes, place, call, identity)
    } catch {
      refuse(error, call)
    }
  }

  private func takeMutating(
    _ head: RequestHead, _ bytes: ByteBuffer, _ place: MessagePlace, _ call: UInt64, _ identity: PeerIdentity
  ) throws {
    let actor = identity.uri
    switch head.method {
    case .authorizeBatch: try addBatch(bytes.message(AuthorizeBatchRequest.self, at: place), head, call, identity)
    case .captureBatch: try addBatch(bytes.message(CaptureBatchRequest.self, at: place), head, call)
    case .increase:
      let request = try bytes.message(IncreaseRequest.self, at: place)
      if request.rawAmount != .zero { try requireRawAmount(identity) }
      let price = PricedAmount.amount(.zero, book: 0)
      intake.add(
        .increase(Increase(hold: request.hold, job: request.job, rawAmount: request.rawAmount, price: price)), head,
        call)
    case .captureLate:
      let request = try bytes.message(CaptureLateRequest.self, at: place)
      let take = try Take(kind: request.takeKind, value: request.takeValue)
      intake.add(.captureLate(CaptureLate(hold: request.hold, take: take)), head, call)
    case .openAccount:
      let request = try bytes.message(OpenAccountRequest.self, at: place)
      let note = Note(actor: actor, reason: request.reason)
      intake.add(rare: .openAccount(OpenAccount(account: request.account, note: note)), head, call)
    case .setAccountState:
      let request = try bytes.message(SetAccountStateRequest.self, at: place)
      intake.add(rare: try Operation(request, actor: actor), head, call)
    case .grant:
      intake.add(rare: try Operation(bytes.message(GrantRequest.self, at: place), actor: actor), head, call)
    case .refund:
      let request = try bytes.message(RefundRequest.self, at: place)
      intake.add(try Query(request, id: head.request, actor: actor), head, call)
    default: try takeReading(head, bytes, place, call)
    }
  }

  private func takeReading(_ head: RequestHead, _ bytes: ByteBuffer, _ place: MessagePlace, _ call: UInt64) throws {
    switch head.method {
    case .balance: intake.add(Query(try bytes.message(BalanceRequest.self, at: place)), head, call)
    case .getHold: intake.add(.hold(try bytes.message(GetHoldRequest.self, at: place).hold), head, call)
    case .listHolds: intake.add(Query(try bytes.message(ListHoldsRequest.self, at: place)), head, call)
    case .quote:
      let request = try bytes.message(QuoteRequest.self, at: place)
      intake.add(.quote(request.account, request.job, lifetime: request.lifetime), head, call)
    case .quoteBatch: try addQuotes(QuoteBatchColumns(at: place, in: bytes.readableBytesSpan), bytes, head, call)
    case .entries: intake.add(Query(try bytes.message(EntriesRequest.self, at: place)), head, call)
    case .serverInfo: intake.add(.status, head, call)
    case .describe:
      intake.replies.send(ResponseHead(), DescribeReply.current, call, &intake.outbound)
      intake.connection.answered()
    case .health: answerHealth(try bytes.message(HealthRequest.self, at: place), call)
    case .healthWatch: try watchHealth(bytes.message(HealthRequest.self, at: place), call, credit: head.credit)
    default: refuse(head, call)
    }
  }

  private func addBatch(
    _ request: AuthorizeBatchRequest, _ head: RequestHead, _ call: UInt64, _ identity: PeerIdentity
  ) throws {
    try judgeItems(request.items.count)
    if request.items.contains(where: { $0.rawAmount != .zero }) { try requireRawAmount(identity) }
    intake.add(request.items, head, call)
  }

  private func addBatch(_ request: CaptureBatchRequest, _ head: RequestHead, _ call: UInt64) throws {
    try judgeItems(request.items.count)
    try intake.add(request.items, head, call)
  }

  /// Copies the jobs of a message into the batch's columns.
  private func addQuotes(
    _ columns: QuoteBatchColumns, _ bytes: ByteBuffer, _ head: RequestHead, _ call: UInt64
  ) throws(RequestError) {
    try judgeItems(columns.rows)
    let first = intake.batch.jobs.count
    intake.batch.jobs.append(columns, in: bytes)
    intake.add(.quoteBatch(columns.account, rows: first..<first + columns.rows, lifetime: columns.lifetime), head, call)
  }

  private func judgeItems(_ count: Int) throws(RequestError) {
    let most = server.configuration.connections.batchItems
    guard count <= most else { throw .limit(.batchItems, max: most, seen: count) }
  }

  private func requireRawAmount(_ identity: PeerIdentity) throws(RequestError) {
    guard Method.rawAmountRoles.contains(identity.role) else {
      throw .permission(identity.role, needed: Method.rawAmountRoles)
    }
  }

  /// A method that is unknown, not in this version, or not for this role.
  func refuse(_ head: RequestHead, _ call: UInt64) {
    guard let row = head.method.row, head.version >= row.versionMin, head.version <= row.versionMax else {
      let row = head.method.row
      let detail = Detail.methodUnknown(
        method: head.method.rawValue, versionMin: row?.versionMin ?? 0, versionMax: row?.versionMax ?? 0)
      return intake.refuse(Refusal(.unimplemented, detail), call: call)
    }
    let role = identity?.role ?? .none
    if let identity { logRefusal(row.name, identity) }
    intake.refuse(RequestError.permission(role, needed: row.roles).refusal, call: call)
  }

  /// A call whose fields are wrong: nothing was processed.
  func refuse(_ error: any Error, _ call: UInt64) {
    switch error {
    case let error as RequestError:
      if error.refusal.status == .permissionDenied, let identity { logRefusal("a raw amount", identity) }
      intake.refuse(error.refusal, call: call)
    case let error as WireError:
      let detail = Detail.malformedMessage(problem: error.problem.rawValue, offset: error.offset, text: "\(error)")
      intake.refuse(Refusal(.invalidArgument, detail), call: call)
    default: intake.refuse(Refusal(.internal, .limitExceeded(which: 0, max: 0, seen: 0)), call: call)
    }
  }

  /// Refusals are logged, but a peer cannot fill the log with them.
  private func logRefusal(_ what: String, _ identity: PeerIdentity) {
    refusalsLogged += 1
    if refusalsLogged <= 100 { server.log(refused: what, identity: identity, connection: identifier) }
  }
}
