// The records of a snapshot one by one, each with the checks that make it fit to what was read before.

internal import TollgateValues

extension LedgerState {
  init(head eye: inout SnapshotEye, key: HashKey) throws(ByteReaderError) {
    let configuration = LedgerConfiguration(
      dedupWindow: eye.takeTimeSpan(), futureSkew: eye.takeTimeSpan(), openHoldsPerAccountMax: eye.take(),
      rememberedMax: Int(clamping: eye.take(UInt64.self)), lateCaptureWindow: eye.takeTimeSpan())
    self.init(configuration: configuration, key: key)
    lastInstant = eye.takeInstant()
    lastEntry = EntryNumber(rawValue: eye.take())
    guard lastEntry.rawValue < AccountRecord.lastEntryEnd >> 1 else {
      throw eye.fault("the last entry's number is too large")
    }
    memory.restore(floor: eye.takeInstant())
  }
}

extension SnapshotDecoder {
  mutating func readAccount(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    let id = eye.take(AccountID.self)
    guard let kind = AccountState(rawValue: eye.take()) else { throw eye.fault("unknown state of an account") }
    let lastEntry = EntryNumber(rawValue: eye.take())
    var record = AccountRecord(id: id, openedAt: eye.takeInstant())
    (record.state, record.lastEntry) = (kind, lastEntry)
    guard state.accounts.count < Limits.accountsMax else { throw eye.fault("too many accounts") }
    guard lastEntry <= state.lastEntry, lastEntry.rawValue < AccountRecord.lastEntryEnd else {
      throw eye.fault("an account's entry after the last entry")
    }
    account = AccountBeingRead(Slot(truncatingIfNeeded: state.accounts.count))
    hold = nil
    state.accounts.append(record)
  }

  mutating func readLot(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    guard let account, lastTag == .account || lastTag == .lot else { throw eye.fault("a lot without its account") }
    let id = eye.take(LotID.self)
    guard let source = LotSource(rawValue: eye.take()), let place = LotPlace(rawValue: eye.take()) else {
      throw eye.fault("unknown source or place of a lot")
    }
    let priority = eye.take(UInt8.self)
    var terms = LotTerms(effective: eye.takeInstant(), expires: eye.takeInstant(), pricePaid: eye.take())
    let granted = try takeAmount(&eye)
    var lot = LotRecord(id: id, account: account.slot, priority: priority, source: source, place: place)
    lot.available = try takeAmount(&eye)
    lot.held = try takeAmount(&eye)
    lot.captured = try takeAmount(&eye)
    let (expired, voided) = (try takeAmount(&eye), try takeAmount(&eye))
    guard expired == .zero || voided == .zero else { throw eye.fault("lot \(id) has expired and was voided") }
    lot.isVoided = voided > .zero
    terms.lost = expired + voided
    lot.kept = granted - terms.lost
    guard lot.isConserved, (lot.available == .zero) == (place == .spent) else {
      throw eye.fault("lot \(id) does not add up")
    }
    self.account = try append(lot, terms, to: account, eye)
  }

  @inline(__always)
  private func takeAmount(_ eye: inout SnapshotEye) throws(ByteReaderError) -> Credits {
    let amount = eye.takeCredits()
    guard amount >= .zero, amount <= .amountMax else { throw eye.fault("an amount of \(amount) is out of range") }
    return amount
  }

  /// Links a lot behind the one before it; its list must be in order.
  @inline(__always)
  private mutating func append(
    _ lot: LotRecord, _ terms: LotTerms, to before: AccountBeingRead, _ eye: SnapshotEye
  ) throws(ByteReaderError) -> AccountBeingRead {
    var account = before
    let max = Limits.accountCreditsMax
    guard state.lots.count < Limits.slotsMax, account.sum <= max, lot.available + lot.held <= max - account.sum else {
      throw eye.fault("an account has too much")
    }
    account.sum += lot.available + lot.held
    let slot = state.addLot(lot, terms)
    tallies.append(LotTally())
    let record = state.accounts.element(account.slot)
    record.pointee.held += lot.held
    if lot.place == .live { record.pointee.available += lot.available }
    if lot.place == .live, lot.source != .overdraft, !account.hasLots {
      account.live = slot
      record.pointee.liveFirst = slot
    } else {
      try link(slot, &account, eye)
    }
    return account
  }

