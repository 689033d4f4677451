// Walks records in order and proves that each is whole and continues the one before: recovery and audits both use it.

internal import TollgateLedger
internal import TollgateValues

/// Knows the end of what has been verified, and judges what comes next.
package struct ChainVerifier: Sendable {
  /// What error messages call the journal.
  package let name: String
  package private(set) var head: JournalHead

  package init(name: String, from head: JournalHead) {
    self.name = name
    self.head = head
  }

  /// Decodes the next record and checks that it continues the chain, the numbering of records and entries, and time.
  package mutating func verify(_ stored: StoredRecord) throws(JournalError) -> DecodedRecord {
    let expected = head.sequence + 1
    guard stored.sequence == expected else {
      throw damaged(expected, "it is missing; record \(stored.sequence) comes next")
    }
    let record: DecodedRecord
    do throws(ByteReaderError) {
      record = try DecodedRecord(decoding: stored.bytes)
    } catch {
      throw damaged(expected, "\(error.problem), at byte \(error.offset) of \(stored.bytes.count)")
    }
    try judge(record)
    head = record.head
    return record
  }

  private func judge(_ record: DecodedRecord) throws(JournalError) {
    let header = record.header
    let expected = head.sequence + 1
    guard header.sequence == expected else { throw damaged(expected, "it says that it is record \(header.sequence)") }
    guard header.previous == head.chain else {
      throw damaged(
        expected, "wrong chain (it follows a record of checksum \(header.previous), the one before has \(head.chain))")
    }
    guard header.firstEntry == head.nextEntry else {
      throw damaged(
        expected, "its first entry is \(header.firstEntry.rawValue), the next one is \(head.nextEntry.rawValue)")
    }
    guard let first = record.steps.first, first.instant >= head.instant else {
      throw damaged(expected, "its time \(header.instant) is before that of the record before, \(head.instant)")
    }
  }

  /// An error that names the record and what an operator can do.
  package func damaged(_ sequence: UInt64, _ problem: String) -> JournalError {
    JournalError(
      .damaged,
      "record \(sequence) of \(name): \(problem). The journal is damaged and Tollgate does not start over damage:"
        + " restore it from a backup", record: sequence)
  }
}
