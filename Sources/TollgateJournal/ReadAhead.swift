// Reads and verifies a journal's next records while the ones before are decided once more.

internal import TollgateLedger

/// What one read of a journal brought.
struct JournalPortion {
  /// Verified, in their order. None: the journal has ended.
  var records: [DecodedRecord] = []
  /// The record after those, if it could not be verified; nothing is read after it.
  var refused: (sequence: UInt64, error: JournalError)?
}

/// One portion ahead, on a thread of its own: decoding takes more than half as long as deciding, so that a recovery takes
/// about two thirds of the time.
/// Used by one caller.
final class ReadAhead: @unchecked Sendable {
  private let journal: any Journal
  private let byteCount: Int
  private let thread = WorkerThread(name: "tg-read-ahead")
  // The thread's while it reads, the caller's afterwards; waiting for the thread orders the two.
  private var verifier: ChainVerifier
  private var portion: Result<JournalPortion, JournalError> = .success(JournalPortion())

  /// Begins to read after the verifier's head, so many bytes at a time.
  init(_ journal: any Journal, _ verifier: ChainVerifier, byteCount: Int) {
    self.journal = journal
    self.byteCount = byteCount
    self.verifier = verifier
    begin()
  }

  /// The next portion, while the one after it is being read.
  func next() throws(JournalError) -> JournalPortion {
    thread.wait()
    let portion = try portion.get()
    if portion.refused == nil, !portion.records.isEmpty { begin() }
    return portion
  }

  /// Ends the thread, and with it what is being read.
  func stop() {
    thread.stop()
    thread.wait()
  }

  private func begin() {
    thread.run { [self] in portion = Result { () throws(JournalError) in try read() } }
  }

  private func read() throws(JournalError) -> JournalPortion {
    var portion = JournalPortion()
    let stored = try journal.records(after: verifier.head.sequence, upTo: byteCount)
    portion.records.reserveCapacity(stored.count)
    for row in stored {
      do throws(JournalError) {
        portion.records.append(try verifier.verify(row))
      } catch {
        portion.refused = (row.sequence, error)
        break
      }
    }
    return portion
  }
}
