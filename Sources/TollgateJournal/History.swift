// Reads an account's book back from the journal: newest first, along the chain of previous entries.

package import TollgateLedger
package import TollgateValues

/// A line of an account's book, with the command that caused it.
package struct HistoryEntry: Hashable, Sendable {
  package var entry: Entry
  /// In the order in which the credits moved. `entry.postingStart` has no meaning here.
  package var postings: [Posting]
  package var command: Command
  /// When it was decided.
  package var instant: Instant
  /// The record that holds it.
  package var sequence: UInt64

  package init(entry: Entry, postings: [Posting], command: Command, instant: Instant, sequence: UInt64) {
    self.entry = entry
    self.postings = postings
    self.command = command
    self.instant = instant
    self.sequence = sequence
  }
}

/// Reads entries on the reader's thread. Keeps the last record decoded, as an account's entries often lie together.
package struct HistoryReader {
  private let journal: any Journal
  private var record: DecodedRecord?

  package init(_ journal: any Journal) { self.journal = journal }

  /// One entry; nil if there is none of that number in the records up to `commit`.
  package mutating func entry(_ number: EntryNumber, through commit: UInt64) throws(JournalError) -> HistoryEntry? {
    guard let record = try load(number, through: commit) else { return nil }
    let entry = record.log.entries[Int(number.rawValue - record.header.firstEntry.rawValue)]
    let start = Int(entry.postingStart)
    let command = Int(entry.command)
    let step = record.steps.first { $0.commands.contains(command) }
    return HistoryEntry(
      entry: entry, postings: Array(record.log.postings[start..<start + Int(entry.postingCount)]),
      command: record.commands[command], instant: step?.instant ?? record.header.instant,
      sequence: record.header.sequence)
  }

  /// An account's entries from `number` on, newest first, at most `limit`; the next page begins at the last one's
  /// `previous`. Empty if there is no such entry in the records up to `commit`.
  package mutating func page(
    from number: EntryNumber, limit: Int, through commit: UInt64
  ) throws(JournalError) -> [HistoryEntry] {
    var entries: [HistoryEntry] = []
    var next = number
    while next != .none, entries.count < limit {
      guard let entry = try entry(next, through: commit) else {
        if entries.isEmpty { return [] }
        throw JournalError(
          .damaged, "entry \(next.rawValue) of \(journal.name) is missing, though a later one follows it")
      }
      if let first = entries.first, first.entry.account != entry.entry.account {
        throw JournalError(
          .damaged, "entry \(next.rawValue) of \(journal.name) is another account's than those that follow it",
          record: entry.sequence)
      }
      entries.append(entry)
      next = entry.entry.previous
    }
    return entries
  }

  private mutating func load(_ number: EntryNumber, through commit: UInt64) throws(JournalError) -> DecodedRecord? {
    if let record, record.holds(number) { return record.header.sequence <= commit ? record : nil }
    guard number != .none, let stored = try journal.record(holding: number) else { return nil }
    guard stored.sequence <= commit else { return nil }
    let decoded: DecodedRecord
    do throws(ByteReaderError) {
      decoded = try DecodedRecord(decoding: stored.bytes)
    } catch {
      throw JournalError(
        .damaged, "record \(stored.sequence) of \(journal.name): \(error.problem), at byte \(error.offset)",
        record: stored.sequence)
    }
    guard decoded.header.sequence == stored.sequence, decoded.holds(number) else {
      throw JournalError(
        .damaged, "record \(stored.sequence) of \(journal.name) is not filed where it belongs", record: stored.sequence)
    }
    record = decoded
    return decoded
  }
}

extension DecodedRecord {
  fileprivate func holds(_ number: EntryNumber) -> Bool {
    number >= header.firstEntry && number < header.nextEntry
  }
}
