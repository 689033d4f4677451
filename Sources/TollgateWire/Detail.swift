// Typed details of errors: what was wrong and what would mend it. The ledger's denials have their place in the
// order of its checks; numbers from 40 on are the service's and the protocol's own.

package import TollgateValues

/// The number of a detail, as it travels in `detailType`. Unknown numbers are kept; zero means no detail.
@usableFromInline
package struct DetailType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var rawValue: UInt16
  @inlinable package init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable package static var none: DetailType { DetailType(rawValue: 0) }
  package static let invalidArgument = DetailType(rawValue: 1)
  package static let idOutsideWindow = DetailType(rawValue: 2)
  package static let payloadConflict = DetailType(rawValue: 3)
  package static let accountUnknown = DetailType(rawValue: 4)
  package static let accountExists = DetailType(rawValue: 5)
  package static let accountFrozen = DetailType(rawValue: 6)
  package static let accountClosed = DetailType(rawValue: 7)
  package static let accountHasOpenHolds = DetailType(rawValue: 8)
  package static let holdUnknown = DetailType(rawValue: 9)
  package static let holdExpired = DetailType(rawValue: 10)
  package static let holdEnded = DetailType(rawValue: 11)
  package static let holdNotExpired = DetailType(rawValue: 12)
  package static let priceRefused = DetailType(rawValue: 13)
  package static let lifetimeOutOfRange = DetailType(rawValue: 14)
  package static let tooManyOpenHolds = DetailType(rawValue: 15)
  package static let captureExceedsHold = DetailType(rawValue: 16)
  package static let imagesExceedHold = DetailType(rawValue: 17)
  package static let tooManyLots = DetailType(rawValue: 18)
  package static let lotUnknown = DetailType(rawValue: 19)
  package static let refundExceedsCapture = DetailType(rawValue: 20)
  package static let insufficientCredits = DetailType(rawValue: 21)
  package static let exhausted = DetailType(rawValue: 22)
  package static let quoteRefused = DetailType(rawValue: 40)
  package static let limitExceeded = DetailType(rawValue: 41)
  package static let permission = DetailType(rawValue: 42)
  package static let redirect = DetailType(rawValue: 43)
  package static let malformedMessage = DetailType(rawValue: 44)
  package static let methodUnknown = DetailType(rawValue: 45)
  package static let notServing = DetailType(rawValue: 46)
}

/// A detail, decoded.
package enum Detail: Hashable, Sendable {
  /// A field is out of its range, or malformed; `field` numbers are listed with the types.
  case invalidArgument(field: UInt8, min: Int64, max: Int64, text: String)
  /// The idempotency id is no UUIDv7, or its time is outside of what is remembered.
  case idOutsideWindow(earliest: Instant, latest: Instant)
  /// The id was used with another payload; the first field that differs.
  case payloadConflict(field: UInt8)
  /// No such account.
  case accountUnknown
  /// The account is open already.
  case accountExists
  /// The account takes no new holds.
  case accountFrozen
  /// The account is closed.
  case accountClosed
  /// It cannot be closed while holds are open.
  case accountHasOpenHolds(count: UInt32)
  /// No such hold.
  case holdUnknown
  /// The hold expired then; captureLate may still charge.
  case holdExpired(at: Instant)
  /// The hold has ended: 1 captured, 2 voided, 3 expired.
  case holdEnded(how: UInt8)
  /// A late capture of a hold that is not expired.
  case holdNotExpired
  /// The price book or the quote refuses the job.
  case priceRefused(code: UInt8, field: UInt8, text: String)
  /// The lifetime asked for is too short or too long.
  case lifetimeOutOfRange(min: TimeSpan, max: TimeSpan)
  /// The account has as many open holds as it may.
  case tooManyOpenHolds(max: UInt32)
  /// The capture is above what is left of the hold.
  case captureExceedsHold(left: Credits)
  /// More images than the hold still has.
  case imagesExceedHold(left: UInt16)
  /// The operation would touch too many lots.
  case tooManyLots(max: UInt32)
  /// No such lot.
  case lotUnknown
  /// More than what is left to refund of that entry.
  case refundExceedsCapture(left: Credits)
  /// Not enough credits. `largestCount` images of this job would fit now (0: none), or the whole job at the next
  /// smaller tier that fits, whose longer side is `smallerSide` pixels (0: none).
  case insufficientCredits(
    shortfall: Credits, available: Credits, required: Credits, book: UInt32, largestCount: UInt16, smallerSide: UInt16)
  /// A bound of the whole ledger: 1 accounts, 2 lots, 3 holds.
  case exhausted(bound: UInt8)
  /// The quote: 1 expired, 2 not for this job or account, 3 its price book is gone, 4 none is in force.
  case quoteRefused(why: UInt8)
  /// A limit of the protocol or of the server; numbers are listed with the limits.
  case limitExceeded(which: UInt8, max: UInt64, seen: UInt64)
  /// The role seen, and the set of roles that may.
  case permission(role: UInt8, needed: UInt16)
  /// The account's shard lives elsewhere.
  case redirect(shard: UInt32, epoch: UInt64, address: String)
  /// The message breaks a rule of the encoding.
  case malformedMessage(problem: UInt8, offset: UInt32, text: String)
  /// No such method (versions 0), or not in that message version.
  case methodUnknown(method: UInt16, versionMin: UInt16, versionMax: UInt16)
  /// The server drains, or does not lead: a `HealthStatus`.
  case notServing(status: UInt8)
}

