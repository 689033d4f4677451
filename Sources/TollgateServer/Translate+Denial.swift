// From the ledger's denials to the wire's status codes and details: the table of PROTOCOL.md, as code.

internal import TollgateLedger
internal import TollgatePricing
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

/// A refusal as it travels.
struct Refusal {
  var status: StatusCode
  var detail: Detail

  init(_ status: StatusCode, _ detail: Detail) {
    self.status = status
    self.detail = detail
  }
}

extension Refusal {
  /// The refusal of a denial. `remedy` is the service's advice for want of credits (rule 15).
  init(_ denial: Denial, remedy: Remedy = .none) {
    switch denial {
    case .malformed(let field):
      self.init(.invalidArgument, .invalidArgument(field: field.rawValue, min: 0, max: 0, text: "malformed"))
    case .idOutsideWindow(let earliest, let latest):
      self.init(.outOfRange, .idOutsideWindow(earliest: earliest, latest: latest))
    case .payloadConflict(let field): self.init(.aborted, .payloadConflict(field: field.rawValue))
    case .priceRefused(let code): self.init(priceRefused: code)
    case .lifetimeOutOfRange(let min, let max): self.init(.outOfRange, .lifetimeOutOfRange(min: min, max: max))
    case .insufficientCredits(let shortfall, let available, let book):
      let required = Credits(microcredits: shortfall.microcredits &+ available.microcredits)
      self.init(
        .failedPrecondition,
        .insufficientCredits(
          shortfall: shortfall, available: available, required: required, book: book,
          largestCount: remedy.largestCount, smallerSide: remedy.smallerSide))
    case .exhausted(let bound): self.init(.resourceExhausted, .exhausted(bound: bound.rawValue))
    case .tooManyOpenHolds(let max): self.init(.resourceExhausted, .tooManyOpenHolds(max: max))
    case .tooManyLots(let max): self.init(.resourceExhausted, .tooManyLots(max: max))
    default: self.init(stateOf: denial)
    }
  }

  /// Refusals by the state of an account, hold or lot.
  private init(stateOf denial: Denial) {
    switch denial {
    case .accountUnknown: self.init(.notFound, .accountUnknown)
    case .accountExists: self.init(.alreadyExists, .accountExists)
    case .accountFrozen: self.init(.failedPrecondition, .accountFrozen)
    case .accountClosed: self.init(.failedPrecondition, .accountClosed)
    case .accountHasOpenHolds(let count): self.init(.failedPrecondition, .accountHasOpenHolds(count: count))
    case .holdUnknown: self.init(.notFound, .holdUnknown)
    case .holdExpired(let at): self.init(.failedPrecondition, .holdExpired(at: at))
    case .holdEnded(let how): self.init(.failedPrecondition, .holdEnded(how: how.rawValue))
    case .holdNotExpired: self.init(.failedPrecondition, .holdNotExpired)
    case .captureExceedsHold(let left): self.init(.failedPrecondition, .captureExceedsHold(left: left))
    case .imagesExceedHold(let left): self.init(.failedPrecondition, .imagesExceedHold(left: left))
    case .lotUnknown: self.init(.notFound, .lotUnknown)
    case .refundExceedsCapture(let left): self.init(.failedPrecondition, .refundExceedsCapture(left: left))
    default: self.init(.internal, .limitExceeded(which: 0, max: 0, seen: 0))
    }
  }

  private init(priceRefused code: PriceRefusalCode) {
    if let quote = QuoteRefusal(rawValue: code.rawValue) {
      self.init(.failedPrecondition, .quoteRefused(why: quote.rawValue - QuoteRefusal.expired.rawValue + 1))
      return
    }
    let refusal = PriceRefusal(rawValue: code.rawValue)
    self.init(
      .invalidArgument,
      .priceRefused(
        code: code.rawValue, field: refusal?.field.rawValue ?? 0, text: refusal.map(Refusal.explanation) ?? ""))
  }

  /// What the refusal means, for people; the client's own parameters are known to it.
  private static func explanation(of refusal: PriceRefusal) -> String {
    switch refusal {
    case .zeroSize: "width and height begin at 1"
    case .tooLarge: "the longer side exceeds the largest tier of the price book"
    case .unknownModel: "the price book has no such model"
    case .unknownQuality: "quality is 0 (draft), 1 (standard) or 2 (high)"
    case .unknownFeature: "the price book does not offer one of the features"
    case .conflictingFeatures: "two of the features cannot be combined"
    case .countOutOfRange: "the count of images is zero or above the price book's maximum"
    case .stepsOutOfRange: "more steps than the price book allows"
    case .controlNetsOutOfRange: "more ControlNets than the price book allows"
    case .overflow: "the price exceeds the largest possible amount"
    }
  }
}
