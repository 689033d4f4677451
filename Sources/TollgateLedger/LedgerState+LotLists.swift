// The lists of an account's lots: live ones in burn order, pending ones in the order in which they will burn, spent ones.

internal import TollgateValues

extension LedgerState {
  /// The rest of an account; of one that has none, what follows from its single live lot, or from its having no lot.
  @inline(__always)
  func rest(_ account: Slot) -> AccountRest {
    let record = accounts.peek(account)
    if record.pointee.rest != .none { return accountRests[record.pointee.rest] }
    var rest = AccountRest()
    rest.liveLast = record.pointee.liveFirst
    rest.lotCount = rest.liveLast == .none ? 0 : 1
    rest.lotsWithCredits = rest.lotCount
    return rest
  }

  /// The rest of an account to be changed; good until an account gets one.
  mutating func ownRest(_ account: Slot) -> UnsafeMutablePointer<AccountRest> {
    if accounts[account].rest == .none {
      accountRests.append(rest(account))
      accounts[account].rest = Slot(accountRests.count - 1)
    }
    return accountRests.element(accounts[account].rest)
  }

  func first(_ place: LotPlace, of account: Slot) -> Slot {
    switch place {
    case .live: accounts[account].liveFirst
    case .pending: rest(account).pendingFirst
    case .spent: rest(account).spentFirst
    }
  }

  private mutating func setFirst(_ lotSlot: Slot, of place: LotPlace, _ account: Slot) {
    switch place {
    case .live: accounts[account].liveFirst = lotSlot
    case .pending: ownRest(account).pointee.pendingFirst = lotSlot
    case .spent: ownRest(account).pointee.spentFirst = lotSlot
    }
  }

  /// Puts a lot into the list where it now belongs, if it stands in another.
  @inline(__always)
  mutating func replace(_ lotSlot: Slot, into place: LotPlace) {
    if lots.peek(lotSlot).pointee.place != place { moveToList(lotSlot, place) }
  }

  @inline(never)
  private mutating func moveToList(_ lotSlot: Slot, _ place: LotPlace) {
    unlinkLot(lotSlot)
    linkLot(lotSlot, into: place, fromTail: false)
  }

  /// Links a lot that stands in no list. Grants mostly come in burn order, so they search from the tail; what a release
  /// brings back was burnt early, so that is searched for from the head.
  mutating func linkLot(_ lotSlot: Slot, into place: LotPlace, fromTail: Bool) {
    let account = lots[lotSlot].account
    lots[lotSlot].place = place
    if place == .live, accounts[account].rest == .none, accounts[account].liveFirst == .none {
      accounts[account].liveFirst = lotSlot
      return
    }
    let rest = ownRest(account)
    let (previous, next): (Slot, Slot)
    switch place {
    case .spent: (previous, next) = (.none, rest.pointee.spentFirst)
    case .pending: (previous, next) = gap(for: lotSlot, from: rest.pointee.pendingFirst)
    case .live where fromTail: (previous, next) = gapFromTail(for: lotSlot, from: rest.pointee.liveLast)
    case .live: (previous, next) = gap(for: lotSlot, from: accounts[account].liveFirst)
    }
    lots[lotSlot].previous = previous
    lots[lotSlot].next = next
    if next != .none { lots[next].previous = lotSlot }
    if previous != .none { lots[previous].next = lotSlot } else { setFirst(lotSlot, of: place, account) }
    if place == .live, next == .none { rest.pointee.liveLast = lotSlot }
    if place != .spent { rest.pointee.lotsWithCredits += 1 }
  }

  private func gap(for lotSlot: Slot, from first: Slot) -> (Slot, Slot) {
    var (previous, next) = (Slot.none, first)
    while next != .none, burns(next, before: lotSlot) { (previous, next) = (next, lots[next].next) }
    return (previous, next)
  }

  private func gapFromTail(for lotSlot: Slot, from last: Slot) -> (Slot, Slot) {
    var (previous, next) = (last, Slot.none)
    while previous != .none, burns(lotSlot, before: previous) { (previous, next) = (lots[previous].previous, previous) }
    return (previous, next)
  }

  private mutating func unlinkLot(_ lotSlot: Slot) {
    let (account, place) = (lots[lotSlot].account, lots[lotSlot].place)
    let (previous, next) = (lots[lotSlot].previous, lots[lotSlot].next)
    let rest = ownRest(account)
    if next != .none { lots[next].previous = previous }
    if previous != .none { lots[previous].next = next } else { setFirst(next, of: place, account) }
    if place == .live, next == .none { rest.pointee.liveLast = previous }
    if place != .spent { rest.pointee.lotsWithCredits -= 1 }
  }
}
