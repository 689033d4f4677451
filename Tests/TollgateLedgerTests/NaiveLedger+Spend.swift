// What the naive ledger does about spending: holds, captures, late captures, refunds.

import TollgateLedger
import TollgateValues

extension NaiveLedger {
  private func spendingReason(_ account: AccountID) -> Denial? {
    switch states[account] {
    case nil: .accountUnknown
    case .active: nil
    case .frozen: .accountFrozen
    case .closed: .accountClosed
    }
  }

  private func shortfall(_ amount: Int64, _ account: AccountID, _ book: UInt32) -> Denial? {
    let available = available(account)
    guard amount > available else { return nil }
    return .insufficientCredits(
      shortfall: Credits(microcredits: amount - available), available: Credits(microcredits: available), book: book)
  }

  private func span(_ lifetime: TimeSpan) -> TimeSpan? {
    if lifetime.nanoseconds == 0 { return Limits.holdLifetimeDefault }
    return lifetime < Limits.holdLifetimeMin || lifetime > Limits.holdLifetimeMax ? nil : lifetime
  }

  private var lifetimeReason: Denial { .lifetimeOutOfRange(min: Limits.holdLifetimeMin, max: Limits.holdLifetimeMax) }

  /// Why a hold cannot be used; nil if it is open.
  func reason(_ id: HoldID, spends: Bool) -> Denial? {
    if let gone = goneReason(id) { return gone }
    guard let hold = holds[id] else { return .holdUnknown }
    if states[hold.account] == .closed { return .accountClosed }
    if spends, states[hold.account] == .frozen { return .accountFrozen }
    return hold.end == .expired ? .holdExpired(at: hold.expires) : nil
  }

  /// Of a hold whose record is gone: how it ended while its authorize is remembered, or unknown. Nil if it has a record.
  private func goneReason(_ id: HoldID) -> Denial? {
    let known = remembered[RequestID(high: id.high, low: id.low)]
    if let known, case .charged = known.outcome { return .holdEnded(.captured) }
    guard let hold = holds[id] else { return .holdUnknown }
    guard let end = hold.end, end != .expired || forgottenHolds.contains(id) else { return nil }
    return known == nil ? .holdUnknown : .holdEnded(end)
  }

  mutating func authorize(_ request: RequestID, _ authorize: Authorize) -> Outcome {
    let spend = authorize.spend
    if let denial = spendingReason(spend.account) { return .denied(denial) }
    guard case .amount(let price, let book) = spend.price else {
      if case .refused(let code) = spend.price { return .denied(.priceRefused(code)) }
      return .denied(.holdUnknown)
    }
    guard let span = span(authorize.lifetime) else { return .denied(lifetimeReason) }
    if openHolds(spend.account) >= Int(configuration.openHoldsPerAccountMax) {
      return .denied(.tooManyOpenHolds(max: configuration.openHoldsPerAccountMax))
    }
    let amount = price.microcredits
    if let denial = shortfall(amount, spend.account, book) { return .denied(denial) }
    let hold = NaiveHold(
      id: request.hold, account: spend.account, book: book, expires: now.advanced(by: span), amount: amount,
      images: Int(spend.job.count))
    hold.pins = draw(amount, from: spend.account)
    post(.held, spend.account, hold.id, hold.pins.map { ($0.lot, .available, .held, $0.amount) })
    holds[hold.id] = hold
    return .authorized(price, expires: hold.expires, book: book)
  }

  mutating func charge(_ request: RequestID, _ charge: Charge) -> Outcome {
    if let denial = spendingReason(charge.spend.account) { return .denied(denial) }
    switch charge.spend.price {
    case .refused(let code): return .denied(.priceRefused(code))
    case .amount(let price, let book):
      if let denial = shortfall(price.microcredits, charge.spend.account, book) { return .denied(denial) }
      chargeNow(price.microcredits, charge.spend.account, .charged, request.hold)
      return .charged(price, book: book)
    }
  }

