// The file itself: whose it is, who may read it, and what is refused at the door.

import Foundation
import GRDB
import Testing
import TollgateJournal
import TollgateSQLite
import TollgateTestSupport
import TollgateValues

@Suite struct SQLiteFileTests {
  private func metadata() -> JournalMetadata {
    var generator = SeededGenerator()
    return .new(created: .epoch, using: &generator)
  }

  private func refusal(_ path: String, creates: Bool = true) -> JournalError? {
    let metadata = metadata()
    var options = SQLiteJournal.Options()
    if creates { options.metadataOfNew = { metadata } }
    do throws(JournalError) {
      try SQLiteJournal(path: path, options: options).close()
      return nil
    } catch {
      return error
    }
  }

  @Test func `A journal is opened with WAL and a sync in every commit`() throws {
    let medium = try SQLiteMedium(metadata())
    #expect(try medium.sqlite.durability() == "journal_mode=wal synchronous=2")
    try medium.reopen()
    #expect(try medium.sqlite.durability() == "journal_mode=wal synchronous=2")
  }

  @Test func `A new file has pages of eight kibibytes, and one of an earlier program keeps its own`() throws {
    let pages = { (medium: SQLiteMedium) in try medium.backDoor { try Int.fetchOne($0, sql: "PRAGMA page_size") } }
    #expect(try pages(SQLiteMedium(metadata())) == 8_192)
    let earlier = try SQLiteMedium(metadata(), logBytes: 128 << 10)
    earlier.sqlite.close()
    // A log that is left would be of the old pages.
    try earlier.backDoor { db in
      try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA page_size = 4096; VACUUM")
    }
    try earlier.reopen()
    var generator = SeededGenerator()
    var life = Life(earlier.journal)
    try life.append(200, &generator)
    try earlier.reopen()
    #expect(try pages(earlier) == 4_096)
    #expect(try audit(earlier.journal) == life.builder.head, "\(generator.recipe)")
  }

  @Test func `Only its owner may read the file and what SQLite puts beside it`() throws {
    let medium = try SQLiteMedium(metadata())
    for suffix in ["", "-wal", "-shm", ".lock"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: medium.path + suffix)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(suffix)")
    }
  }

  @Test func `A second owner is refused by name, also through a link, until the first one closes`() throws {
    let medium = try SQLiteMedium(metadata())
    let link = medium.directory.path + "/link.db"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: medium.path)
    for path in [medium.path, link] {
      let error = refusal(path)
      #expect(error?.code == .owned)
      #expect(error?.message.contains(medium.path) == true)
      #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier) ") == true)
    }
    medium.sqlite.close()
    #expect(throws: Never.self) { try SQLiteJournal(path: link, options: SQLiteJournal.Options()).close() }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/flock")))
  func `Another process keeps the file until it dies, however it dies`() throws {
    let medium = try SQLiteMedium(metadata())
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    other.arguments = ["--nonblock", medium.path + ".lock", "true"]
    try other.run()
    other.waitUntilExit()
    #expect(other.terminationStatus == 1)
    medium.sqlite.close()
    let owner = Process()
    owner.executableURL = other.executableURL
    owner.arguments = ["--no-fork", medium.path + ".lock", "sleep", "60"]
    try owner.run()
    var error: JournalError?
    // The child needs a moment to take the lock.
    for _ in 0..<500 where error == nil {
      usleep(10_000)
      do throws(JournalError) {
        try SQLiteJournal(path: medium.path, options: SQLiteJournal.Options()).close()
      } catch let refused {
        error = refused
      }
    }
    #expect(error?.code == .owned)
    kill(owner.processIdentifier, SIGKILL)
    owner.waitUntilExit()
    #expect(throws: Never.self) { try SQLiteJournal(path: medium.path, options: SQLiteJournal.Options()).close() }
  }

  @Test func `A missing directory, and a missing file that is not to be made, are named`() throws {
    let directory = try TemporaryDirectory()
    let nowhere = refusal(directory.path + "/nowhere/journal.db")
    #expect(nowhere?.code == .unreachable && nowhere?.message.contains("/nowhere of the journal") == true)
    let missing = refusal(directory.path + "/journal.db", creates: false)
    #expect(missing?.code == .unreachable && missing?.message.contains("there is no journal at") == true)
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/journal.db"))
  }

  @Test func `Files of other programs are refused and left as they are`() throws {
    let directory = try TemporaryDirectory()
    let database = directory.path + "/other.db"
    let queue = try DatabaseQueue(path: database)
    try queue.write { try $0.execute(sql: "CREATE TABLE guests (name TEXT)") }
    try queue.close()
    let text = directory.path + "/text.db"
    try Data("this is no database at all, though it is long enough to be one".utf8).write(
      to: URL(fileURLWithPath: text))
    for path in [database, text] {
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(refusal(path)?.code == .foreign)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func `A file of a newer program is refused`() throws {
    let medium = try SQLiteMedium(metadata())
    medium.sqlite.close()
    try medium.backDoor { try $0.execute(sql: "PRAGMA user_version = 99") }
    let error = refusal(medium.path)
    #expect(error?.code == .newer && error?.message.contains("version 99") == true)
  }

  @Test func `Damaged metadata is refused`() throws {
    let medium = try SQLiteMedium(metadata())
    medium.sqlite.close()
    try medium.backDoor { try $0.execute(sql: "UPDATE metadata SET bytes = zeroblob(length(bytes))") }
    #expect(refusal(medium.path)?.code == .damaged)
    try medium.backDoor { try $0.execute(sql: "DELETE FROM metadata") }
    #expect(refusal(medium.path)?.code == .damaged)
  }

  @Test func `An empty file becomes a journal only where one is to be made`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.db"
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(refusal(path, creates: false)?.code == .unreachable)
    let metadata = metadata()
    let journal = try SQLiteJournal(path: path, options: SQLiteJournal.Options { metadata })
    #expect(journal.metadata == metadata)
    journal.close()
  }
}
