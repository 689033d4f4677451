// The bytes of a command; the reading twin is RecordParser+Command.

internal import TollgateLedger
internal import TollgateValues

/// The account and hold that an entry is compared with, so that it need not repeat them.
struct Reference {
  var account: AccountID = .zero
  var hold: HoldID = .zero
}

extension RecordPen {
  /// Writes a command that `entries` entries follow; returns what its entries refer to.
  @inline(__always)
  mutating func put(_ command: UnsafePointer<Command>, entries: Int) -> Reference {
    need(RecordFormat.commandBytesMax)
    let request = command.pointee.request
    switch command.pointee.plain {
    case .authorize(let authorize):
      put(authorize.spend, lifetime: authorize.lifetime, .authorize, request, entries)
      return Reference(account: authorize.spend.account, hold: request.hold)
    case .capture(let capture):
      var flags = capture.take.flag
      if capture.closes { flags |= RecordFormat.TakeFlags.closes }
      if capture.allowsExcess { flags |= RecordFormat.TakeFlags.allowsExcess }
      head(.capture, flags, request, entries)
      put(capture.hold)
      put(capture.take)
      return Reference(hold: capture.hold)
    case .void(let void):
      head(.void, 0, request, entries)
      put(void.hold)
      return Reference(hold: void.hold)
    case .charge(let charge):
      put(charge.spend, lifetime: .zero, .charge, request, entries)
      return Reference(account: charge.spend.account, hold: request.hold)
    case .extend(let extend):
      head(.extend, 0, request, entries)
      put(extend.hold)
      put(extend.lifetime)
      return Reference(hold: extend.hold)
    case .increase(let increase):
      put(increase, request, entries)
      return Reference(hold: increase.hold)
    case .captureLate(let late):
      head(.captureLate, late.take.flag, request, entries)
      put(late.hold)
      put(late.take)
      return Reference(hold: late.hold)
    case .expire(let limit):
      head(.expire, 0, request, entries)
      put(limit)
      return Reference()
    case .other: return putRare(command.pointee.request, command.pointee.operation, entries)
    }
  }

  private mutating func putRare(_ request: RequestID, _ operation: Operation, _ entries: Int) -> Reference {
    switch operation {
    case .openAccount(let open):
      head(.openAccount, 0, request, entries)
      put(open.account)
      put(open.note)
      return Reference(account: open.account)
    case .setAccountState(let set):
      head(.setAccountState, 0, request, entries)
      put(set.account)
      put(set.state.rawValue)
      put(set.note)
      return Reference(account: set.account)
    case .grant(let grant):
      head(.grant, 0, request, entries)
      put(grant.account)
      put(grant.source.rawValue)
      put(grant.amount)
      put(grant.effective)
      put(grant.expires)
      put(grant.priority)
      put(grant.pricePaid)
      put(grant.note)
      return Reference(account: grant.account)
    case .refund(let refund):
      head(.refund, refund.amount == nil ? 0 : 1, request, entries)
      put(refund.account)
      put(refund.entry.rawValue)
      if let amount = refund.amount { put(amount) }
      put(UInt32(refund.consumed.count))
      need(refund.consumed.count * 24)
      for consumed in refund.consumed {
        put(consumed.lot)
        put(consumed.amount)
      }
      put(refund.note)
      return Reference(account: refund.account)
    case .configure(let configuration):
      head(.configure, 0, request, entries)
      put(configuration.dedupWindow)
      put(configuration.futureSkew)
      put(configuration.openHoldsPerAccountMax)
      put(UInt64(configuration.rememberedMax))
      put(configuration.lateCaptureWindow)
      return Reference()
    case .authorize, .capture, .void, .extend, .increase, .charge, .captureLate, .expire:
      preconditionFailure("this operation is one of the frequent ones")
    }
  }

  @inline(__always)
  private mutating func head(_ tag: RecordFormat.Tag, _ flags: UInt8, _ request: RequestID, _ entries: Int) {
    put(tag.rawValue)
    put(flags)
    if entries < 255 {
      put(UInt8(truncatingIfNeeded: entries))
    } else {
      put(UInt8(255))
      put(UInt32(entries))
    }
    put(request)
  }

