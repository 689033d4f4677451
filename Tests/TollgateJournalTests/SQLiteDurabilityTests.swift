// What the file holds at any moment, and what a failing disk does.

import Foundation
import GRDB
import Synchronization
import Testing
import TollgateJournal
import TollgateSQLite
import TollgateTestSupport
import TollgateValues

@Suite struct SQLiteDurabilityTests {
  @Test func `A copy taken at any moment holds everything that was acknowledged before it began`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    let journal = medium.sqlite
    let acknowledged = Mutex((count: UInt64(0), states: [Tally()]))
    let isDone = Atomic(false)
    var copies: [(directory: TemporaryDirectory, least: UInt64)] = []
    try withThread {
      var generator = SeededGenerator(seed: 7)
      var life = Life(journal)
      while !isDone.load(ordering: .acquiring) {
        let record = life.next(&generator)
        // The state counts before the append, as a copy may hold a record whose append has not returned yet.
        acknowledged.withLock { $0.states.append(life.tally) }
        try journal.append(record)
        acknowledged.withLock { $0.count += 1 }
      }
    } whileIn: {
      defer { isDone.store(true, ordering: .releasing) }
      for _ in 0..<5_000 where acknowledged.withLock(\.count) == 0 { usleep(1_000) }
      for _ in 0..<6 {
        usleep(UInt32(generator.below(15_000)))
        let directory = try TemporaryDirectory()
        let least = acknowledged.withLock(\.count)
        for suffix in ["", "-wal"] {
          let bytes = try Data(contentsOf: URL(fileURLWithPath: medium.path + suffix))
          try bytes.write(to: URL(fileURLWithPath: directory.path + "/journal.db" + suffix))
        }
        copies.append((directory, least))
      }
    }
    for (directory, least) in copies {
      let copy = try SQLiteJournal(path: directory.path + "/journal.db", options: SQLiteJournal.Options())
      let recovered = try recover(from: copy, with: Tally.replayer())
      copy.close()
      #expect(recovered.head.sequence >= least, "\(generator.recipe)")
      #expect(recovered.state == acknowledged.withLock { $0.states[Int(recovered.head.sequence)] })
    }
  }

  @Test func `The log is moved into the file beside the commits, and begins again`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator), logBytes: 128 << 10)
    var life = Life(medium.journal)
    let size = { (suffix: String) in
      try #require(try FileManager.default.attributesOfItem(atPath: medium.path + suffix)[.size] as? NSNumber).intValue
    }
    // How many appends that takes depends on when the checkpointer's thread gets its turn.
    while try size("") <= size("-wal"), life.builder.head.sequence < 4_000 { try life.append(20, &generator) }
    #expect(try size("") > size("-wal"), "after \(life.builder.head.sequence) records: \(generator.recipe)")
    #expect(try audit(medium.journal) == life.builder.head)
    try medium.reopen()
    #expect(try recover(from: medium.journal, with: Tally.replayer()).state == life.tally, "\(generator.recipe)")
  }

  @Test func `A log with room in reserve holds what was acknowledged after a power cut, and nothing else`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator), reservedBytes: 1 << 20)
    var life = Life(medium.journal)
    try life.append(12, &generator)
    let log = try Data(contentsOf: URL(fileURLWithPath: medium.path + "-wal"))
    #expect(log.count == 1 << 20)
    let copied = try TemporaryDirectory()
    try FileManager.default.copyItem(atPath: medium.path, toPath: copied.path + "/journal.db")
    try log.write(to: URL(fileURLWithPath: copied.path + "/journal.db-wal"))
    let copy = try SQLiteJournal(path: copied.path + "/journal.db", options: .init(reservedBytes: 2 << 20))
    defer { copy.close() }
    let recovered = try recover(from: copy, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.head == life.builder.head, "\(generator.recipe)")
  }

  @Test func `Readers and the writer do not wait for each other`() throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    let journal = medium.sqlite
    let written = Atomic(UInt64(0))
    try withThread {
      var generator = SeededGenerator(seed: 3)
      var life = Life(journal)
      for sequence in 1...60 as ClosedRange<UInt64> {
        try journal.append(life.next(&generator))
        written.store(sequence, ordering: .releasing)
      }
    } whileIn: {
      var reader = HistoryReader(journal)
      while written.load(ordering: .acquiring) < 60 {
        let commit = written.load(ordering: .acquiring)
        guard commit > 0, let stored = try journal.records(after: commit - 1, upTo: 1).first else { continue }
        let last = try DecodedRecord(decoding: stored.bytes)
        guard last.header.entryCount > 0 else { continue }
        #expect(try !reader.page(from: last.header.firstEntry, limit: 20, through: commit).isEmpty)
      }
    }
  }

  /// The same test binary under strace, which makes the disk fail. See `FailingDiskTests`.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")),
    arguments: [
      Fault(call: "fdatasync", error: "EIO", file: "-wal", codes: ["failed"]),
      Fault(call: "pwrite64", error: "ENOSPC", file: "-wal", codes: ["full"]),
      Fault(call: "pwrite64", error: "EIO", file: "-wal", codes: ["failed"]),
      // Here a checkpoint fails: beside the appends, so that the next one is refused, or in the writer's share of it.
      Fault(call: "fdatasync", error: "EIO", file: "", codes: ["poisoned", "failed"]),
      // And here while its pages are sent off in pieces.
      Fault(call: "sync_file_range", error: "EIO", file: "", codes: ["poisoned", "failed"]),
    ])
  func `A failing disk ends the journal at once, and nothing acknowledged is lost`(_ fault: Fault) throws {
    var generator = SeededGenerator()
    let medium = try SQLiteMedium(.new(created: .epoch, using: &generator))
    medium.sqlite.close()
    let first = fault.file.isEmpty ? 2 : 20 + generator.below(20)
    let ended = try runFailing(
      "\(fault.call):error=\(fault.error):when=\(first)+", on: medium.path + fault.file, medium.path, "FailingDiskTests"
    )
    #expect(ended == 0)
    let report = try String(contentsOfFile: medium.path + ".report", encoding: .utf8).split(separator: "\n")
    let acknowledged = try #require(report.first.flatMap { UInt64($0) })
    #expect(report.dropFirst().first.map { fault.codes.contains(String($0)) } == true, "\(report)")
    #expect(report.dropFirst(2).first == "poisoned")
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(acknowledged > 0 && recovered.head.sequence >= acknowledged, "\(generator.recipe)")
  }
}

