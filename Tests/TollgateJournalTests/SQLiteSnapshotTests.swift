// The files that hold snapshots: whose they are, what becomes of them, and what a disk that fails does to them.

import Foundation
import GRDB
import Testing
import TollgateJournal
import TollgateLedger
import TollgateSQLite
import TollgateTestSupport
import TollgateValues

@Suite struct SQLiteSnapshotTests {
  private func medium(_ generator: inout SeededGenerator) throws -> SQLiteMedium {
    try SQLiteMedium(.new(created: .epoch, using: &generator))
  }

  private func size(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber).intValue
  }

  @Test func `A snapshot is a file beside the journal that only its owner may read`() throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    try life.snapshot()
    #expect(try medium.snapshotNames() == ["journal.db-snapshot-0000000000000001"])
    let attributes = try FileManager.default.attributesOfItem(atPath: medium.snapshotPath(1))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test func `A snapshot's bytes touch neither the log nor the database file`() throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    let before = try (size(medium.path), size(medium.path + "-wal"))
    try medium.journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
    for _ in 0..<24 { try medium.journal.appendSnapshotChunk([UInt8](repeating: 7, count: 256 << 10)) }
    try medium.journal.syncSnapshot()
    #expect(try (size(medium.path), size(medium.path + "-wal")) == before)
    #expect(try size(medium.snapshotPath(1)) == 24 * (4 + 256 << 10))
    try medium.journal.finishSnapshot()
    #expect(try size(medium.path + "-wal") < before.1 + 64 << 10)
  }

  enum Damage: CaseIterable { case missing, empty, cut, cutLength, changed, hugeLength, otherSnapshot }

  @Test(arguments: Damage.allCases)
  func `A snapshot file that is missing, cut or changed is passed over for the one before`(_ damage: Damage) throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    for _ in 0..<2 {
      try life.append(3, &generator)
      try life.snapshot()
    }
    try life.append(1, &generator)
    let (path, old) = (medium.snapshotPath(2), medium.snapshotPath(1))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    switch damage {
    case .missing: try FileManager.default.removeItem(atPath: path)
    case .empty: bytes = Data()
    case .cut: bytes = bytes.prefix(5 + generator.below(bytes.count - 5))
    case .cutLength: bytes = bytes.prefix(1 + generator.below(3))
    case .changed: bytes[4 + generator.below(16)] ^= 1
    case .hugeLength: bytes[3] = 0xFF
    case .otherSnapshot: bytes = try Data(contentsOf: URL(fileURLWithPath: old))
    }
    if damage != .missing { try bytes.write(to: URL(fileURLWithPath: path)) }
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.head == life.builder.head, "\(generator.recipe)")
    #expect(recovered.snapshot?.id == 1 && recovered.recordsReplayed == 4, "\(generator.recipe)")
    #expect(recovered.snapshotsRefused.count == 1, "\(recovered.snapshotsRefused) \(generator.recipe)")
  }

  @Test(arguments: [false, true])
  func `The database file alone is a whole backup, also one that SQLite makes of a journal in use`(_ inUse: Bool) throws
  {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(5, &generator)
    try life.snapshot()
    let backup = try TemporaryDirectory()
    if inUse {
      let copy = try DatabaseQueue(path: backup.path + "/restored.db")
      let source = try DatabaseQueue(path: medium.path)
      try source.backup(to: copy)
      try copy.close()
      try source.close()
    } else {
      medium.sqlite.close()
      try FileManager.default.copyItem(atPath: medium.path, toPath: backup.path + "/restored.db")
    }
    let restored = try SQLiteJournal(path: backup.path + "/restored.db", options: .init(reservedBytes: 0))
    defer { restored.close() }
    let recovered = try recover(from: restored, with: Tally.replayer())
    #expect(recovered.state == life.tally && recovered.recordsReplayed == 5)
    #expect(recovered.snapshotsRefused.first?.contains("No such file") == true)
    // Numbers go on behind those of the files that are missing.
    life = Life(restored, continuing: recovered)
    try life.snapshot()
    #expect(try restored.snapshots().map(\.id) == [2, 1])
  }

  @Test func `A new snapshot takes over the file of one that is gone, whatever it held`() throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    try medium.journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
    try medium.journal.appendSnapshotChunk([UInt8](repeating: 7, count: 200_000))
    try medium.journal.syncSnapshot()
    try medium.journal.finishSnapshot()
    for names in [["1", "2"], ["1", "2", "3"], ["2", "3", "4"], ["3", "4", "5"]] as [[Substring]] {
      try life.append(2, &generator)
      try life.snapshot()
      #expect(try medium.snapshotNames().map { $0.suffix(1) } == names)
      let newest = try #require(try medium.journal.snapshots().first)
      #expect(try size(medium.snapshotPath(newest.id)) == newest.byteCount + 4 * newest.chunkCount)
      let recovered = try recover(from: medium.journal, with: Tally.replayer())
      #expect(recovered.state == life.tally && recovered.snapshot == newest, "\(generator.recipe)")
    }
    try medium.journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
    try medium.journal.appendSnapshotChunk([1])
    #expect(try medium.snapshotNames().map { $0.suffix(1) } == ["4", "5", "6"])
    medium.sqlite.close()
    #expect(try medium.snapshotNames().map { $0.suffix(1) } == ["4", "5"])
  }

  @Test func `What a crash left is removed at the next start, and nothing else`() throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    try life.snapshot()
    medium.sqlite.close()
    let others = [
      "-snapshot-2", "-snapshot-20261123", "-snapshot-00000000000000AB", "-snapshot-+000000000000002",
      "-snapshot-0000000000000002.bak", "-snapshot-00000000000000002", "x-snapshot-0000000000000002",
      "-Snapshot-0000000000000002",
    ]
    for suffix in others + ["-snapshot-0000000000000002", "-snapshot-00000000000000ab"] {
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: medium.path + suffix))
    }
    try FileManager.default.createDirectory(atPath: medium.snapshotPath(3), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: medium.snapshotPath(4), withDestinationPath: medium.path + others[0])
    let before = Set(try FileManager.default.contentsOfDirectory(atPath: medium.directory.path))
    try medium.reopen()
    let after = Set(try FileManager.default.contentsOfDirectory(atPath: medium.directory.path))
    let left = before.subtracting(after).map { $0.dropFirst("journal.db-snapshot-".count) }
    #expect(left.sorted() == ["0000000000000002", "00000000000000ab"])
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.recordsReplayed == 0 && recovered.snapshotsRefused.isEmpty)
  }

  @Test func `A snapshot that cannot be made is given up by name, and the next one is not`() throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    var life = Life(medium.journal)
    try life.append(2, &generator)
    try FileManager.default.createDirectory(atPath: medium.snapshotPath(1), withIntermediateDirectories: false)
    let error = #expect(throws: JournalError.self) { try life.snapshot() }
    #expect(error?.code == .failed && error?.message.contains("was given up: \(medium.snapshotPath(1))") == true)
    try life.append(2, &generator)
    try life.snapshot()
    try life.append(1, &generator)
    #expect(try recover(from: medium.journal, with: Tally.replayer()).recordsReplayed == 1)
  }

  /// The same test binary under strace, which makes calls on the first snapshot's file, or on the directory, fail.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")),
    arguments: [
      SnapshotFault(call: "openat", error: "ENOSPC", code: "full"),
      SnapshotFault(call: "pwrite64", error: "ENOSPC", when: "5+", code: "full"),
      SnapshotFault(call: "pwrite64", error: "EIO", when: "6+", code: "failed"),
      SnapshotFault(call: "sync_file_range", error: "EIO", when: "2+", code: "failed"),
      SnapshotFault(call: "fsync", error: "EIO", code: "failed"),
      SnapshotFault(call: "fsync", error: "EIO", isOnDirectory: true, code: "failed"),
    ])
  func `A disk that fails a snapshot gives the snapshot up, and nothing else`(_ fault: SnapshotFault) throws {
    var generator = SeededGenerator()
    let medium = try medium(&generator)
    medium.sqlite.close()
    let file = fault.isOnDirectory ? medium.directory.path : medium.snapshotPath(1)
    let ended = try runFailing(
      "\(fault.call):error=\(fault.error):when=\(fault.when)", on: file, medium.path, "FailingSnapshotTests")
    #expect(ended == 0)
    let report = try String(contentsOfFile: medium.path + ".report", encoding: .utf8).split(separator: "\n")
    // What became of the first snapshot, how many counted then, and how many files there were.
    #expect(report.first.map(String.init) == fault.code)
    #expect(report.dropFirst().prefix(2) == ["0", "0"])
    // The second one has a file of its own, but the same directory.
    #expect(report.last.map(String.init) == (fault.isOnDirectory ? fault.code : "written"))
    try medium.reopen()
    let recovered = try recover(from: medium.journal, with: Tally.replayer())
    #expect(recovered.head.sequence == 9 && recovered.recordsReplayed == (fault.isOnDirectory ? 9 : 3))
    #expect(recovered.snapshotsRefused.isEmpty)
  }
}

