// A refusal that helps: a reason for programs, a sentence for people, and what would mend it (rule 15).

public import TollgateValues

/// Why the gate refused. `reason` decides which of the other properties are filled; the rest are nil.
public struct Denial: Error, Hashable, Sendable {
  /// The reason, for programs.
  public var reason: Reason
  /// The reason and its remedy, for people.
  public var message: String
  /// Whether this is the answer to an earlier request with the same id.
  public var replayed: Bool

  /// Credits that are missing (`insufficientCredits`).
  public var shortfall: Credits?
  /// Credits that could be set aside now, what is left of an overdraft included (`insufficientCredits`).
  public var available: Credits?
  /// Credits that the whole job takes (`insufficientCredits`).
  public var required: Credits?
  /// The largest number of images of this job that fits now; 0 if not even one does (`insufficientCredits`).
  public var largestCountThatFits: UInt16?
  /// The longer side, in pixels, at which the whole job would fit now; 0 if at none (`insufficientCredits`).
  public var smallerSideThatFits: UInt16?
  /// The price book by which the job was priced (`insufficientCredits`).
  public var priceBook: UInt32?
  /// Credits that are left: of the hold (`captureExceedsHold`), or to refund (`refundExceedsCapture`).
  public var left: Credits?
  /// Images that the hold still has (`imagesExceedHold`).
  public var imagesLeft: UInt16?
  /// When the hold expired (`holdExpired`).
  public var holdExpiredAt: Instant?
  /// How the hold ended (`holdEnded`).
  public var holdEnd: HoldEnd?
  /// The field that is wrong (`malformed`, `priceRefused`), or that differs from the first request with this id
  /// (`payloadConflict`). Where an image's size has no price, `job.width` stands for both sides.
  public var field: Field?
  /// Ids with a time from here on are taken (`idOutsideWindow`).
  public var idEarliest: Instant?
  /// Ids with a time up to here are taken (`idOutsideWindow`).
  public var idLatest: Instant?
  /// The shortest lifetime that a hold may have (`lifetimeOutOfRange`).
  public var lifetimeMin: TimeSpan?
  /// The longest lifetime that a hold may have (`lifetimeOutOfRange`).
  public var lifetimeMax: TimeSpan?
  /// The bound or number met: open holds (`accountHasOpenHolds`), or the most there may be (`tooManyOpenHolds`, `tooManyLots`).
  public var count: UInt32?
  /// Why there is no price: the number of the price book's or quote's refusal (`priceRefused`).
  public var priceRefusal: UInt8?
  /// What is wrong with the quote (`quoteRefused`).
  public var quoteRefusal: QuoteRefusal?
  /// Which bound of the whole ledger is reached (`exhausted`).
  public var bound: Bound?

  /// A refusal for a reason; everything else can be filled in afterwards.
  public init(reason: Reason, message: String, replayed: Bool = false) {
    self.reason = reason
    self.message = message
    self.replayed = replayed
  }
}

extension Denial: CustomStringConvertible {
  /// The reason and the sentence.
  public var description: String { "denied, \(reason): \(message)" }
}

