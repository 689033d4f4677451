// The account's book as the client reads it: entries, newest first, in pages.

public import TollgateValues

/// The place of an entry in the whole ledger's book: 1, 2, 3, …; zero means none.
public struct EntryNumber: RawRepresentable, Hashable, Comparable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number on the wire.
  public var rawValue: UInt64
  /// The place with this number.
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  /// No entry.
  public static let none = EntryNumber(rawValue: 0)
  /// By place: older entries first.
  public static func < (left: EntryNumber, right: EntryNumber) -> Bool { left.rawValue < right.rawValue }
  /// The number in decimal digits.
  public var description: String { String(rawValue) }
}

/// What happened, by its number on the wire.
public struct EntryKind: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number on the wire.
  public var rawValue: UInt8
  /// The kind with this number, known or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The account was opened.
  public static let opened = EntryKind(rawValue: 1)
  /// The account's state was set.
  public static let stateSet = EntryKind(rawValue: 2)
  /// A lot was granted.
  public static let granted = EntryKind(rawValue: 3)
  /// A lot's effective time came.
  public static let effective = EntryKind(rawValue: 4)
  /// Credits were set aside.
  public static let held = EntryKind(rawValue: 5)
  /// Held credits were taken.
  public static let captured = EntryKind(rawValue: 6)
  /// The part of a capture above its hold was charged.
  public static let excessCharged = EntryKind(rawValue: 7)
  /// Held credits were given back.
  public static let released = EntryKind(rawValue: 8)
  /// A hold's life was extended.
  public static let extended = EntryKind(rawValue: 9)
  /// A hold was increased.
  public static let increased = EntryKind(rawValue: 10)
  /// Credits were charged in one step.
  public static let charged = EntryKind(rawValue: 11)
  /// An expired hold's work was charged.
  public static let capturedLate = EntryKind(rawValue: 12)
  /// A hold expired.
  public static let holdExpired = EntryKind(rawValue: 13)
  /// A lot's rest expired.
  public static let lotExpired = EntryKind(rawValue: 14)
  /// Captured credits were given back.
  public static let refunded = EntryKind(rawValue: 15)
  /// A grant repaid overdraft.
  public static let overdraftRepaid = EntryKind(rawValue: 16)
  /// A lot's rest was voided with its account's close.
  public static let lotVoided = EntryKind(rawValue: 17)

  private static let names = [
    "", "opened", "state set", "granted", "effective", "held", "captured", "excess charged", "released", "extended",
    "increased", "charged", "captured late", "hold expired", "lot expired", "refunded", "overdraft repaid",
    "lot voided",
  ]
  /// The kind's name.
  public var description: String {
    rawValue > 0 && Int(rawValue) < EntryKind.names.count ? EntryKind.names[Int(rawValue)] : "kind \(rawValue)"
  }
}

/// Where a lot's credits can be, by its number on the wire.
public struct Bucket: RawRepresentable, Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
  /// The number on the wire.
  public var rawValue: UInt8
  /// The bucket with this number, known or not.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  private static let names = ["outside", "pending", "available", "held", "captured", "expired", "voided"]
  /// The bucket's name.
  public var description: String {
    Int(rawValue) < Bucket.names.count ? Bucket.names[Int(rawValue)] : "bucket \(rawValue)"
  }
}

/// One movement of one lot from one bucket to another.
public struct Posting: Hashable, Sendable, BitwiseCopyable {
  /// Which lot.
  public var lot: LotID
  /// What it leaves.
  public var from: Bucket
  /// What it enters.
  public var to: Bucket
  /// How much, above zero.
  public var amount: Credits
}

/// One line of an account's book.
public struct Entry: Hashable, Sendable {
  /// Its place in the whole book.
  public var number: EntryNumber
  /// The same account's entry before it, or none.
  public var previous: EntryNumber
  /// What happened.
  public var kind: EntryKind
  /// When it was decided, by the gate's clock.
  public var at: Instant
  /// The request that caused it, or zero if time did.
  public var request: RequestID
  /// The hold concerned, or zero.
  public var hold: HoldID
  /// What moved in all.
  public var amount: Credits
  /// Available credits after it.
  public var available: Credits
  /// Held credits after it.
  public var held: Credits
  /// The job, where the entry has one; otherwise `count` is 0.
  public var job: Job
  /// The project, or zero.
  public var project: ProjectID
  /// The member, or zero.
  public var member: MemberID
  /// The price book that priced it, or 0.
  public var priceBook: UInt32
  /// Who did it, of administrative entries.
  public var actor: String
  /// Why, of administrative entries.
  public var reason: String
  /// What moved, lot by lot.
  public var postings: [Posting]
}

/// Some lines of an account's book, newest first.
public struct EntryPage: Hashable, Sendable {
  /// The lines.
  public var entries: [Entry]
  /// Where the next, older page begins: pass it as `before`. Nil if these were the oldest.
  public var next: EntryNumber?
}

/// Some holds of an account.
public struct HoldPage: Hashable, Sendable {
  /// The holds.
  public var holds: [Hold]
  /// Where the next page begins: pass it as `from`. Nil if these were the last.
  public var next: PageCursor?
}