/// A system call on a file of the journal that fails.
struct Fault: Sendable, CustomTestStringConvertible {
  var call: String
  var error: String
  var file: String
  /// What the first refused append may say.
  var codes: [String]

  var testDescription: String { "\(call) \(error) on journal.db\(file)" }
}

/// Runs a suite of this binary once more, on the journal at `path`, while strace makes calls on one file fail.
func runFailing(_ fault: String, on file: String, _ path: String, _ suite: String) throws -> Int32 {
  let child = Process()
  child.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
  child.arguments =
    ["-f", "-o", "/dev/null", "-P", file, "-e", "inject=\(fault)"]
    + CommandLine.arguments.prefix(1) + ["--testing-library", "swift-testing", "--filter", suite]
  child.environment = ProcessInfo.processInfo.environment.merging(["TOLLGATE_FAILING_DISK": path]) { $1 }
  child.standardOutput = FileHandle.nullDevice
  child.standardError = FileHandle.nullDevice
  try child.run()
  child.waitUntilExit()
  return child.terminationStatus
}

/// Run by the test above in a process whose disk fails.
@Suite struct FailingDiskTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_FAILING_DISK"] != nil))
  func `Appends until the disk fails`() throws {
    let path = try #require(ProcessInfo.processInfo.environment["TOLLGATE_FAILING_DISK"])
    let journal = try SQLiteJournal(path: path, options: SQLiteJournal.Options(logBytes: 256 << 10))
    var generator = SeededGenerator(seed: 5)
    var life = Life(journal)
    var report: [String] = []
    for _ in 0..<2_000 where report.isEmpty {
      let acknowledged = life.builder.head.sequence
      let record = life.next(&generator)
      do throws(JournalError) {
        try journal.append(record)
      } catch {
        report = ["\(acknowledged)", error.code.rawValue]
      }
    }
    let next = life.next(&generator)
    do throws(JournalError) {
      try journal.append(next)
    } catch {
      report.append(error.code.rawValue)
    }
    try report.joined(separator: "\n").write(toFile: path + ".report", atomically: true, encoding: .utf8)
  }
}

/// Runs `work` on a thread of its own while `body` runs here; throws what either threw.
func withThread(_ work: @escaping @Sendable () throws -> Void, whileIn body: () throws -> Void) throws {
  let failure = Mutex<(any Error)?>(nil)
  let ended = DispatchSemaphore(value: 0)
  let thread = Thread {
    do { try work() } catch { failure.withLock { $0 = error } }
    ended.signal()
  }
  thread.start()
  let result = Result { try body() }
  ended.wait()
  try result.get()
  try failure.withLock { error in if let error { throw error } }
}
