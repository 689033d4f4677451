// An overdraft is a lot that is burnt last; what was captured of it is a debt, which the next usable grant repays.

internal import TollgateValues

extension LedgerState {
  /// What of the overdraft was spent and not repaid yet.
  func overdraftUsed(_ account: Slot) -> Credits {
    let overdraft = rest(account).overdraft
    return overdraft == .none ? .zero : lots[overdraft].captured
  }

  /// Repays the overdraft out of a lot that has just become usable: the lot's credits count as captured, and as much of
  /// the overdraft is available again. Remembers which lot paid, so that a refund can give it back.
  mutating func repayOverdraft(from lot: Slot) {
    let account = lots[lot].account
    guard accounts[account].rest != .none else { return }
    let overdraft = rest(account).overdraft
    guard overdraft != .none, overdraft != lot else { return }
    let amount = min(lots[overdraft].captured, lots[lot].available)
    guard amount > .zero else { return }
    let start = pen.mark
    move(lot, amount, from: .available, to: .captured)
    move(overdraft, amount, from: .captured, to: .available)
    if lots[lot].available == .zero { replace(lot, into: .spent) }
    replace(overdraft, into: .live)
    let rest = ownRest(account)
    rest.pointee.repayments = pins.add(PinRecord(amount: amount, lot: lot, next: rest.pointee.repayments))
    record(.overdraftRepaid, account: account, since: start)
  }

  /// Splits what a refund gives back of the overdraft: first what is still owed (the last captured), then the lots that
  /// repaid it, the latest first. `taken` is what earlier shares of the same refund have taken. Nil if there is not as much.
  func refundTargets(
    ofOverdraft overdraft: Slot, _ amount: Credits, after taken: inout Credits
  ) -> [(lot: Slot, amount: Credits)]? {
    var targets: [(lot: Slot, amount: Credits)] = []
    var (skipped, missing) = (taken, amount)
    var (lot, room, repayment) = (
      overdraft, lots[overdraft].captured, rest(lots[overdraft].account).repayments
    )
    while true {
      let skip = min(skipped, room)
      let part = min(missing, room - skip)
      if part > .zero { targets.append((lot, part)) }
      skipped -= skip
      missing -= part
      if missing == .zero { break }
      guard repayment != .none else { return nil }
      (lot, room, repayment) = (pins[repayment].lot, pins[repayment].amount, pins[repayment].next)
    }
    taken += amount
    return targets
  }

  /// Takes from the book of repayments what a refund has given back to the lots that paid.
  mutating func unwindRepayments(of account: Slot, _ amount: Credits) {
    let rest = ownRest(account)
    var missing = amount
    while missing > .zero {
      let repayment = rest.pointee.repayments
      precondition(repayment != .none, "a refund took more from repayments than there are")
      let part = min(missing, pins[repayment].amount)
      missing -= part
      pins[repayment].amount -= part
      if pins[repayment].amount == .zero {
        rest.pointee.repayments = pins[repayment].next
        pins.remove(repayment)
      }
    }
  }
}
