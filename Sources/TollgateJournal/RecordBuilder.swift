// Turns decided batches into one record's bytes while they happen, and links it to the record before.

package import TollgateLedger
package import TollgateValues

/// Where a journal ends: what the next record continues.
package struct JournalHead: Hashable, Sendable, BitwiseCopyable {
  /// The last record, or 0.
  package var sequence: UInt64
  /// Its checksum, or the journal's chain seed.
  package var chain: Checksum
  /// The first entry number that is not taken yet.
  package var nextEntry: EntryNumber
  /// The instant of the last decision.
  package var instant: Instant

  package init(sequence: UInt64, chain: Checksum, nextEntry: EntryNumber, instant: Instant) {
    self.sequence = sequence
    self.chain = chain
    self.nextEntry = nextEntry
    self.instant = instant
  }

  /// The end of an empty journal.
  package static func start(of metadata: JournalMetadata) -> JournalHead {
    JournalHead(
      sequence: 0, chain: metadata.chainSeed, nextEntry: EntryNumber(rawValue: 1), instant: .distantPast)
  }

  /// The end after a record.
  package init(after header: RecordHeader, checksum: Checksum) {
    self.init(sequence: header.sequence, chain: checksum, nextEntry: header.nextEntry, instant: header.instant)
  }
}

/// A finished record: its bytes, and the facts that a journal files it by.
package struct EncodedRecord: Hashable, Sendable {
  package let header: RecordHeader
  package let checksum: Checksum
  /// Longer than the record, so that its memory can be used again as it is.
  fileprivate let storage: [UInt8]

  /// The journal's end once this record stands in it.
  package var head: JournalHead { JournalHead(after: header, checksum: checksum) }

  /// A copy of the record's bytes.
  package var bytes: [UInt8] { Array(storage[..<Int(header.byteCount)]) }

  /// The record's bytes in place.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<Int(header.byteCount)])) }
  }
}

/// Collects what one commit will hold. A record has one step for each `append`, each with its own instant, so that
/// batches which arrive while the record before is being synced need not agree on one.
package struct RecordBuilder: Sendable {
  /// The end of the journal after the last finished record.
  package private(set) var head: JournalHead
  package private(set) var commandCount = 0
  private var entryCount = 0
  private var postingCount = 0
  private var instant: Instant
  private var digest = OutcomeDigest()
  private var bytes: [UInt8]
  /// Memory of a record that is written, for the record after the one at hand.
  private var spare: [UInt8] = []
  private var cursor = RecordFormat.headerBytes

  /// A builder of the record that follows `head`; may take over the memory of a record that is not used any more.
  package init(after head: JournalHead, reusing record: consuming EncodedRecord? = nil) {
    self.head = head
    instant = head.instant
    bytes = record?.storage ?? []
  }

  /// Whether no command waits to be committed.
  package var isEmpty: Bool { commandCount == 0 }
  /// The number of the record being built: the commit that its replies wait for.
  package var sequence: UInt64 { head.sequence + 1 }
  /// Bytes so far; finish the record at `RecordFormat.recordBytesTarget`.
  package var byteCount: Int { cursor + RecordFormat.checksumBytes }
  /// The first entry number that is not taken yet.
  package var nextEntry: EntryNumber { EntryNumber(rawValue: head.nextEntry.rawValue + UInt64(entryCount)) }

  /// Adds one `apply`: its commands, decisions and entries as they came out. Commands whose decision is not fresh changed
  /// nothing and are left out; so are batches of nothing else.
  package mutating func append(at instant: Instant, commands: [Command], decisions: [Decision], log: EntryLog) {
    precondition(commands.count == decisions.count, "one decision for each command")
    precondition(instant >= self.instant, "time never runs backwards")
    reserve(commands, log)
    let start = cursor
    let commandsBefore = commandCount
    var digest = digest
    var written = 0
    let first = nextEntry.rawValue
    cursor = bytes.withUnsafeMutableBytes { memory in
      var pen = RecordPen(memory, at: start)
      pen.need(RecordFormat.stepBytes)
      pen.put(RecordFormat.Tag.step.rawValue)
      pen.put(instant)
      written = RecordBuilder.write(commands, decisions, log, firstEntry: first, with: &pen, &digest)
      return pen.offset
    }
    commandCount += written
    guard commandCount > commandsBefore else {
      cursor = start
      return
    }
    self.digest = digest
    self.instant = instant
    entryCount += log.entries.count
    postingCount += log.postings.count
  }

  /// The hot loop; returns how many commands it wrote.
  private static func write(
    _ commands: [Command], _ decisions: [Decision], _ log: EntryLog, firstEntry: UInt64, with pen: inout RecordPen,
    _ digest: inout OutcomeDigest
  ) -> Int {
    // By pointer: a loop over the arrays themselves would copy commands and ask at each element whether it exists.
    commands.withUnsafeBufferPointer { commands in
      decisions.withUnsafeBufferPointer { decisions in
        log.entries.withUnsafeBufferPointer { entries in
          log.postings.withUnsafeBufferPointer { postings in
            var writer = BatchWriter(entries, postings, firstEntry: firstEntry, pen, digest)
            for index in commands.indices {
              guard case .fresh = decisions[index].standing, let command = commands.baseAddress else { continue }
              writer.write(command + index, decisions[index].outcome, at: UInt32(truncatingIfNeeded: index))
            }
            precondition(
              writer.next == entries.count, "entries stand in the order of their commands, and only fresh ones make any"
            )
            (pen, digest) = (writer.pen, writer.digest)
            return writer.written
          }
        }
      }
    }
  }

  /// Completes the record, and begins the next one after it.
  package mutating func finish() -> EncodedRecord {
    precondition(!isEmpty, "a record has at least one command")
    precondition(byteCount <= RecordFormat.recordBytesMax, "a record of \(byteCount) bytes is too long")
    let header = RecordHeader(
      byteCount: UInt32(byteCount), commandCount: UInt32(commandCount), entryCount: UInt32(entryCount),
      postingCount: UInt32(postingCount), sequence: sequence, firstEntry: head.nextEntry, instant: instant,
      outcomeDigest: digest.value, previous: head.chain)
    grow(to: byteCount)
    let end = cursor
    let checksum = bytes.withUnsafeMutableBytes { memory in
      var pen = RecordPen(memory, at: 0)
      pen.need(RecordFormat.headerBytes)
      pen.put(header)
      let checksum = Checksum.over(UnsafeRawBufferPointer(rebasing: memory[..<end]), after: header.previous)
      pen = RecordPen(memory, at: end)
      pen.need(RecordFormat.checksumBytes)
      pen.put(checksum)
      return checksum
    }
    let record = EncodedRecord(header: header, checksum: checksum, storage: bytes)
    bytes = spare
    spare = []
    begin(after: record.head)
    return record
  }

  /// Takes a written record's memory back for one of the next. Worth it only where the record is not used any more.
  package mutating func recycle(_ record: consuming EncodedRecord) {
    if bytes.isEmpty && isEmpty {
      bytes = record.storage
    } else if spare.count < record.storage.count {
      spare = record.storage
    }
  }

  private mutating func begin(after head: JournalHead) {
    self.head = head
    commandCount = 0
    entryCount = 0
    postingCount = 0
    digest = OutcomeDigest()
    cursor = RecordFormat.headerBytes
  }

  /// Makes room for the longest form of what is to be written.
  private mutating func reserve(_ commands: [Command], _ log: EntryLog) {
    var count = cursor + RecordFormat.stepBytes + RecordFormat.checksumBytes
    count += commands.count * RecordFormat.commandBytesMax
    // By pointer: a loop over the array itself would copy each command.
    commands.withUnsafeBufferPointer { commands in
      for index in commands.indices {
        if case .other = commands[index].plain { count += commands[index].textBytes }
      }
    }
    count += log.entries.count * RecordFormat.entryBytesMax + log.postings.count * RecordFormat.postingBytes
    grow(to: count)
  }

  private mutating func grow(to count: Int) {
    guard bytes.count < count else { return }
    let more = max(count, min(bytes.count * 2, bytes.count + (16 << 20)), 4 << 10) - bytes.count
    bytes.append(contentsOf: repeatElement(0, count: more))
  }
}

