// Accounts and grants: what billing and support do.

internal import TollgateValues

extension LedgerState {
  mutating func open(_ open: OpenAccount) -> Outcome {
    if accountSlot(open.account) != nil { return .denied(.accountExists) }
    guard accounts.count < Limits.accountsMax else { return .denied(.exhausted(.accounts)) }
    accounts.append(AccountRecord(id: open.account, openedAt: now))
    let slot = Slot(accounts.count - 1)
    accountIndex.insert(key.hash(open.account.high, open.account.low), slot)
    record(.opened, account: slot)
    return .opened
  }

  mutating func setState(_ set: SetAccountState) -> Outcome {
    guard let slot = accountSlot(set.account) else { return .denied(.accountUnknown) }
    if accounts[slot].state == .closed { return .denied(.accountClosed) }
    if set.state == .closed, accounts[slot].openHolds > 0 {
      return .denied(.accountHasOpenHolds(accounts[slot].openHolds))
    }
    accounts[slot].state = set.state
    record(.stateSet, account: slot)
    if set.state == .closed {
      voidLots(in: .live, of: slot, from: .available)
      voidLots(in: .pending, of: slot, from: .pending)
    }
    return .stateSet(set.state)
  }

  /// Voids what lots still have, one entry a lot, in the order of their list.
  private mutating func voidLots(in place: LotPlace, of account: Slot, from bucket: Bucket) {
    while case let lot = first(place, of: account), lot != .none {
      let start = pen.mark
      move(lot, lots[lot].available, from: bucket, to: .voided)
      replace(lot, into: .spent)
      record(.lotVoided, account: account, since: start)
    }
  }

  mutating func grant(_ request: RequestID, _ grant: Grant) -> Outcome {
    guard let slot = accountSlot(grant.account) else { return .denied(.accountUnknown) }
    if accounts[slot].state == .closed { return .denied(.accountClosed) }
    if let denial = boundOfGrant(grant, to: slot) { return .denied(denial) }
    let start = pen.mark
    if case let overdraft = rest(slot).overdraft, grant.source == .overdraft, overdraft != .none {
      moveFromOutside(overdraft, grant.amount, to: .available)
      replace(overdraft, into: .live)
      record(.granted, account: slot, since: start)
      return .granted(grant.amount)
    }
    let isPending = grant.effective > now
    let lot = addLot(request.lot, grant, to: slot, isPending: isPending)
    moveFromOutside(lot, grant.amount, to: isPending ? .pending : .available)
    record(.granted, account: slot, since: start)
    if grant.expires != .never {
      events.add(LotEvent(at: grant.expires, lot: lot, kind: LotEventKind.expiry.rawValue), lots: lots)
    }
    if isPending {
      events.add(LotEvent(at: grant.effective, lot: lot, kind: LotEventKind.effective.rawValue), lots: lots)
    } else {
      repayOverdraft(from: lot)
    }
    return .granted(grant.amount)
  }

  private func boundOfGrant(_ grant: Grant, to slot: Slot) -> Denial? {
    guard rest(slot).lotsWithCredits < UInt32(Limits.lotsPerAccountMax) else {
      return .tooManyLots(max: UInt32(Limits.lotsPerAccountMax))
    }
    guard lots.count < Limits.slotsMax else { return .exhausted(.lots) }
    guard hasRoom(for: grant.amount, in: slot) else { return .exhausted(.credits) }
    let overdraft = rest(slot).overdraft
    if grant.source == .overdraft, overdraft != .none, granted(overdraft) + grant.amount > .amountMax {
      return .exhausted(.credits)
    }
    return nil
  }

  /// Whether an account's sums stay in range with so much more.
  func hasRoom(for amount: Credits, in slot: Slot) -> Bool {
    let account = accounts[slot]
    let sum = account.available + account.held + rest(slot).pending
    return sum <= Limits.accountCreditsMax && amount <= Limits.accountCreditsMax - sum
  }

  /// An empty lot, in its list.
  private mutating func addLot(_ id: LotID, _ grant: Grant, to slot: Slot, isPending: Bool) -> Slot {
    let lot = addLot(
      LotRecord(id: id, account: slot, priority: grant.priority, source: grant.source, place: .spent),
      LotTerms(
        effective: grant.effective == .epoch ? now : grant.effective, expires: grant.expires,
        pricePaid: grant.pricePaid))
    linkLot(lot, into: isPending ? .pending : .live, fromTail: true)
    if accounts[slot].rest != .none { ownRest(slot).pointee.lotCount += 1 }
    if grant.source == .overdraft { ownRest(slot).pointee.overdraft = lot }
    return lot
  }

  private mutating func moveFromOutside(_ lot: Slot, _ amount: Credits, to bucket: Bucket) {
    move(lot, amount, from: .outside, to: bucket)
  }
}
