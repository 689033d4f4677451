// One number for the whole state: a sum over its parts, so that neither the order of tables nor hash keys show in it.

package import TollgateValues

extension Ledger {
  /// The canonical digest of the state: equal for ledgers that will decide everything alike. Walks everything.
  package var digest: Checksum {
    var sum = DigestSum()
    sum.add(.head) { state.writeHead(to: &$0) }
    for account in 0..<Slot(state.accounts.count) { sum.add(account, of: state) }
    for index in 0..<state.refunds.count {
      sum.add(.refund) {
        $0.write(state.refunds[index].entry.rawValue)
        $0.write(state.refunds[index].refunded)
      }
    }
    for index in 0..<state.events.count {
      sum.add(.event) {
        $0.write(state.lots[state.events[index].lot].id)
        $0.write(state.events[index].kind)
      }
    }
    for generation in state.memory.generations {
      for slot in 0..<Slot(generation.records.count) { sum.add(.remembered) { $0.write(slot, of: generation) } }
    }
    return sum.total
  }
}

/// Adds the checksums of parts, which makes their order irrelevant.
private struct DigestSum {
  private(set) var total = Checksum(high: 0, low: 0)
  private var writer = ByteWriter()

  mutating func add(_ tag: SnapshotTag, _ body: (inout ByteWriter) -> Void) {
    writer.removeAll()
    writer.write(tag.rawValue)
    body(&writer)
    let part = Checksum.over(writer.bytes)
    total.high &+= part.high
    total.low &+= part.low
  }

  /// An account with its lots in order; its holds are parts of their own.
  mutating func add(_ account: Slot, of state: LedgerState) {
    add(.account) { writer in
      state.writeAccount(account, to: &writer)
      for place in [LotPlace.live, .pending, .spent] {
        var lot = state.first(place, of: account)
        while lot != .none {
          state.writeLot(lot, to: &writer)
          lot = state.lots[lot].next
        }
      }
      var repayment = state.rest(account).repayments
      while repayment != .none {
        writer.write(state.lots[state.pins[repayment].lot].id)
        writer.write(state.pins[repayment].amount)
        repayment = state.pins[repayment].next
      }
    }
    var hold = state.accounts[account].holdsFirst
    while hold != .none {
      add(.hold) { writer in
        writer.write(state.accounts[account].id)
        state.writeHold(hold, to: &writer)
        for pin in state.pinList(of: hold) {
          writer.write(state.lots[pin.lot].id)
          writer.write(pin.amount)
        }
      }
      hold = state.holds[hold].listNext
    }
  }
}
