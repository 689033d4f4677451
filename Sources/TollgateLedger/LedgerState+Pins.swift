// Pins: which lots a hold's credits came from. Captures consume them in order, a release frees them from the tail (rule 5).

internal import TollgateValues

extension LedgerState {
  /// Sets credits aside under a new hold. Mostly the first lot, which is at hand, has more than enough. Returns the account's
  /// sums.
  @inline(__always)
  mutating func pin(
    _ amount: Credits, of accountSlot: Slot, _ account: UnsafeMutablePointer<AccountRecord>,
    _ lot: UnsafeMutablePointer<LotRecord>?, under slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>
  ) -> AccountSums {
    guard let lot, amount > .zero, amount < lot.pointee.available else {
      pin(amount, of: accountSlot, under: slot)
      return AccountSums(account)
    }
    let first = account.pointee.liveFirst
    hold.pointee.pins = first
    hold.pointee.pinCount = 1
    hold.pointee.left = amount
    return move(first, lot, account, amount, from: .available, to: .held)
  }

  /// Sets credits aside under a hold: pins lots in burn order, after the pins that it has.
  @inline(never)
  mutating func pin(_ amount: Credits, of account: Slot, under slot: Slot) {
    burn(amount, of: account, into: .held) { state, lot, part in
      let hold = state.holds.element(slot)
      if hold.pointee.pinCount == 0 {
        hold.pointee.pins = lot
        hold.pointee.pinCount = 1
      } else {
        state.addLaterPin(lot, part, to: slot)
      }
      hold.pointee.left += part
    }
  }

  @inline(never)
  private mutating func addLaterPin(_ lot: Slot, _ amount: Credits, to slot: Slot) {
    let hold = holds.element(slot)
    if hold.pointee.pinCount == 1 {
      if hold.pointee.pins == lot { return }
      hold.pointee.pins = pins.add(PinRecord(amount: hold.pointee.left, lot: hold.pointee.pins, next: .none))
    }
    var last = hold.pointee.pins
    while pins[last].next != .none { last = pins[last].next }
    if pins[last].lot == lot {
      pins[last].amount += amount
    } else {
      let pin = pins.add(PinRecord(amount: amount, lot: lot, next: .none))
      pins[last].next = pin
      hold.pointee.pinCount += 1
    }
  }

  /// Moves what a capture takes from held to captured, in the order of the pins. Returns the account's sums.
  @inline(__always)
  mutating func consume(
    _ amount: Credits, under slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>,
    of account: UnsafeMutablePointer<AccountRecord>
  ) -> AccountSums {
    guard amount > .zero else { return AccountSums(account) }
    if hold.pointee.pinCount > 1 { return consumeList(amount, under: slot) }
    precondition(
      hold.pointee.pinCount == 1 && amount <= hold.pointee.left, "a hold's pins must add up to what is left of it")
    let lot = hold.pointee.pins
    hold.pointee.left -= amount
    if hold.pointee.left == .zero {
      hold.pointee.pinCount = 0
      hold.pointee.pins = .none
    }
    return move(lot, lots.element(lot), account, amount, from: .held, to: .captured)
  }

  @inline(never)
  private mutating func consumeList(_ amount: Credits, under slot: Slot) -> AccountSums {
    let hold = holds.element(slot)
    var missing = amount
    while missing > .zero, hold.pointee.pinCount > 1 {
      let first = hold.pointee.pins
      let part = min(missing, pins[first].amount)
      move(pins[first].lot, part, from: .held, to: .captured)
      missing -= part
      hold.pointee.left -= part
      pins[first].amount -= part
      if pins[first].amount == .zero { dropFirstPin(of: hold) }
    }
    return consume(missing, under: slot, hold, of: accounts.element(hold.pointee.account))
  }

  /// Takes the first of several pins away. The last one needs no list any more: its amount is what is left.
  private mutating func dropFirstPin(of hold: UnsafeMutablePointer<HoldRecord>) {
    let first = hold.pointee.pins
    let next = pins[first].next
    pins.remove(first)
    hold.pointee.pins = next
    hold.pointee.pinCount -= 1
    if hold.pointee.pinCount == 1 {
      hold.pointee.pins = pins[next].lot
      pins.remove(next)
    }
  }

  /// Takes all pins of a hold away, in their order. What is left stays as it is.
  private mutating func takePins(of slot: Slot) -> [PinRecord] {
    let list = pinList(of: slot)
    let hold = holds.element(slot)
    if hold.pointee.pinCount > 1 {
      var next = hold.pointee.pins
      while next != .none {
        let pin = next
        next = pins[pin].next
        pins.remove(pin)
      }
    }
    hold.pointee.pinCount = 0
    hold.pointee.pins = .none
    return list
  }

  /// Gives back all that is pinned, from the tail, as of `instant`: to available, or, where the lot has expired by then,
  /// to expired, as an entry of its own (rule 6). `always` records the release also when nothing becomes available.
  @inline(never)
  mutating func release(under slot: Slot, asOf instant: Instant, always: Bool) {
    let (account, hold) = (holds[slot].account, holds[slot].id)
    let list = takePins(of: slot)
    let start = pen.mark
    var isLate = false
    for pin in list.reversed() {
      if lotTerms[pin.lot].expires <= instant {
        isLate = true
      } else {
        move(pin.lot, pin.amount, from: .held, to: .available)
        replace(pin.lot, into: .live)
      }
    }
    if always || pen.mark.count > start.count {
      record(.released, account: account, hold: hold, since: start)
    }
    guard isLate else { return }
    let lateStart = pen.mark
    for pin in list.reversed() where lotTerms[pin.lot].expires <= instant {
      move(pin.lot, pin.amount, from: .held, to: .expired)
    }
    record(.lotExpired, account: account, hold: hold, since: lateStart)
  }

  /// The pins of a hold, in the order in which captures consume them.
  func pinList(of slot: Slot) -> [PinRecord] {
    let hold = holds[slot]
    guard hold.pinCount > 0 else { return [] }
    if hold.pinCount == 1 { return [PinRecord(amount: hold.left, lot: hold.pins, next: .none)] }
    var list: [PinRecord] = []
    var next = hold.pins
    while next != .none {
      list.append(pins[next])
      next = pins[next].next
    }
    return list
  }
}
