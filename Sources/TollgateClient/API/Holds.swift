// Holds and what can be done with them: what a worker asks, and what it is told.

public import TollgateValues

/// What a spend is for: a job that the gate prices, or a raw amount of a role that may name one (rule 10).
public enum Spend: Hashable, Sendable, BitwiseCopyable {
  /// A job; the gate computes the price.
  case job(Job)
  /// Credits as they are; needs the billing or admin role.
  case amount(Credits)
}

/// A spend to authorize or charge.
public struct SpendRequest: Hashable, Sendable, BitwiseCopyable {
  /// Who pays.
  public var account: AccountID
  /// What for.
  public var spend: Spend
  /// The quote to redeem, or zero.
  public var quote: QuoteID
  /// What the job belongs to, or zero.
  public var project: ProjectID
  /// Which user of the account asked, or zero.
  public var member: MemberID
  /// How long the hold may live; zero means the gate's default of 15 minutes (rule 3). Unused by a one-step charge.
  public var lifetime: TimeSpan
  /// The idempotency id; nil lets the client make one. Give the same id again to repeat the same request safely.
  public var id: RequestID?

  /// A spend of an account.
  public init(
    account: AccountID, spend: Spend, quote: QuoteID = .zero, project: ProjectID = .zero, member: MemberID = .zero,
    lifetime: TimeSpan = .zero, id: RequestID? = nil
  ) {
    self.account = account
    self.spend = spend
    self.quote = quote
    self.project = project
    self.member = member
    self.lifetime = lifetime
    self.id = id
  }

  /// A job of an account.
  public init(
    account: AccountID, job: Job, quote: QuoteID = .zero, project: ProjectID = .zero, member: MemberID = .zero,
    lifetime: TimeSpan = .zero, id: RequestID? = nil
  ) {
    self.init(
      account: account, spend: .job(job), quote: quote, project: project, member: member, lifetime: lifetime, id: id)
  }
}

/// Credits that were set aside.
public struct Authorization: Hashable, Sendable, BitwiseCopyable {
  /// The hold: the bits of the request's id.
  public var hold: HoldID
  /// How much is set aside.
  public var amount: Credits
  /// When the hold expires unless it is extended, by the gate's clock.
  public var expires: Instant
  /// The price book that priced it; 0 for a raw amount.
  public var priceBook: UInt32
}

/// How much of a hold a capture takes.
public enum Take: Hashable, Sendable, BitwiseCopyable {
  /// All that is left.
  case all
  /// An exact amount, zero included (rule 4).
  case amount(Credits)
  /// The share of the next so many images of the hold's job (rule 11).
  case images(UInt16)
}

/// A capture to make.
public struct CaptureRequest: Hashable, Sendable, BitwiseCopyable {
  /// Of which hold.
  public var hold: HoldID
  /// How much.
  public var take: Take
  /// Ends the hold afterwards and releases the rest.
  public var closes: Bool
  /// Takes what exceeds the hold as an extra charge, which passes every admission check (rule 4).
  public var allowsExcess: Bool
  /// The idempotency id; nil lets the client make one.
  public var id: RequestID?

  /// A capture of a hold; by default it takes all and ends the hold.
  public init(
    hold: HoldID, take: Take = .all, closes: Bool = true, allowsExcess: Bool = false, id: RequestID? = nil
  ) {
    self.hold = hold
    self.take = take
    self.closes = closes
    self.allowsExcess = allowsExcess
    self.id = id
  }
}

/// A capture that was made.
public struct Captured: Hashable, Sendable, BitwiseCopyable {
  /// What it took, excess included.
  public var amount: Credits
  /// What is left under the hold; zero once it is closed.
  public var left: Credits
  /// Whether the hold has ended.
  public var closed: Bool
}

/// A void that was made.
public struct Voided: Hashable, Sendable, BitwiseCopyable {
  /// What was released. What of it belonged to a lot that had expired is gone at once (rule 6).
  public var released: Credits
}

/// An extension that was made.
public struct Extended: Hashable, Sendable, BitwiseCopyable {
  /// When the hold now expires, by the gate's clock.
  public var expires: Instant
}

/// An increase that was made.
public struct Increased: Hashable, Sendable, BitwiseCopyable {
  /// What was added.
  public var added: Credits
  /// The hold's new total.
  public var total: Credits
  /// The price book that priced the addition; 0 for a raw amount.
  public var priceBook: UInt32
}

/// A one-step charge that was made.
public struct Charged: Hashable, Sendable, BitwiseCopyable {
  /// What was taken.
  public var amount: Credits
  /// The price book that priced it; 0 for a raw amount.
  public var priceBook: UInt32
}

/// A late capture that was made.
public struct CapturedLate: Hashable, Sendable, BitwiseCopyable {
  /// What was taken.
  public var amount: Credits
}

/// A refund that was made.
public struct Refunded: Hashable, Sendable, BitwiseCopyable {
  /// What went back to its lots.
  public var amount: Credits
  /// What of it expired again at once, as its lots had expired (rule 8).
  public var expired: Credits
}

/// A price that the gate promises for a while.
public struct Quote: Hashable, Sendable {
  /// Redeems the price.
  public var id: QuoteID
  /// The price of the whole job.
  public var amount: Credits
  /// The price book that priced it.
  public var priceBook: UInt32
  /// Until when it can be redeemed, by the gate's clock.
  public var expires: Instant
  /// How the price came about, in order.
  public var lines: [Line]

  /// One step of a price. The amounts of all steps add up to the price.
  public struct Line: Hashable, Sendable {
    /// 1 base, 2 model, 3 multiplier, 4 addition, 5 ControlNets, 6 steps, 7 images, 8 rounding.
    public var kind: UInt8
    /// The job's features that the step is for, if any.
    public var features: Job.Features
    /// What the step adds, or takes away.
    public var amount: Credits
    /// For people.
    public var label: String
  }
}

/// A hold as the gate sees it.
public struct Hold: Hashable, Sendable, BitwiseCopyable {
  /// Which.
  public var hold: HoldID
  /// Whose.
  public var account: AccountID
  /// Whether it is open, or how it ended.
  public var state: State
  /// What it was for; `count` 0 for a raw amount.
  public var job: Job
  /// The project, or zero.
  public var project: ProjectID
  /// The member, or zero.
  public var member: MemberID
  /// Set aside in all.
  public var amount: Credits
  /// Captured so far.
  public var captured: Credits
  /// Still set aside.
  public var left: Credits
  /// Images that it was for.
  public var images: UInt16
  /// Images captured so far.
  public var imagesCaptured: UInt16
  /// When it was made.
  public var authorizedAt: Instant
  /// When it expires, or when it did.
  public var expires: Instant
  /// The price book that priced it; 0 for a raw amount.
  public var priceBook: UInt32

  /// Whether a hold is open, or how it ended.
  public struct State: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// The number on the wire.
    public var rawValue: UInt8
    /// The state with this number, known or not.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Credits are set aside.
    public static let open = State(rawValue: 0)
    /// Ended by a closing capture.
    public static let captured = State(rawValue: 1)
    /// Ended by a void.
    public static let voided = State(rawValue: 2)
    /// Ended by its expiry.
    public static let expired = State(rawValue: 3)

    /// The state's name.
    public var description: String {
      switch self {
      case .open: "open"
      case .captured: "captured"
      case .voided: "voided"
      case .expired: "expired"
      default: "state \(rawValue)"
      }
    }
  }
}
