// Writing a snapshot: account by account with all that hangs on it, then what is remembered.

internal import CPrefetch
internal import TollgateValues

extension Ledger {
  /// Encodes the whole state as chunks of about a quarter MiB. Works on a frozen copy while life goes on elsewhere; needs
  /// four bytes a lot and one chunk of memory.
  package func encodeSnapshot(_ emit: ([UInt8]) throws -> Void) rethrows {
    var encoder = SnapshotEncoder(state)
    encoder.writeHead(state)
    try encoder.writeAccounts(emit)
    try encoder.writeRefunds(state.refunds, emit)
    try encoder.writeEvents(state.events, emit)
    for generation in state.memory.generations { try encoder.writeRemembered(generation, emit) }
    try encoder.finish(emit)
  }
}

/// Walks the tables by plain readers, as a function that is handed the state gets a copy of it. What it reads must stay.
private struct SnapshotEncoder: ~Copyable {
  private let accountCount: Slot
  private let accounts: PageReader<AccountRecord>
  private let rests: PageReader<AccountRest>
  private let lots: PageReader<LotRecord>
  private let lotTerms: PageReader<LotTerms>
  private let holds: PageReader<HoldRecord>
  private let holdTerms: PageReader<HoldTerms>
  private let pins: PageReader<PinRecord>
  /// The numbers under which lots are written, by their slots.
  private let ordinals: UnsafeMutablePointer<UInt32>
  private var writer = SnapshotWriter()

  /// Lists of an account's holds and lots begin anywhere: they are asked for so many accounts early.
  private static let accountsAhead: Slot = 8

  init(_ state: borrowing LedgerState) {
    accountCount = Slot(state.accounts.count)
    accounts = state.accounts.reader
    rests = state.accountRests.reader
    lots = state.lots.reader
    lotTerms = state.lotTerms.reader
    holds = state.holds.reader
    holdTerms = state.holdTerms.reader
    pins = state.pins.reader
    ordinals = .allocate(capacity: state.lots.count)
    ordinals.initialize(repeating: .max, count: state.lots.count)
  }

  deinit { ordinals.deallocate() }

  mutating func writeHead(_ state: borrowing LedgerState) {
    writer.begin(.head)
    writer.pen.put(head: state)
  }

  mutating func writeAccounts(_ emit: ([UInt8]) throws -> Void) rethrows {
    for slot in 0..<accountCount {
      prefetchLists(slot + SnapshotEncoder.accountsAhead)
      let account = accounts.peek(slot)
      writer.begin(.account)
      writer.pen.put(account)
      try writer.end(emit)
      try writeLots(account.pointee.liveFirst, emit)
      if account.pointee.rest != .none {
        let rest = rests.peek(account.pointee.rest)
        try writeLots(rest.pointee.pendingFirst, emit)
        try writeLots(rest.pointee.spentFirst, emit)
        try writeAmounts(.repayment, rest.pointee.repayments, emit)
      }
      try writeHolds(account.pointee.holdsFirst, emit)
    }
  }

  @inline(__always)
  private func prefetchLists(_ slot: Slot) {
    guard slot < accountCount else { return }
    let account = accounts.peek(slot)
    prefetchHold(account.pointee.holdsFirst)
    guard case let lot = account.pointee.liveFirst, lot != .none else { return }
    tollgate_prefetch(lots.peek(lot))
    tollgate_prefetch(lotTerms.peek(lot))
  }

  @inline(__always)
  private func prefetchHold(_ slot: Slot) {
    guard slot != .none else { return }
    let hold = UnsafeRawPointer(holds.peek(slot))
    tollgate_prefetch(hold)
    // Most rows end in the next line.
    tollgate_prefetch(hold + MemoryLayout<HoldRecord>.size - 1)
    tollgate_prefetch(holdTerms.peek(slot))
  }

  /// A list of lots, numbered as they come.
  @inline(__always)
  private mutating func writeLots(_ first: Slot, _ emit: ([UInt8]) throws -> Void) rethrows {
    var slot = first
    while slot != .none {
      let lot = lots.peek(slot)
      ordinals[Int(slot)] = UInt32(truncatingIfNeeded: writer.counts.lots)
      writer.begin(.lot)
      writer.pen.put(lot, lotTerms.peek(slot))
      try writer.end(emit)
      slot = lot.pointee.next
    }
  }

  @inline(__always)
  private mutating func writeHolds(_ first: Slot, _ emit: ([UInt8]) throws -> Void) rethrows {
    var slot = first
    while slot != .none {
      let hold = holds.peek(slot)
      prefetchHold(hold.pointee.listNext)
      writer.begin(.hold)
      writer.pen.put(hold, holdTerms.peek(slot))
      try writer.end(emit)
      switch hold.pointee.pinCount {
      case 0: break
      case 1: try writeAmount(.pin, of: hold.pointee.pins, hold.pointee.left, emit)
      default: try writeAmounts(.pin, hold.pointee.pins, emit)
      }
      slot = hold.pointee.listNext
    }
  }

  /// A list of amounts of lots, in the order in which captures consume them.
  private mutating func writeAmounts(
    _ tag: SnapshotTag, _ first: Slot, _ emit: ([UInt8]) throws -> Void
  ) rethrows {
    var slot = first
    while slot != .none {
      let pin = pins.peek(slot)
      try writeAmount(tag, of: pin.pointee.lot, pin.pointee.amount, emit)
      slot = pin.pointee.next
    }
  }

  @inline(__always)
  private mutating func writeAmount(
    _ tag: SnapshotTag, of lot: Slot, _ amount: Credits, _ emit: ([UInt8]) throws -> Void
  ) rethrows {
    writer.begin(tag)
    writer.pen.put(ordinals[Int(lot)])
    writer.pen.put(amount)
    try writer.end(emit)
  }

  mutating func writeRefunds(
    _ refunds: borrowing PagedArray<RefundRecord>, _ emit: ([UInt8]) throws -> Void
  ) rethrows {
    let rows = refunds.reader
    for slot in 0..<Slot(refunds.count) {
      writer.begin(.refund)
      writer.pen.put(rows.peek(slot).pointee)
      try writer.end(emit)
    }
  }

  mutating func writeEvents(_ events: borrowing LotEvents, _ emit: ([UInt8]) throws -> Void) rethrows {
    let rows = events.reader
    for slot in 0..<Slot(events.count) {
      let event = rows.peek(slot)
      writer.begin(.event)
      writer.pen.put(ordinals[Int(event.pointee.lot)])
      writer.pen.put(UInt8(truncatingIfNeeded: event.pointee.kind))
      try writer.end(emit)
    }
  }

  mutating func writeRemembered(_ generation: Generation, _ emit: ([UInt8]) throws -> Void) rethrows {
    let rows = generation.records.reader
    for slot in 0..<Slot(generation.records.count) {
      let row = rows.peek(slot)
      writer.begin(.remembered)
      switch row.pointee.captured {
      case .nothing: writer.pen.put(row, captured: .zero)
      case .all: writer.pen.put(row, captured: Credits(microcredits: row.pointee.first))
      case .other: writer.pen.put(row, captured: generation.capturedAtEnd(slot))
      }
      try writer.end(emit)
    }
  }

  mutating func finish(_ emit: ([UInt8]) throws -> Void) rethrows {
    let counts = writer.counts
    writer.begin(.end)
    writer.pen.put(counts)
    try writer.flush(emit)
  }
}
