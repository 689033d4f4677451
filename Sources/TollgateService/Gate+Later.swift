// The calls that must read the journal before they can be answered: entries, and refunds.

internal import TollgateJournal
internal import TollgateLedger
internal import TollgateValues

extension Gate {
  /// Begins what the batch's queries left for later; each answer comes through the sink.
  func startLater(_ batch: inout CallBatch, for sink: any ReplySink) {
    for (place, call) in batch.queries.enumerated() {
      guard case .later = batch.answers[place] else { continue }
      switch call.query {
      case .entries(let account, let before, let limit):
        guard let newest = core.ledger.account(account)?.lastEntry else {
          batch.answers[place] = .denied(.accountUnknown)
          continue
        }
        whenDurable { gate in
          gate.readEntries(of: account, newest: newest, before: before, limit: limit, token: call.token, for: sink)
        }
      case .refund(let request, let account, let entry, let amount, let note):
        let refund = Refund(account: account, entry: entry, amount: amount, consumed: [], note: note)
        whenDurable { gate in gate.prepare(refund, request: request, token: call.token, for: sink) }
      default: continue
      }
    }
  }

  private func readEntries(
    of account: AccountID, newest: EntryNumber, before: EntryNumber, limit: Int, token: UInt64, for sink: any ReplySink
  ) {
    let commit = durable
    history { reader throws(JournalError) in
      var start = newest
      if before != .none {
        guard let entry = try reader.entry(before, through: commit), entry.entry.account == account else {
          return .denied(.malformed(.entry))
        }
        start = entry.entry.previous
      }
      let lines = try reader.page(from: start, limit: limit, through: commit)
      return .entries(lines, next: lines.last.map { $0.entry.previous == .none ? .none : $0.entry.number } ?? .none)
    } then: { answer, _ in
      sink.answered(answer, token: token)
    }
  }

  /// Reads what the entry consumed, then lets the ledger decide (rule 8).
  private func prepare(_ refund: Refund, request: RequestID, token: UInt64, for sink: any ReplySink) {
    let commit = durable
    history { reader throws(JournalError) in
      let entry = try reader.entry(refund.entry, through: commit)
      return .entries(entry.map { [$0] } ?? [], next: .none)
    } then: { answer, gate in
      guard case .entries(let lines, _) = answer else { return sink.answered(answer, token: token) }
      var refund = refund
      if let line = lines.first, line.entry.account == refund.account { refund.consumed = line.consumed }
      var batch = CallBatch()
      batch.append(Command(request: request, operation: .refund(refund)), deadline: .never)
      gate.submit(&batch, for: NobodyWaits())
      let decisions = batch.decisions
      gate.whenDurable { _ in
        if let decision = decisions.first { sink.answered(.decision(decision), token: token) }
      }
    }
  }

  /// Runs a read of the journal on the reader's thread, and what follows on the gate's executor.
  private func history(
    _ read: @escaping @Sendable (inout HistoryReader) throws(JournalError) -> Answer,
    then: @escaping @Sendable (Answer, isolated Gate) -> Void
  ) {
    let executor = executor
    let box = historyReader
    reader.run {
      let answer: Answer
      do throws(JournalError) {
        answer = try read(&box.reader)
      } catch {
        answer = .unreadable(error.message)
      }
      executor.run { self.enter { then(answer, $0) } }
    }
  }
}

/// The history reader with its cache; touched on the reader's thread only.
final class HistoryBox: @unchecked Sendable {
  var reader: HistoryReader
  init(_ journal: any Journal) { reader = HistoryReader(journal) }
}

/// A refund's commit concerns nobody but the refund itself, which waits by `whenDurable`.
private final class NobodyWaits: ReplySink {
  func committed(through commit: CommitNumber) {}
  func answered(_ answer: Answer, token: UInt64) {}
}

extension HistoryEntry {
  /// What the entry took of which lot, in the order in which it was consumed.
  fileprivate var consumed: [LotAmount] {
    postings.compactMap { $0.to == .captured ? LotAmount(lot: $0.lot, amount: $0.amount) : nil }
  }
}
