// The samples of the methods that open, price, authorize and settle.

import TollgateValues

@testable import TollgateWire

extension Samples {
  static let accounts: [Sample] = [
    call("account", .openAccount, OpenAccountRequest(account: account, reason: "signed up")),
    reply("account", .openAccount, EmptyMessage()),
    call("account", .setAccountState, SetAccountStateRequest(account: account, state: 1, reason: "chargeback")),
    reply("account", .setAccountState, SetAccountStateReply(state: 1)),
    call(
      "account", .grant,
      GrantRequest(
        account: account, source: 2, priority: 50, amount: credits("50"), effective: now,
        expires: now.advanced(by: .days(30)), pricePaid: 9_900_000, reason: "welcome bonus")),
    reply("account", .grant, GrantReply(lot: request.lot, amount: credits("50"))),
    call("account", .balance, BalanceRequest(account: account, cursor: cursor, includesLots: true, limit: 100)),
    reply(
      "account", .balance,
      BalanceReply(
        account: account, state: 0, available: credits("37.5"), held: credits("12.5"), pending: credits("100"),
        overdraftLimit: credits("20"), overdraftUsed: credits("1.5"), expiringSoon: credits("5"), openHolds: 2,
        lots: 3, asOf: now, next: cursor,
        lotViews: [
          LotView(
            lot: lot, source: 0, priority: 100, granted: credits("50"), pending: credits("1"),
            available: credits("37.5"), held: credits("8"), captured: credits("2.5"), expired: credits("0.5"),
            voided: credits("0.25"), effective: now, expires: now.advanced(by: .days(30)), pricePaid: 9_900_000)
        ])),
  ]

  static let quotes: [Sample] = [
    call("quote", .quote, QuoteRequest(account: account, job: job, lifetime: .minutes(5))),
    reply(
      "quote", .quote,
      QuoteReply(
        quote: quote, amount: credits("40"), expires: now.advanced(by: .minutes(5)), book: 1,
        lines: [
          QuoteLine(kind: 1, amount: credits("5"), label: "up to 1024×1024, high"),
          QuoteLine(kind: 3, features: 4, amount: credits("5"), label: "upscale 2× ×2"),
          QuoteLine(kind: 7, amount: credits("30"), label: "×4 images"),
        ])),
    call(
      "quote", .quoteBatch,
      QuoteBatchRequest(
        account: account, lifetime: .minutes(5),
        jobs: [
          job, Job(width: 512, height: 640, steps: 50, model: 1, quality: .draft),
          Job(
            width: 4_096, height: 2, count: 9, model: 700, quality: .init(rawValue: 7), controlNets: 255,
            features: .init(rawValue: 0x8000_0001)),
        ])),
    reply(
      "quote", .quoteBatch,
      QuoteBatchReply(
        expires: now.advanced(by: .minutes(5)), book: 1, refused: 1, total: credits("42.5"),
        available: credits("40"), shortfall: credits("2.5"), fitting: 1,
        amounts: [credits("40").microcredits, credits("2.5").microcredits, -2],
        quotes: [quote, QuoteID(high: quote.high, low: 0x99aa_bbcc_ddee_ff00), .zero])),
  ]

  static let authorizes: [Sample] = [
    call(
      "authorize", .authorize,
      AuthorizeRequest(
        account: account, job: job, quote: quote, project: project, member: member, lifetime: .minutes(10))),
    reply(
      "authorize", .authorize,
      AuthorizeReply(
        hold: request.hold, amount: credits("40"), expires: now.advanced(by: .minutes(10)), book: 1)),
    call(
      "authorize", .charge,
      ChargeRequest(
        account: account, job: job, quote: quote, project: project, member: member, rawAmount: credits("1.25"))),
    reply("authorize", .charge, ChargeReply(amount: credits("40"), book: 1)),
    call(
      "authorize", .authorizeBatch,
      AuthorizeBatchRequest(items: [
        AuthorizeItem(request: request, account: account, job: job, quote: quote, lifetime: .minutes(10)),
        AuthorizeItem(
          request: secondRequest, account: account, job: Job(width: 0, height: 0, count: 0), project: project,
          member: member, rawAmount: credits("0.000001")),
      ])),
    reply(
      "authorize", .authorizeBatch,
      AuthorizeBatchReply(results: [
        AuthorizeResult(
          status: 0, detailType: 0, outcome: 2, flags: 1, hold: request.hold, amount: credits("40"),
          expires: now.advanced(by: .minutes(10)), book: 1, detail: .zero),
        AuthorizeResult(
          status: StatusCode.failedPrecondition.rawValue, detailType: DetailType.insufficientCredits.rawValue,
          outcome: 2, flags: 0, hold: .zero, amount: .zero, expires: .epoch, book: 0, detail: shortOfCredits.area),
      ])),
  ]

