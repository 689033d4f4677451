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
    guard lastEntry.rawValue < AccountRecord.lastEntryEnd >> 1 else {
      throw reader.fault("the last entry's number is too large")
    }
    memory.restore(floor: try reader.readInstant())
  }

  /// Whether all holds lie within one turn of the wheel.
  var holdsFitTheWheel: Bool {
    var (first, last) = (DueWheel.tick(lastInstant), Int64.min)
    for account in 0..<Slot(accounts.count) {
      var hold = accounts[account].holdsFirst
      while hold != .none {
        let tick = DueWheel.tick(due(hold))
        (first, last) = (min(first, tick), max(last, tick))
        hold = holds[hold].listNext
      }
    }
    return wheel.count == 0 || last - first < Int64(DueWheel.bucketCount)
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
    let hash = key.hash(id.high, id.low)
    let count = state.accounts.count
    guard state.accountSlot(id, hash: hash) == nil, count < Limits.accountsMax else {
      throw reader.fault("account \(id) twice, or too many")
    }
    guard lastEntry <= state.lastEntry, lastEntry.rawValue < AccountRecord.lastEntryEnd else {
      throw reader.fault("an account's entry after the last entry")
    }
    state.accounts.append(record)
    state.accountIndex.insert(hash, Slot(count))
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
    let effective = try reader.readInstant()
    let words = try reader.readEight()
    var terms = LotTerms(
      effective: effective, expires: Instant(nanoseconds: Int64(bitPattern: words.0)),
      pricePaid: Int64(bitPattern: words.1))
    var lot = LotRecord(id: id, account: account, priority: priority, source: source, place: place)
    let granted = try amount(words.2, reader)
    lot.available = try amount(words.3, reader)
    lot.held = try amount(words.4, reader)
    lot.captured = try amount(words.5, reader)
    let (expired, voided) = (try amount(words.6, reader), try amount(words.7, reader))
    guard expired == .zero || voided == .zero else { throw reader.fault("lot \(id) has expired and was voided") }
    lot.isVoided = voided > .zero
    terms.lost = expired + voided
    lot.kept = granted - terms.lost
    guard lot.isConserved, (lot.available == .zero) == (place == .spent) else {
      throw reader.fault("lot \(id) does not add up")
    }
    try append(lot, terms, to: account, reader)
  }

  @inline(__always)
  private func amount(_ word: UInt64, _ reader: ByteReader) throws(ByteReaderError) -> Credits {
    let amount = Credits(microcredits: Int64(bitPattern: word))
    guard amount >= .zero, amount <= .amountMax else { throw reader.fault("an amount of \(amount) is out of range") }
    return amount
  }

  /// Links a lot behind the one before it; its list must be in order.
  private mutating func append(
    _ lot: LotRecord, _ terms: LotTerms, to account: Slot, _ reader: ByteReader
  ) throws(ByteReaderError) {
    guard state.lots.count < Limits.slotsMax, state.hasRoom(for: lot.available + lot.held, in: account) else {
      throw reader.fault("an account has too much")
    }
    let slot = state.addLot(lot, terms)
    pinned.append(.zero)
    eventKinds.append(0)
    let previous = lot.place == .live ? tails.live : lot.place == .pending ? tails.pending : tails.spent
    if previous != .none {
      guard lot.place == .spent || state.burns(previous, before: slot) else {
        throw reader.fault("lots are out of order")
      }
      state.lots[previous].next = slot
      state.lots[slot].previous = previous
    }
    state.accounts[account].held += lot.held
    let isFirst = tails == (.none, .none, .none)
    switch lot.place {
    case .live: tails.live = slot
    case .pending: tails.pending = slot
    case .spent: tails.spent = slot
    }
    if lot.place == .live { state.accounts[account].available += lot.available }
    if isFirst, lot.place == .live, lot.source != .overdraft {
      state.accounts[account].liveFirst = slot
      return
    }
    let rest = state.ownRest(account)
    switch lot.place {
    case .live:
      rest.pointee.liveLast = slot
      if previous == .none { state.accounts[account].liveFirst = slot }
    case .pending:
      if previous == .none { rest.pointee.pendingFirst = slot }
      rest.pointee.pending += lot.available
    case .spent:
      if previous == .none { rest.pointee.spentFirst = slot }
    }
    rest.pointee.lotCount += 1
    if lot.place != .spent { rest.pointee.lotsWithCredits += 1 }
    if lot.source == .overdraft {
      guard rest.pointee.overdraft == .none else { throw reader.fault("two overdrafts in one account") }
      rest.pointee.overdraft = slot
    }
  }

  /// A lot's number, which must be of the account being read.
  private func readLotSlot(_ reader: inout ByteReader, of account: Slot) throws(ByteReaderError) -> Slot {
    let ordinal = try reader.read(UInt32.self)
    guard Int(ordinal) < pinned.count, state.lots[ordinal].account == account else {
      throw reader.fault("lot \(ordinal) is none of the account")
    }
    return ordinal
  }

  mutating func readRepayment(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account, hold == nil, case let overdraft = state.rest(account).overdraft, overdraft != .none else {
      throw reader.fault("a repayment without an overdraft")
    }
    let lot = try readLotSlot(&reader, of: account)
    let amount = try amount(try reader.read(), reader)
    guard amount > .zero, lot != overdraft else {
      throw reader.fault("a repayment of nothing, or by the overdraft itself")
    }
    let pin = state.pins.add(PinRecord(amount: amount, lot: lot, next: .none))
    if lastRepayment == .none {
      state.ownRest(account).pointee.repayments = pin
    } else {
      state.pins[lastRepayment].next = pin
    }
    lastRepayment = pin
  }

  mutating func readRefund(_ reader: inout ByteReader) throws(ByteReaderError) {
    let entry = EntryNumber(rawValue: try reader.read())
    let refunded = try reader.readCredits()
    guard refunded > .zero, state.refundSlot(entry) == nil else {
      throw reader.fault("a refund twice, or of nothing")
    }
    state.refunds.append(RefundRecord(entry: entry, refunded: refunded))
    state.refundIndex.insert(key.hash(entry.rawValue, 0), Slot(state.refunds.count - 1))
  }

  mutating func readEvent(_ reader: inout ByteReader) throws(ByteReaderError) {
    let ordinal = try reader.read(UInt32.self)
    guard let kind = LotEventKind(rawValue: UInt32(try reader.read(UInt8.self))), Int(ordinal) < pinned.count
    else { throw reader.fault("an event of no known kind or lot") }
    let bit = UInt8(1 << kind.rawValue)
    guard eventKinds[Int(ordinal)] & bit == 0 else { throw reader.fault("an event twice") }
    eventKinds[Int(ordinal)] |= bit
    let at = kind == .expiry ? state.lotTerms[ordinal].expires : state.lotTerms[ordinal].effective
    state.events.add(LotEvent(at: at, lot: ordinal, kind: kind.rawValue), lots: state.lots)
  }

  mutating func readRemembered(_ reader: inout ByteReader) throws(ByteReaderError) {
    let words = try reader.readEight()
    let record = RememberedRecord(words: words)
    // The rows stand one behind the other, each after its tag: reading one place of the index early, while the rows
    // between are added, hides the wait for it.
    let ahead = 8 * SnapshotFormat.rememberedBytes + 1
    let (high, low) = (reader.peek(ahead), reader.peek(ahead + 8))
    state.memory.prefetch(high, hash: key.hash(high, low))
    let request = RequestID(high: record.high, low: record.low)
    let hash = key.hash(record.high, record.low)
    let probe = state.memory.probe(record.high, record.low, hash: hash)
    guard record.outcome != nil, request.embeddedInstant != nil, request.high >> 16 <= UInt64(Int64.max / 1_000_000),
      probe?.found == nil,
      !state.memory.isFull
    else { throw reader.fault("request \(request) is remembered wrongly or twice") }
    state.memory.add(request, hash: hash, after: probe)?.initialize(to: record)
    guard record.operation == .authorize, words.5 != 0 else { return }
    state.memory.note(captured: Credits(microcredits: Int64(bitPattern: words.5)), of: request, hash: hash)
  }
}
