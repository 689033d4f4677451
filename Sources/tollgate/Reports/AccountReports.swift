// What is said of accounts: their state, their balance by lot, their book.

internal import TollgateClient
internal import TollgateValues

extension Accepted where Value == AccountID {
  var report: Report {
    report([("opened", value.description)], ["account": .id(value), "state": .string("active")])
  }
}

extension Accepted where Value == AccountState {
  func report(of account: AccountID) -> Report {
    report(
      [("account", account.description), ("state", value.description)],
      ["account": .id(account), "state": .string(value.description)])
  }
}

extension Accepted where Value == Granted {
  func report(_ grant: GrantRequest) -> Report {
    report(
      [
        ("granted", value.amount.inWords), ("lot", value.lot.description), ("account", grant.account.description),
        ("source", grant.source.description), ("expires", grant.expires.brief),
      ],
      [
        "lot": .id(value.lot), "account": .id(grant.account), "amount": .credits(value.amount),
        "source": .string(grant.source.description), "expires": .instant(grant.expires),
      ])
  }
}

extension Accepted where Value == Refunded {
  func report(_ entry: EntryNumber, of account: AccountID) -> Report {
    report(
      [
        ("refunded", value.amount.inWords), ("account", account.description), ("entry", entry.description),
        ("expired at once", value.expired == .zero ? "" : "\(value.expired) of it, as its lots had expired"),
      ],
      [
        "account": .id(account), "entry": .number(entry.rawValue), "refunded": .credits(value.amount),
        "expired": .credits(value.expired),
      ])
  }
}

extension Balance {
  /// A balance with the lots that were fetched.
  func report(_ lots: [Lot], hasMore: Bool) -> Report {
    let expiring = expiringSoon == .zero ? "" : ", of which \(expiringSoon) expire within 7 days"
    let fields = FieldList.render([
      "account": account.description, "state": state.description, "available": available.inWords + expiring,
      "held": held == .zero && openHolds == 0 ? "0 credits" : "\(held.inWords) in \(openHolds) open holds",
      "pending": pending == .zero ? "" : "\(pending.inWords), effective later",
      "overdraft": overdraftLimit == .zero ? "" : "\(overdraftUsed) of \(overdraftLimit.inWords) used",
      "as of": asOf.brief,
    ])
    let table = lots.isEmpty ? "" : "\n" + Table.render(Lot.columns, lots.map(\.row))
    let more = hasMore ? "… and \(Int(lotCount) - lots.count) more lots: --all lists them\n" : ""
    return Report(text: fields + table + more, json: json(lots, hasMore: hasMore))
  }

  private func json(_ lots: [Lot], hasMore: Bool) -> JSON {
    .object([
      "account": .id(account), "state": .string(state.description), "available": .credits(available),
      "held": .credits(held), "pending": .credits(pending), "overdraftLimit": .credits(overdraftLimit),
      "overdraftUsed": .credits(overdraftUsed), "expiringSoon": .credits(expiringSoon),
      "openHolds": .number(openHolds), "lotCount": .number(lotCount), "asOf": .instant(asOf),
      "lots": .array(lots.map(\.json)), "more": .bool(hasMore),
    ])
  }
}

extension Balance.Lot {
  static let columns: [Table.Column] = [
    .init("LOT"), .init("SOURCE"), .init("PRIORITY", .right), .init("GRANTED", .decimal), .init("AVAILABLE", .decimal),
    .init("HELD", .decimal), .init("CAPTURED", .decimal), .init("EXPIRED", .decimal), .init("PAID", .right),
    .init("EFFECTIVE"), .init("EXPIRES"),
  ]

  var row: [String] {
    [
      lot.description, source.description, String(priority), granted.description, available.description,
      held.description, captured.description, expired.description, pricePaid == 0 ? "" : dollars(pricePaid),
      pending == .zero ? effective.brief : "\(effective.brief) (pending)", expires.brief,
    ]
  }

  var json: JSON {
    .object([
      "lot": .id(lot), "source": .string(source.description), "priority": .number(priority),
      "effective": .instant(effective), "expires": .instant(expires),
      "pricePaid": .string(Credits(microcredits: pricePaid).description), "granted": .credits(granted),
      "pending": .credits(pending), "available": .credits(available), "held": .credits(held),
      "captured": .credits(captured), "expired": .credits(expired), "voided": .credits(voided),
    ])
  }
}

extension Entry {
  static let columns: [Table.Column] = [
    .init("ENTRY", .right), .init("AT"), .init("WHAT"), .init("AMOUNT", .decimal), .init("AVAILABLE", .decimal),
    .init("HELD", .decimal), .init("HOLD"), .init("NOTE"),
  ]

  func row(_ models: Models) -> [String] {
    let by = actor.isEmpty ? "" : "by \(briefActor)"
    let words = [models.inWords(job, priceBook: priceBook), reason, by].filter { !$0.isEmpty }
    return [
      number.description, at.brief, kind.description, amount.description, available.description, held.description,
      hold.ifAny, words.joined(separator: "; "),
    ]
  }

  /// For people: `admin/ann` of `spiffe://example.com/tollgate/admin/ann`.
  private var briefActor: String {
    guard let range = actor.firstRange(of: "/tollgate/") else { return actor }
    return String(actor[range.upperBound...])
  }

  var json: JSON {
    .object([
      "entry": .number(number.rawValue), "previous": previous == .none ? .null : .number(previous.rawValue),
      "kind": .string(kind.description), "at": .instant(at), "amount": .credits(amount),
      "available": .credits(available), "held": .credits(held), "request": .id(request), "hold": .id(hold),
      "project": .id(project), "member": .id(member), "priceBook": .book(priceBook), "job": .job(job),
      "actor": actor.isEmpty ? .null : .string(actor), "reason": reason.isEmpty ? .null : .string(reason),
      "postings": .array(
        postings.map { posting in
          .object([
            "lot": .id(posting.lot), "from": .string(posting.from.description), "to": .string(posting.to.description),
            "amount": .credits(posting.amount),
          ])
        }),
    ])
  }
}
