// The rows of the ledger's tables: plain structs without references, so that a page of them copies as bytes.

internal import TollgateValues

/// An account: cached sums over its lots, and the heads of its lists.
struct AccountRecord: BitwiseCopyable {
  var id: AccountID
  /// Sum of what is available in live lots, an overdraft's headroom included.
  var available = Credits.zero
  var held = Credits.zero
  var pending = Credits.zero
  var lastEntry = EntryNumber.none
  var openedAt: Instant
  /// Lots with credits that can be used now, in burn order.
  var liveFirst = Slot.none
  var liveLast = Slot.none
  /// Lots whose effective time has not come.
  var pendingFirst = Slot.none
  /// Lots without available credits: an authorize never walks them.
  var spentFirst = Slot.none
  /// Holds, open and expired.
  var holdsFirst = Slot.none
  /// The one lot of source `.overdraft`, if there is one.
  var overdraft = Slot.none
  var openHolds: UInt32 = 0
  var lotCount: UInt32 = 0
  /// Live and pending lots.
  var lotsWithCredits: UInt32 = 0
  var state = AccountState.active

  init(id: AccountID, openedAt: Instant) {
    self.id = id
    self.openedAt = openedAt
  }
}

/// In which of its account's lists a lot stands.
package enum LotPlace: UInt8, Hashable, Sendable, BitwiseCopyable {
  case live = 0
  case pending = 1
  case spent = 2
}

/// A lot: granted = available + held + captured + expired + voided at all times (rule 1).
struct LotRecord: BitwiseCopyable {
  var id: LotID
  var granted: Credits
  /// Usable now; for a pending lot, what will be.
  var available: Credits
  var held = Credits.zero
  var captured = Credits.zero
  var expired = Credits.zero
  var voided = Credits.zero
  var effective: Instant
  var expires: Instant
  var pricePaid: Int64
  var account: Slot
  var previous = Slot.none
  var next = Slot.none
  /// Of an overdraft: which lots repaid it, the latest first (pin nodes), so that a refund can undo that.
  var repayments = Slot.none
  var priority: UInt8
  var source: LotSource
  var place: LotPlace

  var isConserved: Bool {
    granted == available + held + captured + expired + voided
  }

  /// Rule 5: priority, soonest expiry, promotional and bonus first, earliest effective, id; an overdraft after all.
  @inline(__always)
  func burns(before other: LotRecord) -> Bool {
    let (mine, others) = (source == .overdraft, other.source == .overdraft)
    if mine != others { return others }
    if priority != other.priority { return priority < other.priority }
    if expires != other.expires { return expires < other.expires }
    if source.isGift != other.source.isGift { return source.isGift }
    if effective != other.effective { return effective < other.effective }
    return id < other.id
  }
}

extension LotSource {
  /// Burnt before what was paid for.
  var isGift: Bool { self == .promotional || self == .bonus }
}

/// An open hold, or an expired one that a late capture may still name.
struct HoldRecord: BitwiseCopyable {
  var id: HoldID
  /// All that was set aside, increases included.
  var amount: Credits
  /// All that captures took, excess and late captures included.
  var captured = Credits.zero
  /// What is still set aside; once expired, what late captures may still take.
  var left: Credits
  var authorizedAt: Instant
  var expires: Instant
  var project: ProjectID
  var member: MemberID
  var job: Job
  /// The first pin, inline, as most holds have one.
  var pinAmount = Credits.zero
  var pinLot = Slot.none
  /// The pins after the first.
  var morePins = Slot.none
  var account: Slot
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

  /// The share of the next `count` images: as if all that is left were split by largest remainder over the images left,
  /// so the parts of a hold add up exactly, also after amounts were captured or added in between.
  func share(ofImages count: UInt32) -> Credits {
    guard imagesLeft > 0 else { return .zero }
    let (each, rest) = left.microcredits.quotientAndRemainder(dividingBy: Int64(imagesLeft))
    return Credits(microcredits: Int64(count) * each + min(Int64(count), rest))
  }
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
