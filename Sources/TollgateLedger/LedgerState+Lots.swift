// Lots: moving credits between their buckets, always in both places at once, and burning them in order.

internal import TollgateValues

extension LedgerState {
  /// All that a lot was ever granted.
  func granted(_ lot: Slot) -> Credits { lots[lot].kept + lotTerms[lot].lost }

  /// Rule 5: priority, soonest expiry, promotional and bonus first, earliest effective, id; an overdraft after all.
  func burns(_ slot: Slot, before otherSlot: Slot) -> Bool {
    let (lot, other) = (lots.peek(slot), lots.peek(otherSlot))
    let (mine, others) = (lot.pointee.source, other.pointee.source)
    if (mine == .overdraft) != (others == .overdraft) { return others == .overdraft }
    if lot.pointee.priority != other.pointee.priority { return lot.pointee.priority < other.pointee.priority }
    let (terms, otherTerms) = (lotTerms.peek(slot), lotTerms.peek(otherSlot))
    if terms.pointee.expires != otherTerms.pointee.expires { return terms.pointee.expires < otherTerms.pointee.expires }
    if mine.isGift != others.isGift { return mine.isGift }
    if terms.pointee.effective != otherTerms.pointee.effective {
      return terms.pointee.effective < otherTerms.pointee.effective
    }
    return lot.pointee.id < other.pointee.id
  }

  /// A new lot of nothing, in no list yet.
  mutating func addLot(_ record: LotRecord, _ terms: LotTerms) -> Slot {
    lots.append(record)
    lotTerms.append(terms)
    return Slot(lots.count - 1)
  }

  /// Moves credits of a lot from one bucket to another, with the account's sums, and posts it. Rule 1 is checked here,
  /// for every movement that there is: no bucket below zero, and the lot's buckets add up to what was granted.
  @inline(__always)
  mutating func move(_ lotSlot: Slot, _ amount: Credits, from: Bucket, to: Bucket) {
    let lot = lots.element(lotSlot)
    move(lotSlot, lot, accounts.element(lot.pointee.account), amount, from: from, to: to)
  }

  /// The same for a lot and account at hand; returns the account's sums.
  @inline(__always)
  @discardableResult
  mutating func move(
    _ lotSlot: Slot, _ lot: UnsafeMutablePointer<LotRecord>, _ account: UnsafeMutablePointer<AccountRecord>,
    _ amount: Credits, from: Bucket, to: Bucket
  ) -> AccountSums {
    pen.post(lot.pointee.id, from: from, to: to, amount)
    var sums = AccountSums(account)
    sums.add(Credits(microcredits: -amount.microcredits), to: from)
    sums.add(amount, to: to)
    precondition(sums.available >= .zero && sums.held >= .zero, "an account's sum below zero")
    (account.pointee.available, account.pointee.held) = (sums.available, sums.held)
    add(Credits(microcredits: -amount.microcredits), to: from, of: lotSlot, lot)
    add(amount, to: to, of: lotSlot, lot)
    precondition(lot.pointee.isConserved, "a lot's buckets must add up to what was granted")
    return sums
  }

  @inline(__always)
  private mutating func add(
    _ amount: Credits, to bucket: Bucket, of lotSlot: Slot, _ lot: UnsafeMutablePointer<LotRecord>
  ) {
    switch bucket {
    case .available:
      lot.pointee.available += amount
      precondition(lot.pointee.available >= .zero, "available below zero")
    case .held:
      lot.pointee.held += amount
      precondition(lot.pointee.held >= .zero, "held below zero")
    case .captured:
      lot.pointee.captured += amount
      precondition(lot.pointee.captured >= .zero, "captured below zero")
    case .pending:
      let rest = ownRest(lot.pointee.account)
      lot.pointee.available += amount
      rest.pointee.pending += amount
      precondition(lot.pointee.available >= .zero && rest.pointee.pending >= .zero, "pending below zero")
    case .expired, .voided:
      lot.pointee.kept -= amount
      if bucket == .voided { lot.pointee.isVoided = true }
      lotTerms[lotSlot].lost += amount
    // What leaves the outside is granted.
    case .outside: lot.pointee.kept -= amount
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
      let lotSlot = accounts.peek(account).pointee.liveFirst
      precondition(lotSlot != .none, "an account's available credits must be in its live lots")
      let available = lots.peek(lotSlot).pointee.available
      let part = min(missing, available)
      move(lotSlot, part, from: .available, to: bucket)
      if part == available { replace(lotSlot, into: .spent) }
      missing -= part
      body(&self, lotSlot, part)
    }
  }

  /// How many lots an amount would be taken from; counts no further than `limit` + 1.
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

/// What an account has in all its lots, apart from the account: an entry that read it where it has just been written, two
/// numbers at once, would wait for that.
struct AccountSums {
  private(set) var available: Credits
  private(set) var held: Credits

  @inline(__always)
  init(_ account: UnsafePointer<AccountRecord>) {
    available = account.pointee.available
    held = account.pointee.held
  }

  @inline(__always)
  mutating func add(_ amount: Credits, to bucket: Bucket) {
    switch bucket {
    case .available: available += amount
    case .held: held += amount
    case .captured, .pending, .expired, .voided, .outside: break
    }
  }
}