  private mutating func chargeNow(_ amount: Int64, _ account: AccountID, _ kind: EntryKind, _ hold: HoldID) {
    post(kind, account, hold, draw(amount, from: account).map { ($0.lot, .available, .captured, $0.amount) })
  }

  /// The share of so many images: each gets the whole part, and the first ones one micro-credit of the remainder.
  private func share(_ hold: NaiveHold, _ count: Int) -> Int64 {
    guard hold.imagesLeft > 0 else { return 0 }
    let parts = (0..<hold.imagesLeft).map { index in
      hold.left / Int64(hold.imagesLeft) + (Int64(index) < hold.left % Int64(hold.imagesLeft) ? 1 : 0)
    }
    return parts.prefix(count).reduce(0, +)
  }

  mutating func capture(_ capture: Capture) -> Outcome {
    if let denial = reason(capture.hold, spends: false) { return .denied(denial) }
    guard let hold = holds[capture.hold] else { return .denied(.holdUnknown) }
    var (inside, excess, images, closes) = (hold.left, Int64(0), 0, capture.closes)
    switch capture.take {
    case .all: (images, closes) = (hold.imagesLeft, true)
    case .amount(let amount):
      inside = min(hold.left, amount.microcredits)
      excess = amount.microcredits - inside
    case .images(let count):
      if Int(count) > hold.imagesLeft { return .denied(.imagesExceedHold(left: UInt16(hold.imagesLeft))) }
      (inside, images) = (share(hold, Int(count)), Int(count))
    }
    if excess > 0 {
      guard capture.allowsExcess else { return .denied(.captureExceedsHold(left: Credits(microcredits: hold.left))) }
      if let denial = spendingReason(hold.account) ?? shortfall(excess, hold.account, hold.book) {
        return .denied(denial)
      }
    }
    var (missing, moves) = (inside, [(NaiveLot, Bucket, Bucket, Int64)]())
    while missing > 0 {
      let part = min(missing, hold.pins[0].amount)
      moves.append((hold.pins[0].lot, .held, .captured, part))
      missing -= part
      hold.pins[0].amount -= part
      if hold.pins[0].amount == 0 { hold.pins.removeFirst() }
    }
    post(.captured, hold.account, hold.id, moves)
    if excess > 0 { chargeNow(excess, hold.account, .excessCharged, hold.id) }
    hold.left -= inside
    hold.imagesLeft -= images
    hold.captured += inside + excess
    if closes {
      release(hold, asOf: now, always: false)
      hold.end = .captured
    }
    let left = Credits(microcredits: closes ? 0 : hold.left)
    return .captured(Credits(microcredits: inside + excess), left: left, closed: closes)
  }

  mutating func extend(_ extend: Extend) -> Outcome {
    if let denial = reason(extend.hold, spends: false) { return .denied(denial) }
    guard let hold = holds[extend.hold], let span = span(extend.lifetime) else { return .denied(lifetimeReason) }
    hold.expires = max(hold.expires, now.advanced(by: span))
    post(.extended, hold.account, hold.id)
    return .extended(expires: hold.expires)
  }

  mutating func increase(_ increase: Increase) -> Outcome {
    if let denial = reason(increase.hold, spends: true) { return .denied(denial) }
    guard let hold = holds[increase.hold] else { return .denied(.holdUnknown) }
    switch increase.price {
    case .refused(let code): return .denied(.priceRefused(code))
    case .amount(let price, let book):
      let amount = price.microcredits
      if let denial = shortfall(amount, hold.account, book) { return .denied(denial) }
      let parts = draw(amount, from: hold.account)
      post(.increased, hold.account, hold.id, parts.map { ($0.lot, .available, .held, $0.amount) })
      for part in parts {
        if let last = hold.pins.last, last.lot === part.lot {
          hold.pins[hold.pins.count - 1].amount += part.amount
        } else {
          hold.pins.append(part)
        }
      }
      hold.total += amount
      hold.left += amount
      hold.imagesLeft += Int(increase.job.count)
      return .increased(price, total: Credits(microcredits: hold.total), book: book)
    }
  }

