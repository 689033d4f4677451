// What the ledger can be asked to do. A command carries its priced amount, so that replay never prices anything again.

package import TollgateValues

/// One mutating request; or an `.expire` or `.configure` of the service's own, whose request id is zero and not remembered.
///
/// The frequent operations stand in plain memory, so that whoever walks many commands reads fields and copies nothing.
package struct Command: Hashable, Sendable {
  package var request: RequestID
  package var plain: PlainOperation
  /// What `.other` stands for.
  private var other: OtherOperation?

  /// A command of the hot path; `plain` must not be `.other`.
  @inline(__always)
  package init(request: RequestID, plain: PlainOperation) {
    self.request = request
    self.plain = plain
  }

  package init(request: RequestID, operation: Operation) {
    self.request = request
    plain = PlainOperation(operation)
    if case .other = plain { other = .operation(operation) }
  }

  package var operation: Operation {
    switch plain {
    case .authorize(let authorize): return .authorize(authorize)
    case .capture(let capture): return .capture(capture)
    case .void(let void): return .void(void)
    case .extend(let extend): return .extend(extend)
    case .increase(let increase): return .increase(increase)
    case .charge(let charge): return .charge(charge)
    case .captureLate(let late): return .captureLate(late)
    case .expire(let limit): return .expire(limit: limit)
    case .other:
      guard case .operation(let operation)? = other else { preconditionFailure("a command without an operation") }
      return operation
    }
  }
}

/// The operations that carry texts or lists, out of the way.
private indirect enum OtherOperation: Hashable, Sendable {
  case operation(Operation)
}

/// The operations. Those with texts or lists are indirect.
package enum Operation: Hashable, Sendable {
  indirect case openAccount(OpenAccount)
  indirect case setAccountState(SetAccountState)
  indirect case grant(Grant)
  case authorize(Authorize)
  case capture(Capture)
  case void(VoidHold)
  case extend(Extend)
  case increase(Increase)
  case charge(Charge)
  case captureLate(CaptureLate)
  indirect case refund(Refund)
  /// The bounds that decide from here on, set by the service when its configuration has changed: journaled, so that a
  /// replay decides under the bounds of its time.
  indirect case configure(LedgerConfiguration)
  /// Time passes: ends what is due at the batch's instant, at most `limit` things, in time order (rule 7).
  case expire(limit: UInt32)
}

/// An operation without references, as far as it can be told so.
package enum PlainOperation: Hashable, Sendable, BitwiseCopyable {
  case authorize(Authorize)
  case capture(Capture)
  case void(VoidHold)
  case extend(Extend)
  case increase(Increase)
  case charge(Charge)
  case captureLate(CaptureLate)
  case expire(limit: UInt32)
  /// One with texts or lists, or of the service's own: the command's `operation`.
  case other

  fileprivate init(_ operation: Operation) {
    self =
      switch operation {
      case .authorize(let authorize): .authorize(authorize)
      case .capture(let capture): .capture(capture)
      case .void(let void): .void(void)
      case .extend(let extend): .extend(extend)
      case .increase(let increase): .increase(increase)
      case .charge(let charge): .charge(charge)
      case .captureLate(let late): .captureLate(late)
      case .expire(let limit): .expire(limit: limit)
      case .openAccount, .setAccountState, .grant, .refund, .configure: .other
      }
  }
}

/// Who did something administrative, and why (rule 19). Texts of at most `Limits.textBytesMax` bytes.
package struct Note: Hashable, Sendable {
  package var actor: String
  package var reason: String

  package init(actor: String, reason: String) {
    self.actor = actor
    self.reason = reason
  }
}

/// What the service made of the job parameters before the ledger decides.
package enum PricedAmount: Hashable, Sendable, BitwiseCopyable {
  /// The price in force, and the number of its price book; book 0 is a raw amount of a role that may charge one (rule 10).
  case amount(Credits, book: UInt32)
  /// The price book or quote refused the job: sticky like every denial, at its place in the order of checks (rule 16).
  case refused(PriceRefusalCode)
}

/// Why there is no price: numbers of TollgatePricing's refusals and of quote redemption, kept opaque here.
package struct PriceRefusalCode: Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }
}

package struct OpenAccount: Hashable, Sendable {
  package var account: AccountID
  package var note: Note

  package init(account: AccountID, note: Note) {
    self.account = account
    self.note = note
  }
}

/// Active accounts take new holds; frozen ones do not, but captures and voids still work; closed is the end.
package enum AccountState: UInt8, Hashable, Sendable, BitwiseCopyable {
  case active = 0
  case frozen = 1
  case closed = 2
}

package struct SetAccountState: Hashable, Sendable {
  package var account: AccountID
  package var state: AccountState
  package var note: Note

  package init(account: AccountID, state: AccountState, note: Note) {
    self.account = account
    self.state = state
    self.note = note
  }
}

/// Where a lot came from. The order of burning within one priority and expiry: promotional and bonus before the rest
/// (rule 5); an overdraft lot (rule 1) is burnt last of all and repaid first by a new grant.
package enum LotSource: UInt8, Hashable, Sendable, BitwiseCopyable {
  case plan = 0
  case package = 1
  case promotional = 2
  case bonus = 3
  case goodwill = 4
  case adjustment = 5
  case overdraft = 6
}

