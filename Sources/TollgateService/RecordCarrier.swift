// A record's way to the journal's thread and back.

internal import TollgateJournal

/// Holds a record for two threads by turns, so that neither keeps it: whoever takes it back has its memory for himself, and
/// the next record is written into that without a copy.
///
/// The gate fills it, the journal's thread looks inside, then the gate takes the record out; the queues between them order that.
final class RecordCarrier: @unchecked Sendable {
  private var record: EncodedRecord?

  init(_ record: consuming EncodedRecord) { self.record = record }

  /// Shows the record; nothing if it was taken.
  func lend<Failure>(_ body: (EncodedRecord) throws(Failure) -> Void) throws(Failure) {
    if let record { try body(record) }
  }

  /// Takes the record out; nil if it was taken before.
  func take() -> EncodedRecord? {
    defer { record = nil }
    return record
  }
}
