// From decisions and answers to the wire's replies, appended straight to a connection's outbound buffer.

internal import NIOCore
internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

/// Appends responses to a buffer. Nothing here can fail but by a reply that is longer than a frame, which becomes an
/// error of its own.
struct ReplyWriter {
  var frameBytesMax: Int

  /// The RESPONSE to a mutating call.
  func write(_ decision: Decision, request: RequestID, remedy: Remedy, call: UInt64, to buffer: inout ByteBuffer) {
    let head = ResponseHead(decision.standing)
    switch decision.outcome {
    case .authorized(let amount, let expires, let book):
      send(head, AuthorizeReply(hold: request.hold, amount: amount, expires: expires, book: book), call, &buffer)
    case .captured(let amount, let left, let closed):
      send(head, CaptureReply(captured: amount, left: left, closed: closed), call, &buffer)
    case .voided(let amount): send(head, VoidReply(released: amount), call, &buffer)
    case .extended(let expires): send(head, ExtendReply(expires: expires), call, &buffer)
    case .charged(let amount, let book): send(head, ChargeReply(amount: amount, book: book), call, &buffer)
    case .denied(let denial):
      write(Refusal(denial, remedy: remedy), head, call: call, to: &buffer)
    default: writeRare(decision.outcome, request, head, call, &buffer)
    }
  }

  private func writeRare(
    _ outcome: Outcome, _ request: RequestID, _ head: ResponseHead, _ call: UInt64, _ buffer: inout ByteBuffer
  ) {
    switch outcome {
    case .opened: send(head, EmptyMessage(), call, &buffer)
    case .stateSet(let state): send(head, SetAccountStateReply(state: state.rawValue), call, &buffer)
    case .granted(let amount): send(head, GrantReply(lot: request.lot, amount: amount), call, &buffer)
    case .increased(let added, let total, let book):
      send(head, IncreaseReply(added: added, total: total, book: book), call, &buffer)
    case .capturedLate(let amount): send(head, CaptureLateReply(amount: amount), call, &buffer)
    case .refunded(let amount, let expired):
      send(head, RefundReply(refunded: amount, expired: expired), call, &buffer)
    default:
      write(Refusal(.internal, .malformedMessage(problem: 0, offset: 0, text: "")), head, call: call, to: &buffer)
    }
  }

  /// A refusal as RESPONSE; `head` says whether it is lasting.
  func write(_ refusal: Refusal, _ head: ResponseHead, call: UInt64, to buffer: inout ByteBuffer) {
    var head = head
    head.status = refusal.status
    do throws(WireError) {
      try buffer.writeResponse(head, detail: refusal.detail, call: call, frameBytesMax: frameBytesMax)
    } catch {
      preconditionFailure("details are short by construction: \(error)")
    }
  }

  /// A refusal before the gate: nothing was processed.
  func refuse(_ refusal: Refusal, call: UInt64, to buffer: inout ByteBuffer) {
    write(refusal, ResponseHead(outcome: .notProcessed), call: call, to: &buffer)
  }

  /// A status without detail, not processed.
  func refuse(_ status: StatusCode, retryAfterMilliseconds: UInt32 = 0, call: UInt64, to buffer: inout ByteBuffer) {
    let head = ResponseHead(
      status: status, retryAfterMilliseconds: retryAfterMilliseconds, outcome: .notProcessed)
    do throws(WireError) {
      try buffer.writeResponse(head, detail: nil, call: call, frameBytesMax: frameBytesMax)
    } catch {
      preconditionFailure("a response without a message is short: \(error)")
    }
  }

  /// A reply of a reading call.
  @inline(__always)
  func send(_ head: ResponseHead, _ message: some WireMessage, _ call: UInt64, _ buffer: inout ByteBuffer) {
    do throws(WireError) {
      try buffer.writeResponse(head, message, call: call, frameBytesMax: frameBytesMax)
    } catch {
      refuse(tooLong: error, call, &buffer)
    }
  }
}

extension ReplyWriter {
  /// The reply of a batch call, item by item as it is written.
  func send(_ count: Int, _ call: UInt64, _ buffer: inout ByteBuffer, _ result: (Int) -> AuthorizeResult) {
    do throws(WireError) {
      try buffer.writeAuthorizeResults(count, call: call, frameBytesMax: frameBytesMax, result)
    } catch {
      refuse(tooLong: error, call, &buffer)
    }
  }

  /// The reply of a batch call, item by item as it is written.
  func send(_ count: Int, _ call: UInt64, _ buffer: inout ByteBuffer, _ result: (Int) -> CaptureResult) {
    do throws(WireError) {
      try buffer.writeCaptureResults(count, call: call, frameBytesMax: frameBytesMax, result)
    } catch {
      refuse(tooLong: error, call, &buffer)
    }
  }

