// The audit of holds, of the wheel and heap of due things, and of what is remembered.

internal import TollgateValues

extension Auditor {
  func auditHolds(of account: Slot) {
    var (previous, slot, open) = (Slot.none, state.accounts[account].holdsFirst, 0)
    while slot != .none, holdsSeen <= state.holds.count {
      let hold = state.holds[slot]
      check(hold.account == account && hold.listPrevious == previous, "hold \(hold.id): broken link")
      check(
        Int(slot) < state.holdTerms.count && state.holdSlot(hold.id) == slot, "hold \(hold.id) is not found by its id")
      check(hold.left >= .zero && hold.imagesCaptured <= hold.images, "hold \(hold.id) is overdrawn")
      let pins = state.pinList(of: slot)
      check(pins.count == Int(hold.pinCount), "hold \(hold.id) counts \(hold.pinCount) pins, \(pins.count) found")
      check(pins.allSatisfy { $0.amount > .zero }, "hold \(hold.id) pins nothing")
      let sum = pins.reduce(Credits.zero) { $0 + $1.amount }
      check(sum == (hold.isExpired ? .zero : hold.left), "hold \(hold.id): \(hold.left) left, \(sum) pinned")
      for pin in pins {
        check(state.lots[pin.lot].account == account, "hold \(hold.id) pins a lot of another account")
        pinned[pin.lot, default: .zero] += pin.amount
      }
      if pins.count > 1 { pinsSeen += pins.count }
      holdsSeen += 1
      if !hold.isExpired { open += 1 }
      (previous, slot) = (slot, hold.listNext)
    }
    openHoldsSeen += open
    let account = state.accounts[account]
    check(open == Int(account.openHolds), "account \(account.id) counts \(account.openHolds) open holds, \(open) found")
    check(account.state != .closed || open == 0, "closed account \(account.id) has open holds")
  }

  func auditWheel() {
    var count = 0
    for bucket in state.wheel.occupiedBuckets {
      check(state.wheel.heads[bucket] != 0, "bucket \(bucket) of the wheel is marked, but empty")
      guard state.wheel.heads[bucket] != 0 else { continue }
      var (previous, slot) = (Slot.none, state.wheel.heads[bucket] - 1)
      while slot != .none, count <= state.holds.count {
        let tick = DueWheel.tick(state.due(slot))
        check(DueWheel.bucket(tick) == bucket, "hold \(state.holds[slot].id) is in the wrong bucket")
        let first = state.wheel.firstTick ?? tick
        check(
          tick >= first && tick < first + Int64(DueWheel.bucketCount),
          "hold \(state.holds[slot].id) is outside of the wheel's turn")
        check(state.holds[slot].duePrevious == previous, "hold \(state.holds[slot].id): broken link of the wheel")
        if state.wheel.walkedTick == tick {
          check(state.due(slot) >= state.wheel.walkedBound, "hold \(state.holds[slot].id) is before the walked bound")
        }
        count += 1
        (previous, slot) = (slot, state.holds[slot].dueNext)
      }
    }
    check(
      count == state.holds.count && count == state.wheel.count, "the wheel has \(count) of \(state.holds.count) holds")
    if let first = state.wheel.firstTick {
      check(state.wheel.heads[DueWheel.bucket(first)] != 0, "the wheel's first bucket is empty")
    }
  }

  func auditEvents() {
    var expiries: Set<Slot> = []
    var effectives: Set<Slot> = []
    for index in 0..<state.events.count {
      let event = state.events[index]
      let (lot, terms) = (state.lots[event.lot], state.lotTerms[event.lot])
      if event.kind == LotEventKind.expiry.rawValue {
        check(
          expiries.insert(event.lot).inserted && event.at == terms.expires, "lot \(lot.id) expires twice or wrongly")
      } else {
        check(
          effectives.insert(event.lot).inserted && event.at == terms.effective, "lot \(lot.id) begins twice or wrongly")
      }
      if index > 0 { check(state.events[(index - 1) / 2].at <= event.at, "the heap of events is out of order") }
    }
    for slot in 0..<Slot(state.lots.count) {
      let lot = state.lots[slot]
      if lot.place != .spent, state.lotTerms[slot].expires != .never {
        check(expiries.contains(slot), "lot \(lot.id) will never expire")
      }
      if lot.place == .pending { check(effectives.contains(slot), "lot \(lot.id) will never become effective") }
    }
  }

  func auditMemory() {
    var (count, last) = (0, Int64.min)
    for generation in state.memory.generations {
      check(generation.number > last, "generations are out of order")
      last = generation.number
      count += generation.records.count
      check(generation.indexCount == generation.records.count, "a generation's index has \(generation.indexCount)")
      for index in 0..<generation.records.count {
        let record = generation.records[index]
        let place = state.memory.find(record.high, record.low, hash: state.key.hash(record.high, record.low))
        check(place?.slot == Slot(index), "request \(RequestID(high: record.high, low: record.low)) is not found")
        check(record.outcome != nil, "request \(RequestID(high: record.high, low: record.low)) has no outcome")
      }
    }
    check(
      count == state.memory.count && count <= state.memory.countMax, "\(state.memory.count) requests, \(count) found")
  }

  func auditRefunds() {
    check(state.refundIndex.count == state.refunds.count, "the index of refunds has \(state.refundIndex.count)")
    for index in 0..<state.refunds.count {
      let refund = state.refunds[index]
      check(refund.refunded > .zero, "entry \(refund.entry) is refunded wrongly")
      check(state.refundSlot(refund.entry) == Slot(index), "refund of \(refund.entry) is not found")
    }
  }
}