extension Denial {
  /// A reason to refuse, by its number on the wire. New reasons may join, so a `switch` needs a `default`.
  public struct Reason: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public var rawValue: UInt16
    /// The reason with this number, known or not.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A field has a value that can never be right.
    public static let malformed = Reason(rawValue: 1)
    /// The id is no UUIDv7, or its time lies outside of what the gate remembers.
    public static let idOutsideWindow = Reason(rawValue: 2)
    /// The id was used before with another payload.
    public static let payloadConflict = Reason(rawValue: 3)
    /// There is no such account.
    public static let accountUnknown = Reason(rawValue: 4)
    /// The account had been opened before.
    public static let accountExists = Reason(rawValue: 5)
    /// The account is frozen: captures and voids work, new holds do not.
    public static let accountFrozen = Reason(rawValue: 6)
    /// The account is closed for ever.
    public static let accountClosed = Reason(rawValue: 7)
    /// The account has open holds and cannot be closed yet.
    public static let accountHasOpenHolds = Reason(rawValue: 8)
    /// There is no such hold, or it ended long ago.
    public static let holdUnknown = Reason(rawValue: 9)
    /// The hold expired; `captureLate` can still charge for its work.
    public static let holdExpired = Reason(rawValue: 10)
    /// The hold was captured or voided.
    public static let holdEnded = Reason(rawValue: 11)
    /// A late capture of a hold that is still open: capture it instead.
    public static let holdNotExpired = Reason(rawValue: 12)
    /// The price book or the quote gives no price for this job.
    public static let priceRefused = Reason(rawValue: 13)
    /// The lifetime asked for is too short or too long.
    public static let lifetimeOutOfRange = Reason(rawValue: 14)
    /// The account has as many open holds as it may have.
    public static let tooManyOpenHolds = Reason(rawValue: 15)
    /// The capture is above what is left of the hold.
    public static let captureExceedsHold = Reason(rawValue: 16)
    /// The capture names more images than the hold still has.
    public static let imagesExceedHold = Reason(rawValue: 17)
    /// The account or the hold would have more lots than it may have.
    public static let tooManyLots = Reason(rawValue: 18)
    /// There is no such lot, or no such entry to refund.
    public static let lotUnknown = Reason(rawValue: 19)
    /// The refund is above what is left of the capture.
    public static let refundExceedsCapture = Reason(rawValue: 20)
    /// The account has too few credits.
    public static let insufficientCredits = Reason(rawValue: 21)
    /// A bound of the whole ledger is reached.
    public static let exhausted = Reason(rawValue: 22)
    /// The quote cannot be redeemed.
    public static let quoteRefused = Reason(rawValue: 40)
  }

  /// How a hold ended.
  public struct HoldEnd: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The end with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// By a closing capture.
    public static let captured = HoldEnd(rawValue: 1)
    /// By a void.
    public static let voided = HoldEnd(rawValue: 2)
    /// By its expiry.
    public static let expired = HoldEnd(rawValue: 3)
  }

  /// What is wrong with a quote.
  public struct QuoteRefusal: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The refusal with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Its time is over.
    public static let expired = QuoteRefusal(rawValue: 1)
    /// It is not for this job or account.
    public static let mismatched = QuoteRefusal(rawValue: 2)
    /// Its price book is gone.
    public static let bookGone = QuoteRefusal(rawValue: 3)
    /// No price book is in force yet.
    public static let noBook = QuoteRefusal(rawValue: 4)
  }

  /// A bound of the whole ledger.
  public struct Bound: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The bound with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Accounts.
    public static let accounts = Bound(rawValue: 1)
    /// Lots.
    public static let lots = Bound(rawValue: 2)
    /// Holds.
    public static let holds = Bound(rawValue: 3)
  }

  /// A field of a request, by its number on the wire.
  public struct Field: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The field with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    private static let names: [String] = [
      "unnamed", "request", "operation", "account", "hold", "amount", "job.width", "job.height", "job.steps",
      "job.count", "job.model", "job.quality", "job.controlNets", "job.features", "quote", "lifetime", "project",
      "member", "take", "closes", "allowsExcess", "state", "source", "effective", "expires", "priority", "pricePaid",
      "entry", "actor", "reason",
    ]
    /// The field's name, or its number if this version does not know it.
    public var description: String {
      Int(rawValue) < Field.names.count ? Field.names[Int(rawValue)] : "field \(rawValue)"
    }
  }
}

extension Denial.Reason: CustomStringConvertible {
  private static let names: [String] = [
    "", "malformed", "idOutsideWindow", "payloadConflict", "accountUnknown", "accountExists", "accountFrozen",
    "accountClosed", "accountHasOpenHolds", "holdUnknown", "holdExpired", "holdEnded", "holdNotExpired",
    "priceRefused", "lifetimeOutOfRange", "tooManyOpenHolds", "captureExceedsHold", "imagesExceedHold", "tooManyLots",
    "lotUnknown", "refundExceedsCapture", "insufficientCredits", "exhausted",
  ]
  /// The reason's name, or its number if this version does not know it.
  public var description: String {
    if self == .quoteRefused { return "quoteRefused" }
    guard rawValue > 0, Int(rawValue) < Denial.Reason.names.count else { return "reason \(rawValue)" }
    return Denial.Reason.names[Int(rawValue)]
  }
}