/// A system call of the first snapshot that fails.
struct SnapshotFault: Sendable, CustomTestStringConvertible {
  var call: String
  var error: String
  var when = "1+"
  var isOnDirectory = false
  /// What becomes of the snapshot.
  var code: String

  var testDescription: String { "\(call) \(error) on \(isOnDirectory ? "the directory" : "a snapshot's file")" }
}

/// Run by the test above in a process whose disk fails.
@Suite struct FailingSnapshotTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_FAILING_DISK"] != nil))
  func `Writes two snapshots between records`() throws {
    let path = try #require(ProcessInfo.processInfo.environment["TOLLGATE_FAILING_DISK"])
    let journal = try SQLiteJournal(path: path, options: SQLiteJournal.Options(reservedBytes: 0))
    var generator = SeededGenerator(seed: 5)
    var life = Life(journal)
    var report: [String] = []
    for _ in 0..<2 {
      try life.append(3, &generator)
      report.append(snapshot(life))
      if report.count == 1 {
        report.append("\(try journal.snapshots().count)")
        let names = try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
        report.append("\(names.filter { $0.contains("-snapshot-") }.count)")
      }
    }
    try life.append(3, &generator)
    journal.close()
    try report.joined(separator: "\n").write(toFile: path + ".report", atomically: true, encoding: .utf8)
  }

  /// The state, and a mebibyte that says nothing of accounts that there are, so that some of it leaves for the disk early.
  private func snapshot(_ life: Life) -> String {
    do throws(JournalError) {
      try life.journal.beginSnapshot(SnapshotMark(head: life.builder.head, taken: life.instant))
      try life.journal.appendSnapshotChunk(life.tally.encoded)
      for _ in 0..<4 { try life.journal.appendSnapshotChunk([UInt8](repeating: 0xFF, count: 256 << 10)) }
      try life.journal.syncSnapshot()
      try life.journal.finishSnapshot()
      return "written"
    } catch {
      return error.code.rawValue
    }
  }
}
