// The ledger's own auditor: walks everything and trusts no cached sum, link or index.

internal import TollgateValues

extension Ledger {
  /// What is unsound in the state, each finding one line; empty if all is well. Walks everything.
  package func audit() -> [String] {
    let auditor = Auditor(state: state)
    auditor.run()
    return auditor.findings
  }
}

/// One audit: what it has seen so far, and what it found.
final class Auditor {
  let state: LedgerState
  var findings: [String] = []
  /// What holds pin of each lot.
  var pinned: [Slot: Credits] = [:]
  var lotsSeen = 0
  var holdsSeen = 0
  var openHoldsSeen = 0
  var pinsSeen = 0

  init(state: LedgerState) { self.state = state }

  func check(_ isSound: Bool, _ finding: @autoclosure () -> String) {
    if !isSound { findings.append(finding()) }
  }

  func run() {
    for account in 0..<Slot(state.accounts.count) {
      auditHolds(of: account)
      auditAccount(account)
    }
    check(state.lotTerms.count == state.lots.count, "\(state.lotTerms.count) terms of lots")
    check(lotsSeen == state.lots.count, "\(state.lots.count) lots, but \(lotsSeen) belong to accounts")
    check(holdsSeen == state.holds.count, "\(state.holds.count) holds, but \(holdsSeen) belong to accounts")
    check(openHoldsSeen == state.openHolds, "\(state.openHolds) open holds counted, \(openHoldsSeen) found")
    check(pinsSeen == state.pins.count, "\(state.pins.count) pins, but \(pinsSeen) are reachable")
    check(state.accountIndex.count == state.accounts.count, "the index of accounts has \(state.accountIndex.count)")
    check(state.holdIndex.count == state.holds.count, "the index of holds has \(state.holdIndex.count)")
    auditWheel()
    auditEvents()
    auditMemory()
    auditRefunds()
  }

  // MARK: Accounts and lots

  private func auditAccount(_ slot: Slot) {
    let account = state.accounts[slot]
    check(state.accountSlot(account.id) == slot, "account \(account.id) is not found by its id")
    check(account.lastEntry <= state.lastEntry, "account \(account.id) has an entry of the future")
    let rest = state.rest(slot)
    let live = auditLots(.live, of: slot)
    let pending = auditLots(.pending, of: slot)
    let spent = auditLots(.spent, of: slot)
    check(
      live.available == account.available,
      "account \(account.id): available \(account.available), lots \(live.available)")
    check(pending.available == rest.pending, "account \(account.id): pending \(rest.pending)")
    check(live.held + pending.held + spent.held == account.held, "account \(account.id): held \(account.held)")
    let count = live.count + pending.count + spent.count
    check(count == Int(rest.lotCount), "account \(account.id) counts \(rest.lotCount) lots, \(count) found")
    check(
      live.count + pending.count == Int(rest.lotsWithCredits),
      "account \(account.id) counts \(rest.lotsWithCredits) lots with credits")
    check(
      account.state != .closed || account.available + rest.pending == .zero,
      "closed account \(account.id) has credits")
    auditRepayments(of: slot)
  }

  private func auditLots(_ place: LotPlace, of account: Slot) -> (available: Credits, held: Credits, count: Int) {
    var sums = (available: Credits.zero, held: Credits.zero, count: 0)
    var (previous, slot) = (Slot.none, state.first(place, of: account))
    while slot != .none, sums.count <= state.lots.count {
      let lot = state.lots[slot]
      auditLot(lot, slot, place, account)
      check(lot.previous == previous, "lot \(lot.id): broken link")
      if previous != .none, place != .spent {
        check(state.burns(previous, before: slot), "lot \(lot.id) is out of burn order")
      }
      sums = (sums.available + lot.available, sums.held + lot.held, sums.count + 1)
      (previous, slot) = (slot, lot.next)
    }
    if place == .live { check(state.rest(account).liveLast == previous, "the tail of the live lots is wrong") }
    lotsSeen += sums.count
    return sums
  }

  private func auditLot(_ lot: LotRecord, _ slot: Slot, _ place: LotPlace, _ account: Slot) {
    check(lot.place == place && lot.account == account, "lot \(lot.id) stands in a list where it does not belong")
    let amounts = [lot.kept, lot.available, lot.held, lot.captured, state.lotTerms[slot].lost]
    check(amounts.allSatisfy { $0 >= .zero }, "lot \(lot.id) has an amount below zero")
    check(lot.isConserved, "lot \(lot.id) does not add up to \(lot.kept)")
    check((lot.available == .zero) == (place == .spent), "lot \(lot.id): \(lot.available) available as \(place)")
    check(lot.held == pinned[slot] ?? .zero, "lot \(lot.id): \(lot.held) held, holds pin \(pinned[slot] ?? .zero)")
    if lot.source == .overdraft {
      check(state.rest(account).overdraft == slot, "lot \(lot.id) is an overdraft that its account does not know")
    }
  }

  private func auditRepayments(of account: Slot) {
    let overdraft = state.rest(account).overdraft
    guard overdraft != .none else { return }
    check(state.lots[overdraft].source == .overdraft, "an overdraft of another source")
    var repayment = state.rest(account).repayments
    while repayment != .none {
      let pin = state.pins[repayment]
      pinsSeen += 1
      check(
        pin.amount > .zero && state.lots[pin.lot].account == account, "a repayment of nothing or of another account")
      check(state.lots[pin.lot].captured >= pin.amount, "a lot has repaid more than was captured of it")
      repayment = pin.next
    }
  }
}
