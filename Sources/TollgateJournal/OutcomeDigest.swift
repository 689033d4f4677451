// Folds a batch's outcomes into one number, so that a replay proves that this program decides as its writer did.

package import TollgateLedger
internal import TollgateValues

/// A checksum over outcomes in their order. The numbers below are part of the record format.
package struct OutcomeDigest: Hashable, Sendable, BitwiseCopyable {
  package private(set) var value: UInt64 = 0x746f_6c6c_6761_7465

  package init() {}

  @inline(__always)
  package mutating func fold(_ outcome: Outcome) {
    switch outcome {
    case .authorized(let amount, let expires, let book): fold(4, amount, expires.nanoseconds, Int64(book))
    case .captured(let amount, let left, let closed): fold(5, amount, left.microcredits, closed ? 1 : 0)
    case .voided(let amount): fold(6, amount)
    case .extended(let expires): fold(7, expires.nanoseconds)
    case .increased(let amount, let total, let book): fold(8, amount, total.microcredits, Int64(book))
    case .charged(let amount, let book): fold(9, amount, Int64(book))
    case .capturedLate(let amount): fold(10, amount)
    case .opened: fold(1)
    case .stateSet(let state): fold(2, Int64(state.rawValue))
    case .granted(let amount): fold(3, amount)
    case .refunded(let amount, let expired): fold(11, amount, expired.microcredits)
    case .expired(let count, let more): fold(12, Int64(count), more ? 1 : 0)
    case .configured: fold(13)
    case .denied(let denial): fold(denial)
    }
  }

  private mutating func fold(_ denial: Denial) {
    switch denial {
    case .malformed(let field): fold(64, Int64(field.rawValue))
    case .idOutsideWindow(let earliest, let latest): fold(65, earliest.nanoseconds, latest.nanoseconds)
    case .payloadConflict(let field): fold(66, Int64(field.rawValue))
    case .accountUnknown: fold(67)
    case .accountExists: fold(68)
    case .accountFrozen: fold(69)
    case .accountClosed: fold(70)
    case .accountHasOpenHolds(let count): fold(71, Int64(count))
    case .holdUnknown: fold(72)
    case .holdExpired(let at): fold(73, at.nanoseconds)
    case .holdEnded(let end): fold(74, Int64(end.rawValue))
    case .holdNotExpired: fold(75)
    case .priceRefused(let code): fold(76, Int64(code.rawValue))
    case .lifetimeOutOfRange(let min, let max): fold(77, min.nanoseconds, max.nanoseconds)
    case .tooManyOpenHolds(let max): fold(78, Int64(max))
    case .captureExceedsHold(let left): fold(79, left)
    case .imagesExceedHold(let left): fold(80, Int64(left))
    case .tooManyLots(let max): fold(81, Int64(max))
    case .lotUnknown: fold(82)
    case .refundExceedsCapture(let left): fold(83, left)
    case .insufficientCredits(let shortfall, let available, let book):
      fold(84, shortfall, available.microcredits, Int64(book))
    case .exhausted(let bound): fold(85, Int64(bound.rawValue))
    }
  }

  @inline(__always)
  private mutating func fold(_ kind: UInt64, _ amount: Credits, _ second: Int64 = 0, _ third: Int64 = 0) {
    fold(kind, amount.microcredits, second, third)
  }

  /// Two 128-bit products, each folded to 64 bits: every bit of every word reaches every bit of the value.
  @inline(__always)
  private mutating func fold(_ kind: UInt64, _ first: Int64 = 0, _ second: Int64 = 0, _ third: Int64 = 0) {
    let left = (value ^ UInt64(bitPattern: first)).multipliedFullWidth(
      by: UInt64(bitPattern: second) ^ 0xA076_1D64_78BD_642F ^ kind << 56)
    let half = left.high ^ left.low ^ value &+ kind
    let right = (half ^ 0xE703_7ED1_A0B4_28DB).multipliedFullWidth(
      by: UInt64(bitPattern: third) ^ 0x8EBC_6AF0_9C88_C6E3 ^ half << 1)
    value = right.high ^ right.low ^ half
  }
}
