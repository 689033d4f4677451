// The engines that one suite runs over, each with ways to close, reopen and damage what it stores.

import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues

enum Engine: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case memory
  case sqlite

  var testDescription: String { rawValue }

  func medium(_ generator: inout SeededGenerator) throws -> any Medium {
    let metadata = JournalMetadata.new(created: Instant(nanoseconds: 1_700_000_000_000_000_000), using: &generator)
    switch self {
    case .memory: return MemoryMedium(InMemoryJournal(metadata: metadata))
    case .sqlite: return try SQLiteMedium(metadata)
    }
  }
}

/// What a journal is stored on.
protocol Medium: AnyObject {
  var journal: any Journal { get }
  /// Ends this process's use and begins the next one's.
  func reopen() throws
  /// Changes what is stored, behind the journal's back.
  func tamper(_ sequence: UInt64, _ body: (inout [UInt8]) -> Void) throws
  func remove(_ sequence: UInt64) throws
  /// Files a copy of one record under the number of another.
  func replace(_ sequence: UInt64, withCopyOf other: UInt64) throws
  func tamperSnapshot(_ id: Int64, chunk: Int, _ body: (inout [UInt8]) -> Void) throws
}

final class MemoryMedium: Medium {
  private var memory: InMemoryJournal
  var journal: any Journal { memory }

  init(_ memory: InMemoryJournal) { self.memory = memory }

  func reopen() {
    memory.close()
    memory = memory.reopened()
  }

  func tamper(_ sequence: UInt64, _ body: (inout [UInt8]) -> Void) {
    memory.tamper { records in
      for index in records.indices where records[index].sequence == sequence { body(&records[index].bytes) }
    }
  }

  func remove(_ sequence: UInt64) {
    memory.tamper { $0.removeAll { $0.sequence == sequence } }
  }

  func replace(_ sequence: UInt64, withCopyOf other: UInt64) {
    memory.tamper { records in
      guard let copy = records.first(where: { $0.sequence == other })?.bytes else { return }
      for index in records.indices where records[index].sequence == sequence { records[index].bytes = copy }
    }
  }

  func tamperSnapshot(_ id: Int64, chunk: Int, _ body: (inout [UInt8]) -> Void) {
    memory.tamperSnapshot(id, chunk: chunk, body)
  }
}
