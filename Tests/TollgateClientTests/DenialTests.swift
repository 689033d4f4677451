// Every detail of the wire becomes either a refusal, with its reason and remedy, or an accident.

import NIOCore
import Testing
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct DenialTests {
  /// Every detail that is a refusal, and how to see its remedy.
  static let denials: [(Detail, Denial.Reason, @Sendable (Denial) -> Bool)] = [
    (.invalidArgument(field: 6, min: 1, max: 4_096, text: ""), .malformed, { $0.field?.description == "job.width" }),
    (
      .idOutsideWindow(earliest: .epoch, latest: .test), .idOutsideWindow,
      { $0.idEarliest == .epoch && $0.idLatest == .test }
    ),
    (
      .payloadConflict(field: 3), .payloadConflict,
      { $0.field?.description == "account" && $0.message.contains("account") }
    ),
    (.accountUnknown, .accountUnknown, { !$0.message.isEmpty }),
    (.accountExists, .accountExists, { !$0.message.isEmpty }),
    (.accountFrozen, .accountFrozen, { $0.message.contains("frozen") }),
    (.accountClosed, .accountClosed, { $0.message.contains("closed") }),
    (.accountHasOpenHolds(count: 7), .accountHasOpenHolds, { $0.count == 7 }),
    (.holdUnknown, .holdUnknown, { !$0.message.isEmpty }),
    (.holdExpired(at: .test), .holdExpired, { $0.holdExpiredAt == .test && $0.message.contains("captureLate") }),
    (.holdEnded(how: 2), .holdEnded, { $0.holdEnd == .voided && $0.message.contains("voided") }),
    (.holdNotExpired, .holdNotExpired, { $0.message.contains("open") }),
    (
      .priceRefused(code: 4, field: 10, text: "no such model"), .priceRefused,
      { $0.priceRefusal == 4 && $0.message == "no such model" }
    ),
    (
      .lifetimeOutOfRange(min: .seconds(1), max: .hours(24)), .lifetimeOutOfRange,
      { $0.lifetimeMax == .hours(24) && $0.lifetimeMin == .seconds(1) }
    ),
    (.tooManyOpenHolds(max: 9), .tooManyOpenHolds, { $0.count == 9 }),
    (.captureExceedsHold(left: .test(2)), .captureExceedsHold, { $0.left == .test(2) }),
    (.imagesExceedHold(left: 3), .imagesExceedHold, { $0.imagesLeft == 3 }),
    (.tooManyLots(max: 5), .tooManyLots, { $0.count == 5 }),
    (.lotUnknown, .lotUnknown, { !$0.message.isEmpty }),
    (.refundExceedsCapture(left: .test(1)), .refundExceedsCapture, { $0.left == .test(1) }),
    (
      .insufficientCredits(
        shortfall: .test(3), available: .test(5), required: .test(8), book: 4, largestCount: 2, smallerSide: 768),
      .insufficientCredits,
      {
        $0.shortfall == .test(3) && $0.available == .test(5) && $0.required == .test(8) && $0.priceBook == 4
          && $0.largestCountThatFits == 2 && $0.smallerSideThatFits == 768 && $0.message.contains("2 images")
      }
    ),
    (.exhausted(bound: 3), .exhausted, { $0.bound == .holds }),
    (.quoteRefused(why: 1), .quoteRefused, { $0.quoteRefusal == .expired && $0.message.contains("new one") }),
  ]

  @Test(arguments: denials.indices) func eachRefusalHasItsReasonAndRemedy(_ index: Int) throws {
    let (detail, reason, isRight) = DenialTests.denials[index]
    let reply = try reply(detail, flags: .replayed)
    let denial = try #require(try reply.decision(of: EmptyMessage.self).denial)
    #expect(denial.reason == reason)
    #expect(denial.replayed)
    #expect(isRight(denial), "\(denial)")
    #expect(!denial.reason.description.hasPrefix("reason"))
    #expect(reply.failure == nil, "a refusal is not tried again")
    // In a batch's result the texts are missing, the rest is the same.
    let item = try Decision<Authorization>.result(.denied(detail)).get()
    #expect(item.denial?.reason == reason)
    #expect(item.denial?.shortfall == denial.shortfall)
  }

  @Test func aPriceRefusedInABatchHasASentenceAndTheField() throws {
    // The codes and fields of PROTOCOL.md: size, size, model, quality, features twice, count, steps, ControlNets, the job.
    let fields =
      ["job.width", "job.width", "job.model", "job.quality"] + ["job.features", "job.features", "job.count"]
      + ["job.steps", "job.controlNets", "unnamed"]
    var sentences = Set<String>()
    for (index, field) in fields.enumerated() {
      let refusal = PriceRefusal(code: UInt8(index + 1))
      let denial = try #require(try Decision<Authorization>.result(.denied(refusal.detail)).get().denial)
      #expect(denial.reason == .priceRefused && denial.priceRefusal == refusal.code)
      #expect(denial.field?.description == field)
      #expect(denial.message.count > 20 && sentences.insert(denial.message).inserted, "\(denial.message)")
    }
    // What the gate itself says, it says better.
    let single = Denial(.priceRefused(code: 3, field: 4, text: "price book 7 has no model 9"), replayed: false)
    #expect(single?.message == "price book 7 has no model 9" && single?.field?.description == "job.model")
    #expect(Denial(.priceRefused(code: 99, field: 77, text: ""), replayed: false)?.message.contains("99") == true)
    #expect(Denial(.quoteRefused(why: 4), replayed: false)?.message.contains("in force") == true)
  }

  @Test func allDetailsOfTheLedgerAreCovered() {
    let covered = Set(DenialTests.denials.map(\.1.rawValue))
    #expect(covered == Set((1...22).map { UInt16($0) } + [40]))
  }

  @Test(arguments: [
    Detail.limitExceeded(which: 1, max: 2, seen: 3), .permission(role: 1, needed: 2),
    .redirect(shard: 1, epoch: 2, address: "b:1"), .malformedMessage(problem: 32, offset: 4, text: "x"),
    .methodUnknown(method: 99, versionMin: 0, versionMax: 0), .notServing(status: 2),
  ])
  func theRestAreAccidents(_ detail: Detail) throws {
    let reply = try reply(detail)
    let error = #expect(throws: TollgateError.self) { try reply.decision(of: EmptyMessage.self) }
    #expect(error?.code == .failedPrecondition)
    #expect(error?.message.contains("detail ") == false, "\(error?.message ?? "")")
  }

  @Test func aReasonOfANewerGateIsStillARefusal() throws {
    var reply = try reply(.accountUnknown)
    reply.head.detail = DetailType(rawValue: 33)
    let denial = try #require(try reply.decision(of: EmptyMessage.self).denial)
    #expect(denial.reason.rawValue == 33)
    #expect("\(denial.reason)" == "reason 33")
  }

  private func reply(_ detail: Detail, flags: ResponseFlags = []) throws -> RawReply {
    var buffer = ByteBuffer()
    let head = ResponseHead(status: .failedPrecondition, outcome: .done, flags: flags)
    try buffer.writeResponse(head, detail: detail, call: 1)
    var position = 0
    let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
    let (read, place) = try buffer.responseHead(of: frame)
    return RawReply(head: read, place: place, buffer: buffer)
  }
}
