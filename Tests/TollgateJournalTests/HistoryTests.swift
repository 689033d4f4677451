// An account's book, read back along its chain of entries.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

@Suite struct HistoryTests {
  /// All entries of a life, as they were decided.
  private func allEntries(_ journal: any Journal) throws -> [UInt64: HistoryEntry] {
    var entries: [UInt64: HistoryEntry] = [:]
    for stored in try journal.records(after: 0, upTo: .max) {
      let record = try DecodedRecord(decoding: stored.bytes)
      for step in record.steps {
        for entry in record.log.entries[step.entries] {
          let start = Int(entry.postingStart)
          entries[entry.number.rawValue] = HistoryEntry(
            entry: entry, postings: Array(record.log.postings[start..<start + Int(entry.postingCount)]),
            command: record.commands[Int(entry.command)], instant: step.instant, sequence: stored.sequence)
        }
      }
    }
    return entries
  }

  @Test(arguments: Engine.allCases)
  func `Pages walk an account's entries from the newest to the first`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(40, &generator)
    let all = try allEntries(medium.journal)
    #expect(all.count == Int(life.tally.nextEntry - 1))
    var reader = HistoryReader(medium.journal)
    for (account, latest) in life.tally.latest {
      let expected = all.values.filter { $0.entry.account == Tally.account(account) }
        .sorted { $0.entry.number > $1.entry.number }
      var pages: [HistoryEntry] = []
      var next = EntryNumber(rawValue: latest)
      while next != .none {
        let page = try reader.page(from: next, limit: 7, through: 40)
        pages += page
        next = page.last?.entry.previous ?? .none
      }
      #expect(pages == expected, "\(generator.recipe)")
    }
    for number in [1, life.tally.nextEntry - 1] {
      #expect(try reader.entry(EntryNumber(rawValue: number), through: 40) == all[number])
    }
  }

  @Test(arguments: Engine.allCases)
  func `Nothing beyond the given commit is seen, nor entries that do not exist`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(10, &generator)
    let all = try allEntries(medium.journal)
    var reader = HistoryReader(medium.journal)
    for (number, expected) in all {
      for commit in [0, 5, 10] as [UInt64] {
        let seen = try reader.entry(EntryNumber(rawValue: number), through: commit)
        #expect(seen == (expected.sequence <= commit ? expected : nil), "\(generator.recipe)")
      }
    }
    #expect(try reader.entry(.none, through: 10) == nil)
    #expect(try reader.entry(EntryNumber(rawValue: life.tally.nextEntry), through: 10) == nil)
    #expect(try reader.entry(EntryNumber(rawValue: .max), through: 10) == nil)
    #expect(try reader.page(from: EntryNumber(rawValue: life.tally.nextEntry), limit: 5, through: 10).isEmpty)
  }

  @Test(arguments: Engine.allCases)
  func `A damaged record is named to its reader`(_ engine: Engine) throws {
    var generator = SeededGenerator()
    let medium = try engine.medium(&generator)
    var life = Life(medium.journal)
    try life.append(6, &generator)
    let wanted = try #require(try allEntries(medium.journal).values.first { $0.sequence == 4 })
    try medium.tamper(4) { $0[$0.count - 20] ^= 1 }
    var reader = HistoryReader(medium.journal)
    let error = #expect(throws: JournalError.self) { try reader.entry(wanted.entry.number, through: 6) }
    #expect(error?.code == .damaged && error?.record == 4, "\(generator.recipe)")
  }
}
