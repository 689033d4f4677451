// What is said of holds: authorized, captured, voided, extended, increased, charged, and how they stand.

internal import TollgateClient
internal import TollgateValues

extension Accepted where Value == Authorization {
  var report: Report {
    report(
      [
        ("authorized", value.amount.inWords), ("hold", value.hold.description), ("expires", value.expires.brief),
        ("price book", value.priceBook == 0 ? "" : String(value.priceBook)),
      ],
      [
        "hold": .id(value.hold), "amount": .credits(value.amount), "expires": .instant(value.expires),
        "priceBook": .book(value.priceBook),
      ])
  }
}

extension Accepted where Value == Captured {
  func report(of hold: HoldID) -> Report {
    report(
      [
        ("captured", value.amount.inWords), ("hold", hold.description),
        ("left", value.closed ? "nothing: the hold is closed" : value.left.inWords),
      ],
      [
        "hold": .id(hold), "captured": .credits(value.amount), "left": .credits(value.left),
        "closed": .bool(value.closed),
      ])
  }
}

extension Accepted where Value == Voided {
  func report(of hold: HoldID) -> Report {
    report(
      [("released", value.released.inWords), ("hold", hold.description)],
      ["hold": .id(hold), "released": .credits(value.released)])
  }
}

extension Accepted where Value == Extended {
  func report(of hold: HoldID) -> Report {
    report(
      [("extended", "until \(value.expires.brief)"), ("hold", hold.description)],
      ["hold": .id(hold), "expires": .instant(value.expires)])
  }
}

extension Accepted where Value == Increased {
  func report(of hold: HoldID) -> Report {
    report(
      [
        ("added", value.added.inWords), ("total", value.total.inWords), ("hold", hold.description),
        ("price book", value.priceBook == 0 ? "" : String(value.priceBook)),
      ],
      [
        "hold": .id(hold), "added": .credits(value.added), "total": .credits(value.total),
        "priceBook": .book(value.priceBook),
      ])
  }
}

extension Accepted where Value == Charged {
  func report(of account: AccountID) -> Report {
    report(
      [
        ("charged", value.amount.inWords), ("charge", id.description), ("account", account.description),
        ("price book", value.priceBook == 0 ? "" : String(value.priceBook)),
      ],
      ["account": .id(account), "charged": .credits(value.amount), "priceBook": .book(value.priceBook)])
  }
}

extension Accepted where Value == CapturedLate {
  func report(of hold: HoldID) -> Report {
    report(
      [("captured late", value.amount.inWords), ("hold", hold.description)],
      ["hold": .id(hold), "captured": .credits(value.amount)])
  }
}

extension JSON {
  /// The number of a price book; null for a raw amount.
  static func book(_ number: UInt32) -> JSON { number == 0 ? .null : .number(number) }
}

extension Hold {
  var json: JSON {
    .object([
      "hold": .id(hold), "account": .id(account), "state": .string(state.description), "amount": .credits(amount),
      "captured": .credits(captured), "left": .credits(left), "images": .number(images),
      "imagesCaptured": .number(imagesCaptured), "authorizedAt": .instant(authorizedAt), "expires": .instant(expires),
      "priceBook": .book(priceBook), "project": .id(project), "member": .id(member), "job": .job(job),
    ])
  }

  func report(_ models: Models) -> Report {
    let taken = images > 0 ? "\(captured.inWords), \(imagesCaptured) of \(images) images" : captured.inWords
    return Report(
      text: FieldList.render([
        "hold": hold.description, "account": account.description, "state": state.description,
        "amount": amount.inWords, "captured": taken, "left": left.inWords,
        "job": models.inWords(job, priceBook: priceBook), "authorized": authorizedAt.brief,
        state == .open ? "expires" : "expiry": expires.brief, "price book": priceBook == 0 ? "" : String(priceBook),
        "project": project.ifAny, "member": member.ifAny,
      ]), json: json)
  }

  static let columns: [Table.Column] = [
    .init("HOLD"), .init("STATE"), .init("AMOUNT", .decimal), .init("CAPTURED", .decimal), .init("LEFT", .decimal),
    .init("AUTHORIZED"), .init("EXPIRES"), .init("JOB"),
  ]

  func row(_ models: Models) -> [String] {
    [
      hold.description, state.description, amount.description, captured.description, left.description,
      authorizedAt.brief, expires.brief,
      models.inWords(job, priceBook: priceBook),
    ]
  }
}

extension Quote {
  func report(of job: Job, for account: AccountID) -> Report {
    let head = FieldList.render([
      "price": amount.inWords, "quote": id.description, "expires": expires.brief, "price book": String(priceBook),
    ])
    let lines = Table.render(
      [.init("STEP"), .init("CREDITS", .decimal)],
      lines.map { [$0.label, $0.amount.description] } + [["price", amount.description]])
    return Report(
      text: head + "\n" + lines,
      json: .object([
        "quote": .id(id), "account": .id(account), "amount": .credits(amount), "expires": .instant(expires),
        "priceBook": .book(priceBook), "job": .job(job),
        "lines": .array(
          self.lines.map { line in
            .object([
              "kind": .string(line.kindName), "label": .string(line.label), "amount": .credits(line.amount),
              "features": .array(Feature.names(of: line.features).map { .string($0) }),
            ])
          }),
      ]))
  }
}

extension Quote.Line {
  private static let kinds = [
    "base", "model", "multiplier", "addition", "controlNets", "steps", "images", "rounding",
  ]

  /// The kind of a step for programs.
  var kindName: String {
    (1...Quote.Line.kinds.count).contains(Int(kind)) ? Quote.Line.kinds[Int(kind) - 1] : "kind \(kind)"
  }
}
