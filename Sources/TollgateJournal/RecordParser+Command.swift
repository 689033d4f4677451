// The fields of each operation; the writing twin is RecordPen+Command.

internal import TollgateLedger
internal import TollgateValues

extension RecordParser {
  mutating func parseOperation(
    _ tag: RecordFormat.Tag, _ flags: UInt8, _ request: RequestID, _ reference: inout Reference
  ) throws(ByteReaderError) -> Operation {
    switch tag {
    case .authorize:
      let (spend, lifetime) = try parseSpend(flags, takesLifetime: true)
      reference = Reference(account: spend.account, hold: request.hold)
      return .authorize(Authorize(spend: spend, lifetime: lifetime))
    case .charge:
      let (spend, _) = try parseSpend(flags, takesLifetime: false)
      reference = Reference(account: spend.account, hold: request.hold)
      return .charge(Charge(spend: spend))
    case .capture:
      let known = RecordFormat.TakeFlags.kindMask | RecordFormat.TakeFlags.closes | RecordFormat.TakeFlags.allowsExcess
      try refuse(flags, beyond: known)
      reference.hold = try reader.read()
      return .capture(
        Capture(
          hold: reference.hold, take: try parseTake(flags), closes: flags & RecordFormat.TakeFlags.closes != 0,
          allowsExcess: flags & RecordFormat.TakeFlags.allowsExcess != 0))
    case .captureLate:
      try refuse(flags, beyond: RecordFormat.TakeFlags.kindMask)
      reference.hold = try reader.read()
      return .captureLate(CaptureLate(hold: reference.hold, take: try parseTake(flags)))
    case .void:
      try refuse(flags, beyond: 0)
      reference.hold = try reader.read()
      return .void(VoidHold(hold: reference.hold))
    case .extend:
      try refuse(flags, beyond: 0)
      reference.hold = try reader.read()
      return .extend(Extend(hold: reference.hold, lifetime: try reader.readTimeSpan()))
    case .increase:
      return .increase(try parseIncrease(flags, &reference))
    case .expire:
      try refuse(flags, beyond: 0)
      return .expire(limit: try reader.read())
    case .configure:
      try refuse(flags, beyond: 0)
      return .configure(
        LedgerConfiguration(
          dedupWindow: try reader.readTimeSpan(), futureSkew: try reader.readTimeSpan(),
          openHoldsPerAccountMax: try reader.read(), rememberedMax: Int(clamping: try reader.read(UInt64.self)),
          lateCaptureWindow: try reader.readTimeSpan()))
    case .openAccount, .setAccountState, .grant, .refund, .step:
      return try parseRare(tag, flags, &reference)
    }
  }

  private mutating func parseRare(
    _ tag: RecordFormat.Tag, _ flags: UInt8, _ reference: inout Reference
  ) throws(ByteReaderError) -> Operation {
    try refuse(flags, beyond: tag == .refund ? 1 : 0)
    reference.account = try reader.read()
    switch tag {
    case .openAccount:
      return .openAccount(OpenAccount(account: reference.account, note: try parseNote()))
    case .setAccountState:
      return .setAccountState(
        SetAccountState(
          account: reference.account, state: try readEnum(AccountState.self, "state of an account"),
          note: try parseNote()))
    case .grant:
      return .grant(
        Grant(
          account: reference.account, source: try readEnum(LotSource.self, "source of a lot"),
          amount: try reader.readCredits(), effective: try reader.readInstant(), expires: try reader.readInstant(),
          priority: try reader.read(), pricePaid: try reader.read(), note: try parseNote()))
    case .refund:
      let entry = EntryNumber(rawValue: try reader.read())
      let amount = flags & 1 != 0 ? try reader.readCredits() : nil
      return .refund(
        Refund(
          account: reference.account, entry: entry, amount: amount, consumed: try parseLots(), note: try parseNote()))
    default:
      throw ByteReaderError(offset: reader.offset, problem: "operation \(tag.rawValue) is no command")
    }
  }

  private mutating func parseSpend(
    _ raw: UInt8, takesLifetime: Bool
  ) throws(ByteReaderError) -> (Spend, TimeSpan) {
    let flags = RecordFormat.SpendFlags(rawValue: raw)
    try refuse(raw, beyond: takesLifetime ? 0x7F : 0x3F)
    var spend = Spend(account: try reader.read(), job: .blank, price: .amount(.zero, book: 0))
    if flags.contains(.job) { spend.job = try parseJob() }
    if flags.contains(.quote) { spend.quote = try reader.read() }
    if flags.contains(.project) { spend.project = try reader.read() }
    if flags.contains(.member) { spend.member = try reader.read() }
    if flags.contains(.rawAmount) { spend.rawAmount = try reader.readCredits() }
    spend.price = try parsePrice(flags)
    return (spend, flags.contains(.lifetime) ? try reader.readTimeSpan() : .zero)
  }

  private mutating func parseIncrease(
    _ raw: UInt8, _ reference: inout Reference
  ) throws(ByteReaderError) -> Increase {
    let known: RecordFormat.SpendFlags = [.job, .rawAmount, .refused]
    try refuse(raw, beyond: known.rawValue)
    let flags = RecordFormat.SpendFlags(rawValue: raw)
    reference.hold = try reader.read()
    let job = flags.contains(.job) ? try parseJob() : .blank
    let rawAmount = flags.contains(.rawAmount) ? try reader.readCredits() : .zero
    return Increase(hold: reference.hold, job: job, rawAmount: rawAmount, price: try parsePrice(flags))
  }

  private mutating func parsePrice(_ flags: RecordFormat.SpendFlags) throws(ByteReaderError) -> PricedAmount {
    if flags.contains(.refused) { return .refused(PriceRefusalCode(rawValue: try reader.read())) }
    return .amount(try reader.readCredits(), book: try reader.read())
  }

  private mutating func parseJob() throws(ByteReaderError) -> Job {
    Job(
      width: try reader.read(), height: try reader.read(), steps: try reader.read(), count: try reader.read(),
      model: try reader.read(), quality: Job.Quality(rawValue: try reader.read()), controlNets: try reader.read(),
      features: Job.Features(rawValue: try reader.read()))
  }

  private mutating func parseTake(_ flags: UInt8) throws(ByteReaderError) -> Take {
    switch flags & RecordFormat.TakeFlags.kindMask {
    case RecordFormat.TakeFlags.all: return .all
    case RecordFormat.TakeFlags.amount: return .amount(try reader.readCredits())
    case RecordFormat.TakeFlags.images: return .images(try reader.read())
    default: throw ByteReaderError(offset: reader.offset, problem: "there is no way 3 to take of a hold")
    }
  }

  private mutating func parseLots() throws(ByteReaderError) -> [LotAmount] {
    let count = Int(try reader.read(UInt32.self))
    guard count <= reader.remaining / 24 else {
      throw ByteReaderError(offset: reader.offset, problem: "\(count) lots do not fit \(reader.remaining) bytes")
    }
    var lots: [LotAmount] = []
    lots.reserveCapacity(count)
    for _ in 0..<count { lots.append(LotAmount(lot: try reader.read(), amount: try reader.readCredits())) }
    return lots
  }

  private mutating func parseNote() throws(ByteReaderError) -> Note {
    Note(actor: try reader.readText(), reason: try reader.readText())
  }

  private func refuse(_ flags: UInt8, beyond known: UInt8) throws(ByteReaderError) {
    guard flags & ~known == 0 else {
      throw ByteReaderError(offset: reader.offset, problem: "there are no flags \(flags) of this operation")
    }
  }
}
