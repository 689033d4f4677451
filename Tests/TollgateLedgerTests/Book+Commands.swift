// The commands of the tables: what each line's words mean.

import TollgateLedger
import TollgateValues

extension Book {
  /// A command, or nil if the verb is unknown.
  mutating func operation(_ verb: String, _ words: Words) -> Operation? {
    let note = Note(actor: words.after("by") ?? "tester", reason: words.after("because") ?? "test")
    switch verb {
    case "open": return .openAccount(OpenAccount(account: accountID(words[0]), note: note))
    case "freeze": return .setAccountState(SetAccountState(account: accountID(words[0]), state: .frozen, note: note))
    case "activate": return .setAccountState(SetAccountState(account: accountID(words[0]), state: .active, note: note))
    case "close": return .setAccountState(SetAccountState(account: accountID(words[0]), state: .closed, note: note))
    case "grant": return .grant(grant(words, note))
    case "hold":
      let lifetime = TimeSpan.seconds(words.number("for") ?? 0)
      return .authorize(Authorize(spend: spend(words), lifetime: lifetime))
    case "charge": return .charge(Charge(spend: spend(words)))
    case "capture":
      return .capture(
        Capture(
          hold: holdID(words[0]), take: take(words), closes: words.has("closing"), allowsExcess: words.has("excess")))
    case "void": return .void(VoidHold(hold: holdID(words[0])))
    case "extend": return .extend(Extend(hold: holdID(words[0]), lifetime: .seconds(words.number("for") ?? 0)))
    case "increase":
      return .increase(
        Increase(hold: holdID(words[0]), job: job(words), rawAmount: .zero, price: price(words, words[1])))
    case "late": return .captureLate(CaptureLate(hold: holdID(words[0]), take: take(words)))
    case "refund":
      let source = consumed[words.after("of") ?? ""] ?? (EntryNumber(rawValue: 999), [])
      return .refund(
        Refund(
          account: accountID(words[0]), entry: source.entry, amount: words.after("just").map(credits),
          consumed: source.parts, note: note))
    case "expire": return .expire(limit: UInt32(words[0]) ?? 1_000)
    default: return nil
    }
  }

  private func grant(_ words: Words, _ note: Note) -> Grant {
    let sources: [String: LotSource] = [
      "package": .package, "promotional": .promotional, "bonus": .bonus, "goodwill": .goodwill,
      "adjustment": .adjustment, "overdraft": .overdraft,
    ]
    let source = words.words.compactMap { sources[$0] }.first ?? .plan
    return Grant(
      account: accountID(words[1]), source: source, amount: credits(words[2]),
      effective: words.number("from").map(instant) ?? .epoch, expires: words.number("expires").map(instant) ?? .never,
      priority: UInt8(words.number("priority") ?? 100), pricePaid: words.number("paid") ?? 0, note: note)
  }

  private func spend(_ words: Words) -> Spend {
    Spend(account: accountID(words[1]), job: job(words), price: price(words, words[2]))
  }

  private func price(_ words: Words, _ amount: String) -> PricedAmount {
    if let code = words.number("unpriced") { return .refused(PriceRefusalCode(rawValue: UInt8(code))) }
    return .amount(credits(amount), book: UInt32(words.number("book") ?? 1))
  }

  private func job(_ words: Words) -> Job {
    Job(width: 512, height: 512, count: UInt16(words.number("images") ?? 1))
  }

  private func take(_ words: Words) -> Take {
    if let count = words.number("images") { return .images(UInt16(count)) }
    return words[1] == "all" ? .all : .amount(credits(words[1]))
  }

  func instant(_ seconds: Int64) -> Instant { Book.start.advanced(by: .seconds(seconds)) }

  // MARK: Outcomes in words

  func text(_ decision: Decision) -> String {
    let suffix =
      switch decision.standing {
      case .fresh: ""
      case .replayed: ", again"
      case .refused: ", refused"
      }
    return text(decision.outcome) + suffix
  }

  private func text(_ outcome: Outcome) -> String {
    switch outcome {
    case .opened: "opened"
    case .stateSet(let state): "\(state)"
    case .granted(let amount): "granted \(amount)"
    case .authorized(let amount, let expires, _): "held \(amount) until \(seconds(expires))"
    case .captured(let amount, let left, let closed): "captured \(amount), " + (closed ? "closed" : "\(left) left")
    case .voided(let amount): "voided \(amount)"
    case .extended(let expires): "extended until \(seconds(expires))"
    case .increased(let amount, let total, _): "increased \(amount) to \(total)"
    case .charged(let amount, _): "charged \(amount)"
    case .capturedLate(let amount): "captured \(amount) late"
    case .refunded(let amount, let expired): "refunded \(amount)" + (expired == .zero ? "" : ", \(expired) expired")
    case .configured: "configured"
    case .expired(let count, let more): "expired \(count)" + (more ? " and more" : "")
    case .denied(let denial): "declined " + text(denial)
    }
  }

  private func seconds(_ instant: Instant) -> Int64 { instant.since(Book.start).nanoseconds / 1_000_000_000 }

  private func text(_ denial: Denial) -> String {
    switch denial {
    case .holdExpired(let at): "holdExpired \(seconds(at))"
    case .holdEnded(let how): "holdEnded \(how)"
    case .malformed(let field): "malformed \(field)"
    case .idOutsideWindow: "idOutsideWindow"
    case .payloadConflict(let field): "payloadConflict \(field)"
    case .priceRefused(let code): "priceRefused \(code.rawValue)"
    case .lifetimeOutOfRange: "lifetimeOutOfRange"
    case .accountHasOpenHolds(let count): "accountHasOpenHolds \(count)"
    case .tooManyOpenHolds(let max): "tooManyOpenHolds \(max)"
    case .captureExceedsHold(let left): "captureExceedsHold, \(left) left"
    case .imagesExceedHold(let left): "imagesExceedHold, \(left) left"
    case .refundExceedsCapture(let left): "refundExceedsCapture, \(left) left"
    case .insufficientCredits(let shortfall, let available, _): "insufficient, short \(shortfall) of \(available)"
    default: "\(denial)"
    }
  }
}
