// Holds: their places in the tables, in their account's list and in the wheel of due things, and their end.

internal import TollgateValues

extension LedgerState {
  /// Makes a hold one of its account's, and due in time.
  @inline(__always)
  mutating func join(
    _ slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>, to account: UnsafeMutablePointer<AccountRecord>
  ) {
    let next = account.pointee.holdsFirst
    account.pointee.holdsFirst = slot
    account.pointee.openHolds &+= 1
    openHolds &+= 1
    if next != .none {
      hold.pointee.listNext = next
      holds.element(next).pointee.listPrevious = slot
    }
    linkDue(slot, hold)
  }

  /// Makes room for a hold of such a hash in the tables, and in no list yet; the caller fills its record and its terms.
  @inline(__always)
  mutating func addHold(hash: UInt32) -> (Slot, UnsafeMutablePointer<HoldRecord>) {
    let (slot, hold) = holds.addUninitialized()
    if Int(slot) == holdTerms.count { _ = holdTerms.appendUninitialized() }
    holdIndex.insert(hash, slot)
    return (slot, hold)
  }

  /// Ends an open hold by capture or void: its slot is free again, and how it ended is noted with its authorize.
  @inline(__always)
  mutating func end(
    _ slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>, _ account: UnsafeMutablePointer<AccountRecord>,
    _ how: HoldEnd, _ step: UnsafePointer<Step>
  ) {
    let id = hold.pointee.id
    account.pointee.openHolds -= 1
    openHolds -= 1
    if !memory.noteEnd(at: step.pointee.origin, of: id.high, id.low, how, captured: hold.pointee.captured) {
      noteEnd(id, how, captured: hold.pointee.captured, hash: step.pointee.targetHash)
    }
    removeHold(slot, hold, account, hash: step.pointee.targetHash)
  }

  @inline(never)
  private mutating func noteEnd(_ id: HoldID, _ how: HoldEnd, captured: Credits, hash: UInt32) {
    guard let place = memory.find(id.high, id.low, hash: hash) else { return }
    _ = memory.noteEnd(at: place, of: id.high, id.low, how, captured: captured)
  }

  /// Takes a hold out of every list and index, and its id from its record, so that nobody takes that for a hold.
  @inline(__always)
  private mutating func removeHold(
    _ slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>, _ account: UnsafeMutablePointer<AccountRecord>, hash: UInt32
  ) {
    unlinkDue(hold)
    let (previous, next) = (hold.pointee.listPrevious, hold.pointee.listNext)
    if next != .none { holds.element(next).pointee.listPrevious = previous }
    if previous != .none {
      holds.element(previous).pointee.listNext = next
    } else {
      account.pointee.holdsFirst = next
    }
    hold.pointee.id = .zero
    holdIndex.remove(hash, slot)
    holds.remove(slot)
  }

  /// Expires a hold as of its own expiry: what it set aside goes back, its record stays for a late capture.
  mutating func expireHold(_ slot: Slot) {
    let (account, at) = (holds[slot].account, holds[slot].expires)
    unlinkDue(holds.element(slot))
    record(.holdExpired, account: account, hold: holds[slot].id)
    release(under: slot, asOf: at, always: false)
    holds[slot].isExpired = true
    accounts[account].openHolds -= 1
    openHolds -= 1
    linkDue(slot, holds.element(slot))
  }

  /// Forgets an expired hold, once no late capture may name it any more.
  mutating func forgetHold(_ slot: Slot) {
    let id = holds[slot].id
    let hash = key.hash(id.high, id.low)
    noteEnd(id, .expired, captured: holds[slot].captured, hash: hash)
    let hold = holds.element(slot)
    removeHold(slot, hold, accounts.element(hold.pointee.account), hash: hash)
  }
}
