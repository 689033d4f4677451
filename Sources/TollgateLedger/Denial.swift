// Why the ledger refused, in the order in which it checks (rule 16), each with what would help to mend it.

package import TollgateValues

/// A machine-readable refusal. The cases stand in the order of the checks: the first that fails wins.
package enum Denial: Hashable, Sendable, BitwiseCopyable {
  // Malformed: refused and not remembered.
  case malformed(Field)
  /// The id is not a UUIDv7, or its time lies outside of what the server remembers: ids from `earliest` to `latest` are taken.
  case idOutsideWindow(earliest: Instant, latest: Instant)
  /// The same id was used with another payload; names the first field that differs.
  case payloadConflict(Field)
  case accountUnknown
  case accountExists
  case accountFrozen
  case accountClosed
  /// A close is refused while holds are open.
  case accountHasOpenHolds(UInt32)
  case holdUnknown
  case holdExpired(at: Instant)
  /// The hold has ended: captured, or voided.
  case holdEnded(HoldEnd)
  /// A late capture of a hold that is still open.
  case holdNotExpired
  case priceRefused(PriceRefusalCode)
  case lifetimeOutOfRange(min: TimeSpan, max: TimeSpan)
  case tooManyOpenHolds(max: UInt32)
  /// The capture is above what is left of the hold.
  case captureExceedsHold(left: Credits)
  /// More images than the hold still has.
  case imagesExceedHold(left: UInt16)
  case tooManyLots(max: UInt32)
  case lotUnknown
  case refundExceedsCapture(left: Credits)
  /// `available` includes what is left of an overdraft. `book` prices the largest count that fits now.
  case insufficientCredits(shortfall: Credits, available: Credits, book: UInt32)
  /// A bound of the ledger is reached.
  case exhausted(Bound)
}

/// How a hold ended.
package enum HoldEnd: UInt8, Hashable, Sendable, BitwiseCopyable {
  case captured = 1
  case voided = 2
  case expired = 3
}

/// Bounds of the whole ledger.
package enum Bound: UInt8, Hashable, Sendable, BitwiseCopyable {
  case accounts = 1
  case lots = 2
  case holds = 3
  /// What one account may have in all (`Limits.accountCreditsMax`).
  case credits = 4
}

/// The fields of payloads, in the order in which they are compared. The numbers travel on the wire.
package enum Field: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
  case unnamed = 0
  case request = 1
  case operation = 2
  case account = 3
  case hold = 4
  case amount = 5
  case jobWidth = 6
  case jobHeight = 7
  case jobSteps = 8
  case jobCount = 9
  case jobModel = 10
  case jobQuality = 11
  case jobControlNets = 12
  case jobFeatures = 13
  case quote = 14
  case lifetime = 15
  case project = 16
  case member = 17
  case take = 18
  case closes = 19
  case allowsExcess = 20
  case state = 21
  case source = 22
  case effective = 23
  case expires = 24
  case priority = 25
  case pricePaid = 26
  case entry = 27
  case actor = 28
  case reason = 29
}
