// The records of a snapshot one by one, each with the checks that make it fit to what was read before.

internal import TollgateValues

extension LedgerState {
  init(head reader: inout ByteReader, key: HashKey) throws(ByteReaderError) {
    let configuration = LedgerConfiguration(
      dedupWindow: try reader.readTimeSpan(), futureSkew: try reader.readTimeSpan(),
      openHoldsPerAccountMax: try reader.read(), rememberedMax: Int(clamping: try reader.read(UInt64.self)),
      lateCaptureWindow: try reader.readTimeSpan())
    self.init(configuration: configuration, key: key)
    lastInstant = try reader.readInstant()
    lastEntry = EntryNumber(rawValue: try reader.read())
    guard lastEntry.rawValue < 1 << 62 else { throw reader.fault("the last entry's number is too large") }
    memory.restore(floor: try reader.readInstant())
  }

  /// Finds where the wheel begins; false if the holds do not fit one turn of it.
  mutating func restoreWheelBase() -> Bool {
    var (first, last) = (Int64.max, Int64.min)
    for account in 0..<Slot(accounts.count) {
      var hold = accounts[account].holdsFirst
      while hold != .none {
        let tick = DueWheel.tick(due(hold))
        (first, last) = (min(first, tick), max(last, tick))
        hold = holds[hold].listNext
      }
    }
    let tickNow = DueWheel.tick(lastInstant)
    wheel.base = min(first, tickNow)
    return wheel.count == 0 || last - wheel.base < Int64(DueWheel.bucketCount)
  }
}

extension SnapshotDecoder {
  mutating func readAccount(_ reader: inout ByteReader) throws(ByteReaderError) {
    let id = try reader.read(AccountID.self)
    guard let kind = AccountState(rawValue: try reader.read()) else {
      throw reader.fault("unknown state of an account")
    }
    let lastEntry = EntryNumber(rawValue: try reader.read())
    var record = AccountRecord(id: id, openedAt: try reader.readInstant())
    (record.state, record.lastEntry) = (kind, lastEntry)
    guard state?.accountSlot(id) == nil, let count = state?.accounts.count, count < Limits.accountsMax else {
      throw reader.fault("account \(id) twice, or too many")
    }
    guard lastEntry <= state?.lastEntry ?? .none else { throw reader.fault("an account's entry after the last entry") }
    state?.accounts.append(record)
    state?.accountIndex.insert(key.hash(id.high, id.low), Slot(count))
    account = Slot(count)
    (tails, hold, lastRepayment) = ((.none, .none, .none), nil, .none)
  }

  mutating func readLot(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account, lastTag == .account || lastTag == .lot else { throw reader.fault("a lot without its account") }
    let id = try reader.read(LotID.self)
    guard let source = LotSource(rawValue: try reader.read()), let place = LotPlace(rawValue: try reader.read()) else {
      throw reader.fault("unknown source or place of a lot")
    }
    let priority = try reader.read(UInt8.self)
    let (effective, expires) = (try reader.readInstant(), try reader.readInstant())
    var lot = LotRecord(
      id: id, granted: .zero, available: .zero, effective: effective, expires: expires, pricePaid: try reader.read(),
      account: account, priority: priority, source: source, place: place)
    lot.granted = try readAmount(&reader)
    lot.available = try readAmount(&reader)
    lot.held = try readAmount(&reader)
    lot.captured = try readAmount(&reader)
    lot.expired = try readAmount(&reader)
    lot.voided = try readAmount(&reader)
    guard lot.isConserved, (lot.available == .zero) == (place == .spent) else {
      throw reader.fault("lot \(id) does not add up")
    }
    try append(lot, to: account, reader)
  }

  private func readAmount(_ reader: inout ByteReader) throws(ByteReaderError) -> Credits {
    let amount = try reader.readCredits()
    guard amount >= .zero, amount <= .amountMax else { throw reader.fault("an amount of \(amount) is out of range") }
    return amount
  }

