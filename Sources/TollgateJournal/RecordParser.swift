// Reads the body of a record whose checksum holds: steps, commands, entries and postings, in the order they were written.

internal import TollgateLedger
internal import TollgateValues

struct RecordParser {
  var reader: RecordEye
  let header: RecordHeader
  let end: Int
  private(set) var steps: [DecodedRecord.Step] = []
  private(set) var commands: [Command] = []
  private(set) var log = EntryLog()

  init(_ bytes: UnsafeRawBufferPointer, _ header: RecordHeader) {
    reader = RecordEye(bytes)
    self.header = header
    end = bytes.count - RecordFormat.checksumBytes
    commands.reserveCapacity(Int(header.commandCount))
    log.entries.reserveCapacity(Int(header.entryCount))
    log.postings.reserveCapacity(Int(header.postingCount))
  }

  mutating func parse() throws(ByteReaderError) {
    try reader.skip(RecordFormat.headerBytes)
    while reader.offset < end {
      let place = reader.offset
      let number = try reader.read(UInt8.self)
      guard let tag = RecordFormat.Tag(rawValue: number) else {
        throw ByteReaderError(offset: place, problem: "there is no operation \(number)")
      }
      if tag == .step {
        try parseStep(at: place)
      } else {
        guard !steps.isEmpty else { throw ByteReaderError(offset: place, problem: "a command stands before any step") }
        try parseCommand(tag, at: place)
      }
    }
    closeStep()
    try judgeEnd()
  }

  private mutating func parseStep(at place: Int) throws(ByteReaderError) {
    let instant = try reader.readInstant()
    if let last = steps.last, instant < last.instant {
      throw ByteReaderError(offset: place, problem: "time runs backwards from \(last.instant) to \(instant)")
    }
    closeStep()
    steps.append(
      DecodedRecord.Step(
        instant: instant, commands: commands.count..<commands.count, entries: log.entries.count..<log.entries.count))
  }

  private mutating func closeStep() {
    guard let last = steps.indices.last else { return }
    steps[last].commands = steps[last].commands.lowerBound..<commands.count
    steps[last].entries = steps[last].entries.lowerBound..<log.entries.count
  }

  private mutating func parseCommand(_ tag: RecordFormat.Tag, at place: Int) throws(ByteReaderError) {
    guard commands.count < Int(header.commandCount) else {
      throw ByteReaderError(offset: place, problem: "more than the \(header.commandCount) commands of the header")
    }
    let flags = try reader.read(UInt8.self)
    let short = try reader.read(UInt8.self)
    let entries = short == 255 ? Int(try reader.read(UInt32.self)) : Int(short)
    guard entries <= Int(header.entryCount) - log.entries.count else {
      throw ByteReaderError(offset: place, problem: "more than the \(header.entryCount) entries of the header")
    }
    let request = try reader.read(RequestID.self)
    var reference = Reference()
    let operation = try parseOperation(tag, flags, request, &reference)
    let index = UInt32(commands.count)
    commands.append(Command(request: request, operation: operation))
    for _ in 0..<entries { try parseEntry(of: index, &reference) }
  }

  private mutating func parseEntry(of command: UInt32, _ reference: inout Reference) throws(ByteReaderError) {
    typealias Flags = RecordFormat.EntryFlags
    let place = reader.offset
    let kind = try readEnum(EntryKind.self, "kind of entry")
    let flags = try reader.read(UInt8.self)
    guard flags & ~Flags.known == 0, flags & (Flags.hold | Flags.holdZero) != Flags.hold | Flags.holdZero else {
      throw ByteReaderError(offset: place + 1, problem: "there are no flags \(flags) of an entry")
    }
    if flags & Flags.account != 0 { reference.account = try reader.read() }
    if flags & Flags.hold != 0 { reference.hold = try reader.read() }
    if flags & Flags.holdZero != 0 { reference.hold = .zero }
    let number = EntryNumber(rawValue: header.firstEntry.rawValue + UInt64(log.entries.count))
    var previous = EntryNumber(rawValue: number.rawValue - 1)
    if flags & Flags.previous != 0 { previous.rawValue = try reader.read() }
    guard previous < number else {
      throw ByteReaderError(offset: place, problem: "entry \(number.rawValue) follows \(previous.rawValue)")
    }
    let stated = flags & Flags.amount != 0 ? try reader.readCredits() : nil
    let available = try reader.readCredits()
    let held = try reader.readCredits()
    var count = UInt32(flags >> Flags.postingShift)
    if count == Flags.postingsCounted { count = try reader.read() }
    let start = log.postings.count
    guard Int(count) <= Int(header.postingCount) - start else {
      throw ByteReaderError(offset: place, problem: "more than the \(header.postingCount) postings of the header")
    }
    let sum = try parsePostings(Int(count))
    log.entries.append(
      Entry(
        number: number, previous: previous, account: reference.account, kind: kind, hold: reference.hold,
        amount: stated ?? Credits(microcredits: sum), available: available, held: held, command: command,
        postingStart: UInt32(start), postingCount: count))
  }

  /// Reads postings; returns the sum of their amounts as the writer formed it.
  private mutating func parsePostings(_ count: Int) throws(ByteReaderError) -> Int64 {
    var sum: Int64 = 0
    for _ in 0..<count {
      let lot = try reader.read(LotID.self)
      let buckets = try reader.read(UInt8.self)
      guard let from = Bucket(rawValue: buckets >> 4), let to = Bucket(rawValue: buckets & 15) else {
        throw ByteReaderError(offset: reader.offset - 1, problem: "there are no buckets \(buckets)")
      }
      let amount = try reader.readCredits()
      sum &+= amount.microcredits
      log.postings.append(Posting(lot: lot, from: from, to: to, amount: amount))
    }
    return sum
  }

  private func judgeEnd() throws(ByteReaderError) {
    guard reader.offset == end else {
      throw ByteReaderError(offset: end, problem: "the last field reaches into the checksum")
    }
    guard commands.count == Int(header.commandCount), log.entries.count == Int(header.entryCount),
      log.postings.count == Int(header.postingCount)
    else {
      throw ByteReaderError(
        offset: end,
        problem:
          "\(commands.count) commands, \(log.entries.count) entries and \(log.postings.count) postings stand in a"
          + " record of \(header.commandCount), \(header.entryCount) and \(header.postingCount)")
    }
    guard let last = steps.last, last.instant == header.instant else {
      throw ByteReaderError(offset: end, problem: "the last step is not of the header's instant \(header.instant)")
    }
  }

  mutating func readEnum<Value: RawRepresentable<UInt8>>(
    _ type: Value.Type, _ name: String
  ) throws(ByteReaderError) -> Value {
    let number = try reader.read(UInt8.self)
    guard let value = Value(rawValue: number) else {
      throw ByteReaderError(offset: reader.offset - 1, problem: "there is no \(name) \(number)")
    }
    return value
  }
}