extension RecordPen {
  fileprivate mutating func put(_ header: RecordHeader) {
    put(RecordFormat.magic)
    put(RecordFormat.version)
    put(UInt16(0))
    put(header.byteCount)
    put(header.commandCount)
    put(header.entryCount)
    put(header.postingCount)
    put(header.sequence)
    put(header.firstEntry.rawValue)
    put(header.instant)
    put(header.outcomeDigest)
    put(UInt64(0))
    put(header.previous)
  }
}

/// What the hot loop works with, at hand in one place.
private struct BatchWriter {
  private let entries: UnsafeBufferPointer<Entry>
  private let postings: UnsafeBufferPointer<Posting>
  private let firstEntry: UInt64
  var pen: RecordPen
  var digest: OutcomeDigest
  var written = 0
  /// The first entry that is not written yet.
  var next = 0

  init(
    _ entries: UnsafeBufferPointer<Entry>, _ postings: UnsafeBufferPointer<Posting>, firstEntry: UInt64,
    _ pen: RecordPen, _ digest: OutcomeDigest
  ) {
    self.entries = entries
    self.postings = postings
    self.firstEntry = firstEntry
    self.pen = pen
    self.digest = digest
  }

  /// Writes a command with the entries that it made.
  @inline(__always)
  mutating func write(_ command: UnsafePointer<Command>, _ outcome: Outcome, at index: UInt32) {
    var end = next
    while end < entries.count, entries[end].command == index { end &+= 1 }
    digest.fold(outcome)
    var reference = pen.put(command, entries: end - next)
    while next < end {
      guard let entry = entries.baseAddress.map({ $0 + next }) else { break }
      precondition(
        entry.pointee.number.rawValue == firstEntry &+ UInt64(next), "entries are numbered without gaps")
      let start = Int(entry.pointee.postingStart)
      precondition(
        start + Int(entry.pointee.postingCount) <= postings.count, "an entry's postings stand in the same log")
      pen.put(entry, postings.baseAddress.map { $0 + start }, &reference)
      next &+= 1
    }
    written &+= 1
  }
}

extension Command {
  /// What texts and lists add to a command's fixed bytes.
  @inline(never)
  fileprivate var textBytes: Int {
    switch operation {
    case .openAccount(let open): open.note.textBytes
    case .setAccountState(let set): set.note.textBytes
    case .grant(let grant): grant.note.textBytes
    case .refund(let refund): refund.note.textBytes + refund.consumed.count * 24
    default: 0
    }
  }
}

extension Note {
  fileprivate var textBytes: Int { actor.utf8.count + reason.utf8.count }
}
