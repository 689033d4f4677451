// The rows of the ledger's tables: plain structs without references, so that a page of them copies as bytes.

internal import TollgateValues

/// An account in one cache line: what every authorize and capture needs of it.
struct AccountRecord: BitwiseCopyable {
  var id: AccountID
  /// Sum of what is available in live lots, an overdraft's headroom included.
  var available = Credits.zero
  var held = Credits.zero
  var openedAt: Instant
  /// The last entry's number above eight bits of state.
  private var lastEntryAndState: UInt64 = 0
  /// The first of the lots with credits that can be used now, in burn order.
  var liveFirst = Slot.none
  /// Holds, open and expired.
  var holdsFirst = Slot.none
  var openHolds: UInt32 = 0
  /// What accounts with more than one live lot need besides; `.none` where nothing of it is needed.
  var rest = Slot.none

  init(id: AccountID, openedAt: Instant) {
    self.id = id
    self.openedAt = openedAt
  }

  @inline(__always)
  var lastEntry: EntryNumber {
    get { EntryNumber(rawValue: lastEntryAndState &>> 8) }
    set { lastEntryAndState = newValue.rawValue &<< 8 | lastEntryAndState & 0xFF }
  }

  /// Numbers below are kept whole beside the state.
  static let lastEntryEnd: UInt64 = 1 << 56

  @inline(__always)
  var state: AccountState {
    get { AccountState(rawValue: UInt8(truncatingIfNeeded: lastEntryAndState)) ?? .closed }
    set { lastEntryAndState = lastEntryAndState & ~0xFF | UInt64(newValue.rawValue) }
  }
}

/// The rest of an account that has, or had, anything but a single live lot.
struct AccountRest: BitwiseCopyable {
  var pending = Credits.zero
  var liveLast = Slot.none
  /// Lots whose effective time has not come.
  var pendingFirst = Slot.none
  /// Lots without available credits: an authorize never walks them.
  var spentFirst = Slot.none
  /// The one lot of source `.overdraft`, if there is one.
  var overdraft = Slot.none
  /// Which lots repaid the overdraft, the latest first (pin nodes), so that a refund can undo that.
  var repayments = Slot.none
  var lotCount: UInt32 = 0
  /// Live and pending lots.
  var lotsWithCredits: UInt32 = 0
}

/// In which of its account's lists a lot stands.
package enum LotPlace: UInt8, Hashable, Sendable, BitwiseCopyable {
  case live = 0
  case pending = 1
  case spent = 2
}

/// A lot in one cache line: its sums and its place among its account's lots.
struct LotRecord: BitwiseCopyable {
  var id: LotID
  /// What was granted and has neither expired nor been voided.
  var kept = Credits.zero
  /// Usable now; for a pending lot, what will be.
  var available = Credits.zero
  var held = Credits.zero
  var captured = Credits.zero
  var account: Slot
  var previous = Slot.none
  var next = Slot.none
  var priority: UInt8
  var source: LotSource
  var place: LotPlace
  /// Whether what was lost was voided; otherwise it expired. A lot whose rest was voided never loses anything again.
  var isVoided = false

  /// Rule 1 without what was lost on both sides: granted = available + held + captured + expired + voided at all times.
  @inline(__always)
  var isConserved: Bool { kept == available + held + captured }
}

/// What is fixed of a lot when it is granted, and what of it was lost: nothing that spending needs.
struct LotTerms: BitwiseCopyable {
  var effective: Instant
  var expires: Instant
  var pricePaid: Int64
  /// Expired or voided.
  var lost = Credits.zero
}

extension LotSource {
  /// Burnt before what was paid for.
  var isGift: Bool { self == .promotional || self == .bonus }
}

/// An open hold, or an expired one that a late capture may still name.
struct HoldRecord: BitwiseCopyable {
  var id: HoldID
  /// What is still set aside: the sum of the pins. Once expired, what late captures may still take.
  var left = Credits.zero
  /// All that captures took, excess and late captures included.
  var captured = Credits.zero
  var expires: Instant
  var account: Slot
  /// Of one pin its lot, as most holds have one and its amount is `left`; of more the first of their list.
  var pins = Slot.none
  var duePrevious = Slot.none
  var dueNext = Slot.none
  var listPrevious = Slot.none
  var listNext = Slot.none
  var book: UInt32
  var images: UInt32
  var imagesCaptured: UInt32 = 0
  var pinCount: UInt16 = 0
  var isExpired = false

  /// When something must be done about it: expire it, or forget it.
  @inline(__always)
  func due(lateCaptureWindow: TimeSpan) -> Instant {
    isExpired ? expires.advanced(by: lateCaptureWindow) : expires
  }

  var imagesLeft: UInt32 { images - imagesCaptured }

  var imagesDenial: Denial { .imagesExceedHold(left: UInt16(clamping: imagesLeft)) }

  /// Adds to what captures took; it only informs, so after 10^13 credits it stands still instead of overflowing.
  @inline(__always)
  mutating func addCaptured(_ amount: Credits) {
    captured = captured.adding(amount) ?? Credits(microcredits: .max)
  }

  /// The share of the next `count` images: as if all that is left were split by largest remainder over the images left,
  /// so the parts of a hold add up exactly, also after amounts were captured or added in between.
  func share(ofImages count: UInt32) -> Credits {
    guard imagesLeft > 0 else { return .zero }
    let (each, rest) = left.microcredits.quotientAndRemainder(dividingBy: Int64(imagesLeft))
    return Credits(microcredits: Int64(count) * each + min(Int64(count), rest))
  }
}

/// What a hold was made of and for: nothing that its end needs.
struct HoldTerms: BitwiseCopyable {
  /// All that was set aside, increases included.
  var amount: Credits
  var authorizedAt: Instant
  var project: ProjectID
  var member: MemberID
  var job: Job
}

/// An amount of a lot, in a list: pins of a hold, or repayments of an overdraft.
struct PinRecord: BitwiseCopyable {
  var amount: Credits
  var lot: Slot
  var next: Slot
}

/// How much of an entry has been refunded so far.
struct RefundRecord: BitwiseCopyable {
  var entry: EntryNumber
  var refunded: Credits
}
