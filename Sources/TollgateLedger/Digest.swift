// One number for the whole state: a sum over its parts, so that neither the order of tables nor hash keys show in it.

package import TollgateValues

extension Ledger {
  /// The canonical digest of the state: equal for ledgers that will decide everything alike. Walks everything.
  package var digest: Checksum {
    var sum = DigestSum()
    sum.add(.head) { $0.put(head: state) }
    for account in 0..<Slot(state.accounts.count) { sum.add(account, of: state) }
    for index in 0..<state.refunds.count { sum.add(.refund) { $0.put(state.refunds[index]) } }
    for index in 0..<state.events.count {
      sum.add(.event) {
        $0.put(state.lots[state.events[index].lot].id)
        $0.put(state.events[index].kind)
      }
    }
    for generation in state.memory.generations {
      for slot in 0..<Slot(generation.records.count) {
        sum.add(.remembered) { $0.put(generation.records.peek(slot), captured: generation.capturedAtEnd(slot)) }
      }
    }
    return sum.total
  }
}

/// Adds the checksums of parts, which makes their order irrelevant.
private struct DigestSum: ~Copyable {
  private(set) var total = Checksum(high: 0, low: 0)
  private var pen = SnapshotPen(capacity: 4_096)

  /// A part, of one record's bytes at most unless it asks for room itself.
  mutating func add(_ tag: SnapshotTag, _ body: (inout SnapshotPen) -> Void) {
    pen.removeAll()
    pen.need(SnapshotFormat.recordBytesMax)
    pen.put(tag.rawValue)
    body(&pen)
    let part = Checksum.over(pen.bytes)
    total.high &+= part.high
    total.low &+= part.low
  }

  /// An account with its lots in order; its holds are parts of their own.
  mutating func add(_ account: Slot, of state: LedgerState) {
    add(.account) { pen in
      pen.put(state.accounts.peek(account))
      for place in [LotPlace.live, .pending, .spent] {
        var lot = state.first(place, of: account)
        while lot != .none {
          pen.need(SnapshotFormat.recordBytesMax)
          pen.put(state.lots.peek(lot), state.lotTerms.peek(lot))
          lot = state.lots[lot].next
        }
      }
      var repayment = state.rest(account).repayments
      while repayment != .none {
        pen.put(state.pins[repayment], of: state)
        repayment = state.pins[repayment].next
      }
    }
    var hold = state.accounts[account].holdsFirst
    while hold != .none {
      add(.hold) { pen in
        pen.need(2 * SnapshotFormat.recordBytesMax)
        pen.put(state.accounts[account].id)
        pen.put(state.holds.peek(hold), state.holdTerms.peek(hold))
        for pin in state.pinList(of: hold) { pen.put(pin, of: state) }
      }
      hold = state.holds[hold].listNext
    }
  }
}

extension SnapshotPen {
  /// A pin or repayment, whose lot goes by its id here.
  fileprivate mutating func put(_ pin: PinRecord, of state: borrowing LedgerState) {
    need(SnapshotFormat.recordBytesMax)
    put(state.lots[pin.lot].id)
    put(pin.amount)
  }
}
