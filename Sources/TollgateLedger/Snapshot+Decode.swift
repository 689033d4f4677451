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

/// Builds the state record by record. The functions that look at the state are `mutating`, as others are handed a copy of it.
struct SnapshotDecoder {
  let key: HashKey
  /// The number of the chunk being read.
  private var chunk = 0
  /// Empty until the head was read.
  var state: LedgerState
  private var hasHead = false
  var counts = SnapshotCounts()
  private var isEnded = false
  /// At the slots of the lots.
  var tallies: [LotTally] = []
  /// The account being read, and where its latest hold and repayment are.
  var account: AccountBeingRead?
  var hold: Slot?
  var lastPin = Slot.none
  var firstPinAmount = Credits.zero
  var unpinned = Credits.zero
  var lastTag = SnapshotTag.head
  /// Between which ticks of the wheel the holds and the last instant lie.
  var ticks: (first: Int64, last: Int64) = (.max, .min)

  init(key: HashKey) {
    self.key = key
    state = LedgerState(configuration: .genesis, key: key)
  }

  mutating func read(_ bytes: [UInt8]) throws(SnapshotError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(ByteReaderError) in try read(bytes) }
    }
    do throws(ByteReaderError) {
      try result.get()
    } catch {
      throw SnapshotError(chunk: chunk, offset: error.offset, problem: error.problem)
    }
    chunk += 1
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(ByteReaderError) {
    let end = bytes.count - SnapshotFormat.checksumBytes
    guard end >= SnapshotFormat.headBytes else {
      throw ByteReaderError(offset: bytes.count, problem: "a chunk of \(bytes.count) bytes is too short")
    }
    let records = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    var tail = SnapshotEye(UnsafeRawBufferPointer(rebasing: bytes[end...]))
    guard Checksum.over(records) == Checksum(high: tail.take(), low: tail.take()) else {
      throw ByteReaderError(offset: end, problem: "the checksum does not match")
    }
    var eye = SnapshotEye(records)
    try readHead(&eye)
    while eye.remaining > 0 { try readRecord(&eye) }
  }

  private mutating func readHead(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    try eye.judge(SnapshotFormat.headBytes)
    guard eye.take(UInt32.self) == SnapshotFormat.magic else { throw eye.fault("not a snapshot of a ledger") }
    let version = eye.take(UInt16.self)
    guard version == SnapshotFormat.version else { throw eye.fault("version \(version) is unknown") }
    let number = eye.take(UInt32.self)
    guard Int(number) == chunk else { throw eye.fault("chunk \(number) stands where \(chunk) is expected") }
  }

  private mutating func readRecord(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    let number = eye.take(UInt8.self)
    guard let tag = SnapshotTag(rawValue: number) else { throw eye.fault("record of unknown kind \(number)") }
    try judgeOrder(of: tag, eye)
    try eye.judge(tag.bytes)
    let start = eye.offset
    counts.add(tag)
    switch tag {
    case .head:
      state = try LedgerState(head: &eye, key: key)
      ticks.first = DueWheel.tick(state.lastInstant)
      hasHead = true
    case .account: try readAccount(&eye)
    case .lot: try readLot(&eye)
    case .repayment: try readRepayment(&eye)
    case .hold: try readHold(&eye)
    case .pin: try readPin(&eye)
    case .refund: try readRefund(&eye)
    case .event: try readEvent(&eye)
    case .remembered: try readRemembered(&eye)
    case .end: try readEnd(&eye)
    }
    precondition((eye.offset - start) % (tag.bytes + 1) == tag.bytes, "a record was not read as long as it is")
    lastTag = tag
  }

  @inline(__always)
  private mutating func judgeOrder(of tag: SnapshotTag, _ eye: SnapshotEye) throws(ByteReaderError) {
    guard !isEnded else { throw eye.fault("a record after the end") }
    guard hasHead == (tag != .head) else {
      throw eye.fault("the head must be the first record, and only that")
    }
    if tag != .pin, unpinned != .zero { throw eye.fault("\(unpinned) of a hold are pinned to no lot") }
    if tag.rawValue > SnapshotTag.pin.rawValue {
      account = nil
      guard tag.rawValue >= lastTag.rawValue else { throw eye.fault("records are out of order") }
    } else if lastTag.rawValue > SnapshotTag.pin.rawValue {
      throw eye.fault("records are out of order")
    }
  }

  private mutating func readEnd(_ eye: inout SnapshotEye) throws(ByteReaderError) {
    var expected = SnapshotCounts()
    expected.accounts = eye.take()
    expected.lots = eye.take()
    expected.holds = eye.take()
    expected.pins = eye.take()
    expected.refunds = eye.take()
    expected.events = eye.take()
    expected.remembered = eye.take()
    guard expected == counts else { throw eye.fault("records are missing: \(counts) instead of \(expected)") }
    for slot in tallies.indices { try judgeLot(Slot(slot), eye) }
    guard state.wheel.count == 0 || ticks.last - ticks.first < Int64(DueWheel.bucketCount) else {
      throw eye.fault("the holds' expiries lie too far apart")
    }
    try buildIndices(eye)
    isEnded = true
  }

  /// Once everything was read: a lot is held as its pins say, and its time will come.
  @inline(__always)
  private mutating func judgeLot(_ slot: Slot, _ eye: SnapshotEye) throws(ByteReaderError) {
    let (lot, tally) = (state.lots.peek(slot), tallies[Int(slot)])
    guard lot.pointee.held == tally.pinned else { throw eye.fault("lot \(slot) is not held as its pins say") }
    let needsExpiry = lot.pointee.place != .spent && state.lotTerms.peek(slot).pointee.expires != .never
    guard !needsExpiry || tally.has(.expiry), lot.pointee.place != .pending || tally.has(.effective) else {
      throw eye.fault("lot \(lot.pointee.id) misses an event")
    }
  }

  func finish() throws(SnapshotError) -> LedgerState {
    guard isEnded else {
      throw SnapshotError(chunk: chunk, offset: 0, problem: "the snapshot has no end")
    }
    return state
  }
}

/// What was read of a lot besides its record.
struct LotTally: BitwiseCopyable {
  /// What open holds have pinned of it so far.
  var pinned = Credits.zero
  /// The kinds of events, as bits.
  private var events: UInt8 = 0

  @inline(__always)
  func has(_ kind: LotEventKind) -> Bool { events & 1 << UInt8(kind.rawValue) != 0 }

  @inline(__always)
  mutating func add(_ kind: LotEventKind) { events |= 1 << UInt8(kind.rawValue) }
}

/// What the records of an account build upon.
struct AccountBeingRead: BitwiseCopyable {
  let slot: Slot
  /// Available, held and pending credits of the lots so far.
  var sum = Credits.zero
  /// The last lot of each list.
  var live = Slot.none
  var pending = Slot.none
  var spent = Slot.none
  var lastRepayment = Slot.none

  init(_ slot: Slot) { self.slot = slot }

  var hasLots: Bool { live != .none || pending != .none || spent != .none }
}
