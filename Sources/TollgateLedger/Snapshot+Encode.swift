// Writing a snapshot: account by account with all that hangs on it, then what is remembered.

internal import TollgateValues

extension Ledger {
  /// Encodes the whole state as chunks of about half a MiB. Works on a frozen copy while life goes on elsewhere; needs
  /// four bytes a lot and one chunk of memory.
  package func encodeSnapshot(_ emit: ([UInt8]) throws -> Void) rethrows {
    var writer = SnapshotWriter()
    try writer.add(.head, emit) { state.writeHead(to: &$0) }
    var ordinals = [UInt32](repeating: .max, count: state.lots.count)
    var ordinal: UInt32 = 0
    for account in 0..<Slot(state.accounts.count) {
      try writer.add(.account, emit) { state.writeAccount(account, to: &$0) }
      for place in [LotPlace.live, .pending, .spent] {
        var lot = state.first(place, of: account)
        while lot != .none {
          try writer.add(.lot, emit) { state.writeLot(lot, to: &$0) }
          ordinals[Int(lot)] = ordinal
          ordinal += 1
          lot = state.lots[lot].next
        }
      }
      try writeRepayments(of: account, ordinals, &writer, emit)
      try writeHolds(of: account, ordinals, &writer, emit)
    }
    for index in 0..<state.refunds.count {
      try writer.add(.refund, emit) {
        $0.write(state.refunds[index].entry.rawValue)
        $0.write(state.refunds[index].refunded)
      }
    }
    for index in 0..<state.events.count {
      try writer.add(.event, emit) {
        $0.write(ordinals[Int(state.events[index].lot)])
        $0.write(UInt8(state.events[index].kind))
      }
    }
    try writeRemembered(&writer, emit)
    let counts = writer.counts
    try writer.add(.end, emit) { $0.write(counts) }
  }

  private func writeRepayments(
    of account: Slot, _ ordinals: [UInt32], _ writer: inout SnapshotWriter, _ emit: ([UInt8]) throws -> Void
  ) rethrows {
    var repayment = state.rest(account).repayments
    while repayment != .none {
      let pin = state.pins[repayment]
      try writer.add(.repayment, emit) {
        $0.write(ordinals[Int(pin.lot)])
        $0.write(pin.amount)
      }
      repayment = pin.next
    }
  }

  private func writeHolds(
    of account: Slot, _ ordinals: [UInt32], _ writer: inout SnapshotWriter, _ emit: ([UInt8]) throws -> Void
  ) rethrows {
    var hold = state.accounts[account].holdsFirst
    while hold != .none {
      try writer.add(.hold, emit) { state.writeHold(hold, to: &$0) }
      for pin in state.pinList(of: hold) {
        try writer.add(.pin, emit) {
          $0.write(ordinals[Int(pin.lot)])
          $0.write(pin.amount)
        }
      }
      hold = state.holds[hold].listNext
    }
  }

  private func writeRemembered(_ writer: inout SnapshotWriter, _ emit: ([UInt8]) throws -> Void) rethrows {
    for generation in state.memory.generations {
      for slot in 0..<Slot(generation.records.count) {
        try writer.add(.remembered, emit) { $0.write(slot, of: generation) }
      }
    }
  }
}

extension ByteWriter {
  mutating func write(_ counts: SnapshotCounts) {
    for count in [
      counts.accounts, counts.lots, counts.holds, counts.pins, counts.refunds, counts.events, counts.remembered,
    ] { write(count) }
  }

  /// A remembered request.
  mutating func write(_ slot: Slot, of generation: Generation) {
    write(eight: generation.records[slot].words(capturedAtEnd: generation.capturedAtEnd(slot)))
  }
}

extension Credits {
  /// The amount as it stands in snapshots.
  fileprivate var word: UInt64 { UInt64(bitPattern: microcredits) }
}

extension LedgerState {
  func writeHead(to writer: inout ByteWriter) {
    writer.write(configuration.dedupWindow)
    writer.write(configuration.futureSkew)
    writer.write(configuration.openHoldsPerAccountMax)
    writer.write(UInt64(configuration.rememberedMax))
    writer.write(configuration.lateCaptureWindow)
    writer.write(lastInstant)
    writer.write(lastEntry.rawValue)
    writer.write(memory.floor)
  }

  /// The account without its sums, which follow from its lots.
  func writeAccount(_ slot: Slot, to writer: inout ByteWriter) {
    let account = accounts[slot]
    writer.write(account.id)
    writer.write(account.state.rawValue)
    writer.write(account.lastEntry.rawValue)
    writer.write(account.openedAt)
  }

  func writeLot(_ slot: Slot, to writer: inout ByteWriter) {
    let (lot, terms) = (lots[slot], lotTerms[slot])
    let (expired, voided) = lot.isVoided ? (.zero, terms.lost) : (terms.lost, .zero)
    writer.write(lot.id)
    writer.write(lot.source.rawValue)
    writer.write(lot.place.rawValue)
    writer.write(lot.priority)
    writer.write(terms.effective)
    writer.write(
      eight: (
        UInt64(bitPattern: terms.expires.nanoseconds), UInt64(bitPattern: terms.pricePaid),
        (lot.kept + terms.lost).word, lot.available.word, lot.held.word, lot.captured.word, expired.word, voided.word
      ))
  }

  /// The hold without its pins.
  func writeHold(_ slot: Slot, to writer: inout ByteWriter) {
    let (hold, terms) = (holds[slot], holdTerms[slot])
    writer.write(hold.id)
    writer.write(hold.isExpired)
    writer.write(terms.amount)
    writer.write(hold.captured)
    writer.write(hold.left)
    writer.write(hold.images)
    writer.write(hold.imagesCaptured)
    writer.write(terms.authorizedAt)
    writer.write(hold.expires)
    writer.write(hold.book)
    writer.write(terms.job.width)
    writer.write(terms.job.height)
    writer.write(terms.job.steps)
    writer.write(terms.job.count)
    writer.write(terms.job.model)
    writer.write(terms.job.quality.rawValue)
    writer.write(terms.job.controlNets)
    writer.write(terms.job.features.rawValue)
    writer.write(terms.project)
    writer.write(terms.member)
  }

  /// The pins of a hold, in the order in which captures consume them.
  func pinList(of slot: Slot) -> [PinRecord] {
    let hold = holds[slot]
    guard hold.pinCount > 0 else { return [] }
    if hold.pinCount == 1 { return [PinRecord(amount: hold.left, lot: hold.pins, next: .none)] }
    var list: [PinRecord] = []
    var next = hold.pins
    while next != .none {
      list.append(pins[next])
      next = pins[next].next
    }
    return list
  }
}