extension Detail {
  package var type: DetailType {
    switch self {
    case .invalidArgument: .invalidArgument
    case .idOutsideWindow: .idOutsideWindow
    case .payloadConflict: .payloadConflict
    case .accountUnknown: .accountUnknown
    case .accountExists: .accountExists
    case .accountFrozen: .accountFrozen
    case .accountClosed: .accountClosed
    case .accountHasOpenHolds: .accountHasOpenHolds
    case .holdUnknown: .holdUnknown
    case .holdExpired: .holdExpired
    case .holdEnded: .holdEnded
    case .holdNotExpired: .holdNotExpired
    case .priceRefused: .priceRefused
    case .lifetimeOutOfRange: .lifetimeOutOfRange
    case .tooManyOpenHolds: .tooManyOpenHolds
    case .captureExceedsHold: .captureExceedsHold
    case .imagesExceedHold: .imagesExceedHold
    case .tooManyLots: .tooManyLots
    case .lotUnknown: .lotUnknown
    case .refundExceedsCapture: .refundExceedsCapture
    case .insufficientCredits: .insufficientCredits
    case .exhausted: .exhausted
    case .quoteRefused: .quoteRefused
    case .limitExceeded: .limitExceeded
    case .permission: .permission
    case .redirect: .redirect
    case .malformedMessage: .malformedMessage
    case .methodUnknown: .methodUnknown
    case .notServing: .notServing
    }
  }
}

extension Detail {
  /// Reads the detail of a RESPONSE from its message; nil if its number is unknown.
  package init?(type: DetailType, message: RawSpan, rootBytes count: Int) throws(WireError) {
    guard count <= message.byteCount else { throw WireError(.rootBeyondMessage, at: 0, value: UInt64(count)) }
    guard count & 7 == 0 else { throw WireError(.rootMisaligned, at: 0, value: UInt64(count)) }
    var cursor = TailCursor(end: count)
    let needed = Detail.rootBytes(of: type)
    if count >= needed {
      try self.init(type: type, root: message.extracting(0..<count), message: message, cursor: &cursor)
    } else {
      let padded = message.extracting(0..<count).padded(to: needed)
      try self.init(type: type, root: padded.span.bytes, message: message, cursor: &cursor)
    }
  }

  /// Reads the detail of a batch's result; nil if its number is unknown.
  package init?(type: DetailType, area: DetailArea) throws(WireError) {
    var copy = area
    let bytes = withUnsafeBytes(of: &copy.words) { Array($0) }
    try self.init(type: type, message: bytes.span.bytes, rootBytes: DetailArea.bytes)
  }

  /// The root as a batch's result carries it: without texts.
  package var area: DetailArea {
    var area = DetailArea.zero
    withUnsafeMutableBytes(of: &area.words) { bytes in
      var writer = MessageWriter(bytes, rootBytes: DetailArea.bytes, omitsTexts: true)
      encode(into: &writer, at: 0)
    }
    return area
  }

  /// What `encode` appends at most.
  package var tailBytesMax: Int {
    switch self {
    case .invalidArgument(_, _, _, let text), .priceRefused(_, _, let text), .redirect(_, _, let text),
      .malformedMessage(_, _, let text):
      text.utf8.count
    default: 0
    }
  }
}
