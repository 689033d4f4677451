// The named identifiers. A hold carries the id of the request that authorized it, a lot that of its grant.

/// Names a customer's account.
public struct AccountID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// The client-made idempotency id of a mutating request: a UUIDv7 (rule 9 of PRODUCT.md).
public struct RequestID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Names a hold: the bits of the `RequestID` whose authorize made it, so a worker knows it before any answer.
public struct HoldID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Names a lot: the bits of the `RequestID` whose grant made it.
public struct LotID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Names a quote, and proves it: price book, expiry and a keyed checksum of the job (see TollgatePricing).
public struct QuoteID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Tags a hold with what the job was for; zero means none.
public struct ProjectID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Tags a hold with which user of the account asked; zero means none.
public struct MemberID: Identifier {
  /// The first eight bytes.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  /// Makes an identifier of its two halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

extension RequestID {
  /// The instant that a UUIDv7 carries in its first 48 bits, or nil if the id is not a UUIDv7.
  @inlinable public var embeddedInstant: Instant? {
    guard high >> 12 & 15 == 7, low >> 62 == 2 else { return nil }
    return Instant(nanoseconds: Int64(high >> 16) &* 1_000_000)
  }

  /// Makes a UUIDv7 of an instant (cut to milliseconds, clamped to 48 bits) and 74 bits of randomness.
  @inlinable public init(at instant: Instant, randomness: (UInt64, UInt64)) {
    let milliseconds = UInt64(clamping: instant.nanoseconds / 1_000_000) & 0xFFFF_FFFF_FFFF
    self.init(
      high: milliseconds << 16 | 7 << 12 | randomness.0 & 0xFFF,
      low: 2 << 62 | randomness.1 >> 2)
  }

  /// The hold that an authorize or charge with this id makes.
  @inlinable public var hold: HoldID { HoldID(high: high, low: low) }

  /// The lot that a grant with this id makes.
  @inlinable public var lot: LotID { LotID(high: high, low: low) }
}
