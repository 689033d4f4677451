// The layouts of details, for describe and the specification.

extension Detail {
  /// The layout of every detail that has a number here.
  package static let layouts: [(type: DetailType, layout: MessageLayout)] = [
    (
      .invalidArgument,
      MessageLayout(
        "InvalidArgumentDetail", bytes: 32,
        "A field is out of its range, or malformed; `field` numbers are listed with the types.",
        [
          FieldLayout(0, .u8, "field", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
          FieldLayout(8, .i64, "min", ""),
          FieldLayout(16, .i64, "max", ""),
          FieldLayout(24, .text, "text", ""),
        ])
    ),
    (
      .idOutsideWindow,
      MessageLayout(
        "IdOutsideWindowDetail", bytes: 16,
        "The idempotency id is no UUIDv7, or its time is outside of what is remembered.",
        [
          FieldLayout(0, .instant, "earliest", ""),
          FieldLayout(8, .instant, "latest", ""),
        ])
    ),
    (
      .payloadConflict,
      MessageLayout(
        "PayloadConflictDetail", bytes: 8, "The id was used with another payload; the first field that differs.",
        [
          FieldLayout(0, .u8, "field", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
        ])
    ),
    (
      .accountUnknown,
      MessageLayout(
        "AccountUnknownDetail", bytes: 0, "No such account.",
        [])
    ),
    (
      .accountExists,
      MessageLayout(
        "AccountExistsDetail", bytes: 0, "The account is open already.",
        [])
    ),
    (
      .accountFrozen,
      MessageLayout(
        "AccountFrozenDetail", bytes: 0, "The account takes no new holds.",
        [])
    ),
    (
      .accountClosed,
      MessageLayout(
        "AccountClosedDetail", bytes: 0, "The account is closed.",
        [])
    ),
    (
      .accountHasOpenHolds,
      MessageLayout(
        "AccountHasOpenHoldsDetail", bytes: 8, "It cannot be closed while holds are open.",
        [
          FieldLayout(0, .u32, "count", ""),
          FieldLayout(4, .zero(4), "reserved", ""),
        ])
    ),
    (
      .holdUnknown,
      MessageLayout(
        "HoldUnknownDetail", bytes: 0, "No such hold.",
        [])
    ),
    (
      .holdExpired,
      MessageLayout(
        "HoldExpiredDetail", bytes: 8, "The hold expired then; captureLate may still charge.",
        [
          FieldLayout(0, .instant, "at", "")
        ])
    ),
    (
      .holdEnded,
      MessageLayout(
        "HoldEndedDetail", bytes: 8, "The hold has ended: 1 captured, 2 voided, 3 expired.",
        [
          FieldLayout(0, .u8, "how", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
        ])
    ),
    (
      .holdNotExpired,
      MessageLayout(
        "HoldNotExpiredDetail", bytes: 0, "A late capture of a hold that is not expired.",
        [])
    ),
    (
      .priceRefused,
      MessageLayout(
        "PriceRefusedDetail", bytes: 16, "The price book or the quote refuses the job.",
        [
          FieldLayout(0, .u8, "code", ""),
          FieldLayout(1, .u8, "field", ""),
          FieldLayout(2, .zero(6), "reserved", ""),
          FieldLayout(8, .text, "text", ""),
        ])
    ),
    (
      .lifetimeOutOfRange,
      MessageLayout(
        "LifetimeOutOfRangeDetail", bytes: 16, "The lifetime asked for is too short or too long.",
        [
          FieldLayout(0, .span, "min", ""),
          FieldLayout(8, .span, "max", ""),
        ])
    ),
    (
      .tooManyOpenHolds,
      MessageLayout(
        "TooManyOpenHoldsDetail", bytes: 8, "The account has as many open holds as it may.",
        [
          FieldLayout(0, .u32, "max", ""),
          FieldLayout(4, .zero(4), "reserved", ""),
        ])
    ),
    (
      .captureExceedsHold,
      MessageLayout(
        "CaptureExceedsHoldDetail", bytes: 8, "The capture is above what is left of the hold.",
        [
          FieldLayout(0, .credits, "left", "")
        ])
    ),
    (
      .imagesExceedHold,
      MessageLayout(
        "ImagesExceedHoldDetail", bytes: 8, "More images than the hold still has.",
        [
          FieldLayout(0, .u16, "left", ""),
          FieldLayout(2, .zero(6), "reserved", ""),
        ])
    ),
    (
      .tooManyLots,
      MessageLayout(
        "TooManyLotsDetail", bytes: 8, "The operation would touch too many lots.",
        [
          FieldLayout(0, .u32, "max", ""),
          FieldLayout(4, .zero(4), "reserved", ""),
        ])
    ),
    (
      .lotUnknown,
      MessageLayout(
        "LotUnknownDetail", bytes: 0, "No such lot.",
        [])
    ),
    (
      .refundExceedsCapture,
      MessageLayout(
        "RefundExceedsCaptureDetail", bytes: 8, "More than what is left to refund of that entry.",
        [
          FieldLayout(0, .credits, "left", "")
        ])
    ),
    (
      .insufficientCredits,
      MessageLayout(
        "InsufficientCreditsDetail", bytes: 32,
        "Not enough credits: `largestCount` images of the job would fit now, or the whole job with `smallerSide` pixels.",
        [
          FieldLayout(0, .credits, "shortfall", ""),
          FieldLayout(8, .credits, "available", ""),
          FieldLayout(16, .credits, "required", ""),
          FieldLayout(24, .u32, "book", ""),
          FieldLayout(28, .u16, "largestCount", ""),
          FieldLayout(30, .u16, "smallerSide", ""),
        ])
    ),
    (
      .exhausted,
      MessageLayout(
        "ExhaustedDetail", bytes: 8, "A bound of the whole ledger: 1 accounts, 2 lots, 3 holds.",
        [
          FieldLayout(0, .u8, "bound", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
        ])
    ),
    (
      .quoteRefused,
      MessageLayout(
        "QuoteRefusedDetail", bytes: 8,
        "The quote: 1 expired, 2 not for this job or account, 3 its price book is gone, 4 none is in force.",
        [
          FieldLayout(0, .u8, "why", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
        ])
    ),
    (
      .limitExceeded,
      MessageLayout(
        "LimitExceededDetail", bytes: 24,
        "A limit of the protocol or of the server; numbers are listed with the limits.",
        [
          FieldLayout(0, .u8, "which", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
          FieldLayout(8, .u64, "max", ""),
          FieldLayout(16, .u64, "seen", ""),
        ])
    ),
    (
      .permission,
      MessageLayout(
        "PermissionDetail", bytes: 8, "The role seen, and the set of roles that may.",
        [
          FieldLayout(0, .u8, "role", ""),
          FieldLayout(1, .zero(1), "reserved", ""),
          FieldLayout(2, .u16, "needed", ""),
          FieldLayout(4, .zero(4), "reserved", ""),
        ])
    ),
    (
      .redirect,
      MessageLayout(
        "RedirectDetail", bytes: 24, "The account's shard lives elsewhere.",
        [
          FieldLayout(0, .u32, "shard", ""),
          FieldLayout(4, .zero(4), "reserved", ""),
          FieldLayout(8, .u64, "epoch", ""),
          FieldLayout(16, .text, "address", ""),
        ])
    ),
    (
      .malformedMessage,
      MessageLayout(
        "MalformedMessageDetail", bytes: 16, "The message breaks a rule of the encoding.",
        [
          FieldLayout(0, .u8, "problem", ""),
          FieldLayout(1, .zero(3), "reserved", ""),
          FieldLayout(4, .u32, "offset", ""),
          FieldLayout(8, .text, "text", ""),
        ])
    ),
    (
      .methodUnknown,
      MessageLayout(
        "MethodUnknownDetail", bytes: 8, "No such method (versions 0), or not in that message version.",
        [
          FieldLayout(0, .u16, "method", ""),
          FieldLayout(2, .u16, "versionMin", ""),
          FieldLayout(4, .u16, "versionMax", ""),
          FieldLayout(6, .zero(2), "reserved", ""),
        ])
    ),
    (
      .notServing,
      MessageLayout(
        "NotServingDetail", bytes: 8, "The server drains, or does not lead: a `HealthStatus`.",
        [
          FieldLayout(0, .u8, "status", ""),
          FieldLayout(1, .zero(7), "reserved", ""),
        ])
    ),
  ]

  /// Bytes of this detail's root.
  package var rootBytes: Int { Detail.rootBytesOfType[Int(type.rawValue)] }

  private static let rootBytesOfType: [Int] = {
    var sizes = [Int](repeating: 0, count: 64)
    for (type, layout) in layouts { sizes[Int(type.rawValue)] = layout.rootBytes }
    return sizes
  }()

  static func rootBytes(of type: DetailType) -> Int { type.rawValue < 64 ? rootBytesOfType[Int(type.rawValue)] : 0 }
}
