// What no state could make valid: the first check (rule 16). Names the first bad field, in the order of `Field`.

internal import TollgateValues

extension Command {
  /// The first malformed field of all but the hot operations, or nil.
  var rareMalformedField: Field? {
    switch plain {
    case .captureLate(let late): return late.hold.isZero ? .hold : late.take.isValid ? nil : .take
    case .increase(let increase):
      if increase.hold.isZero { return .hold }
      return increase.rawAmount.isAmount && increase.price.isValid ? nil : .amount
    case .authorize, .capture, .void, .charge, .extend, .expire: return nil
    case .other: break
    }
    return switch operation {
    case .openAccount(let open): open.account.isZero ? .account : open.note.malformedField
    case .setAccountState(let set): set.account.isZero ? .account : set.note.malformedField
    case .grant(let grant): grant.malformedField
    case .refund(let refund): refund.malformedField
    default: nil
    }
  }
}

extension Capture {
  @inline(__always)
  var malformedField: Field? { hold.isZero ? .hold : take.isValid ? nil : .take }
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
  /// Of a spend's fields rather than of a spend, which is large to pass.
  @inline(__always)
  static func malformedField(_ account: AccountID, _ rawAmount: Credits, _ price: PricedAmount) -> Field? {
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
