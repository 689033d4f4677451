// A snapshot's format: chunks of tagged records, each chunk with its number and checksum, readable with bounded memory.

internal import TollgateValues

/// What was wrong with a snapshot, and where.
package struct SnapshotError: Error, Hashable, CustomStringConvertible {
  /// The chunk's number, from 0.
  package var chunk: Int
  /// Byte offset within the chunk.
  package var offset: Int
  package var problem: String

  package var description: String { "snapshot chunk \(chunk), byte \(offset): \(problem)" }
}

/// The frame of every chunk: magic, version, number; records; a checksum over all before it.
enum SnapshotFormat {
  static let magic: UInt32 = 0x534C_4754
  static let version: UInt16 = 2
  static let headBytes = 10
  static let checksumBytes = 16
  /// No record is longer, its tag included; the longest is a hold's, of 118.
  static let recordBytesMax = 128
  /// A chunk is emitted once it has grown to this.
  static let chunkBytes = 256 << 10
}

/// The records, by the byte that each begins with.
enum SnapshotTag: UInt8 {
  /// Configuration, last instant and entry, floor of ids; first of all.
  case head = 1
  /// An account; its lots, repayments, holds and their pins follow.
  case account = 2
  /// A lot of the account before, in the order of its lists. Lots are numbered from 0 through the whole snapshot.
  case lot = 3
  /// A repayment of the overdraft of the account before, the latest first.
  case repayment = 4
  /// A hold of the account before.
  case hold = 5
  /// A pin of the hold before, in order.
  case pin = 6
  /// How much of an entry was refunded.
  case refund = 7
  /// A coming expiry or effective time of a lot.
  case event = 8
  /// A remembered request, oldest generation first, in order of arrival within it.
  case remembered = 9
  /// How many of each kind there were; last of all.
  case end = 10

  /// What follows the tag.
  @inline(__always)
  var bytes: Int {
    switch self {
    case .head: 60
    case .account: 33
    case .lot: 91
    case .repayment, .pin: 12
    case .hold: 117
    case .refund: 16
    case .event: 5
    case .remembered: 64
    case .end: 56
    }
  }
}

/// Collects records into chunks.
struct SnapshotWriter: ~Copyable {
  var pen = SnapshotPen(capacity: SnapshotFormat.chunkBytes + SnapshotFormat.recordBytesMax)
  private var number: UInt32 = 0
  private(set) var counts = SnapshotCounts()

  init() { beginChunk() }

  private mutating func beginChunk() {
    pen.removeAll()
    pen.need(SnapshotFormat.headBytes)
    pen.put(SnapshotFormat.magic)
    pen.put(SnapshotFormat.version)
    pen.put(number)
  }

  /// Begins a record: there is room for the longest.
  @inline(__always)
  mutating func begin(_ tag: SnapshotTag) {
    pen.need(SnapshotFormat.recordBytesMax)
    pen.put(tag.rawValue)
    counts.add(tag)
  }

  /// Ends a record, and emits the chunk if it has become large.
  @inline(__always)
  mutating func end(_ emit: ([UInt8]) throws -> Void) rethrows {
    if pen.count >= SnapshotFormat.chunkBytes { try flush(emit) }
  }

  @inline(never)
  mutating func flush(_ emit: ([UInt8]) throws -> Void) rethrows {
    let checksum = Checksum.over(pen.bytes)
    pen.need(SnapshotFormat.checksumBytes)
    pen.put(checksum)
    try emit([UInt8](pen.bytes))
    number += 1
    beginChunk()
  }
}

/// How many records of each kind there are: the end of a snapshot proves that nothing is missing.
struct SnapshotCounts: Hashable {
  var accounts: UInt64 = 0
  var lots: UInt64 = 0
  var holds: UInt64 = 0
  var pins: UInt64 = 0
  var refunds: UInt64 = 0
  var events: UInt64 = 0
  var remembered: UInt64 = 0

  @inline(__always)
  mutating func add(_ tag: SnapshotTag) {
    switch tag {
    case .account: accounts += 1
    case .lot: lots += 1
    case .hold: holds += 1
    case .pin: pins += 1
    case .refund: refunds += 1
    case .event: events += 1
    case .remembered: remembered += 1
    case .head, .repayment, .end: break
    }
  }
}
