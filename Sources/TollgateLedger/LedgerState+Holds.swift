// Holds: their pins on lots, their place in the wheel of due things, and their end.

internal import TollgateValues

extension LedgerState {
  /// Makes a hold out of available credits; admission was checked before. Posts the pins.
  @inline(__always)
  mutating func addHold(_ record: HoldRecord) -> Slot {
    let slot = holds.add(record)
    holdIndex.insert(key.hash(record.id.high, record.id.low), slot)
    let account = accounts.element(record.account)
    let next = account.pointee.holdsFirst
    account.pointee.holdsFirst = slot
    account.pointee.openHolds += 1
    openHolds += 1
    if next != .none {
      holds[slot].listNext = next
      holds[next].listPrevious = slot
    }
    linkDue(slot)
    pin(record.left, under: slot)
    return slot
  }

  /// Sets credits aside under a hold: pins lots in burn order, after the pins that it has.
  @inline(__always)
  mutating func pin(_ amount: Credits, under slot: Slot) {
    burn(amount, of: holds[slot].account, into: .held) { state, lot, part in
      state.addPin(lot, part, to: slot)
    }
  }

  @inline(__always)
  private mutating func addPin(_ lot: Slot, _ amount: Credits, to slot: Slot) {
    let hold = holds.element(slot)
    if hold.pointee.pinCount == 0 {
      hold.pointee.pinLot = lot
      hold.pointee.pinAmount = amount
      hold.pointee.pinCount = 1
    } else {
      addLaterPin(lot, amount, to: slot)
    }
  }

  @inline(never)
  private mutating func addLaterPin(_ lot: Slot, _ amount: Credits, to slot: Slot) {
    var last = Slot.none
    var next = holds[slot].morePins
    while next != .none { (last, next) = (next, pins[next].next) }
    if last == .none, holds[slot].pinLot == lot {
      holds[slot].pinAmount += amount
    } else if last != .none, pins[last].lot == lot {
      pins[last].amount += amount
    } else {
      let pin = pins.add(PinRecord(amount: amount, lot: lot, next: .none))
      if last == .none { holds[slot].morePins = pin } else { pins[last].next = pin }
      holds[slot].pinCount += 1
    }
  }

  /// Takes the first pin away, and puts the next one in its place.
  @inline(__always)
  private mutating func dropFirstPin(of slot: Slot) {
    let hold = holds.element(slot)
    let next = hold.pointee.morePins
    hold.pointee.pinCount -= 1
    guard next != .none else {
      hold.pointee.pinLot = .none
      hold.pointee.pinAmount = .zero
      return
    }
    hold.pointee.pinLot = pins[next].lot
    hold.pointee.pinAmount = pins[next].amount
    hold.pointee.morePins = pins[next].next
    pins.remove(next)
  }

  /// Moves what a capture takes from held to captured, in the order of the pins.
  @inline(__always)
  mutating func consume(_ amount: Credits, under slot: Slot) {
    let hold = holds.element(slot)
    hold.pointee.left -= amount
    var missing = amount
    while missing > .zero {
      precondition(hold.pointee.pinCount > 0, "a hold's pins must add up to what is left of it")
      let part = min(missing, hold.pointee.pinAmount)
      move(hold.pointee.pinLot, part, from: .held, to: .captured)
      missing -= part
      hold.pointee.pinAmount -= part
      if hold.pointee.pinAmount == .zero { dropFirstPin(of: slot) }
    }
  }

  /// Gives back all that is pinned, from the tail, as of `instant`: to available, or, where the lot has expired by then,
  /// to expired, as an entry of its own (rule 6). `always` records the release also when nothing becomes available.
  mutating func release(under slot: Slot, asOf instant: Instant, always: Bool) {
    let (account, hold) = (holds[slot].account, holds[slot].id)
    let start = log.postings.count
    var lateParts: [(Slot, Credits)] = []
    while holds[slot].pinCount > 0 {
      let (lot, amount) = (holds[slot].pinLot, holds[slot].pinAmount)
      dropFirstPin(of: slot)
      if lots[lot].expires <= instant {
        lateParts.append((lot, amount))
      } else {
        move(lot, amount, from: .held, to: .available)
        replace(lot, into: .live)
      }
    }
    if always || log.postings.count > start {
      log.postings[start...].reverse()
      record(.released, account: account, hold: hold, postingsFrom: start)
    }
    guard !lateParts.isEmpty else { return }
    let lateStart = log.postings.count
    for (lot, amount) in lateParts.reversed() { move(lot, amount, from: .held, to: .expired) }
    record(.lotExpired, account: account, hold: hold, postingsFrom: lateStart)
  }

  /// Ends an open hold by capture or void: its slot is free again, and how it ended is noted with its authorize.
  @inline(__always)
  mutating func end(_ slot: Slot, _ how: HoldEnd) {
    let hold = holds.element(slot)
    noteEnd(hold.pointee.id, how, captured: hold.pointee.captured)
    accounts[hold.pointee.account].openHolds -= 1
    openHolds -= 1
    removeHold(slot)
  }

  @inline(__always)
  private mutating func noteEnd(_ id: HoldID, _ how: HoldEnd, captured: Credits) {
    guard let place = memory.find(id.high, id.low, hash: key.hash(id.high, id.low)) else { return }
    memory.noteEnd(at: place, how, captured: captured)
  }

  /// Takes a hold out of every list and index.
  @inline(__always)
  private mutating func removeHold(_ slot: Slot) {
    unlinkDue(slot)
    let hold = holds.element(slot)
    let (previous, next) = (hold.pointee.listPrevious, hold.pointee.listNext)
    if next != .none { holds[next].listPrevious = previous }
    if previous != .none { holds[previous].listNext = next } else { accounts[hold.pointee.account].holdsFirst = next }
    holdIndex.remove(key.hash(hold.pointee.id.high, hold.pointee.id.low), slot)
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
    noteEnd(holds[slot].id, .expired, captured: holds[slot].captured)
    removeHold(slot)
  }
}
