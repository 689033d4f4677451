// Lots: moving credits between their buckets, and keeping each account's lists of them in order.

internal import TollgateValues

extension LedgerState {
  /// Moves credits of a lot from one bucket to another, with the account's sums, and posts it. Rule 1 is checked here,
  /// for every movement that there is: no bucket below zero, and the lot's buckets add up to what was granted.
  @inline(__always)
  mutating func move(_ lotSlot: Slot, _ amount: Credits, from: Bucket, to: Bucket) {
    let lot = lots.element(lotSlot)
    let account = accounts.element(lot.pointee.account)
    log.postings.append(Posting(lot: lot.pointee.id, from: from, to: to, amount: amount))
    Self.add(Credits(microcredits: -amount.microcredits), to: from, of: lot, account)
    Self.add(amount, to: to, of: lot, account)
    precondition(lot.pointee.isConserved, "a lot's buckets must add up to what was granted")
  }

  @inline(__always)
  private static func add(
    _ amount: Credits, to bucket: Bucket, of lot: UnsafeMutablePointer<LotRecord>,
    _ account: UnsafeMutablePointer<AccountRecord>
  ) {
    switch bucket {
    case .available:
      lot.pointee.available += amount
      account.pointee.available += amount
      precondition(lot.pointee.available >= .zero && account.pointee.available >= .zero, "available below zero")
    case .pending:
      lot.pointee.available += amount
      account.pointee.pending += amount
      precondition(lot.pointee.available >= .zero && account.pointee.pending >= .zero, "pending below zero")
    case .held:
      lot.pointee.held += amount
      account.pointee.held += amount
      precondition(lot.pointee.held >= .zero && account.pointee.held >= .zero, "held below zero")
    case .captured:
      lot.pointee.captured += amount
      precondition(lot.pointee.captured >= .zero, "captured below zero")
    case .expired: lot.pointee.expired += amount
    case .voided: lot.pointee.voided += amount
    // What leaves the outside is granted.
    case .outside: lot.pointee.granted -= amount
    }
  }

  /// Puts a lot into the list where it now belongs, if it stands in another.
  @inline(__always)
  mutating func replace(_ lotSlot: Slot, into place: LotPlace, fromTail: Bool = false) {
    guard lots[lotSlot].place != place else { return }
    unlinkLot(lotSlot)
    linkLot(lotSlot, into: place, fromTail: fromTail)
  }

  /// Links a lot that stands in no list. Grants mostly come in burn order, so they search from the tail; what a release
  /// brings back was burnt early, so that is searched for from the head.
  mutating func linkLot(_ lotSlot: Slot, into place: LotPlace, fromTail: Bool) {
    let account = lots[lotSlot].account
    lots[lotSlot].place = place
    let (previous, next): (Slot, Slot)
    switch place {
    case .spent: (previous, next) = (.none, accounts[account].spentFirst)
    case .pending: (previous, next) = gap(for: lotSlot, from: accounts[account].pendingFirst)
    case .live where fromTail: (previous, next) = gapFromTail(for: lotSlot, from: accounts[account].liveLast)
    case .live: (previous, next) = gap(for: lotSlot, from: accounts[account].liveFirst)
    }
    lots[lotSlot].previous = previous
    lots[lotSlot].next = next
    if next != .none { lots[next].previous = lotSlot }
    if previous != .none { lots[previous].next = lotSlot } else { setFirst(lotSlot, of: place, account) }
    if place == .live, next == .none { accounts[account].liveLast = lotSlot }
    if place != .spent { accounts[account].lotsWithCredits += 1 }
  }

  private func gap(for lotSlot: Slot, from first: Slot) -> (Slot, Slot) {
    var (previous, next) = (Slot.none, first)
    while next != .none, lots[next].burns(before: lots[lotSlot]) { (previous, next) = (next, lots[next].next) }
    return (previous, next)
  }

  private func gapFromTail(for lotSlot: Slot, from last: Slot) -> (Slot, Slot) {
    var (previous, next) = (last, Slot.none)
    while previous != .none, lots[lotSlot].burns(before: lots[previous]) {
      (previous, next) = (lots[previous].previous, previous)
    }
    return (previous, next)
  }

  private mutating func unlinkLot(_ lotSlot: Slot) {
    let (account, place) = (lots[lotSlot].account, lots[lotSlot].place)
    let (previous, next) = (lots[lotSlot].previous, lots[lotSlot].next)
    if next != .none { lots[next].previous = previous }
    if previous != .none { lots[previous].next = next } else { setFirst(next, of: place, account) }
    if place == .live, next == .none { accounts[account].liveLast = previous }
    if place != .spent { accounts[account].lotsWithCredits -= 1 }
  }

  private mutating func setFirst(_ lotSlot: Slot, of place: LotPlace, _ account: Slot) {
    switch place {
    case .live: accounts[account].liveFirst = lotSlot
    case .pending: accounts[account].pendingFirst = lotSlot
    case .spent: accounts[account].spentFirst = lotSlot
    }
  }

  func first(_ place: LotPlace, of account: Slot) -> Slot {
    switch place {
    case .live: accounts[account].liveFirst
    case .pending: accounts[account].pendingFirst
    case .spent: accounts[account].spentFirst
    }
  }

  /// Takes credits out of live lots in burn order, into `held` or `captured`; admission was checked before. Calls `body`
  /// for each lot drawn on.
  @inline(__always)
  mutating func burn(
    _ amount: Credits, of account: Slot, into bucket: Bucket,
    _ body: (inout LedgerState, Slot, Credits) -> Void = { _, _, _ in }
  ) {
    var missing = amount
    while missing > .zero {
      let lotSlot = accounts[account].liveFirst
      precondition(lotSlot != .none, "an account's available credits must be in its live lots")
      let part = min(missing, lots[lotSlot].available)
      move(lotSlot, part, from: .available, to: bucket)
      if lots[lotSlot].available == .zero { replace(lotSlot, into: .spent) }
      missing -= part
      body(&self, lotSlot, part)
    }
  }

  /// How many lots an amount would be taken from; counts no further than `limit` + 1.
  @inline(__always)
  func lotsNeeded(for amount: Credits, of account: Slot, limit: Int) -> Int {
    var (missing, count, lotSlot) = (amount, 0, accounts[account].liveFirst)
    while missing > .zero, lotSlot != .none, count <= limit {
      missing -= min(missing, lots[lotSlot].available)
      lotSlot = lots[lotSlot].next
      count += 1
    }
    return count
  }
}
