// An outcome as the few numbers of a remembered row, and back: a replay must answer byte for byte what was answered first.

internal import TollgateValues

extension RememberedRecord {
  /// Whether it has an outcome: of the most frequent ones at a glance.
  @inline(__always)
  var isSound: Bool { denial == 0 && (isAuthorize || isCapture) || outcome != nil }

  /// The original outcome; nil if the row is damaged.
  var outcome: Outcome? {
    guard let operation else { return nil }
    guard denial == 0 else { return denied.map { .denied($0) } }
    let (one, two) = (Credits(microcredits: first), Credits(microcredits: second))
    switch operation {
    case .openAccount: return .opened
    case .setAccountState: return UInt8(exactly: first).flatMap(AccountState.init).map { .stateSet($0) }
    case .grant: return .granted(one)
    case .authorize: return .authorized(one, expires: Instant(nanoseconds: second), book: book)
    case .capture: return .captured(one, left: two, closed: closed)
    case .void: return .voided(one)
    case .extend: return .extended(expires: Instant(nanoseconds: first))
    case .increase: return .increased(one, total: two, book: book)
    case .charge: return .charged(one, book: book)
    case .captureLate: return .capturedLate(one)
    case .refund: return .refunded(one, expired: two)
    }
  }

  @inline(__always)
  mutating func note(_ outcome: Outcome) {
    switch outcome {
    case .opened: break
    case .stateSet(let state): first = Int64(state.rawValue)
    case .granted(let credits), .voided(let credits), .capturedLate(let credits): first = credits.microcredits
    case .authorized(let credits, let expires, let number):
      (first, second, book) = (credits.microcredits, expires.nanoseconds, number)
    case .captured(let credits, let left, let closes):
      (first, second, closed) = (credits.microcredits, left.microcredits, closes)
    case .extended(let expires): first = expires.nanoseconds
    case .increased(let credits, let total, let number):
      (first, second, book) = (credits.microcredits, total.microcredits, number)
    case .charged(let credits, let number): (first, book) = (credits.microcredits, number)
    case .refunded(let credits, let expired): (first, second) = (credits.microcredits, expired.microcredits)
    case .expired, .configured: break
    case .denied(let denied): note(denied)
    }
  }

  /// The numbers of denials are kept in snapshots: never give one a new meaning.
  private mutating func note(_ denied: Denial) {
    switch denied {
    case .malformed, .idOutsideWindow, .payloadConflict:
      preconditionFailure("a refusal that is never remembered")
    case .accountUnknown: denial = 1
    case .accountExists: denial = 2
    case .accountFrozen: denial = 3
    case .accountClosed: denial = 4
    case .accountHasOpenHolds(let count): (denial, first) = (5, Int64(count))
    case .holdUnknown: denial = 6
    case .holdExpired(let at): (denial, first) = (7, at.nanoseconds)
    case .holdEnded(let how): (denial, first) = (8, Int64(how.rawValue))
    case .holdNotExpired: denial = 9
    case .priceRefused(let code): (denial, first) = (10, Int64(code.rawValue))
    case .lifetimeOutOfRange(let min, let max): (denial, first, second) = (11, min.nanoseconds, max.nanoseconds)
    case .tooManyOpenHolds(let max): (denial, first) = (12, Int64(max))
    case .captureExceedsHold(let left): (denial, first) = (13, left.microcredits)
    case .imagesExceedHold(let left): (denial, first) = (14, Int64(left))
    case .tooManyLots(let max): (denial, first) = (15, Int64(max))
    case .lotUnknown: denial = 16
    case .refundExceedsCapture(let left): (denial, first) = (17, left.microcredits)
    case .insufficientCredits(let shortfall, let available, let number):
      (denial, first, second, book) = (18, shortfall.microcredits, available.microcredits, number)
    case .exhausted(let bound): (denial, first) = (19, Int64(bound.rawValue))
    }
  }

  private var denied: Denial? {
    let credits = Credits(microcredits: first)
    switch denial {
    case 1: return .accountUnknown
    case 2: return .accountExists
    case 3: return .accountFrozen
    case 4: return .accountClosed
    case 5: return UInt32(exactly: first).map { .accountHasOpenHolds($0) }
    case 6: return .holdUnknown
    case 7: return .holdExpired(at: Instant(nanoseconds: first))
    case 8: return UInt8(exactly: first).flatMap(HoldEnd.init).map { .holdEnded($0) }
    case 9: return .holdNotExpired
    case 10: return UInt8(exactly: first).map { .priceRefused(PriceRefusalCode(rawValue: $0)) }
    case 11: return .lifetimeOutOfRange(min: TimeSpan(nanoseconds: first), max: TimeSpan(nanoseconds: second))
    case 12: return UInt32(exactly: first).map { .tooManyOpenHolds(max: $0) }
    case 13: return .captureExceedsHold(left: credits)
    case 14: return UInt16(exactly: first).map { .imagesExceedHold(left: $0) }
    case 15: return UInt32(exactly: first).map { .tooManyLots(max: $0) }
    case 16: return .lotUnknown
    case 17: return .refundExceedsCapture(left: credits)
    case 18:
      return .insufficientCredits(shortfall: credits, available: Credits(microcredits: second), book: book)
    case 19: return UInt8(exactly: first).flatMap(Bound.init).map { .exhausted($0) }
    default: return nil
    }
  }
}
