// Every bound of the protocol and the ledger, by name, in one place, with the relations that must hold between them.

/// Hard bounds: a configuration may lower them, nothing may raise them.
public enum Limits {
  /// Bytes of a frame after its header.
  @inlinable public static var frameBytesMax: Int { 1 << 20 }
  /// Items of one batch call.
  public static let batchItemsMax = 8_192
  /// Calls in flight on one connection.
  public static let callsInFlightMax = 16_384
  /// Bytes of a frame's metadata.
  @inlinable public static var metadataBytesMax: Int { 8 << 10 }
  /// Bytes of any text on the wire: reasons, names, messages.
  public static let textBytesMax = 1_024
  /// Items of one page of a list.
  public static let pageItemsMax = 1_000
  /// Bytes queued for a slow reader before its connection is closed.
  public static let outboundBytesMax = 32 << 20
  /// Lots that one hold may draw on.
  public static let lotsPerHoldMax = 1_024
  /// Lots with credits left in one account.
  public static let lotsPerAccountMax = 100_000
  /// Accounts of one ledger.
  public static let accountsMax = 1 << 30
  /// A hold's lifetime when the caller names none (rule 3).
  public static let holdLifetimeDefault = TimeSpan.minutes(15)
  /// The longest that a hold may live from its authorize or latest extension (rule 3).
  public static let holdLifetimeMax = TimeSpan.hours(24)
  /// The shortest that a hold may live.
  public static let holdLifetimeMin = TimeSpan.seconds(1)
  /// How long an id is remembered, by default (rule 9).
  public static let dedupWindowDefault = TimeSpan.hours(1)
  /// The longest configurable dedup window.
  public static let dedupWindowMax = TimeSpan.hours(24)
  /// How far an id's time may lie in the server's future (rule 9).
  public static let dedupFutureSkew = TimeSpan.minutes(5)
  /// How long an expired hold is kept for a late capture.
  public static let lateCaptureWindow = TimeSpan.hours(24)

  /// Whether the bounds fit each other; asserted by a test and at start.
  public static var areConsistent: Bool {
    holdLifetimeMin <= holdLifetimeDefault && holdLifetimeDefault <= holdLifetimeMax
      && dedupWindowDefault <= dedupWindowMax && batchItemsMax * 128 <= frameBytesMax
      && metadataBytesMax < frameBytesMax && frameBytesMax < outboundBytesMax && pageItemsMax <= batchItemsMax
  }
}
