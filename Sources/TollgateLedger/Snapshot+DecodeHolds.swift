// Holds and pins of a snapshot.

internal import TollgateValues

extension SnapshotDecoder {
  mutating func readHold(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    guard let account else { throw eye.fault("a hold without its account") }
    let id = eye.take(HoldID.self)
    let isExpired = eye.take(UInt8.self)
    guard isExpired <= 1 else { throw eye.fault("a flag is \(isExpired), expected 0 or 1") }
    let (amount, captured, left) = (eye.takeCredits(), eye.takeCredits(), eye.takeCredits())
    let (images, imagesCaptured) = (eye.take(UInt32.self), eye.take(UInt32.self))
    let (authorizedAt, expires) = (eye.takeInstant(), eye.takeInstant())
    let book = eye.take(UInt32.self)
    var record = HoldRecord(id: id, expires: expires, account: account.slot, book: book, images: images)
    (record.left, record.captured, record.imagesCaptured) = (left, captured, imagesCaptured)
    record.isExpired = isExpired == 1
    let job = Job(
      width: eye.take(), height: eye.take(), steps: eye.take(), count: eye.take(), model: eye.take(),
      quality: Job.Quality(rawValue: eye.take()), controlNets: eye.take(), features: Job.Features(rawValue: eye.take()))
    let terms = HoldTerms(
      amount: amount, authorizedAt: authorizedAt, project: eye.take(), member: eye.take(), job: job)
    guard left >= .zero, amount >= .zero, captured >= .zero, imagesCaptured <= images, expires >= authorizedAt else {
      throw eye.fault("hold \(id) does not add up")
    }
    guard state.holds.count < Limits.slotsMax else { throw eye.fault("too many holds") }
    link(record, terms)
    unpinned = record.isExpired ? .zero : left
    lastPin = .none
  }

  /// Behind the holds of its account that were read before, so that their order stays. The index comes at the end.
  @inline(__always)
  private mutating func link(_ record: HoldRecord, _ terms: HoldTerms) {
    let (slot, place) = state.holds.addUninitialized()
    place.initialize(to: record)
    state.holdTerms.append(terms)
    let account = state.accounts.element(record.account)
    if let hold {
      state.holds.element(hold).pointee.listNext = slot
      place.pointee.listPrevious = hold
    } else {
      account.pointee.holdsFirst = slot
    }
    if !record.isExpired {
      account.pointee.openHolds += 1
      state.openHolds += 1
    }
    state.linkDue(slot, place)
    let tick = DueWheel.tick(record.due(lateCaptureWindow: state.configuration.lateCaptureWindow))
    ticks = (min(ticks.first, tick), max(ticks.last, tick))
    hold = slot
  }

  mutating func readPin(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    guard let account, let hold, lastTag == .hold || lastTag == .pin else {
      throw eye.fault("a pin without its hold")
    }
    let lot = eye.take(UInt32.self)
    let amount = eye.takeCredits()
    guard Int(lot) < tallies.count, state.lots.peek(lot).pointee.account == account.slot else {
      throw eye.fault("a pin on lot \(lot), which is none of the account")
    }
    let record = state.holds.element(hold)
    guard amount > .zero, amount <= unpinned, case let count = record.pointee.pinCount, count < Limits.lotsPerHoldMax
    else { throw eye.fault("a pin of \(amount) where \(unpinned) are to be pinned") }
    unpinned -= amount
    guard let sum = tallies[Int(lot)].pinned.adding(amount) else { throw eye.fault("pins overflow") }
    tallies[Int(lot)].pinned = sum
    record.pointee.pinCount = count + 1
    if count == 0 {
      record.pointee.pins = lot
      firstPinAmount = amount
    } else {
      if count == 1 {
        addToList(PinRecord(amount: firstPinAmount, lot: record.pointee.pins, next: .none), of: record)
      }
      addToList(PinRecord(amount: amount, lot: lot, next: .none), of: record)
    }
  }

  private mutating func addToList(_ pin: PinRecord, of hold: UnsafeMutablePointer<HoldRecord>) {
    let slot = state.pins.add(pin)
    if lastPin == .none { hold.pointee.pins = slot } else { state.pins[lastPin].next = slot }
    lastPin = slot
  }
}