  /// Any lot but the single live one that most accounts have.
  @inline(never)
  private mutating func link(
    _ slot: Slot, _ account: inout AccountBeingRead, _ eye: SnapshotEye
  ) throws(ByteReaderError) {
    let rest = state.ownRest(account.slot)
    let lot = state.lots.element(slot)
    let previous: Slot
    switch lot.pointee.place {
    case .live:
      previous = account.live
      (account.live, rest.pointee.liveLast) = (slot, slot)
      if previous == .none { state.accounts.element(account.slot).pointee.liveFirst = slot }
    case .pending:
      previous = account.pending
      account.pending = slot
      rest.pointee.pending += lot.pointee.available
      if previous == .none { rest.pointee.pendingFirst = slot }
    case .spent:
      previous = account.spent
      account.spent = slot
      if previous == .none { rest.pointee.spentFirst = slot }
    }
    rest.pointee.lotCount += 1
    if lot.pointee.place != .spent { rest.pointee.lotsWithCredits += 1 }
    if lot.pointee.source == .overdraft {
      guard rest.pointee.overdraft == .none else { throw eye.fault("two overdrafts in one account") }
      rest.pointee.overdraft = slot
    }
    guard previous != .none else { return }
    guard lot.pointee.place == .spent || state.burns(previous, before: slot) else {
      throw eye.fault("lots are out of order")
    }
    lot.pointee.previous = previous
    state.lots.element(previous).pointee.next = slot
  }

  mutating func readRepayment(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    guard let account, hold == nil, case let overdraft = state.rest(account.slot).overdraft, overdraft != .none else {
      throw eye.fault("a repayment without an overdraft")
    }
    let lot = eye.take(UInt32.self)
    guard Int(lot) < tallies.count, state.lots.peek(lot).pointee.account == account.slot else {
      throw eye.fault("lot \(lot) is none of the account")
    }
    let amount = try takeAmount(&eye)
    guard amount > .zero, lot != overdraft else {
      throw eye.fault("a repayment of nothing, or by the overdraft itself")
    }
    let pin = state.pins.add(PinRecord(amount: amount, lot: lot, next: .none))
    if account.lastRepayment == .none {
      state.ownRest(account.slot).pointee.repayments = pin
    } else {
      state.pins[account.lastRepayment].next = pin
    }
    self.account?.lastRepayment = pin
  }

  mutating func readRefund(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    let entry = EntryNumber(rawValue: eye.take())
    let refunded = eye.takeCredits()
    guard refunded > .zero, state.refundSlot(entry) == nil else {
      throw eye.fault("a refund twice, or of nothing")
    }
    state.refunds.append(RefundRecord(entry: entry, refunded: refunded))
    state.refundIndex.insert(key.hash(entry.rawValue, 0), Slot(state.refunds.count - 1))
  }

  mutating func readEvent(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    let lot = eye.take(UInt32.self)
    guard let kind = LotEventKind(rawValue: UInt32(eye.take(UInt8.self))), Int(lot) < tallies.count else {
      throw eye.fault("an event of no known kind or lot")
    }
    guard !tallies[Int(lot)].has(kind) else { throw eye.fault("an event twice") }
    tallies[Int(lot)].add(kind)
    let terms = state.lotTerms.peek(lot)
    let at = kind == .expiry ? terms.pointee.expires : terms.pointee.effective
    state.events.add(LotEvent(at: at, lot: lot, kind: kind.rawValue), lots: state.lots)
  }
}
