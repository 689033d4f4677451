// From the wire's messages to the public replies.

internal import TollgateValues
internal import TollgateWire

extension Authorization {
  init(_ reply: AuthorizeReply) {
    self.init(hold: reply.hold, amount: reply.amount, expires: reply.expires, priceBook: reply.book)
  }
}

extension Quote {
  init(_ reply: QuoteReply) {
    self.init(
      id: reply.quote, amount: reply.amount, priceBook: reply.book, expires: reply.expires,
      lines: reply.lines.map {
        Line(kind: $0.kind, features: Job.Features(rawValue: $0.features), amount: $0.amount, label: $0.label)
      })
  }
}

extension Balance {
  init(_ reply: BalanceReply) {
    self.init(
      account: reply.account, state: AccountState(rawValue: reply.state), available: reply.available, held: reply.held,
      pending: reply.pending, overdraftLimit: reply.overdraftLimit, overdraftUsed: reply.overdraftUsed,
      expiringSoon: reply.expiringSoon, openHolds: reply.openHolds, lotCount: reply.lots, asOf: reply.asOf,
      lots: reply.lotViews.map { Lot($0) }, nextLots: reply.next.page)
  }
}

extension Balance.Lot {
  init(_ lot: LotView) {
    self.init(
      lot: lot.lot, source: LotSource(rawValue: lot.source), priority: lot.priority, effective: lot.effective,
      expires: lot.expires, pricePaid: lot.pricePaid, granted: lot.granted, pending: lot.pending,
      available: lot.available, held: lot.held, captured: lot.captured, expired: lot.expired, voided: lot.voided)
  }
}

extension Hold {
  init(_ view: HoldView) {
    self.init(
      hold: view.hold, account: view.account, state: State(rawValue: view.state), job: view.job,
      project: view.project, member: view.member, amount: view.amount, captured: view.captured, left: view.left,
      images: view.images, imagesCaptured: view.imagesCaptured, authorizedAt: view.authorizedAt,
      expires: view.expires, priceBook: view.book)
  }
}

extension HoldPage {
  init(_ reply: ListHoldsReply) { self.init(holds: reply.holds.map { Hold($0) }, next: reply.next.page) }
}

extension EntryPage {
  init(_ reply: EntriesReply) {
    self.init(
      entries: reply.entries.map { Entry($0) }, next: reply.next == 0 ? nil : EntryNumber(rawValue: reply.next))
  }
}

extension Entry {
  init(_ view: EntryView) {
    self.init(
      number: EntryNumber(rawValue: view.number), previous: EntryNumber(rawValue: view.previous),
      kind: EntryKind(rawValue: view.kind), at: view.at, request: view.request, hold: view.hold, amount: view.amount,
      available: view.available, held: view.held, job: view.job, project: view.project, member: view.member,
      priceBook: view.book, actor: view.actor, reason: view.reason,
      postings: view.postings.map {
        Posting(lot: $0.lot, from: Bucket(rawValue: $0.from), to: Bucket(rawValue: $0.to), amount: $0.amount)
      })
  }
}

extension ServerInfo {
  init(_ reply: ServerInfoReply) {
    self.init(
      version: reply.version, journal: reply.journal, serverTime: reply.serverTime, startedAt: reply.startedAt,
      instance: reply.instance.description, shard: reply.shard, priceBook: reply.book,
      priceBookAppliesFrom: reply.bookAppliesFrom, commits: reply.commits)
  }
}

extension ServiceDescription {
  init(_ reply: DescribeReply) {
    self.init(
      methods: reply.methods.map { Method($0) },
      messages: reply.messages.map { message in
        Message(
          name: message.name, rootBytes: message.rootBytes,
          fields: message.fields.map { Field(name: $0.name, type: $0.type, offset: $0.offset, bytes: $0.bytes) })
      })
  }
}

extension ServiceDescription.Method {
  init(_ method: MethodDescription) {
    let roles = Roles(rawValue: method.roles)
    self.init(
      number: method.method, name: method.name,
      versions: method.versionMin...max(method.versionMin, method.versionMax),
      roles: (0..<16).map { Role(rawValue: $0) }.filter { roles.contains($0) }.map(\.name),
      isStream: method.kind == MethodKind.stream.rawValue, isBatch: method.kind == MethodKind.batch.rawValue,
      mutates: method.mutates, request: method.request, reply: method.reply)
  }
}

extension HealthReport {
  init(_ service: String, _ reply: HealthReply) {
    self.init(service: service, since: reply.since, status: Status(rawValue: reply.status))
  }
}