  @inline(__always)
  private mutating func put(
    _ spend: Spend, lifetime: TimeSpan, _ tag: RecordFormat.Tag, _ request: RequestID, _ entries: Int
  ) {
    var flags: RecordFormat.SpendFlags = []
    if !spend.job.isBlank { flags.insert(.job) }
    if !spend.quote.isZero { flags.insert(.quote) }
    if !spend.project.isZero { flags.insert(.project) }
    if !spend.member.isZero { flags.insert(.member) }
    if spend.rawAmount != .zero { flags.insert(.rawAmount) }
    if case .refused = spend.price { flags.insert(.refused) }
    if lifetime != .zero { flags.insert(.lifetime) }
    head(tag, flags.rawValue, request, entries)
    put(spend.account)
    if flags.contains(.job) { put(spend.job) }
    if flags.contains(.quote) { put(spend.quote) }
    if flags.contains(.project) { put(spend.project) }
    if flags.contains(.member) { put(spend.member) }
    if flags.contains(.rawAmount) { put(spend.rawAmount) }
    put(spend.price)
    if flags.contains(.lifetime) { put(lifetime) }
  }

  private mutating func put(_ increase: Increase, _ request: RequestID, _ entries: Int) {
    var flags: RecordFormat.SpendFlags = []
    if !increase.job.isBlank { flags.insert(.job) }
    if increase.rawAmount != .zero { flags.insert(.rawAmount) }
    if case .refused = increase.price { flags.insert(.refused) }
    head(.increase, flags.rawValue, request, entries)
    put(increase.hold)
    if flags.contains(.job) { put(increase.job) }
    if flags.contains(.rawAmount) { put(increase.rawAmount) }
    put(increase.price)
  }

  @inline(__always)
  private mutating func put(_ price: PricedAmount) {
    switch price {
    case .amount(let amount, let book):
      put(amount)
      put(book)
    case .refused(let code): put(code.rawValue)
    }
  }

  @inline(__always)
  private mutating func put(_ take: Take) {
    switch take {
    case .all: break
    case .amount(let amount): put(amount)
    case .images(let count): put(count)
    }
  }
}

extension RecordPen {
  /// Writes an entry and its postings, which are all that `postings` points at; `reference` becomes this entry's account
  /// and hold.
  @inline(__always)
  mutating func put(_ entry: UnsafePointer<Entry>, _ postings: UnsafePointer<Posting>?, _ reference: inout Reference) {
    let count = Int(entry.pointee.postingCount)
    need(RecordFormat.entryBytesMax + count * RecordFormat.postingBytes)
    var flags =
      UInt8(truncatingIfNeeded: min(count, Int(RecordFormat.EntryFlags.postingsCounted)))
      << RecordFormat.EntryFlags.postingShift
    var sum: Int64 = 0
    if let postings {
      for index in 0..<count { sum &+= postings[index].amount.microcredits }
    }
    if entry.pointee.account != reference.account { flags |= RecordFormat.EntryFlags.account }
    if entry.pointee.hold != reference.hold {
      flags |= entry.pointee.hold.isZero ? RecordFormat.EntryFlags.holdZero : RecordFormat.EntryFlags.hold
    }
    if entry.pointee.previous.rawValue &+ 1 != entry.pointee.number.rawValue {
      flags |= RecordFormat.EntryFlags.previous
    }
    if entry.pointee.amount.microcredits != sum { flags |= RecordFormat.EntryFlags.amount }
    put(entry.pointee.kind.rawValue)
    put(flags)
    if flags & RecordFormat.EntryFlags.account != 0 { put(entry.pointee.account) }
    if flags & RecordFormat.EntryFlags.hold != 0 { put(entry.pointee.hold) }
    if flags & RecordFormat.EntryFlags.previous != 0 { put(entry.pointee.previous.rawValue) }
    if flags & RecordFormat.EntryFlags.amount != 0 { put(entry.pointee.amount) }
    put(entry.pointee.available)
    put(entry.pointee.held)
    if count >= Int(RecordFormat.EntryFlags.postingsCounted) { put(entry.pointee.postingCount) }
    if let postings {
      for index in 0..<count {
        put(postings[index].lot)
        put(postings[index].from.rawValue << 4 | postings[index].to.rawValue)
        put(postings[index].amount)
      }
    }
    reference = Reference(account: entry.pointee.account, hold: entry.pointee.hold)
  }
}

extension Take {
  var flag: UInt8 {
    switch self {
    case .all: RecordFormat.TakeFlags.all
    case .amount: RecordFormat.TakeFlags.amount
    case .images: RecordFormat.TakeFlags.images
    }
  }
}

extension Job {
  /// All fields zero: what a raw amount carries.
  static var blank: Job {
    Job(width: 0, height: 0, count: 0, quality: Quality(rawValue: 0), features: [])
  }

  @inline(__always)
  var isBlank: Bool {
    width | height | steps | count | model == 0 && quality.rawValue | controlNets == 0 && features.rawValue == 0
  }
}
