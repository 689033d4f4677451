// Setting credits aside and charging them: everything here passes admission.

internal import TollgateValues

extension LedgerState {
  @inline(never)
  mutating func authorize(_ command: UnsafePointer<Command>, _ step: UnsafePointer<Step>) -> Outcome {
    guard case .authorize(let authorize) = command.pointee.plain else { preconditionFailure("not an authorize") }
    guard let (slot, account) = account(authorize.spend.account, step) else { return .denied(.accountUnknown) }
    if let denial = account.pointee.state.spendingDenial { return .denied(denial) }
    guard case .amount(let amount, let book) = authorize.spend.price else {
      return .denied(authorize.spend.price.denial)
    }
    guard let lifetime = Self.lifetime(authorize.lifetime) else { return .denied(Self.lifetimeDenial) }
    guard account.pointee.openHolds < configuration.openHoldsPerAccountMax else {
      return .denied(.tooManyOpenHolds(max: configuration.openHoldsPerAccountMax))
    }
    guard holds.count < Limits.slotsMax else { return .denied(.exhausted(.holds)) }
    let lot = account.pointee.liveFirst == .none ? nil : lots.element(account.pointee.liveFirst)
    if let denial = admission(of: amount, to: slot, account, lot, book: book) { return .denied(denial) }
    let expires = now.advanced(by: lifetime)
    let (place, hold) = addHold(hash: step.pointee.hash)
    hold.initialize(
      to: HoldRecord(
        id: command.pointee.request.hold, expires: expires, account: slot, book: book,
        images: UInt32(authorize.spend.job.count)))
    holdTerms.element(place).initialize(
      to: HoldTerms(
        amount: amount, authorizedAt: now, project: authorize.spend.project, member: authorize.spend.member,
        job: authorize.spend.job))
    join(place, hold, to: account)
    let start = pen.mark
    let sums = pin(amount, of: slot, account, lot, under: place, hold)
    record(.held, account, sums, hold: command.pointee.request.hold, since: start)
    return .authorized(amount, expires: expires, book: book)
  }

  @inline(never)
  mutating func charge(_ command: UnsafePointer<Command>, _ step: UnsafePointer<Step>) -> Outcome {
    guard case .charge(let charge) = command.pointee.plain else { preconditionFailure("not a charge") }
    guard let (account, _) = account(charge.spend.account, step) else { return .denied(.accountUnknown) }
    if let denial = spendingDenial(of: account) { return .denied(denial) }
    guard case .amount(let amount, let book) = charge.spend.price else { return .denied(charge.spend.price.denial) }
    if let denial = admission(of: amount, to: account, book: book) { return .denied(denial) }
    chargeNow(amount, to: account, as: .charged, hold: command.pointee.request.hold)
    return .charged(amount, book: book)
  }

  mutating func increase(_ increase: Increase) -> Outcome {
    let slot: Slot
    switch openHoldToSpend(increase.hold) {
    case .success(let found): slot = found
    case .failure(let refusal): return .denied(refusal.denial)
    }
    guard case .amount(let amount, let book) = increase.price else { return .denied(increase.price.denial) }
    let account = holds[slot].account
    if let denial = admission(of: amount, to: account, book: book, pinsAlready: Int(holds[slot].pinCount)) {
      return .denied(denial)
    }
    let (images, overflow) = holds[slot].images.addingReportingOverflow(UInt32(increase.job.count))
    guard !overflow, let total = holdTerms[slot].amount.adding(amount) else { return .denied(.exhausted(.credits)) }
    let start = pen.mark
    holdTerms[slot].amount = total
    holds[slot].images = images
    pin(amount, of: account, under: slot)
    record(.increased, account: account, hold: increase.hold, since: start)
    return .increased(amount, total: total, book: book)
  }

