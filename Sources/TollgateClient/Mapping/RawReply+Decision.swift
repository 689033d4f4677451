// From the bytes of a RESPONSE to a decision or an error: the one place that reads statuses.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension RawReply {
  /// The message of an accepted call.
  func message<Message: WireMessage>(_ type: Message.Type) throws(TollgateError) -> Message {
    do {
      return try buffer.message(type, at: place)
    } catch {
      throw TollgateError(
        code: .protocolViolation, message: "the gate's answer cannot be read: \(error)", outcome: .unknown, cause: error
      )
    }
  }

  /// The detail of a call that was not accepted; nil if there is none that we know.
  private var detail: Detail? {
    guard head.status != .ok, head.detail != .none else { return nil }
    return (try? buffer.detail(head.detail, at: place)) ?? nil
  }

  /// What the gate decided; throws if it did not.
  func decision<Message: WireMessage>(of type: Message.Type = Message.self) throws(TollgateError) -> Decision<Message> {
    let replayed = head.flags.contains(.replayed)
    if head.status == .ok { return .accepted(try message(type), replayed: replayed) }
    if let denial = denial { return .denied(denial) }
    throw TollgateError(self)
  }

  /// The refusal, if the reply is one.
  private var denial: Denial? {
    let replayed = head.flags.contains(.replayed)
    if let detail { return Denial(detail, replayed: replayed) }
    guard head.status != .ok, head.detail.isDenial else { return nil }
    // A newer gate's reason, or one whose detail cannot be read: still a refusal.
    return Denial(
      reason: Denial.Reason(rawValue: head.detail.rawValue), message: "the gate refused (\(head.status))",
      replayed: replayed)
  }

  /// The error of a reply that is neither an answer nor a refusal.
  var failure: TollgateError? { head.status == .ok || head.detail.isDenial ? nil : TollgateError(self) }
}

extension TollgateError {
  /// The error that a RESPONSE stands for.
  init(_ reply: RawReply) {
    let head = reply.head
    let detail = (try? reply.buffer.detail(head.detail, at: reply.place)) ?? nil
    self.init(status: head.status, outcome: head.outcome, detail: detail)
    isFromGate = true
    if head.retryAfterMilliseconds > 0 { retryAfter = .milliseconds(Int64(head.retryAfterMilliseconds)) }
  }

  init(status: StatusCode, outcome: CallOutcome, detail: Detail?) {
    self.init(
      code: Code(status), message: detail.map { "\(status): \($0.sentence)" } ?? "the gate answered \(status)",
      outcome: Outcome(outcome))
  }

  /// A refusal where only an error fits.
  init(_ denial: Denial) {
    self.init(code: .failedPrecondition, message: denial.message, outcome: .done, cause: denial)
  }
}

extension TollgateError.Outcome {
  init(_ outcome: CallOutcome) {
    self =
      switch outcome {
      case .notProcessed: .notProcessed
      case .done: .done
      default: .unknown
      }
  }
}

extension TollgateError.Code {
  init(_ status: StatusCode) {
    self =
      switch status {
      case .cancelled: .cancelled
      case .invalidArgument, .outOfRange: .invalidArgument
      case .deadlineExceeded: .deadlineExceeded
      case .notFound: .notFound
      case .permissionDenied: .permissionDenied
      case .resourceExhausted: .resourceExhausted
      case .failedPrecondition, .alreadyExists: .failedPrecondition
      case .aborted: .aborted
      case .unimplemented: .unimplemented
      case .internal: .internalError
      case .unavailable: .unavailable
      case .dataLoss: .dataLoss
      case .unauthenticated: .unauthenticated
      default: .unknown
      }
  }
}

extension Decision {
  /// A result of a batch of authorizes.
  static func result(_ result: AuthorizeResult) -> Result<Decision<Authorization>, TollgateError>
  where Success == Authorization {
    itemResult(result.status, result.detailType, result.outcome, result.flags, result.detail) {
      Authorization(hold: result.hold, amount: result.amount, expires: result.expires, priceBook: result.book)
    }
  }

  /// A result of a batch of captures.
  static func result(_ result: CaptureResult) -> Result<Decision<Captured>, TollgateError> where Success == Captured {
    itemResult(result.status, result.detailType, result.outcome, result.flags, result.detail) {
      Captured(amount: result.captured, left: result.left, closed: result.closed)
    }
  }

  private static func itemResult(
    _ status: UInt16, _ type: UInt16, _ outcome: UInt8, _ flags: UInt8, _ area: DetailArea, _ success: () -> Success
  ) -> Result<Decision<Success>, TollgateError> {
    let replayed = ResponseFlags(rawValue: flags).contains(.replayed)
    guard status != StatusCode.ok.rawValue else { return .success(.accepted(success(), replayed: replayed)) }
    let type = DetailType(rawValue: type)
    let detail = (try? Detail(type: type, area: area)) ?? nil
    if let detail, let denial = Denial(detail, replayed: replayed) { return .success(.denied(denial)) }
    if type.isDenial {
      let reason = Denial.Reason(rawValue: type.rawValue)
      return .success(.denied(Denial(reason: reason, message: "the gate refused this item", replayed: replayed)))
    }
    return .failure(
      TollgateError(status: StatusCode(rawValue: status), outcome: CallOutcome(rawValue: outcome), detail: detail))
  }
}
