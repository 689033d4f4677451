// Refunds unwind a capture to the lots that it consumed, last consumed first, with their original expiry (rule 8).

internal import TollgateValues

/// What goes back to which lot, in order; and what of it comes out of the repayments of an overdraft.
private struct Unwinding {
  var targets: [(lot: Slot, amount: Credits)] = []
  var fromRepayments = Credits.zero
}

extension LedgerState {
  mutating func refund(_ refund: Refund) -> Outcome {
    guard let account = accountSlot(refund.account) else { return .denied(.accountUnknown) }
    if accounts[account].state == .closed { return .denied(.accountClosed) }
    let before = refundSlot(refund.entry).map { refunds[$0].refunded } ?? .zero
    let total = refund.consumed.reduce(Credits.zero) { $0 + $1.amount }
    let left = max(.zero, total - before)
    let amount = refund.amount ?? left
    guard let shares = shares(of: refund, skipping: before, amount, account) else { return .denied(.lotUnknown) }
    guard amount <= left, amount > .zero, let unwinding = unwinding(of: shares, account) else {
      return .denied(.refundExceedsCapture(left: left))
    }
    guard hasRoom(for: amount, in: account) else { return .denied(.exhausted(.credits)) }
    noteRefund(of: refund.entry, amount)
    return .refunded(amount, expired: giveBack(unwinding, to: account))
  }

  /// Which lots get how much: the consumed parts from the last one, without what was refunded before. Nil if one of
  /// them is no lot of the account.
  private func shares(
    of refund: Refund, skipping before: Credits, _ amount: Credits, _ account: Slot
  ) -> [(lot: Slot, amount: Credits)]? {
    let slots = lotSlots(refund.consumed.map(\.lot), of: account)
    guard slots.count == refund.consumed.count else { return nil }
    var (skipped, missing) = (before, amount)
    var shares: [(lot: Slot, amount: Credits)] = []
    for (part, slot) in zip(refund.consumed, slots).reversed() {
      let skip = min(skipped, part.amount)
      skipped -= skip
      let share = min(missing, part.amount - skip)
      guard share > .zero else { continue }
      missing -= share
      shares.append((slot, share))
    }
    return shares
  }

  /// The slots of lots by their ids, as far as they are found: refunds are rare, so a walk does without an index.
  private func lotSlots(_ ids: [LotID], of account: Slot) -> [Slot] {
    var found = [Slot](repeating: .none, count: ids.count)
    for place in [LotPlace.live, .spent] {
      var lot = first(place, of: account)
      while lot != .none {
        for (position, id) in ids.enumerated() where lots[lot].id == id { found[position] = lot }
        lot = lots[lot].next
      }
    }
    return found.filter { $0 != .none }
  }

  /// What the shares mean for the lots of today. Nil if the lots do not have as much captured, which no refund of a true
  /// entry asks for.
  private func unwinding(of shares: [(lot: Slot, amount: Credits)], _ account: Slot) -> Unwinding? {
    var unwinding = Unwinding()
    var takenOfOverdraft = Credits.zero
    for share in shares {
      guard lots[share.lot].source == .overdraft else {
        unwinding.targets.append(share)
        continue
      }
      guard let targets = refundTargets(ofOverdraft: share.lot, share.amount, after: &takenOfOverdraft) else {
        return nil
      }
      unwinding.targets += targets
      for target in targets where target.lot != share.lot { unwinding.fromRepayments += target.amount }
    }
    var sums: [(lot: Slot, amount: Credits)] = []
    for target in unwinding.targets {
      if let position = sums.firstIndex(where: { $0.lot == target.lot }) {
        sums[position].amount += target.amount
      } else {
        sums.append(target)
      }
    }
    return sums.allSatisfy { $0.amount <= lots[$0.lot].captured } ? unwinding : nil
  }

  private mutating func noteRefund(of entry: EntryNumber, _ amount: Credits) {
    if let slot = refundSlot(entry) {
      refunds[slot].refunded += amount
    } else {
      refunds.append(RefundRecord(entry: entry, refunded: amount))
      refundIndex.insert(key.hash(entry.rawValue, 0), Slot(refunds.count - 1))
    }
  }

  /// Moves the shares back, those of expired lots as an entry of their own. Returns what expired again.
  private mutating func giveBack(_ unwinding: Unwinding, to account: Slot) -> Credits {
    if unwinding.fromRepayments > .zero {
      unwindRepayments(of: account, unwinding.fromRepayments)
    }
    var start = pen.mark
    for target in unwinding.targets where lotTerms[target.lot].expires > now {
      move(target.lot, target.amount, from: .captured, to: .available)
      replace(target.lot, into: .live)
    }
    record(.refunded, account: account, since: start)
    start = pen.mark
    var expired = Credits.zero
    for target in unwinding.targets where lotTerms[target.lot].expires <= now {
      move(target.lot, target.amount, from: .captured, to: .expired)
      expired += target.amount
    }
    if expired > .zero { record(.lotExpired, account: account, since: start) }
    return expired
  }
}
