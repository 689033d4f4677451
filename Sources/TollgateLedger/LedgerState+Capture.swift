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
    let slot: Slot
    switch openHold(capture.hold, step) {
    case .success(let found): slot = found
    case .failure(let refusal): return .denied(refusal.denial)
    }
    let hold = holds.element(slot)
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
    take(amount, images: images, excess: excess, from: slot, hold)
    let left = closes ? Credits.zero : hold.pointee.left
    if closes {
      if hold.pointee.pinCount > 0 { release(under: slot, asOf: now, always: false) }
      end(slot, .captured, step)
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
    _ amount: Credits, images: UInt32, excess: Credits, from slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>
  ) {
    let account = accounts.element(hold.pointee.account)
    let start = pen.mark
    consume(amount, under: slot, hold, of: account)
    hold.pointee.imagesCaptured &+= images
    record(.captured, account, hold: hold.pointee.id, since: start)
    if excess > .zero { chargeNow(excess, to: hold.pointee.account, as: .excessCharged, hold: hold.pointee.id) }
    hold.pointee.addCaptured(amount + excess)
  }

  @inline(never)
  mutating func void(_ void: VoidHold, _ step: UnsafePointer<Step>) -> Outcome {
    let slot: Slot
    switch openHold(void.hold, step) {
    case .success(let found): slot = found
    case .failure(let refusal): return .denied(refusal.denial)
    }
    let left = holds[slot].left
    release(under: slot, asOf: now, always: true)
    end(slot, holds[slot].captured == .zero ? .voided : .captured, step)
    return .voided(left)
  }

  @inline(never)
  mutating func extend(_ extend: Extend, _ step: UnsafePointer<Step>) -> Outcome {
    let slot: Slot
    switch openHold(extend.hold, step) {
    case .success(let found): slot = found
    case .failure(let refusal): return .denied(refusal.denial)
    }
    guard let lifetime = Self.lifetime(extend.lifetime) else { return .denied(Self.lifetimeDenial) }
    let expires = max(holds[slot].expires, now.advanced(by: lifetime))
    if expires != holds[slot].expires {
      unlinkDue(holds.element(slot))
      holds[slot].expires = expires
      linkDue(slot, holds.element(slot))
    }
    record(.extended, account: holds[slot].account, hold: extend.hold)
    return .extended(expires: expires)
  }

  // MARK: Finding a hold

  /// The open hold that a step names; otherwise why not: unknown hold, then the account's state, then the hold's.
  @inline(__always)
  mutating func openHold(_ id: HoldID, _ step: UnsafePointer<Step>) -> Result<Slot, Refusal> {
    checked(holdSlot(id, step), id, spends: false)
  }

  /// The same for what spends more, which a frozen account does not allow.
  mutating func openHoldToSpend(_ id: HoldID) -> Result<Slot, Refusal> { checked(holdSlot(id), id, spends: true) }

  @inline(__always)
  private mutating func checked(_ slot: Slot?, _ id: HoldID, spends: Bool) -> Result<Slot, Refusal> {
    guard let slot else { return .failure(Refusal(denial: missingHold(id))) }
    let hold = holds.peek(slot)
    let state = accounts.peek(hold.pointee.account).pointee.state
    if state == .closed { return .failure(Refusal(denial: .accountClosed)) }
    if spends, state == .frozen { return .failure(Refusal(denial: .accountFrozen)) }
    if hold.pointee.isExpired { return .failure(Refusal(denial: .holdExpired(at: hold.pointee.expires))) }
    return .success(slot)
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
