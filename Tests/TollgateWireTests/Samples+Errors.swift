// The samples of refusals: every detail in a RESPONSE, and frames that must be refused themselves.

import TollgateValues

@testable import TollgateWire

extension Samples {
  static let details: [(StatusCode, CallOutcome, Detail)] = [
    (.invalidArgument, .notProcessed, .invalidArgument(field: 5, min: 1, max: 1_000_000, text: "amount is negative")),
    (.outOfRange, .notProcessed, .idOutsideWindow(earliest: now, latest: now.advanced(by: .minutes(5)))),
    (.aborted, .notProcessed, .payloadConflict(field: 9)),
    (.notFound, .done, .accountUnknown),
    (.alreadyExists, .done, .accountExists),
    (.failedPrecondition, .done, .accountFrozen),
    (.failedPrecondition, .done, .accountClosed),
    (.failedPrecondition, .done, .accountHasOpenHolds(count: 2)),
    (.notFound, .done, .holdUnknown),
    (.failedPrecondition, .done, .holdExpired(at: now)),
    (.failedPrecondition, .done, .holdEnded(how: 2)),
    (.failedPrecondition, .done, .holdNotExpired),
    (.invalidArgument, .done, .priceRefused(code: 3, field: 4, text: "price book 1 has no model 9")),
    (.outOfRange, .done, .lifetimeOutOfRange(min: .seconds(1), max: .hours(24))),
    (.resourceExhausted, .done, .tooManyOpenHolds(max: 1_000)),
    (.failedPrecondition, .done, .captureExceedsHold(left: credits("10"))),
    (.failedPrecondition, .done, .imagesExceedHold(left: 1)),
    (.resourceExhausted, .done, .tooManyLots(max: 1_024)),
    (.notFound, .done, .lotUnknown),
    (.failedPrecondition, .done, .refundExceedsCapture(left: credits("4"))),
    (.failedPrecondition, .done, shortOfCredits),
    (.resourceExhausted, .done, .exhausted(bound: 1)),
    (.failedPrecondition, .done, .quoteRefused(why: 1)),
    (.resourceExhausted, .notProcessed, .limitExceeded(which: LimitNumber.batchItems, max: 1_024, seen: 1_025)),
    (.permissionDenied, .notProcessed, .permission(role: 3, needed: 0x12)),
    (.unavailable, .notProcessed, .redirect(shard: 5, epoch: 9, address: "shard-5.tollgate.example:7411")),
    (.invalidArgument, .notProcessed, .malformedMessage(problem: 34, offset: 36, text: "a reserved byte is not zero")),
    (.unimplemented, .notProcessed, .methodUnknown(method: 999, versionMin: 0, versionMax: 0)),
    (.unavailable, .notProcessed, .notServing(status: 2)),
  ]

  static let errors: [Sample] =
    details.map { status, outcome, detail in
      let head = ResponseHead(
        status: status, detail: detail.type, retryAfterMilliseconds: status == .unavailable ? 250 : 0,
        outcome: outcome, serverMicroseconds: 97)
      let name = "\(detail)".prefix { $0 != "(" }
      return Sample("errors", String(name), .authorize, .failure(head, call: 7, detail))
    } + [
      Sample(
        "errors", "deadlineExceededWithoutDetail", .authorize,
        .failure(ResponseHead(status: .deadlineExceeded, outcome: .notProcessed), call: 7, nil)),
      Sample(
        "errors", "internalUnknown", .authorize,
        .failure(ResponseHead(status: .internal, outcome: .unknown), call: 7, nil)),
    ]

  /// A frame that is refused, and how.
  struct Refused {
    var name: String
    var bytes: [UInt8]
    var problem: WireError.Problem
  }

  static func patched(_ sample: String, _ patches: (Int, [UInt8])...) throws -> [UInt8] {
    guard let found = all.first(where: { $0.name == sample }) else { return [] }
    var bytes = try found.frame.bytes
    for (offset, patch) in patches {
      let start = offset < 0 ? bytes.count + offset : offset
      bytes.replaceSubrange(start..<start + patch.count, with: patch)
    }
    return bytes
  }

  static func refused() throws -> [Refused] {
    [
      Refused(name: "frameTooLong", bytes: try patched("ping", (0, [1, 0, 0x10, 0])), problem: .frameTooLong),
      Refused(name: "blockBeyondFrame", bytes: try patched("ping", (6, [16, 0])), problem: .blockBeyondFrame),
      Refused(name: "blockTooShort", bytes: try patched("ping", (6, [0, 0])), problem: .blockTooShort),
      Refused(
        name: "blockMisaligned", bytes: try patched("authorizeRequest", (6, [65, 0])), problem: .blockMisaligned),
      Refused(name: "frameFlagsNotZero", bytes: try patched("ping", (5, [1])), problem: .frameFlagsNotZero),
      Refused(name: "callIDMissing", bytes: try patched("cancel", (8, [0])), problem: .callIDMissing),
      Refused(name: "callIDNotZero", bytes: try patched("ping", (8, [1])), problem: .callIDNotZero),
      Refused(
        name: "unknownConnectionFrame", bytes: try patched("ping", (4, [0x0f])), problem: .unknownConnectionFrame),
      Refused(
        name: "blockReservedNotZero", bytes: try patched("authorizeRequest", (76, [1])), problem: .blockReservedNotZero),
      Refused(
        name: "messageBeyondFrame", bytes: try patched("authorizeRequest", (72, [97])), problem: .messageBeyondFrame),
      Refused(
        name: "rootBeyondMessage", bytes: try patched("authorizeRequest", (66, [104])), problem: .rootBeyondMessage),
      Refused(name: "rootMisaligned", bytes: try patched("authorizeRequest", (66, [92])), problem: .rootMisaligned),
      Refused(name: "reservedNotZero", bytes: try patched("captureRequest", (103, [1])), problem: .reservedNotZero),
      Refused(name: "flagNotBoolean", bytes: try patched("captureRequest", (97, [2])), problem: .flagNotBoolean),
      Refused(
        name: "referenceOutOfBounds", bytes: try patched("openAccountRequest", (100, [10])),
        problem: .referenceOutOfBounds),
      Refused(
        name: "referenceOverlaps", bytes: try patched("openAccountRequest", (96, [23])), problem: .referenceOverlaps),
      Refused(
        name: "referenceOfNothing", bytes: try patched("openAccountRequest", (100, [0])), problem: .referenceOfNothing),
      Refused(name: "textTooLong", bytes: try patched("openAccountRequest", (100, [1, 4])), problem: .textTooLong),
      Refused(name: "textNotUTF8", bytes: try patched("openAccountRequest", (-1, [0xff])), problem: .textNotUTF8),
      Refused(name: "listTooLong", bytes: try patched("authorizeBatchRequest", (84, [1, 32])), problem: .listTooLong),
      Refused(name: "strideInvalid", bytes: try patched("authorizeBatchRequest", (88, [12])), problem: .strideInvalid),
      Refused(name: "columnsDiffer", bytes: try patched("quoteBatchRequest", (116, [2])), problem: .columnsDiffer),
    ]
  }
}
