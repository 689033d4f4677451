// A journal's file in a directory of its own, and a back door to it for damage.

import Foundation
import GRDB
import TollgateJournal
import TollgateSQLite

/// A directory that is gone after the test.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("tollgate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

final class SQLiteMedium: Medium {
  let directory: TemporaryDirectory
  let options: SQLiteJournal.Options
  private(set) var sqlite: SQLiteJournal
  var journal: any Journal { sqlite }
  var path: String { directory.path + "/journal.db" }

  init(_ metadata: JournalMetadata, logBytes: Int = 64 << 20, reservedBytes: Int = 0) throws {
    directory = try TemporaryDirectory()
    options = SQLiteJournal.Options(logBytes: logBytes, reservedBytes: reservedBytes) { metadata }
    sqlite = try SQLiteJournal(path: directory.path + "/journal.db", options: options)
  }

  deinit { sqlite.close() }

  func reopen() throws {
    sqlite.close()
    sqlite = try SQLiteJournal(path: path, options: SQLiteJournal.Options(reservedBytes: 0))
  }

  func tamper(_ sequence: UInt64, _ body: (inout [UInt8]) -> Void) throws {
    try change("records", "sequence", Int64(sequence), body)
  }

  func remove(_ sequence: UInt64) throws {
    try backDoor { try $0.execute(sql: "DELETE FROM records WHERE sequence = ?", arguments: [Int64(sequence)]) }
  }

  func replace(_ sequence: UInt64, withCopyOf other: UInt64) throws {
    try backDoor { db in
      try db.execute(
        sql: "UPDATE records SET bytes = (SELECT bytes FROM records WHERE sequence = ?) WHERE sequence = ?",
        arguments: [Int64(other), Int64(sequence)])
    }
  }

  func tamperSnapshot(_ id: Int64, chunk: Int, _ body: (inout [UInt8]) -> Void) throws {
    let file = URL(fileURLWithPath: snapshotPath(id))
    var bytes = Array(try Data(contentsOf: file))
    var start = 0
    for index in 0...chunk {
      let length = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      let range = start + 4..<start + 4 + length
      if index == chunk {
        var changed = Array(bytes[range])
        body(&changed)
        bytes.replaceSubrange(range, with: changed)
      }
      start = range.upperBound
    }
    try Data(bytes).write(to: file)
  }

  /// The file of a snapshot's chunks.
  func snapshotPath(_ id: Int64) -> String {
    let digits = String(id, radix: 16)
    return path + "-snapshot-" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Names in the directory that have to do with snapshots, in order.
  func snapshotNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.contains("snapshot") }.sorted()
  }

  func backDoor<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction(body)
  }

  private func change(_ table: String, _ key: String, _ value: Int64, _ body: (inout [UInt8]) -> Void) throws {
    try backDoor { db in
      let stored = try Data.fetchOne(db, sql: "SELECT bytes FROM \(table) WHERE \(key) = ?", arguments: [value])
      var bytes = Array(stored ?? Data())
      body(&bytes)
      try db.execute(sql: "UPDATE \(table) SET bytes = ? WHERE \(key) = ?", arguments: [Data(bytes), value])
    }
  }
}