  private func refuse(tooLong error: WireError, _ call: UInt64, _ buffer: inout ByteBuffer) {
    refuse(
      RequestError.limit(.frameBytes, max: frameBytesMax, seen: Int(clamping: error.value)).refusal, call: call,
      to: &buffer)
  }

  /// The RESPONSE to a query.
  func write(_ answer: Answer, call: UInt64, context: AnswerContext, to buffer: inout ByteBuffer) {
    let head = ResponseHead(outcome: .done)
    switch answer {
    case .balance(let report): send(head, BalanceReply(report), call, &buffer)
    case .hold(let hold): send(head, TollgateWire.HoldView(hold), call, &buffer)
    case .holds(let holds, let more):
      let next = more ? holds.last.map { Cursor(high: $0.hold.high, low: $0.hold.low) } ?? .zero : .zero
      send(head, ListHoldsReply(next: next, holds: holds.map { TollgateWire.HoldView($0) }), call, &buffer)
    case .quote(let quote, let explanation): send(head, QuoteReply(quote, explanation), call, &buffer)
    case .entries(let lines, let next):
      send(head, EntriesReply(next: next.rawValue, entries: lines.map { EntryView($0) }), call, &buffer)
    case .decision(let decision):
      write(decision, request: .zero, remedy: .none, call: call, to: &buffer)
    case .status(let status): send(head, ServerInfoReply(status, context), call, &buffer)
    case .denied(let denial): write(Refusal(denial), head, call: call, to: &buffer)
    case .deadlineExceeded: refuse(.deadlineExceeded, call: call, to: &buffer)
    case .unreadable: refuse(.dataLoss, call: call, to: &buffer)
    case .quoteBatch: preconditionFailure("a quote batch's columns are in its call's batch")
    case .later: preconditionFailure("a later answer is no answer yet")
    }
  }
}

/// What the server adds to answers about itself.
struct AnswerContext {
  var startedAt: Instant
  var instance: InstanceID
  var version: String
  var journal: String
  var bookAppliesFrom: Instant
}

extension AuthorizeResult {
  /// One item's result of a batch call.
  @inline(__always)
  init(_ decision: Decision, request: RequestID, remedy: Remedy) {
    let head = ResponseHead(decision.standing)
    self.init(
      status: StatusCode.ok.rawValue, detailType: 0,
      outcome: head.outcome.rawValue, flags: head.flags.rawValue,
      hold: request.hold, amount: .zero, expires: .epoch, book: 0, detail: .zero)
    switch decision.outcome {
    case .authorized(let amount, let expires, let book):
      (self.amount, self.expires, self.book) = (amount, expires, book)
    case .denied(let denial): refuse(Refusal(denial, remedy: remedy))
    default: status = StatusCode.internal.rawValue
    }
  }

  /// An item whose deadline had passed before it was decided.
  init(late request: RequestID) {
    self.init(
      status: StatusCode.deadlineExceeded.rawValue, detailType: 0, outcome: CallOutcome.notProcessed.rawValue, flags: 0,
      hold: request.hold, amount: .zero, expires: .epoch, book: 0, detail: .zero)
  }

  private mutating func refuse(_ refusal: Refusal) {
    status = refusal.status.rawValue
    detailType = refusal.detail.type.rawValue
    detail = refusal.detail.area
  }
}

extension CaptureResult {
  /// One item's result of a batch call.
  @inline(__always)
  init(_ decision: Decision) {
    let head = ResponseHead(decision.standing)
    self.init(
      status: StatusCode.ok.rawValue, detailType: 0,
      outcome: head.outcome.rawValue, flags: head.flags.rawValue,
      captured: .zero, left: .zero, closed: false, detail: .zero)
    switch decision.outcome {
    case .captured(let amount, let left, let closed): (captured, self.left, self.closed) = (amount, left, closed)
    case .denied(let denial): refuse(Refusal(denial))
    default: status = StatusCode.internal.rawValue
    }
  }

  /// An item whose deadline had passed before it was decided.
  static let late = CaptureResult(
    status: StatusCode.deadlineExceeded.rawValue, detailType: 0, outcome: CallOutcome.notProcessed.rawValue, flags: 0,
    captured: .zero, left: .zero, closed: false, detail: .zero)

  private mutating func refuse(_ refusal: Refusal) {
    status = refusal.status.rawValue
    detailType = refusal.detail.type.rawValue
    detail = refusal.detail.area
  }
}
