// Reads: views of accounts, lots and holds, as of the last applied command.

package import TollgateValues

extension Ledger {
  package func account(_ id: AccountID) -> AccountView? {
    guard let slot = state.accountSlot(id) else { return nil }
    let account = state.accounts[slot]
    let rest = state.rest(slot)
    let limit = rest.overdraft == .none ? Credits.zero : state.granted(rest.overdraft)
    return AccountView(
      id: account.id, state: account.state, available: account.available, held: account.held,
      pending: rest.pending, overdraftLimit: limit, overdraftUsed: state.overdraftUsed(slot),
      openHolds: account.openHolds, lotCount: rest.lotCount, lastEntry: account.lastEntry,
      openedAt: account.openedAt)
  }

  /// The lots of an account after the given one (nil: from the first), at most `limit`: live ones in burn order, then
  /// pending ones in the order in which they will burn, then spent ones, the latest spent first.
  package func lots(of id: AccountID, after: LotID?, limit: Int) -> [LotView] {
    guard let account = state.accountSlot(id) else { return [] }
    var views: [LotView] = []
    var isPast = after == nil
    for place in [LotPlace.live, .pending, .spent] {
      var slot = state.first(place, of: account)
      while slot != .none, views.count < limit {
        if isPast { views.append(view(ofLot: slot)) } else { isPast = state.lots[slot].id == after }
        slot = state.lots[slot].next
      }
    }
    return views
  }

  private func view(ofLot slot: Slot) -> LotView {
    let (lot, terms) = (state.lots[slot], state.lotTerms[slot])
    return LotView(
      id: lot.id, source: lot.source, place: lot.place, priority: lot.priority, effective: terms.effective,
      expires: terms.expires, pricePaid: terms.pricePaid, granted: state.granted(slot), available: lot.available,
      held: lot.held, captured: lot.captured, expired: lot.isVoided ? .zero : terms.lost,
      voided: lot.isVoided ? terms.lost : .zero)
  }

  /// What is available now and expires before an instant, if it is not used.
  package func expiring(of id: AccountID, before: Instant) -> Credits {
    guard let account = state.accountSlot(id) else { return .zero }
    var sum = Credits.zero
    var slot = state.first(.live, of: account)
    while slot != .none {
      if state.lotTerms[slot].expires < before { sum += state.lots[slot].available }
      slot = state.lots[slot].next
    }
    return sum
  }

  /// A hold that is open or expired; or one that ended, while its authorize is remembered.
  package func hold(_ id: HoldID) -> HoldView? {
    if let slot = state.holdSlot(id) { return view(ofHold: slot) }
    guard let (how, captured, record) = state.ended(id) else { return nil }
    return HoldView(
      hold: id, state: .ended(how), account: .zero, amount: Credits(microcredits: record.first),
      captured: captured, left: .zero, images: 0,
      imagesCaptured: 0, authorizedAt: .epoch, expires: Instant(nanoseconds: record.second), book: record.book,
      job: Job(width: 0, height: 0, count: 0, quality: .draft), project: .zero, member: .zero)
  }

  /// The open and expired holds of an account in the order of their ids, after the given one, at most `limit`. An id that
  /// has ended meanwhile still marks its place.
  package func holds(of id: AccountID, after: HoldID?, limit: Int) -> [HoldView] {
    guard let account = state.accountSlot(id), limit > 0 else { return [] }
    var found: [(id: HoldID, slot: Slot)] = []
    var slot = state.accounts[account].holdsFirst
    while slot != .none {
      let hold = state.holds[slot].id
      if after.map({ hold > $0 }) ?? true { found.append((hold, slot)) }
      slot = state.holds[slot].listNext
    }
    found.sort { $0.id < $1.id }
    return found.prefix(limit).map { view(ofHold: $0.slot) }
  }

  private func view(ofHold slot: Slot) -> HoldView {
    let (hold, terms) = (state.holds[slot], state.holdTerms[slot])
    return HoldView(
      hold: hold.id, state: hold.isExpired ? .ended(.expired) : .open, account: state.accounts[hold.account].id,
      amount: terms.amount, captured: hold.captured, left: hold.left, images: hold.images,
      imagesCaptured: hold.imagesCaptured, authorizedAt: terms.authorizedAt, expires: hold.expires, book: hold.book,
      job: terms.job, project: terms.project, member: terms.member)
  }
}