package struct Grant: Hashable, Sendable {
  package var account: AccountID
  package var source: LotSource
  package var amount: Credits
  /// Usable from here on; `.epoch` means at once.
  package var effective: Instant
  /// Usable until just before; `.never` means for ever.
  package var expires: Instant
  /// Lower burns first.
  package var priority: UInt8
  /// What the customer paid for the whole lot, in micro-dollars.
  package var pricePaid: Int64
  package var note: Note

  package init(
    account: AccountID, source: LotSource, amount: Credits, effective: Instant = .epoch, expires: Instant = .never,
    priority: UInt8 = 100, pricePaid: Int64 = 0, note: Note
  ) {
    self.account = account
    self.source = source
    self.amount = amount
    self.effective = effective
    self.expires = expires
    self.priority = priority
    self.pricePaid = pricePaid
    self.note = note
  }
}

/// What a client says of a spend; with the price, all that an authorize or charge needs.
package struct Spend: Hashable, Sendable, BitwiseCopyable {
  package var account: AccountID
  /// The job; `count` 0 where a raw amount is charged.
  package var job: Job
  /// The quote to redeem, or zero.
  package var quote: QuoteID
  package var project: ProjectID
  package var member: MemberID
  /// A raw amount that the client named, or zero. Part of the payload that idempotency compares; `price` is not.
  package var rawAmount: Credits
  package var price: PricedAmount

  package init(
    account: AccountID, job: Job, quote: QuoteID = .zero, project: ProjectID = .zero, member: MemberID = .zero,
    rawAmount: Credits = .zero, price: PricedAmount
  ) {
    self.account = account
    self.job = job
    self.quote = quote
    self.project = project
    self.member = member
    self.rawAmount = rawAmount
    self.price = price
  }
}

package struct Authorize: Hashable, Sendable, BitwiseCopyable {
  package var spend: Spend
  /// How long the hold may live; zero means the default (rule 3).
  package var lifetime: TimeSpan

  package init(spend: Spend, lifetime: TimeSpan) {
    self.spend = spend
    self.lifetime = lifetime
  }
}

/// How much of a hold a capture takes.
package enum Take: Hashable, Sendable, BitwiseCopyable {
  /// All that is left.
  case all
  /// An exact amount, zero included (rule 4).
  case amount(Credits)
  /// The share of the next so many images of the hold's job, by largest remainder (rule 11).
  case images(UInt16)
}

package struct Capture: Hashable, Sendable, BitwiseCopyable {
  package var hold: HoldID
  package var take: Take
  /// Ends the hold after this capture and releases the rest.
  package var closes: Bool
  /// Takes what exceeds the hold as an extra charge, which passes every admission check (rule 4).
  package var allowsExcess: Bool

  package init(hold: HoldID, take: Take, closes: Bool, allowsExcess: Bool = false) {
    self.hold = hold
    self.take = take
    self.closes = closes
    self.allowsExcess = allowsExcess
  }
}

/// Ends a hold and releases all that is left of it.
package struct VoidHold: Hashable, Sendable, BitwiseCopyable {
  package var hold: HoldID

  package init(hold: HoldID) { self.hold = hold }
}

/// A heartbeat: the hold lives for `lifetime` from now (zero: the default); never shortens it.
package struct Extend: Hashable, Sendable, BitwiseCopyable {
  package var hold: HoldID
  package var lifetime: TimeSpan

  package init(hold: HoldID, lifetime: TimeSpan) {
    self.hold = hold
    self.lifetime = lifetime
  }
}

/// Sets more credits aside under an open hold, for more of the work: passes every admission check.
package struct Increase: Hashable, Sendable, BitwiseCopyable {
  package var hold: HoldID
  /// The additional job; `count` 0 where a raw amount is added.
  package var job: Job
  package var rawAmount: Credits
  package var price: PricedAmount

  package init(hold: HoldID, job: Job, rawAmount: Credits = .zero, price: PricedAmount) {
    self.hold = hold
    self.job = job
    self.rawAmount = rawAmount
    self.price = price
  }
}

/// Authorize and capture in one step.
package struct Charge: Hashable, Sendable, BitwiseCopyable {
  package var spend: Spend

  package init(spend: Spend) { self.spend = spend }
}

/// A fresh charge for a hold that expired before its capture, linked to it (rule 3). `.images` and `.all` are shares of
/// what was left of the hold when it expired.
package struct CaptureLate: Hashable, Sendable, BitwiseCopyable {
  package var hold: HoldID
  package var take: Take

  package init(hold: HoldID, take: Take) {
    self.hold = hold
    self.take = take
  }
}

/// Unwinds a capture or charge to the lots that it consumed, last consumed first (rule 8). The service reads the entry
/// from the journal and passes its postings, in the order in which they were consumed.
package struct Refund: Hashable, Sendable {
  package var account: AccountID
  /// The entry of the capture, charge or late capture.
  package var entry: EntryNumber
  /// How much to give back; nil means all that has not been refunded yet.
  package var amount: Credits?
  /// What that entry consumed of which lot. Not part of the payload that idempotency compares.
  package var consumed: [LotAmount]
  package var note: Note

  package init(account: AccountID, entry: EntryNumber, amount: Credits?, consumed: [LotAmount], note: Note) {
    self.account = account
    self.entry = entry
    self.amount = amount
    self.consumed = consumed
    self.note = note
  }
}

/// An amount of one lot.
package struct LotAmount: Hashable, Sendable, BitwiseCopyable {
  package var lot: LotID
  package var amount: Credits

  package init(lot: LotID, amount: Credits) {
    self.lot = lot
    self.amount = amount
  }
}
