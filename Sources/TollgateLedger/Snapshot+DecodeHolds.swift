// Holds and pins of a snapshot.

internal import TollgateValues

extension SnapshotDecoder {
  mutating func readHold(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account else { throw reader.fault("a hold without its account") }
    let record = try readHoldRecord(&reader, account)
    guard record.left >= .zero, record.amount >= .zero, record.captured >= .zero,
      record.imagesCaptured <= record.images, record.expires >= record.authorizedAt
    else { throw reader.fault("hold \(record.id) does not add up") }
    guard state?.holdSlot(record.id) == nil, let count = state?.holds.count, count < Limits.slotsMax else {
      throw reader.fault("hold \(record.id) twice, or too many")
    }
    link(record)
    unpinned = record.isExpired ? .zero : record.left
    lastPin = .none
  }

  private func readHoldRecord(_ reader: inout ByteReader, _ account: Slot) throws(ByteReaderError) -> HoldRecord {
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
    var record = HoldRecord(
      id: id, amount: amount, left: left, authorizedAt: authorizedAt, expires: expires, project: try reader.read(),
      member: try reader.read(), job: job, account: account, book: book, images: images)
    record.captured = captured
    record.imagesCaptured = imagesCaptured
    record.isExpired = isExpired
    return record
  }

  /// Behind the holds of its account that were read before, so that their order stays.
  private mutating func link(_ record: HoldRecord) {
    let previous = hold
    guard let slot = state?.holds.add(record) else { return }
    state?.holdIndex.insert(key.hash(record.id.high, record.id.low), slot)
    if let previous {
      state?.holds[previous].listNext = slot
      state?.holds[slot].listPrevious = previous
    } else {
      state?.accounts[record.account].holdsFirst = slot
    }
    if !record.isExpired {
      state?.accounts[record.account].openHolds += 1
      state?.openHolds += 1
    }
    state?.linkDue(slot)
    hold = slot
  }

  mutating func readPin(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard let account, let hold, lastTag == .hold || lastTag == .pin else {
      throw reader.fault("a pin without its hold")
    }
    let ordinal = try reader.read(UInt32.self)
    let amount = try reader.readCredits()
    guard Int(ordinal) < pinned.count, state?.lots[ordinal].account == account else {
      throw reader.fault("a pin on lot \(ordinal), which is none of the account")
    }
    guard amount > .zero, amount <= unpinned, let count = state?.holds[hold].pinCount, count < Limits.lotsPerHoldMax
    else {
      throw reader.fault("a pin of \(amount) where \(unpinned) are to be pinned")
    }
    unpinned -= amount
    guard let sum = pinned[Int(ordinal)].adding(amount) else { throw reader.fault("pins overflow") }
    pinned[Int(ordinal)] = sum
    state?.holds[hold].pinCount += 1
    if count == 0 {
      state?.holds[hold].pinLot = ordinal
      state?.holds[hold].pinAmount = amount
    } else if let pin = state?.pins.add(PinRecord(amount: amount, lot: ordinal, next: .none)) {
      if lastPin == .none { state?.holds[hold].morePins = pin } else { state?.pins[lastPin].next = pin }
      lastPin = pin
    }
  }

  /// Whatever follows a hold's pins: all that is left of it must be pinned.
  mutating func endHold(_ reader: ByteReader) throws(ByteReaderError) {
    guard unpinned == .zero else { throw reader.fault("\(unpinned) of a hold are pinned to no lot") }
  }
}
