// Reading a snapshot: everything is judged before it is believed, so damaged bytes end in an error and never in a trap.

internal import TollgateValues

extension Ledger {
  /// Rebuilds a ledger of a snapshot's chunks.
  package init(snapshot chunks: [[UInt8]], hashKey: (UInt64, UInt64)) throws(SnapshotError) {
    var decoder = SnapshotDecoder(key: HashKey(hashKey))
    for chunk in chunks { try decoder.read(chunk) }
    state = try decoder.finish()
  }

  /// Rebuilds a ledger of chunks that are pulled one by one (nil: no more); errors of the source pass through.
  package init(hashKey: (UInt64, UInt64), nextSnapshotChunk: () throws -> [UInt8]?) throws {
    var decoder = SnapshotDecoder(key: HashKey(hashKey))
    while let chunk = try nextSnapshotChunk() { try decoder.read(chunk) }
    state = try decoder.finish()
  }
}

/// Builds the state record by record.
struct SnapshotDecoder {
  let key: HashKey
  /// The number of the chunk being read.
  var chunk = 0
  /// Empty until the head was read.
  var state: LedgerState
  private var hasHead = false
  var counts = SnapshotCounts()
  var isEnded = false
  /// Per lot: what open holds have pinned of it so far.
  var pinned: [Credits] = []
  /// Per lot: the kinds of events that were read, as bits.
  var eventKinds: [UInt8] = []
  /// Of the account being read: where the tail of each list is, and the latest hold and repayment.
  var account: Slot?
  var tails: (live: Slot, pending: Slot, spent: Slot) = (.none, .none, .none)
  var hold: Slot?
  var lastPin = Slot.none
  var firstPinAmount = Credits.zero
  var unpinned = Credits.zero
  var lastRepayment = Slot.none
  var lastTag = SnapshotTag.head

  init(key: HashKey) {
    self.key = key
    state = LedgerState(configuration: .genesis, key: key)
  }

  mutating func read(_ bytes: [UInt8]) throws(SnapshotError) {
    guard bytes.count >= SnapshotFormat.headBytes + SnapshotFormat.checksumBytes else {
      throw SnapshotError(chunk: chunk, offset: bytes.count, problem: "a chunk of \(bytes.count) bytes is too short")
    }
    let end = bytes.count - SnapshotFormat.checksumBytes
    let checksum = bytes.withUnsafeBytes { Checksum.over(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
    var reader = ByteReader(bytes)
    do throws(ByteReaderError) {
      var tail = ByteReader(bytes)
      try tail.skip(end)
      guard try tail.read(UInt64.self) == checksum.high, try tail.read(UInt64.self) == checksum.low else {
        throw ByteReaderError(offset: end, problem: "the checksum does not match")
      }
      try readHead(&reader)
      while reader.remaining > SnapshotFormat.checksumBytes {
        try readRecord(&reader)
      }
      guard reader.remaining == SnapshotFormat.checksumBytes else {
        throw reader.fault("a record runs into the checksum")
      }
    } catch {
      throw SnapshotError(chunk: chunk, offset: error.offset, problem: error.problem)
    }
    chunk += 1
  }

  private mutating func readHead(_ reader: inout ByteReader) throws(ByteReaderError) {
    guard try reader.read(UInt32.self) == SnapshotFormat.magic else { throw reader.fault("not a snapshot of a ledger") }
    let version = try reader.read(UInt16.self)
    guard version == SnapshotFormat.version else { throw reader.fault("version \(version) is unknown") }
    let number = try reader.read(UInt32.self)
    guard Int(number) == chunk else { throw reader.fault("chunk \(number) stands where \(chunk) is expected") }
  }

  private mutating func readRecord(_ reader: inout ByteReader) throws(ByteReaderError) {
    let number = try reader.read(UInt8.self)
    guard let tag = SnapshotTag(rawValue: number) else { throw reader.fault("record of unknown kind \(number)") }
    guard !isEnded else { throw reader.fault("a record after the end") }
    guard hasHead == (tag != .head) else {
      throw reader.fault("the head must be the first record, and only that")
    }
    if tag != .pin, unpinned != .zero { throw reader.fault("\(unpinned) of a hold are pinned to no lot") }
    if tag.rawValue > SnapshotTag.pin.rawValue {
      account = nil
      guard tag.rawValue >= lastTag.rawValue else { throw reader.fault("records are out of order") }
    } else if lastTag.rawValue > SnapshotTag.pin.rawValue {
      throw reader.fault("records are out of order")
    }
    switch tag {
    case .head:
      state = try LedgerState(head: &reader, key: key)
      hasHead = true
    case .account: try readAccount(&reader)
    case .lot: try readLot(&reader)
    case .repayment: try readRepayment(&reader)
    case .hold: try readHold(&reader)
    case .pin: try readPin(&reader)
    case .refund: try readRefund(&reader)
    case .event: try readEvent(&reader)
    case .remembered: try readRemembered(&reader)
    case .end: try readEnd(&reader)
    }
    lastTag = tag
    counts.add(tag)
  }

  private mutating func readEnd(_ reader: inout ByteReader) throws(ByteReaderError) {
    var expected = SnapshotCounts()
    expected.accounts = try reader.read()
    expected.lots = try reader.read()
    expected.holds = try reader.read()
    expected.pins = try reader.read()
    expected.refunds = try reader.read()
    expected.events = try reader.read()
    expected.remembered = try reader.read()
    guard expected == counts else { throw reader.fault("records are missing: \(counts) instead of \(expected)") }
    for ordinal in pinned.indices { try judgeLot(Slot(ordinal), reader) }
    isEnded = true
  }

  /// Once everything was read: a lot is held as its pins say, and its time will come.
  private func judgeLot(_ slot: Slot, _ reader: ByteReader) throws(ByteReaderError) {
    let lot = state.lots[slot]
    guard lot.held == pinned[Int(slot)] else {
      throw reader.fault("lot \(slot) is not held as its pins say")
    }
    let kinds = eventKinds[Int(slot)]
    let needsExpiry = lot.place != .spent && state.lotTerms[slot].expires != .never
    guard !needsExpiry || kinds & UInt8(1 << LotEventKind.expiry.rawValue) != 0,
      lot.place != .pending || kinds & UInt8(1 << LotEventKind.effective.rawValue) != 0
    else { throw reader.fault("lot \(lot.id) misses an event") }
  }

  func finish() throws(SnapshotError) -> LedgerState {
    guard isEnded else {
      throw SnapshotError(chunk: chunk, offset: 0, problem: "the snapshot has no end")
    }
    guard state.holdsFitTheWheel else {
      throw SnapshotError(chunk: chunk, offset: 0, problem: "the holds' expiries lie too far apart")
    }
    return state
  }
}

extension ByteReader {
  func fault(_ problem: String) -> ByteReaderError { ByteReaderError(offset: offset, problem: problem) }
}