  static let shortOfCredits = Detail.insufficientCredits(
    shortfall: credits("2.5"), available: credits("37.5"), required: credits("40"), book: 1, largestCount: 3,
    smallerSide: 768)

  static let captures: [Sample] = [
    call(
      "capture", .capture,
      CaptureRequest(
        hold: request.hold, takeKind: TakeKind.amount, closes: true, allowsExcess: true,
        takeValue: credits("12.5").microcredits)),
    reply("capture", .capture, CaptureReply(captured: credits("12.5"), left: credits("27.5"), closed: true)),
    call(
      "capture", .captureBatch,
      CaptureBatchRequest(items: [
        CaptureItem(request: request, hold: secondRequest.hold, takeKind: TakeKind.images, closes: false, takeValue: 3),
        CaptureItem(request: secondRequest, hold: request.hold, takeKind: TakeKind.all, closes: true),
      ])),
    reply(
      "capture", .captureBatch,
      CaptureBatchReply(results: [
        CaptureResult(
          status: 0, detailType: 0, outcome: 2, flags: 0, captured: credits("30"), left: credits("10"), closed: false,
          detail: .zero),
        CaptureResult(
          status: StatusCode.failedPrecondition.rawValue, detailType: DetailType.holdExpired.rawValue, outcome: 2,
          flags: 1, captured: .zero, left: .zero, closed: true, detail: Detail.holdExpired(at: now).area),
      ])),
  ]

  static let holds: [Sample] = [
    call("hold", .void, VoidRequest(hold: request.hold)),
    reply("hold", .void, VoidReply(released: credits("10"))),
    call("hold", .extend, ExtendRequest(hold: request.hold, lifetime: .minutes(20))),
    reply("hold", .extend, ExtendReply(expires: now.advanced(by: .minutes(20)))),
    call("hold", .increase, IncreaseRequest(hold: request.hold, job: job, rawAmount: credits("3"))),
    reply("hold", .increase, IncreaseReply(added: credits("40"), total: credits("80"), book: 1)),
    call("hold", .getHold, GetHoldRequest(hold: request.hold)),
    reply("hold", .getHold, holdView),
    call("hold", .listHolds, ListHoldsRequest(account: account, after: cursor, limit: 10)),
    reply("hold", .listHolds, ListHoldsReply(next: cursor, holds: [holdView])),
  ]

  static let holdView = HoldView(
    hold: request.hold, account: account, state: HoldState.open, book: 1, amount: credits("40"),
    captured: credits("30"), left: credits("10"), images: 4, imagesCaptured: 3, authorizedAt: now,
    expires: now.advanced(by: .minutes(10)), job: job, project: project, member: member)

  static let corrections: [Sample] = [
    call(
      "correct", .captureLate,
      CaptureLateRequest(hold: secondRequest.hold, takeKind: TakeKind.amount, takeValue: 12_500_000)),
    reply("correct", .captureLate, CaptureLateReply(amount: credits("12.5"))),
    call(
      "correct", .refund,
      RefundRequest(account: account, entry: 4_711, takeKind: TakeKind.amount, amount: credits("10"), reason: "blurred")
    ),
    reply("correct", .refund, RefundReply(refunded: credits("10"), expired: credits("0.5"))),
  ]

  static let books: [Sample] = [
    call("entries", .entries, EntriesRequest(account: account, before: 5_000, limit: 50)),
    reply(
      "entries", .entries,
      EntriesReply(
        next: 4_000,
        entries: [
          EntryView(
            number: 4_999, previous: 4_711, at: now, kind: 5, book: 1, hold: request.hold, request: request,
            amount: credits("40"), available: credits("37.5"), held: credits("40"), job: job, project: project,
            member: member,
            postings: [
              PostingView(lot: lot, from: 2, to: 3, amount: credits("30")),
              PostingView(lot: request.lot, from: 2, to: 3, amount: credits("10")),
            ]),
          EntryView(
            number: 4_711, previous: 0, at: now, kind: 1, book: 0, hold: .zero, request: secondRequest, amount: .zero,
            available: .zero, held: .zero, job: Job(width: 0, height: 0, count: 0), project: .zero, member: .zero,
            actor: "spiffe://tollgate.dev/tollgate/admin/ada", reason: "signed up"),
        ])),
  ]
}
