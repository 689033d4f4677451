// Holds and pins of a snapshot.

internal import TollgateValues

extension SnapshotDecoder {
  mutating func readHold(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account else { throw reader.fault("a hold without its account") }
    let (record, terms) = try readHoldRecord(&reader, account)
    guard record.left >= .zero, terms.amount >= .zero, record.captured >= .zero,
      record.imagesCaptured <= record.images, record.expires >= terms.authorizedAt
    else { throw reader.fault("hold \(record.id) does not add up") }
    guard state.holdSlot(record.id) == nil, state.holds.count < Limits.slotsMax else {
      throw reader.fault("hold \(record.id) twice, or too many")
    }
    link(record, terms)
    unpinned = record.isExpired ? .zero : record.left
    lastPin = .none
  }

  private func readHoldRecord(
    _ reader: inout ByteReader, _ account: Slot
  ) throws(ByteReaderError) -> (HoldRecord, HoldTerms) {
    let id = try reader.read(HoldID.self)
    let isExpired = try reader.readBool()
    let (amount, captured, left) = (try reader.readCredits(), try reader.readCredits(), try reader.readCredits())
    let (images, imagesCaptured) = (try reader.read(UInt32.self), try reader.read(UInt32.self))
    let (authorizedAt, expires) = (try reader.readInstant(), try reader.readInstant())
    let book = try reader.read(UInt32.self)
    let job = Job(
      width: try reader.read(), height: try reader.read(), steps: try reader.read(), count: try reader.read(),
      model: try reader.read(), quality: Job.Quality(rawValue: try reader.read()), controlNets: try reader.read(),
      features: Job.Features(rawValue: try reader.read()))
    let terms = HoldTerms(
      amount: amount, authorizedAt: authorizedAt, project: try reader.read(), member: try reader.read(), job: job)
    var record = HoldRecord(id: id, expires: expires, account: account, book: book, images: images)
    record.left = left
    record.captured = captured
    record.imagesCaptured = imagesCaptured
    record.isExpired = isExpired
    return (record, terms)
  }

  /// Behind the holds of its account that were read before, so that their order stays.
  private mutating func link(_ record: HoldRecord, _ terms: HoldTerms) {
    let previous = hold
    let (slot, place) = state.addHold(hash: key.hash(record.id.high, record.id.low))
    place.initialize(to: record)
    state.holdTerms[slot] = terms
    if let previous {
      state.holds[previous].listNext = slot
      state.holds[slot].listPrevious = previous
    } else {
      state.accounts[record.account].holdsFirst = slot
    }
    if !record.isExpired {
      state.accounts[record.account].openHolds += 1
      state.openHolds += 1
    }
    state.linkDue(slot, place)
    hold = slot
  }

  mutating func readPin(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account, let hold, lastTag == .hold || lastTag == .pin else {
      throw reader.fault("a pin without its hold")
    }
    let ordinal = try reader.read(UInt32.self)
    let amount = try reader.readCredits()
    guard Int(ordinal) < pinned.count, state.lots[ordinal].account == account else {
      throw reader.fault("a pin on lot \(ordinal), which is none of the account")
    }
    guard amount > .zero, amount <= unpinned, case let count = state.holds[hold].pinCount, count < Limits.lotsPerHoldMax
    else {
      throw reader.fault("a pin of \(amount) where \(unpinned) are to be pinned")
    }
    unpinned -= amount
    guard let sum = pinned[Int(ordinal)].adding(amount) else { throw reader.fault("pins overflow") }
    pinned[Int(ordinal)] = sum
    state.holds[hold].pinCount += 1
    if count == 0 {
      state.holds[hold].pins = ordinal
      firstPinAmount = amount
    } else {
      if count == 1 {
        addToList(PinRecord(amount: firstPinAmount, lot: state.holds[hold].pins, next: .none), of: hold)
      }
      addToList(PinRecord(amount: amount, lot: ordinal, next: .none), of: hold)
    }
  }

  private mutating func addToList(_ record: PinRecord, of hold: Slot) {
    let pin = state.pins.add(record)
    if lastPin == .none { state.holds[hold].pins = pin } else { state.pins[lastPin].next = pin }
    lastPin = pin
  }
}
