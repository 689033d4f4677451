// What can go wrong with a journal: every error has a code that programs can act on and a message that names the record.

/// An accident of the storage, never a business refusal.
package struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
  package var code: Code
  package var message: String
  /// The record concerned, if one is.
  package var record: UInt64?

  package init(_ code: Code, _ message: String, record: UInt64? = nil) {
    self.code = code
    self.message = message
    self.record = record
  }

  package var description: String { message }

  /// Kinds of accidents; more may be added.
  package struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }

    /// Another process (or another journal of this one) owns the file.
    package static let owned = Code(rawValue: "owned")
    /// The directory or file cannot be opened.
    package static let unreachable = Code(rawValue: "unreachable")
    /// The file is something else than a journal of Tollgate.
    package static let foreign = Code(rawValue: "foreign")
    /// The file was written by a newer program.
    package static let newer = Code(rawValue: "newer")
    /// The storage cannot promise that an acknowledged append survives a power cut.
    package static let notDurable = Code(rawValue: "notDurable")
    /// What was stored is not what is read, or a part is missing: never repaired silently.
    package static let damaged = Code(rawValue: "damaged")
    /// This program decides otherwise than the one that wrote the record.
    package static let diverged = Code(rawValue: "diverged")
    /// A record or snapshot does not continue what the journal holds: a fault of the caller.
    package static let outOfOrder = Code(rawValue: "outOfOrder")
    /// The medium failed; the append in question may or may not be durable.
    package static let failed = Code(rawValue: "failed")
    /// The medium is full.
    package static let full = Code(rawValue: "full")
    /// An earlier write failed, after which the journal refuses everything.
    package static let poisoned = Code(rawValue: "poisoned")
    /// The journal has been closed.
    package static let closed = Code(rawValue: "closed")
  }

  /// The refusal of everything that follows a failed write.
  package static func poisoned(by first: JournalError) -> JournalError {
    JournalError(.poisoned, "the journal refuses everything since an earlier write failed: \(first.message)")
  }
}
