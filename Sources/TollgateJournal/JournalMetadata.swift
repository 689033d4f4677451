// What a journal says about itself once and for ever: whose it is, since when, in which format, and its secret keys.

package import TollgateValues

/// Names one ledger's journal for ever, across copies and backups.
package struct JournalID: Identifier {
  package var high: UInt64
  package var low: UInt64
  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
}

/// Sixteen secret bytes.
package struct SecretKey: Hashable, Sendable, BitwiseCopyable {
  package var first: UInt64
  package var second: UInt64

  package init(_ first: UInt64, _ second: UInt64) {
    self.first = first
    self.second = second
  }
}

/// Written when the journal is made, read whenever it is opened.
package struct JournalMetadata: Hashable, Sendable {
  /// The format of the record bytes.
  package var formatVersion: UInt16
  package var id: JournalID
  package var created: Instant
  /// Proves quotes: they stay valid across restarts and on every node that shares the journal.
  package var quoteKey: SecretKey
  /// Seeds the ledger's hash tables.
  package var hashKey: SecretKey

  package init(
    formatVersion: UInt16 = RecordFormat.version, id: JournalID, created: Instant, quoteKey: SecretKey,
    hashKey: SecretKey
  ) {
    self.formatVersion = formatVersion
    self.id = id
    self.created = created
    self.quoteKey = quoteKey
    self.hashKey = hashKey
  }

  /// Metadata of a new journal.
  package static func new(created: Instant, using generator: inout some RandomNumberGenerator) -> JournalMetadata {
    JournalMetadata(
      id: JournalID(high: generator.next(), low: generator.next()), created: created,
      quoteKey: SecretKey(generator.next(), generator.next()), hashKey: SecretKey(generator.next(), generator.next()))
  }

  /// Where the hash chain begins: its own for each journal, so that a record of another one never fits.
  package var chainSeed: Checksum {
    var writer = ByteWriter(reserving: 24)
    writer.write(id)
    writer.write(created)
    return Checksum.over(writer.bytes)
  }

  /// The stored form, with its checksum at the end.
  package var encoded: [UInt8] {
    var writer = ByteWriter(reserving: 96)
    writer.write(RecordFormat.metadataMagic)
    writer.write(formatVersion)
    writer.write(id)
    writer.write(created)
    for key in [quoteKey, hashKey] {
      writer.write(key.first)
      writer.write(key.second)
    }
    let checksum = Checksum.over(writer.bytes)
    writer.write(checksum.high)
    writer.write(checksum.low)
    return writer.bytes
  }

  /// Reads the stored form; `place` names the file in errors.
  package init(decoding bytes: [UInt8], of place: String) throws(JournalError) {
    do throws(ByteReaderError) {
      self = try JournalMetadata.decoded(bytes)
    } catch {
      throw JournalError(.damaged, "the metadata of \(place) is damaged \(error); restore the journal from a backup")
    }
    guard formatVersion <= RecordFormat.version else {
      throw JournalError(
        .newer,
        "\(place) holds records of format \(formatVersion), this program knows formats up to \(RecordFormat.version)")
    }
  }

  private static func decoded(_ bytes: [UInt8]) throws(ByteReaderError) -> JournalMetadata {
    var reader = ByteReader(bytes)
    guard try reader.read(UInt32.self) == RecordFormat.metadataMagic else {
      throw ByteReaderError(offset: 0, problem: "no metadata of a journal")
    }
    let metadata = JournalMetadata(
      formatVersion: try reader.read(), id: try reader.read(), created: try reader.readInstant(),
      quoteKey: SecretKey(try reader.read(), try reader.read()),
      hashKey: SecretKey(try reader.read(), try reader.read()))
    let computed = Checksum.over(Array(bytes[..<reader.offset]))
    let stored = Checksum(high: try reader.read(), low: try reader.read())
    guard stored == computed, reader.remaining == 0 else {
      throw ByteReaderError(offset: reader.offset, problem: "checksum mismatch")
    }
    return metadata
  }
}
