// From the wire's messages to the gate's commands and queries: one translation, in one direction.

internal import NIOCore
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

/// What a request's fields were found to be, beyond their encoding.
struct RequestError: Error {
  var refusal: Refusal

  /// A field has a value outside of its range.
  static func invalid(_ field: Field, min: Int64, max: Int64, _ text: String) -> RequestError {
    RequestError(
      refusal: Refusal(.invalidArgument, .invalidArgument(field: field.rawValue, min: min, max: max, text: text)))
  }

  /// The role may not do this; `needed` may.
  static func permission(_ role: Role, needed: Roles) -> RequestError {
    RequestError(refusal: Refusal(.permissionDenied, .permission(role: role.rawValue, needed: needed.rawValue)))
  }

  static func limit(_ limit: LimitName, max: Int, seen: Int) -> RequestError {
    RequestError(
      refusal: Refusal(
        .resourceExhausted, .limitExceeded(which: limit.rawValue, max: UInt64(max), seen: UInt64(seen))))
  }
}

extension Spend {
  @inline(__always)
  init(_ request: AuthorizeRequest) {
    self.init(
      account: request.account, job: request.job, quote: request.quote, project: request.project,
      member: request.member, rawAmount: request.rawAmount, price: .amount(.zero, book: 0))
  }

  @inline(__always)
  init(_ item: AuthorizeItem) {
    self.init(
      account: item.account, job: item.job, quote: item.quote, project: item.project, member: item.member,
      rawAmount: item.rawAmount, price: .amount(.zero, book: 0))
  }

  init(_ request: ChargeRequest) {
    self.init(
      account: request.account, job: request.job, quote: request.quote, project: request.project,
      member: request.member, rawAmount: request.rawAmount, price: .amount(.zero, book: 0))
  }
}

extension Take {
  @inline(__always)
  init(kind: UInt8, value: Int64) throws(RequestError) {
    switch kind {
    case TakeKind.all: self = .all
    case TakeKind.amount: self = .amount(Credits(microcredits: value))
    case TakeKind.images:
      guard let images = UInt16(exactly: value) else {
        throw .invalid(.take, min: 0, max: Int64(UInt16.max), "images to take: 0 to 65535")
      }
      self = .images(images)
    default: throw .invalid(.take, min: 0, max: 2, "take: 0 all, 1 an amount, 2 images")
    }
  }
}

extension Capture {
  @inline(__always)
  init(_ request: CaptureRequest) throws(RequestError) {
    self.init(
      hold: request.hold, take: try Take(kind: request.takeKind, value: request.takeValue), closes: request.closes,
      allowsExcess: request.allowsExcess)
  }

  @inline(__always)
  init(_ item: CaptureItem) throws(RequestError) {
    self.init(
      hold: item.hold, take: try Take(kind: item.takeKind, value: item.takeValue), closes: item.closes,
      allowsExcess: item.allowsExcess)
  }
}

extension Operation {
  init(_ request: SetAccountStateRequest, actor: String) throws(RequestError) {
    guard let state = AccountState(rawValue: request.state) else {
      throw .invalid(.state, min: 0, max: 2, "state: 0 active, 1 frozen, 2 closed")
    }
    self = .setAccountState(
      SetAccountState(account: request.account, state: state, note: Note(actor: actor, reason: request.reason)))
  }

  init(_ request: GrantRequest, actor: String) throws(RequestError) {
    guard let source = LotSource(rawValue: request.source) else {
      throw .invalid(.source, min: 0, max: Int64(LotSource.overdraft.rawValue), "source of the lot")
    }
    self = .grant(
      Grant(
        account: request.account, source: source, amount: request.amount, effective: request.effective,
        expires: request.expires, priority: request.priority, pricePaid: request.pricePaid,
        note: Note(actor: actor, reason: request.reason)))
  }
}

extension JobColumns {
  /// Copies a message's columns, which stand in a buffer.
  mutating func append(_ columns: QuoteBatchColumns, in buffer: ByteBuffer) {
    let bytes = buffer.readableBytesSpan
    for row in 0..<columns.rows { append(columns.job(row, in: bytes)) }
  }
}

extension Query {
  init(_ request: BalanceRequest) {
    let limit = request.limit == 0 ? Limits.pageItemsMax : min(Int(request.limit), Limits.pageItemsMax)
    self = .balance(
      request.account, lots: request.includesLots ? limit : 0,
      after: LotID(high: request.cursor.high, low: request.cursor.low))
  }

  init(_ request: ListHoldsRequest) {
    self = .holds(
      request.account, after: HoldID(high: request.after.high, low: request.after.low),
      limit: pageLimit(request.limit))
  }

  init(_ request: EntriesRequest) {
    self = .entries(
      request.account, before: EntryNumber(rawValue: request.before), limit: pageLimit(request.limit))
  }

  init(_ request: RefundRequest, id: RequestID, actor: String) throws(RequestError) {
    let amount: Credits?
    switch request.takeKind {
    case TakeKind.all: amount = nil
    case TakeKind.amount: amount = request.amount
    default: throw .invalid(.take, min: 0, max: 1, "take of a refund: 0 all, 1 an amount")
    }
    self = .refund(
      id, request.account, EntryNumber(rawValue: request.entry), amount: amount,
      Note(actor: actor, reason: request.reason))
  }
}

/// Pages of 100 unless the caller says otherwise, within the limit.
private func pageLimit(_ asked: UInt16) -> Int { asked == 0 ? 100 : min(Int(asked), Limits.pageItemsMax) }
