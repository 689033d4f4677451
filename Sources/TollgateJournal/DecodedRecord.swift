// Reads a record's bytes back. Everything is judged before it is used; what is wrong is named with its place.

package import TollgateLedger
package import TollgateValues

/// A record in memory.
package struct DecodedRecord: Hashable, Sendable {
  package var header: RecordHeader
  package var checksum: Checksum
  package var steps: [Step]
  package var commands: [Command]
  /// The entries' `command` is an index of `commands`, their postings stand in `log.postings` without gaps.
  package var log: EntryLog

  /// What was decided at one instant.
  package struct Step: Hashable, Sendable {
    package var instant: Instant
    /// A range of the record's commands.
    package var commands: Range<Int>
    /// A range of the record's entries.
    package var entries: Range<Int>

    package init(instant: Instant, commands: Range<Int>, entries: Range<Int>) {
      self.instant = instant
      self.commands = commands
      self.entries = entries
    }
  }

  /// The journal's end after this record.
  package var head: JournalHead { JournalHead(after: header, checksum: checksum) }

  /// Decodes a whole record, and verifies its checksum against its own idea of the record before. Whether that was right
  /// is for the one to say who knows the record before.
  package init(decoding bytes: [UInt8]) throws(ByteReaderError) {
    let (header, checksum) = try DecodedRecord.verified(bytes)
    let parsed = bytes.withUnsafeBytes { bytes in
      Result { () throws(ByteReaderError) in
        var parser = RecordParser(bytes, header)
        try parser.parse()
        return (parser.steps, parser.commands, parser.log)
      }
    }
    (steps, commands, log) = try parsed.get()
    self.header = header
    self.checksum = checksum
  }

  /// Header and checksum, both judged; the body is not looked at.
  package static func verified(_ bytes: [UInt8]) throws(ByteReaderError) -> (RecordHeader, Checksum) {
    guard bytes.count >= RecordFormat.recordBytesMin else {
      throw ByteReaderError(
        offset: bytes.count,
        problem: "\(bytes.count) bytes are no record, which has \(RecordFormat.recordBytesMin) or more")
    }
    var reader = ByteReader(bytes)
    let header = try readHeader(&reader, byteCount: bytes.count)
    let body = bytes.count - RecordFormat.checksumBytes
    let computed = bytes.withUnsafeBytes {
      Checksum.over(UnsafeRawBufferPointer(rebasing: $0[..<body]), after: header.previous)
    }
    try reader.skip(body - reader.offset)
    let stored = Checksum(high: try reader.read(), low: try reader.read())
    guard stored == computed else {
      throw ByteReaderError(offset: body, problem: "checksum mismatch (stored \(stored), computed \(computed))")
    }
    try judge(header)
    return (header, stored)
  }

  private static func readHeader(_ reader: inout ByteReader, byteCount: Int) throws(ByteReaderError) -> RecordHeader {
    guard try reader.read(UInt32.self) == RecordFormat.magic else {
      throw ByteReaderError(offset: 0, problem: "the first four bytes are not those of a record")
    }
    let version = try reader.read(UInt16.self)
    guard version == RecordFormat.version else {
      throw ByteReaderError(offset: 4, problem: "format \(version), this program knows format \(RecordFormat.version)")
    }
    guard try reader.read(UInt16.self) == 0 else { throw ByteReaderError(offset: 6, problem: "spare bits are set") }
    let stated = try reader.read(UInt32.self)
    guard Int(stated) == byteCount else {
      throw ByteReaderError(offset: 8, problem: "a record of \(stated) bytes is stored in \(byteCount)")
    }
    var header = RecordHeader(
      byteCount: stated, commandCount: try reader.read(), entryCount: try reader.read(),
      postingCount: try reader.read(), sequence: try reader.read(),
      firstEntry: EntryNumber(rawValue: try reader.read()), instant: try reader.readInstant(),
      outcomeDigest: try reader.read(), previous: .seed)
    guard try reader.read(UInt64.self) == 0 else { throw ByteReaderError(offset: 56, problem: "spare bytes are set") }
    header.previous = Checksum(high: try reader.read(), low: try reader.read())
    return header
  }

  /// Counts are judged by the space that they must take, before anything is reserved for them.
  private static func judge(_ header: RecordHeader) throws(ByteReaderError) {
    let body = Int(header.byteCount) - RecordFormat.recordBytesMin
    let least =
      Int(header.commandCount) * RecordFormat.commandBytesMin + Int(header.entryCount) * RecordFormat.entryBytesMin
      + Int(header.postingCount) * RecordFormat.postingBytes
    guard least <= body else {
      throw ByteReaderError(
        offset: 12,
        problem: "\(header.commandCount) commands, \(header.entryCount) entries and \(header.postingCount) postings"
          + " do not fit \(body) bytes")
    }
    guard header.sequence > 0, header.firstEntry > .none,
      header.firstEntry.rawValue <= UInt64.max >> 1, header.sequence <= UInt64.max >> 1
    else {
      throw ByteReaderError(
        offset: 24, problem: "sequence \(header.sequence) or first entry \(header.firstEntry.rawValue) is out of range")
    }
  }
}
