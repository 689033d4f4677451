// The numbers of the record bytes: changing any of them is a new format version, which the golden vectors notice.

package import TollgateLedger
package import TollgateValues

/// Layout of a record, little-endian throughout:
///
///     header (80 bytes): magic u32, version u16, zero u16, whole length u32, counts of commands, entries, postings u32 each,
///                        sequence u64, first entry u64, instant i64, outcome digest u64, spare u64 (zero),
///                        checksum of the record before, 16 bytes
///     body:              steps: `0` and the instant i64, then commands, each followed by its entries with their postings
///     checksum:          16 bytes over all of the above, started from the checksum of the record before
///
/// A command is operation u8, flags u8, number of entries u8 (255: a u32 follows), request id, then its fields in the
/// order of its declaration, without those that its flags omit. An entry is kind u8, flags u8, then what its flags do not
/// derive; a posting is lot, `from << 4 | to` u8, amount.
package enum RecordFormat {
  package static let version: UInt16 = 1
  /// "TGJR" as little-endian text.
  static let magic: UInt32 = 0x524A_4754
  /// "TGJM" as little-endian text.
  static let metadataMagic: UInt32 = 0x4D4A_4754
  static let headerBytes = 80
  static let firstEntryOffset = 32
  static let checksumBytes = 16
  /// The shortest record: no commands at all.
  static let recordBytesMin = headerBytes + checksumBytes
  /// The longest record; SQLite's own bound on a row is 10^9 bytes.
  package static let recordBytesMax = 768 << 20
  /// From here on the service should begin a new record.
  package static let recordBytesTarget = 16 << 20

  /// The first byte of a command; zero begins a step instead.
  enum Tag: UInt8 {
    case step = 0
    case openAccount = 1
    case setAccountState = 2
    case grant = 3
    case authorize = 4
    case capture = 5
    case void = 6
    case extend = 7
    case increase = 8
    case charge = 9
    case captureLate = 10
    case refund = 11
    case expire = 12
    case configure = 13
  }

  /// The second byte of a command that carries a job and a price.
  struct SpendFlags: OptionSet {
    var rawValue: UInt8
    static let job = SpendFlags(rawValue: 1 << 0)
    static let quote = SpendFlags(rawValue: 1 << 1)
    static let project = SpendFlags(rawValue: 1 << 2)
    static let member = SpendFlags(rawValue: 1 << 3)
    static let rawAmount = SpendFlags(rawValue: 1 << 4)
    static let refused = SpendFlags(rawValue: 1 << 5)
    static let lifetime = SpendFlags(rawValue: 1 << 6)
  }

  /// The second byte of a capture: bits 0–1 say what it takes.
  enum TakeFlags {
    static let all: UInt8 = 0
    static let amount: UInt8 = 1
    static let images: UInt8 = 2
    static let kindMask: UInt8 = 3
    static let closes: UInt8 = 1 << 2
    static let allowsExcess: UInt8 = 1 << 3
  }

  /// The second byte of an entry. Account and hold are first compared with those of the command, then with those of
  /// the entry before; postings of three and more are counted by a u32.
  enum EntryFlags {
    static let account: UInt8 = 1 << 0
    static let holdZero: UInt8 = 1 << 1
    static let hold: UInt8 = 1 << 2
    static let previous: UInt8 = 1 << 3
    static let amount: UInt8 = 1 << 4
    static let postingShift: UInt8 = 5
    static let postingsCounted: UInt8 = 3
    static let known: UInt8 = 0x7F
  }

  // Upper bounds that space is reserved by, and lower bounds that counts of a file are judged by before it is.
  static let stepBytes = 9
  static let commandBytesMax = 176
  static let commandBytesMin = 19
  static let entryBytesMax = 72
  static let entryBytesMin = 18
  static let postingBytes = 25
}

/// What stands before the commands of a record.
package struct RecordHeader: Hashable, Sendable, BitwiseCopyable {
  /// Length of the whole record.
  package var byteCount: UInt32
  package var commandCount: UInt32
  package var entryCount: UInt32
  package var postingCount: UInt32
  /// 1, 2, 3, … without gaps: the number of the commit.
  package var sequence: UInt64
  /// The number of its first entry, or of the next one to come if it has none.
  package var firstEntry: EntryNumber
  /// The instant of its last step.
  package var instant: Instant
  /// The outcomes of its commands, folded.
  package var outcomeDigest: UInt64
  /// The checksum of the record before, or the journal's chain seed.
  package var previous: Checksum

  /// The first entry number after this record.
  package var nextEntry: EntryNumber { EntryNumber(rawValue: firstEntry.rawValue &+ UInt64(entryCount)) }
}
