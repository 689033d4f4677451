// From the wire's typed details to denials that say, in words too, what would mend them.

internal import TollgateValues
internal import TollgateWire

extension Denial {
  /// The denial that a detail stands for, or nil if it is no refusal of the business but an accident.
  init?(_ detail: Detail, replayed: Bool) {
    guard detail.type.isDenial else { return nil }
    self.init(reason: Reason(rawValue: detail.type.rawValue), message: detail.sentence, replayed: replayed)
    fill(detail)
  }

  private mutating func fill(_ detail: Detail) {
    switch detail {
    case .invalidArgument(let field, _, _, _), .payloadConflict(let field): self.field = Field(rawValue: field)
    case .idOutsideWindow(let earliest, let latest): (idEarliest, idLatest) = (earliest, latest)
    case .accountHasOpenHolds(let count): self.count = count
    case .holdExpired(let instant): holdExpiredAt = instant
    case .holdEnded(let how): holdEnd = HoldEnd(rawValue: how)
    case .priceRefused(let code, let field, _):
      (priceRefusal, self.field) = (code, Field(ofPriceRefusal: field))
    case .lifetimeOutOfRange(let min, let max): (lifetimeMin, lifetimeMax) = (min, max)
    case .tooManyOpenHolds(let max), .tooManyLots(let max): count = max
    case .captureExceedsHold(let left), .refundExceedsCapture(let left): self.left = left
    case .imagesExceedHold(let left): imagesLeft = left
    case .insufficientCredits(let shortfall, let available, let required, let book, let largest, let side):
      (self.shortfall, self.available, self.required) = (shortfall, available, required)
      (priceBook, largestCountThatFits, smallerSideThatFits) = (book, largest, side)
    case .exhausted(let bound): self.bound = Bound(rawValue: bound)
    case .quoteRefused(let why): quoteRefusal = QuoteRefusal(rawValue: why)
    default: break
    }
  }
}

extension DetailType {
  /// The ledger's denials have the numbers below 40; of the service's, the refusal of a quote is one too.
  var isDenial: Bool { rawValue > 0 && rawValue < 40 || self == .quoteRefused }
}

extension Detail {
  /// What is wrong and what would mend it, for people.
  var sentence: String {
    switch self {
    case .invalidArgument(let field, let min, let max, let text):
      "\(Denial.Field(rawValue: field)) is invalid" + (min < max ? ": it must be from \(min) to \(max)" : "")
        + (text.isEmpty ? "" : ": \(text)")
    case .idOutsideWindow(let earliest, let latest):
      "the request's id must be a UUIDv7 with a time from \(earliest) to \(latest): make a new one"
    case .payloadConflict(let field):
      "this id was used before with another \(Denial.Field(rawValue: field)): use a new id for a new request"
    case .accountUnknown, .accountExists, .accountFrozen, .accountClosed, .accountHasOpenHolds: accountSentence
    case .holdUnknown, .holdExpired, .holdEnded, .holdNotExpired, .captureExceedsHold, .imagesExceedHold: holdSentence
    case .lifetimeOutOfRange(let min, let max): "the lifetime must be from \(min) to \(max)"
    case .tooManyOpenHolds(let max): "the account has \(max) open holds, as many as it may: end some first"
    case .tooManyLots(let max): "this would touch more than \(max) lots"
    case .lotUnknown: "there is no such lot or entry"
    case .refundExceedsCapture(let left): "only \(left) credits are left to refund"
    case .priceRefused, .quoteRefused, .insufficientCredits, .exhausted: creditSentence
    default: serviceSentence
    }
  }

  private var accountSentence: String {
    switch self {
    case .accountUnknown: "there is no such account"
    case .accountExists: "the account exists already"
    case .accountFrozen: "the account is frozen: it takes no new holds until it is activated"
    case .accountHasOpenHolds(let count): "the account has \(count) open holds: capture or void them first"
    default: "the account is closed"
    }
  }

  private var holdSentence: String {
    switch self {
    case .holdUnknown: "there is no such hold"
    case .holdExpired(let instant): "the hold expired at \(instant): captureLate can still charge for its work"
    case .holdEnded(let how): "the hold has ended: it was \(Hold.State(rawValue: how))"
    case .captureExceedsHold(let left): "only \(left) credits are left under the hold"
    case .imagesExceedHold(let left): "only \(left) images are left under the hold"
    default: "the hold is still open: capture it instead"
    }
  }

  private var creditSentence: String {
    switch self {
    // In a batch's results the gate's own sentence is missing.
    case .priceRefused(let code, _, let text): text.isEmpty ? PriceRefusal(code: code).sentence : text
    case .quoteRefused(let why):
      switch Denial.QuoteRefusal(rawValue: why) {
      case .expired: "the quote has expired: ask for a new one"
      case .mismatched: "the quote is not for this job or account"
      case .bookGone: "the quote's price book is gone: ask for a new one"
      case .noBook: "no price book is in force yet, so that nothing has a price"
      default: "the quote cannot be redeemed"
      }
    case .insufficientCredits(let shortfall, let available, let required, _, let largest, let side):
      "\(required) credits are needed and \(available) available, \(shortfall) short"
        + (largest > 0 ? "; \(largest) images would fit now" : "")
        + (side > 0 ? "; at \(side)×\(side) pixels all of them would" : "")
    case .exhausted(let bound): "the ledger has no room for more: bound \(bound) is reached"
    default: "\(type.rawValue)"
    }
  }

  private var serviceSentence: String {
    switch self {
    case .limitExceeded(let which, let max, let seen): "limit \(which) is \(max), and \(seen) was asked for"
    case .permission(let role, let needed):
      "the role \(Role(rawValue: role).name) may not call this; it takes \(Roles(rawValue: needed).names)"
    case .redirect(let shard, let epoch, let address): "shard \(shard) lives at \(address), epoch \(epoch)"
    case .malformedMessage(let problem, let offset, let text):
      "the gate could not read the request: problem \(problem) at byte \(offset) \(text)"
    case .methodUnknown(let method, let min, let max):
      max == 0
        ? "the gate has no method \(method)" : "the gate speaks versions \(min) to \(max) of method \(method)"
    case .notServing(let status): "the gate is \(HealthReport.Status(rawValue: status))"
    default: "detail \(type.rawValue)"
    }
  }
}

extension Roles {
  fileprivate var names: String {
    (0..<16).map { Role(rawValue: $0) }.filter { contains($0) }.map(\.name).joined(separator: ", ")
  }
}
