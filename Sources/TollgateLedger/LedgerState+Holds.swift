// Holds: their places in the tables, in their account's list and in the wheel of due things, and their end.

internal import TollgateValues

extension LedgerState {
  /// Makes a hold one of its account's, and due in time.
  @inline(__always)
  mutating func join(_ slot: Slot, to account: UnsafeMutablePointer<AccountRecord>) {
    let next = account.pointee.holdsFirst
    account.pointee.holdsFirst = slot
    account.pointee.openHolds += 1
    openHolds += 1
    if next != .none {
      holds[slot].listNext = next
      holds[next].listPrevious = slot
    }
    linkDue(slot)
  }

  /// Puts a hold into the tables, and into no list yet.
  @inline(__always)
  mutating func addHold(_ record: HoldRecord, _ terms: HoldTerms, hash: UInt32) -> Slot {
    let slot = holds.add(record)
    if Int(slot) == holdTerms.count { holdTerms.append(terms) } else { holdTerms[slot] = terms }
    holdIndex.insert(hash, slot)
    return slot
  }

  /// Ends an open hold by capture or void: its slot is free again, and how it ended is noted with its authorize.
  @inline(__always)
  mutating func end(_ slot: Slot, _ how: HoldEnd, _ step: UnsafePointer<Step>) {
    let hold = holds.peek(slot)
    let id = hold.pointee.id
    accounts.element(hold.pointee.account).pointee.openHolds -= 1
    openHolds -= 1
    let origin = step.pointee.origin
    if memory.isPlace(origin, of: id.high, id.low) {
      memory.noteEnd(at: origin, how, captured: hold.pointee.captured)
    } else {
      noteEnd(id, how, captured: hold.pointee.captured, hash: step.pointee.targetHash)
    }
    removeHold(slot, hash: step.pointee.targetHash)
  }

  @inline(never)
  private mutating func noteEnd(_ id: HoldID, _ how: HoldEnd, captured: Credits, hash: UInt32) {
    guard let place = memory.find(id.high, id.low, hash: hash) else { return }
    memory.noteEnd(at: place, how, captured: captured)
  }

  /// Takes a hold out of every list and index, and its id from its record, so that nobody takes that for a hold.
  @inline(__always)
  private mutating func removeHold(_ slot: Slot, hash: UInt32) {
    unlinkDue(slot)
    let hold = holds.element(slot)
    let (previous, next) = (hold.pointee.listPrevious, hold.pointee.listNext)
    if next != .none { holds[next].listPrevious = previous }
    if previous != .none {
      holds[previous].listNext = next
    } else {
      accounts[hold.pointee.account].holdsFirst = next
    }
    hold.pointee.id = .zero
    holdIndex.remove(hash, slot)
    holds.remove(slot)
  }

  /// Expires a hold as of its own expiry: what it set aside goes back, its record stays for a late capture.
  mutating func expireHold(_ slot: Slot) {
    let (account, at) = (holds[slot].account, holds[slot].expires)
    unlinkDue(slot)
    record(.holdExpired, account: account, hold: holds[slot].id)
    release(under: slot, asOf: at, always: false)
    holds[slot].isExpired = true
    accounts[account].openHolds -= 1
    openHolds -= 1
    linkDue(slot)
  }

  /// Forgets an expired hold, once no late capture may name it any more.
  mutating func forgetHold(_ slot: Slot) {
    let id = holds[slot].id
    let hash = key.hash(id.high, id.low)
    noteEnd(id, .expired, captured: holds[slot].captured, hash: hash)
    removeHold(slot, hash: hash)
  }
}