  /// A fresh charge in place of a hold that expired: what was left at its expiry is all that it can take.
  mutating func captureLate(_ late: CaptureLate) -> Outcome {
    guard let slot = holdSlot(late.hold) else { return .denied(missingHold(late.hold)) }
    let account = holds[slot].account
    if let denial = spendingDenial(of: account) { return .denied(denial) }
    guard holds[slot].isExpired else { return .denied(.holdNotExpired) }
    let amount: Credits
    var images: UInt32 = 0
    switch late.take {
    case .all: (amount, images) = (holds[slot].left, holds[slot].imagesLeft)
    case .amount(let credits):
      guard credits <= holds[slot].left else { return .denied(.captureExceedsHold(left: holds[slot].left)) }
      amount = credits
    case .images(let count):
      guard UInt32(count) <= holds[slot].imagesLeft else { return .denied(holds[slot].imagesDenial) }
      (amount, images) = (holds[slot].share(ofImages: UInt32(count)), UInt32(count))
    }
    if let denial = admission(of: amount, to: account, book: holds[slot].book) { return .denied(denial) }
    chargeNow(amount, to: account, as: .capturedLate, hold: late.hold)
    holds[slot].left -= amount
    holds[slot].imagesCaptured += images
    holds[slot].addCaptured(amount)
    return .capturedLate(amount)
  }

  /// Captures at once, out of available credits that admission has checked.
  @inline(__always)
  mutating func chargeNow(_ amount: Credits, to account: Slot, as kind: EntryKind, hold: HoldID) {
    let start = pen.mark
    burn(amount, of: account, into: .captured)
    record(kind, account: account, hold: hold, since: start)
  }

  // MARK: Checks that several operations share

  /// Whether the account's state forbids new spending.
  @inline(__always)
  func spendingDenial(of account: Slot) -> Denial? { accounts.peek(account).pointee.state.spendingDenial }

  @inline(__always)
  mutating func admission(of amount: Credits, to account: Slot, book: UInt32, pinsAlready: Int = 0) -> Denial? {
    let record = accounts.peek(account)
    let lot = record.pointee.liveFirst == .none ? nil : lots.peek(record.pointee.liveFirst)
    return admission(of: amount, to: account, record, lot, book: book, pinsAlready: pinsAlready)
  }

  /// Rule 2: credits that are usable now must cover the amount, out of at most so many lots, of which the first is at hand.
  @inline(__always)
  mutating func admission(
    of amount: Credits, to account: Slot, _ record: UnsafePointer<AccountRecord>, _ lot: UnsafePointer<LotRecord>?,
    book: UInt32, pinsAlready: Int = 0
  ) -> Denial? {
    let available = record.pointee.available
    guard amount <= available else {
      return .insufficientCredits(shortfall: amount - available, available: available, book: book)
    }
    let limit = Limits.lotsPerHoldMax - pinsAlready
    if limit > 0 {
      guard let lot, amount > lot.pointee.available else { return nil }
    }
    return fits(amount, lotsOf: account, limit: limit) ? nil : .tooManyLots(max: UInt32(Limits.lotsPerHoldMax))
  }

  /// Whether an amount that is there comes out of at most so many lots. Mutating, as what is not inlined and does not mutate
  /// is handed a copy of the whole state.
  @inline(never)
  private mutating func fits(_ amount: Credits, lotsOf account: Slot, limit: Int) -> Bool {
    rest(account).lotsWithCredits <= 1 || lotsNeeded(for: amount, of: account, limit: limit) <= limit
  }

  /// The lifetime asked for, or nil if it is out of range.
  @inline(__always)
  static func lifetime(_ asked: TimeSpan) -> TimeSpan? {
    if asked.nanoseconds == 0 { return Limits.holdLifetimeDefault }
    return asked >= Limits.holdLifetimeMin && asked <= Limits.holdLifetimeMax ? asked : nil
  }

  static var lifetimeDenial: Denial {
    .lifetimeOutOfRange(min: Limits.holdLifetimeMin, max: Limits.holdLifetimeMax)
  }
}

extension AccountState {
  /// Why an account in this state spends nothing new.
  @inline(__always)
  fileprivate var spendingDenial: Denial? {
    switch self {
    case .active: nil
    case .frozen: .accountFrozen
    case .closed: .accountClosed
    }
  }
}

extension PricedAmount {
  /// Why there is no price.
  var denial: Denial {
    switch self {
    case .refused(let code): .priceRefused(code)
    case .amount: preconditionFailure("a price was asked why it is none")
    }
  }
}