  mutating func captureLate(_ late: CaptureLate) -> Outcome {
    if let gone = goneReason(late.hold) { return .denied(gone) }
    guard let hold = holds[late.hold] else { return .denied(.holdUnknown) }
    if let denial = spendingReason(hold.account) { return .denied(denial) }
    guard hold.end == .expired else { return .denied(.holdNotExpired) }
    var (amount, images) = (hold.left, 0)
    switch late.take {
    case .all: images = hold.imagesLeft
    case .amount(let asked):
      if asked.microcredits > hold.left { return .denied(.captureExceedsHold(left: Credits(microcredits: hold.left))) }
      amount = asked.microcredits
    case .images(let count):
      if Int(count) > hold.imagesLeft { return .denied(.imagesExceedHold(left: UInt16(hold.imagesLeft))) }
      (amount, images) = (share(hold, Int(count)), Int(count))
    }
    if let denial = shortfall(amount, hold.account, hold.book) { return .denied(denial) }
    chargeNow(amount, hold.account, .capturedLate, hold.id)
    hold.left -= amount
    hold.imagesLeft -= images
    hold.captured += amount
    return .capturedLate(Credits(microcredits: amount))
  }

  mutating func refund(_ refund: Refund) -> Outcome {
    guard let state = states[refund.account] else { return .denied(.accountUnknown) }
    guard state != .closed else { return .denied(.accountClosed) }
    let mine = lots(of: refund.account)
    var units: [(lot: NaiveLot, amount: Int64)] = []
    for part in refund.consumed {
      guard let lot = mine.first(where: { $0.id == part.lot }) else { return .denied(.lotUnknown) }
      units.append((lot, part.amount.microcredits))
    }
    let before = refunded[refund.entry] ?? 0
    let left = units.reduce(0) { $0 + $1.amount } - before
    let amount = refund.amount?.microcredits ?? left
    guard amount > 0, amount <= left else { return .denied(.refundExceedsCapture(left: Credits(microcredits: left))) }
    refunded[refund.entry] = before + amount
    var (skip, missing, moves) = (before, amount, [(lot: NaiveLot, amount: Int64)]())
    for unit in units.reversed() {
      let skipped = min(skip, unit.amount)
      skip -= skipped
      let part = min(missing, unit.amount - skipped)
      missing -= part
      if part > 0 { moves += unit.lot.grant.source == .overdraft ? unwind(part, unit.lot, moves) : [(unit.lot, part)] }
    }
    let back = moves.filter { $0.lot.grant.expires > now }
    let late = moves.filter { $0.lot.grant.expires <= now }
    post(.refunded, refund.account, .zero, back.map { ($0.lot, .captured, .available, $0.amount) })
    if !late.isEmpty { post(.lotExpired, refund.account, .zero, late.map { ($0.lot, .captured, .expired, $0.amount) }) }
    let expired = late.reduce(0) { $0 + $1.amount }
    return .refunded(Credits(microcredits: amount), expired: Credits(microcredits: expired))
  }

  /// Of an overdraft: what is owed first (less what this refund gave back of it already), then who repaid, latest first.
  private mutating func unwind(
    _ amount: Int64, _ overdraft: NaiveLot, _ earlier: [(lot: NaiveLot, amount: Int64)]
  ) -> [(lot: NaiveLot, amount: Int64)] {
    let given = earlier.filter { $0.lot === overdraft }.reduce(0) { $0 + $1.amount }
    let debt = min(amount, overdraft[.captured] - given)
    var (missing, moves) = (amount - debt, debt > 0 ? [(lot: overdraft, amount: debt)] : [])
    while missing > 0, var last = repayments[overdraft.account]?.popLast() {
      let part = min(missing, last.amount)
      moves.append((last.lot, part))
      missing -= part
      last.amount -= part
      if last.amount > 0 { repayments[overdraft.account]?.append(last) }
    }
    return moves
  }
}
