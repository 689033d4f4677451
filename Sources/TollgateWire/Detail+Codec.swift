// The bytes of details: a root of at most 32 bytes each, so that a batch's result can carry it in place.

extension Detail {
  /// Reads a detail; nil if its number is unknown.
  package init?(type: DetailType, root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    switch type {
    case .invalidArgument:
      try root.requireZero(at: 1, count: 7)
      self = .invalidArgument(
        field: root.u8(at: 0), min: root.i64(at: 8), max: root.i64(at: 16),
        text: try message.text(root, at: 24, &cursor))
    case .idOutsideWindow:
      self = .idOutsideWindow(earliest: root.instant(at: 0), latest: root.instant(at: 8))
    case .payloadConflict:
      try root.requireZero(at: 1, count: 7)
      self = .payloadConflict(field: root.u8(at: 0))
    case .accountUnknown:
      self = .accountUnknown
    case .accountExists:
      self = .accountExists
    case .accountFrozen:
      self = .accountFrozen
    case .accountClosed:
      self = .accountClosed
    case .accountHasOpenHolds:
      try root.requireZero(at: 4, count: 4)
      self = .accountHasOpenHolds(count: root.u32(at: 0))
    case .holdUnknown:
      self = .holdUnknown
    case .holdExpired:
      self = .holdExpired(at: root.instant(at: 0))
    case .holdEnded:
      try root.requireZero(at: 1, count: 7)
      self = .holdEnded(how: root.u8(at: 0))
    case .holdNotExpired:
      self = .holdNotExpired
    case .priceRefused:
      try root.requireZero(at: 2, count: 6)
      self = .priceRefused(code: root.u8(at: 0), field: root.u8(at: 1), text: try message.text(root, at: 8, &cursor))
    case .lifetimeOutOfRange:
      self = .lifetimeOutOfRange(min: root.span(at: 0), max: root.span(at: 8))
    case .tooManyOpenHolds:
      try root.requireZero(at: 4, count: 4)
      self = .tooManyOpenHolds(max: root.u32(at: 0))
    case .captureExceedsHold:
      self = .captureExceedsHold(left: root.credits(at: 0))
    case .imagesExceedHold:
      try root.requireZero(at: 2, count: 6)
      self = .imagesExceedHold(left: root.u16(at: 0))
    case .tooManyLots:
      try root.requireZero(at: 4, count: 4)
      self = .tooManyLots(max: root.u32(at: 0))
    case .lotUnknown:
      self = .lotUnknown
    case .refundExceedsCapture:
      self = .refundExceedsCapture(left: root.credits(at: 0))
    case .insufficientCredits:
      self = .insufficientCredits(
        shortfall: root.credits(at: 0), available: root.credits(at: 8), required: root.credits(at: 16),
        book: root.u32(at: 24), largestCount: root.u16(at: 28),
        smallerSide: root.u16(at: 30))
    case .exhausted:
      try root.requireZero(at: 1, count: 7)
      self = .exhausted(bound: root.u8(at: 0))
    case .quoteRefused:
      try root.requireZero(at: 1, count: 7)
      self = .quoteRefused(why: root.u8(at: 0))
    case .limitExceeded:
      try root.requireZero(at: 1, count: 7)
      self = .limitExceeded(which: root.u8(at: 0), max: root.u64(at: 8), seen: root.u64(at: 16))
    case .permission:
      try root.requireZero(at: 1, count: 1)
      try root.requireZero(at: 4, count: 4)
      self = .permission(role: root.u8(at: 0), needed: root.u16(at: 2))
    case .redirect:
      try root.requireZero(at: 4, count: 4)
      self = .redirect(shard: root.u32(at: 0), epoch: root.u64(at: 8), address: try message.text(root, at: 16, &cursor))
    case .malformedMessage:
      try root.requireZero(at: 1, count: 3)
      self = .malformedMessage(
        problem: root.u8(at: 0), offset: root.u32(at: 4), text: try message.text(root, at: 8, &cursor))
    case .methodUnknown:
      try root.requireZero(at: 6, count: 2)
      self = .methodUnknown(method: root.u16(at: 0), versionMin: root.u16(at: 2), versionMax: root.u16(at: 4))
    case .notServing:
      try root.requireZero(at: 1, count: 7)
      self = .notServing(status: root.u8(at: 0))
    default: return nil
    }
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    switch self {
    case .invalidArgument(let field, let min, let max, let text):
      writer.put(field, at: root)
      writer.put(min, at: root + 8)
      writer.put(max, at: root + 16)
      writer.clippedText(text, at: root + 24)
    case .idOutsideWindow(let earliest, let latest):
      writer.put(earliest, at: root)
      writer.put(latest, at: root + 8)
    case .payloadConflict(let field):
      writer.put(field, at: root)
    case .accountUnknown: break
    case .accountExists: break
    case .accountFrozen: break
    case .accountClosed: break
    case .accountHasOpenHolds(let count):
      writer.put(count, at: root)
    case .holdUnknown: break
    case .holdExpired(let at):
      writer.put(at, at: root)
    case .holdEnded(let how):
      writer.put(how, at: root)
    case .holdNotExpired: break
    case .priceRefused(let code, let field, let text):
      writer.put(code, at: root)
      writer.put(field, at: root + 1)
      writer.clippedText(text, at: root + 8)
    case .lifetimeOutOfRange(let min, let max):
      writer.put(min, at: root)
      writer.put(max, at: root + 8)
    case .tooManyOpenHolds(let max):
      writer.put(max, at: root)
    case .captureExceedsHold(let left):
      writer.put(left, at: root)
    case .imagesExceedHold(let left):
      writer.put(left, at: root)
    case .tooManyLots(let max):
      writer.put(max, at: root)
    case .lotUnknown: break
    case .refundExceedsCapture(let left):
      writer.put(left, at: root)
    case .insufficientCredits(
      let shortfall, let available, let required, let book, let largestCount, let smallerSide):
      writer.put(shortfall, at: root)
      writer.put(available, at: root + 8)
      writer.put(required, at: root + 16)
      writer.put(book, at: root + 24)
      writer.put(largestCount, at: root + 28)
      writer.put(smallerSide, at: root + 30)
    case .exhausted(let bound):
      writer.put(bound, at: root)
    case .quoteRefused(let why):
      writer.put(why, at: root)
    case .limitExceeded(let which, let max, let seen):
      writer.put(which, at: root)
      writer.put(max, at: root + 8)
      writer.put(seen, at: root + 16)
    case .permission(let role, let needed):
      writer.put(role, at: root)
      writer.put(needed, at: root + 2)
    case .redirect(let shard, let epoch, let address):
      writer.put(shard, at: root)
      writer.put(epoch, at: root + 8)
      writer.clippedText(address, at: root + 16)
    case .malformedMessage(let problem, let offset, let text):
      writer.put(problem, at: root)
      writer.put(offset, at: root + 4)
      writer.clippedText(text, at: root + 8)
    case .methodUnknown(let method, let versionMin, let versionMax):
      writer.put(method, at: root)
      writer.put(versionMin, at: root + 2)
      writer.put(versionMax, at: root + 4)
    case .notServing(let status):
      writer.put(status, at: root)
    }
  }
}
