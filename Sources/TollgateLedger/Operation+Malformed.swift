// What no state could make valid: the first check (rule 16). Names the first bad field, in the order of `Field`.

internal import TollgateValues

extension Operation {
  /// The first malformed field, or nil.
  @inline(__always)
  var malformedField: Field? {
    switch self {
    case .authorize(let authorize): authorize.spend.malformedField
    case .charge(let charge): charge.spend.malformedField
    case .capture(let capture): capture.hold.isZero ? .hold : capture.take.isValid ? nil : .take
    case .void(let void): void.hold.isZero ? .hold : nil
    case .extend(let extend): extend.hold.isZero ? .hold : nil
    case .captureLate(let late): late.hold.isZero ? .hold : late.take.isValid ? nil : .take
    case .increase(let increase):
      increase.hold.isZero ? .hold : increase.rawAmount.isAmount && increase.price.isValid ? nil : .amount
    case .expire, .configure: nil
    default: rareMalformedField
    }
  }

  @inline(never)
  private var rareMalformedField: Field? {
    switch self {
    case .openAccount(let open): open.account.isZero ? .account : open.note.malformedField
    case .setAccountState(let set): set.account.isZero ? .account : set.note.malformedField
    case .grant(let grant): grant.malformedField
    case .refund(let refund): refund.malformedField
    default: nil
    }
  }
}

extension Credits {
  /// From nothing to the most that one amount may be.
  @inline(__always)
  fileprivate var isAmount: Bool { self >= .zero && self <= .amountMax }
}

extension Take {
  @inline(__always)
  fileprivate var isValid: Bool {
    if case .amount(let amount) = self { amount.isAmount } else { true }
  }
}

extension PricedAmount {
  @inline(__always)
  fileprivate var isValid: Bool {
    if case .amount(let amount, _) = self { amount.isAmount } else { true }
  }
}

extension Spend {
  @inline(__always)
  fileprivate var malformedField: Field? {
    if account.isZero { return .account }
    return rawAmount.isAmount && price.isValid ? nil : .amount
  }
}

extension Note {
  fileprivate var malformedField: Field? {
    if actor.utf8.count > Limits.textBytesMax { return .actor }
    return reason.utf8.count > Limits.textBytesMax ? .reason : nil
  }
}

extension Grant {
  fileprivate var malformedField: Field? {
    if account.isZero { return .account }
    if amount <= .zero || amount > .amountMax { return .amount }
    if effective >= expires { return .effective }
    if source == .overdraft, expires != .never { return .expires }
    if pricePaid < 0 { return .pricePaid }
    return note.malformedField
  }

  /// What is malformed only because of the time: judged after the duplicates, so that a late replay still finds its
  /// outcome. A lot must not be over before it begins, and an overdraft begins at once.
  func lateField(at now: Instant) -> Field? {
    if source == .overdraft, effective > now { return .effective }
    return expires <= now ? .expires : nil
  }
}

extension Refund {
  fileprivate var malformedField: Field? {
    if account.isZero { return .account }
    if let amount, amount <= .zero || amount > .amountMax { return .amount }
    if entry == .none { return .entry }
    var sum = Credits.zero
    for part in consumed {
      guard part.amount > .zero, let next = sum.adding(part.amount) else { return .entry }
      sum = next
    }
    return note.malformedField
  }
}