  /// Links a lot behind the one before it; its list must be in order.
  private mutating func append(_ lot: LotRecord, to account: Slot, _ reader: ByteReader) throws(ByteReaderError) {
    guard var state = take() else { throw reader.fault("no head") }
    defer { self.state = state }
    guard state.lots.slotEnd < Limits.slotsMax, state.hasRoom(for: lot.available + lot.held, in: account) else {
      throw reader.fault("an account has too much")
    }
    let slot = state.lots.add(lot)
    pinned.append(.zero)
    eventKinds.append(0)
    let previous = lot.place == .live ? tails.live : lot.place == .pending ? tails.pending : tails.spent
    if previous != .none {
      guard lot.place == .spent || state.lots[previous].burns(before: lot) else {
        throw reader.fault("lots are out of order")
      }
      state.lots[previous].next = slot
      state.lots[slot].previous = previous
    }
    switch lot.place {
    case .live:
      tails.live = slot
      state.accounts[account].liveLast = slot
      if previous == .none { state.accounts[account].liveFirst = slot }
      state.accounts[account].available += lot.available
    case .pending:
      tails.pending = slot
      if previous == .none { state.accounts[account].pendingFirst = slot }
      state.accounts[account].pending += lot.available
    case .spent:
      tails.spent = slot
      if previous == .none { state.accounts[account].spentFirst = slot }
    }
    state.accounts[account].held += lot.held
    state.accounts[account].lotCount += 1
    if lot.place != .spent { state.accounts[account].lotsWithCredits += 1 }
    if lot.source == .overdraft {
      guard state.accounts[account].overdraft == .none else { throw reader.fault("two overdrafts in one account") }
      state.accounts[account].overdraft = slot
    }
  }

  /// Takes the state out, so that changing it copies nothing.
  private mutating func take() -> LedgerState? {
    defer { state = nil }
    return state
  }

  /// A lot's number, which must be of the account being read.
  private func readLotSlot(_ reader: inout ByteReader, of account: Slot) throws(ByteReaderError) -> Slot {
    let ordinal = try reader.read(UInt32.self)
    guard Int(ordinal) < pinned.count, state?.lots[ordinal].account == account else {
      throw reader.fault("lot \(ordinal) is none of the account")
    }
    return ordinal
  }

  mutating func readRepayment(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account, hold == nil, let overdraft = state?.accounts[account].overdraft, overdraft != .none else {
      throw reader.fault("a repayment without an overdraft")
    }
    let lot = try readLotSlot(&reader, of: account)
    let amount = try readAmount(&reader)
    guard amount > .zero, lot != overdraft, let pin = state?.pins.add(PinRecord(amount: amount, lot: lot, next: .none))
    else {
      throw reader.fault("a repayment of nothing, or by the overdraft itself")
    }
    if lastRepayment == .none { state?.lots[overdraft].repayments = pin } else { state?.pins[lastRepayment].next = pin }
    lastRepayment = pin
  }

  mutating func readRefund(_ reader: inout ByteReader) throws(ByteReaderError) {
    let entry = EntryNumber(rawValue: try reader.read())
    let refunded = try reader.readCredits()
    guard refunded > .zero, state?.refundSlot(entry) == nil, let count = state?.refunds.count else {
      throw reader.fault("a refund twice, or of nothing")
    }
    state?.refunds.append(RefundRecord(entry: entry, refunded: refunded))
    state?.refundIndex.insert(key.hash(entry.rawValue, 0), Slot(count))
  }

  mutating func readEvent(_ reader: inout ByteReader) throws(ByteReaderError) {
    let ordinal = try reader.read(UInt32.self)
    guard let kind = LotEventKind(rawValue: UInt32(try reader.read(UInt8.self))), Int(ordinal) < pinned.count,
      var state = take()
    else { throw reader.fault("an event of no known kind or lot") }
    defer { self.state = state }
    let bit = UInt8(1 << kind.rawValue)
    guard eventKinds[Int(ordinal)] & bit == 0 else { throw reader.fault("an event twice") }
    eventKinds[Int(ordinal)] |= bit
    let at = kind == .expiry ? state.lots[ordinal].expires : state.lots[ordinal].effective
    state.events.add(LotEvent(at: at, lot: ordinal, kind: kind.rawValue), lots: state.lots)
  }

  mutating func readRemembered(_ reader: inout ByteReader) throws(ByteReaderError) {
    let record = RememberedRecord(
      words: (
        try reader.read(), try reader.read(), try reader.read(), try reader.read(), try reader.read(),
        try reader.read(), try reader.read(), try reader.read()
      ))
    let request = RequestID(high: record.high, low: record.low)
    let hash = key.hash(record.high, record.low)
    guard record.outcome != nil, request.embeddedInstant != nil, request.hasRepresentableInstant,
      state?.memory.find(record.high, record.low, hash: hash) == nil, state?.memory.isFull == false
    else { throw reader.fault("request \(request) is remembered wrongly or twice") }
    state?.memory.add(record, hash: hash)
  }
}
