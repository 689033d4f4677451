// What happens to an open hold: captures, void, extension.

internal import TollgateValues

/// A denial as an error, for `Result`.
struct Refusal: Error {
  var denial: Denial
}

extension LedgerState {
  @inline(never)
  mutating func capture(_ command: UnsafePointer<Command>, _ step: UnsafePointer<Step>) -> Outcome {
    guard case .capture(let capture) = command.pointee.plain else { preconditionFailure("not a capture") }
    guard let (slot, hold) = hold(capture.hold, step) else { return .denied(missingHold(capture.hold)) }
    let account = accounts.element(hold.pointee.account)
    if let denial = Self.denial(of: hold, account, spends: false) { return .denied(denial) }
    var closes = capture.closes
    var amount = hold.pointee.left
    var excess = Credits.zero
    var images: UInt32 = 0
    switch capture.take {
    case .all:
      images = hold.pointee.imagesLeft
      closes = true
    case .amount(let credits):
      if credits > amount {
        guard capture.allowsExcess else { return .denied(.captureExceedsHold(left: amount)) }
        excess = credits - amount
      } else {
        amount = credits
      }
    case .images(let count):
      guard UInt32(count) <= hold.pointee.imagesLeft else { return .denied(hold.pointee.imagesDenial) }
      images = UInt32(count)
      amount = hold.pointee.share(ofImages: images)
    }
    if excess > .zero, let denial = excessDenial(excess, slot) { return .denied(denial) }
    take(amount, images: images, excess: excess, from: slot, hold, account)
    let left = closes ? Credits.zero : hold.pointee.left
    if closes {
      if hold.pointee.pinCount > 0 { release(under: slot, asOf: now, always: false) }
      end(slot, hold, account, .captured, step)
    }
    return .captured(amount + excess, left: left, closed: closes)
  }

  @inline(never)
  private mutating func excessDenial(_ excess: Credits, _ slot: Slot) -> Denial? {
    let account = holds[slot].account
    return spendingDenial(of: account) ?? admission(of: excess, to: account, book: holds[slot].book)
  }

  @inline(__always)
  private mutating func take(
    _ amount: Credits, images: UInt32, excess: Credits, from slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>,
    _ account: UnsafeMutablePointer<AccountRecord>
  ) {
    let start = pen.mark
    let sums = consume(amount, under: slot, hold, of: account)
    hold.pointee.imagesCaptured &+= images
    record(.captured, account, sums, hold: hold.pointee.id, since: start)
    if excess > .zero { chargeNow(excess, to: hold.pointee.account, as: .excessCharged, hold: hold.pointee.id) }
    hold.pointee.addCaptured(amount + excess)
  }

  @inline(never)
  mutating func void(_ void: VoidHold, _ step: UnsafePointer<Step>) -> Outcome {
    guard let (slot, hold) = hold(void.hold, step) else { return .denied(missingHold(void.hold)) }
    let account = accounts.element(hold.pointee.account)
    if let denial = Self.denial(of: hold, account, spends: false) { return .denied(denial) }
    let left = hold.pointee.left
    release(under: slot, asOf: now, always: true)
    end(slot, hold, account, hold.pointee.captured == .zero ? .voided : .captured, step)
    return .voided(left)
  }

  @inline(never)
  mutating func extend(_ extend: Extend, _ step: UnsafePointer<Step>) -> Outcome {
    guard let (slot, hold) = hold(extend.hold, step) else { return .denied(missingHold(extend.hold)) }
    let account = accounts.element(hold.pointee.account)
    if let denial = Self.denial(of: hold, account, spends: false) { return .denied(denial) }
    guard let lifetime = Self.lifetime(extend.lifetime) else { return .denied(Self.lifetimeDenial) }
    let expires = max(hold.pointee.expires, now.advanced(by: lifetime))
    if expires != hold.pointee.expires {
      unlinkDue(hold)
      hold.pointee.expires = expires
      linkDue(slot, hold)
    }
    record(.extended, account, AccountSums(account), hold: extend.hold, since: pen.mark)
    return .extended(expires: expires)
  }

  // MARK: Finding a hold

  /// The open hold of an id, for what spends more, which a frozen account does not allow; otherwise why not: unknown hold, then
  /// the account's state, then the hold's.
  mutating func openHoldToSpend(_ id: HoldID) -> Result<Slot, Refusal> {
    guard let slot = holdSlot(id) else { return .failure(Refusal(denial: missingHold(id))) }
    let hold = holds.peek(slot)
    if let denial = Self.denial(of: hold, accounts.peek(hold.pointee.account), spends: true) {
      return .failure(Refusal(denial: denial))
    }
    return .success(slot)
  }

  /// Why nothing can be done with a hold: its account's state, then its own.
  @inline(__always)
  private static func denial(
    of hold: UnsafePointer<HoldRecord>, _ account: UnsafePointer<AccountRecord>, spends: Bool
  ) -> Denial? {
    let state = account.pointee.state
    if state == .closed { return .accountClosed }
    if spends, state == .frozen { return .accountFrozen }
    return hold.pointee.isExpired ? .holdExpired(at: hold.pointee.expires) : nil
  }

  /// Of a hold without a record: how it ended, while its authorize is remembered. A charge counts as captured. Mutating, as
  /// what is not inlined and does not mutate is handed a copy of the whole state.
  @inline(never)
  mutating func missingHold(_ id: HoldID) -> Denial {
    guard let ended = ended(id) else { return .holdUnknown }
    return .holdEnded(ended.how)
  }

  func ended(_ id: HoldID) -> (how: HoldEnd, captured: Credits, record: RememberedRecord)? {
    guard let place = memory.find(id.high, id.low, hash: key.hash(id.high, id.low)) else { return nil }
    let record = memory[place]
    guard record.denial == 0 else { return nil }
    if record.operation == .charge { return (.captured, Credits(microcredits: record.first), record) }
    return record.operation == .authorize ? record.end.map { ($0, memory.capturedAtEnd(place), record) } : nil
  }
}
