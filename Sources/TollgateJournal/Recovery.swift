// Rebuilds the state from a journal: the newest snapshot that verifies, then every later record decided once more.

package import TollgateLedger
package import TollgateValues

/// How recovery makes and moves a state. `Ledger` is one; tests bring smaller ones.
package struct Replayer<State> {
  /// The state before the first record.
  package var empty: () throws -> State
  /// The state of a snapshot; must read it to its end. Errors make recovery fall back to the snapshot before.
  package var restore: (inout SnapshotReader) throws -> State
  /// Decides a batch once more, with log and decisions empty at first.
  package var apply: (inout State, [Command], Instant, inout EntryLog, inout [Decision]) -> Void

  package init(
    empty: @escaping () throws -> State, restore: @escaping (inout SnapshotReader) throws -> State,
    apply: @escaping (inout State, [Command], Instant, inout EntryLog, inout [Decision]) -> Void
  ) {
    self.empty = empty
    self.restore = restore
    self.apply = apply
  }
}

/// A state as of the journal's end.
package struct Recovered<State> {
  package var state: State
  /// What the next record continues.
  package var head: JournalHead
  /// The snapshot that it began from, if any.
  package var snapshot: SnapshotSummary?
  /// Why newer snapshots were passed over.
  package var snapshotsRefused: [String]
  /// Records decided once more.
  package var recordsReplayed: Int
  package var commandsReplayed: Int
  /// The number of a torn, never acknowledged record that was trimmed.
  package var trimmed: UInt64?
}

extension Recovered: Sendable where State: Sendable {}

/// How far recovery is.
package struct RecoveryProgress: Hashable, Sendable {
  package var recordsDone: UInt64
  package var recordsTotal: UInt64
}

/// Recovers a state, reading so many bytes at a time. Damage anywhere but in a tail that a medium can tear is refused, by
/// name of the record.
package func recover<State>(
  from journal: any Journal, with replayer: Replayer<State>, portion: Int = JournalLimits.recoveryReadBytes,
  progress: (RecoveryProgress) -> Void = { _ in }
) throws -> Recovered<State> {
  var recovered = try begin(journal, replayer)
  let verifier = ChainVerifier(name: journal.name, from: recovered.head)
  let last = try journal.lastSequence()
  guard last >= recovered.head.sequence else {
    throw verifier.damaged(
      last + 1, "records \(last + 1) to \(recovered.head.sequence) are missing, which a snapshot has seen")
  }
  let total = last - recovered.head.sequence
  var replay = Replay(name: journal.name)
  let ahead = ReadAhead(journal, verifier, byteCount: portion)
  defer { ahead.stop() }
  while true {
    let portion = try ahead.next()
    for record in portion.records {
      try replay.run(record, on: &recovered.state, with: replayer)
      recovered.head = record.head
      recovered.recordsReplayed += 1
      recovered.commandsReplayed += record.commands.count
    }
    if let (sequence, error) = portion.refused {
      guard journal.tailMayBeTorn, sequence == last, last == recovered.head.sequence + 1 else { throw error }
      try journal.trimTornTail(last)
      recovered.trimmed = last
      break
    }
    if portion.records.isEmpty { break }
    progress(RecoveryProgress(recordsDone: UInt64(recovered.recordsReplayed), recordsTotal: total))
  }
  return recovered
}

/// The newest snapshot that verifies, or an empty state.
private func begin<State>(_ journal: any Journal, _ replayer: Replayer<State>) throws -> Recovered<State> {
  var refused: [String] = []
  for snapshot in try journal.snapshots() {
    do {
      var reader = SnapshotReader(snapshot, of: journal)
      let state = try replayer.restore(&reader)
      guard try reader.next() == nil else {
        throw JournalError(
          .damaged,
          "the snapshot after record \(snapshot.mark.head.sequence) of \(journal.name) was not read to its end")
      }
      try judge(snapshot, journal)
      return Recovered(
        state: state, head: snapshot.mark.head, snapshot: snapshot, snapshotsRefused: refused, recordsReplayed: 0,
        commandsReplayed: 0)
    } catch {
      if let error = error as? JournalError, error.code != .damaged { throw error }
      refused.append("\(error)")
    }
  }
  return Recovered(
    state: try replayer.empty(), head: .start(of: journal.metadata), snapshotsRefused: refused, recordsReplayed: 0,
    commandsReplayed: 0)
}

/// A snapshot must belong to this chain: the record that it follows ends in the checksum that it remembers.
private func judge(_ snapshot: SnapshotSummary, _ journal: any Journal) throws(JournalError) {
  let head = snapshot.mark.head
  guard head.sequence > 0 else { return }
  guard let record = try journal.records(after: head.sequence - 1, upTo: 1).first, record.sequence == head.sequence
  else { return }
  let stored = record.bytes.suffix(RecordFormat.checksumBytes)
  var writer = ByteWriter(reserving: RecordFormat.checksumBytes)
  writer.write(head.chain.high)
  writer.write(head.chain.low)
  guard Array(stored) == writer.bytes else {
    throw JournalError(
      .damaged, "the snapshot after record \(head.sequence) of \(journal.name) does not belong to the record's chain")
  }
}

/// Verifies the whole chain from the first record, without deciding anything: for audits and backups.
package func audit(
  _ journal: any Journal, progress: (RecoveryProgress) -> Void = { _ in }
) throws(JournalError) -> JournalHead {
  var verifier = ChainVerifier(name: journal.name, from: .start(of: journal.metadata))
  let total = try journal.lastSequence()
  while verifier.head.sequence < total {
    let stored = try journal.records(after: verifier.head.sequence, upTo: JournalLimits.recoveryReadBytes)
    guard !stored.isEmpty else { throw verifier.damaged(verifier.head.sequence + 1, "it is missing") }
    for row in stored { _ = try verifier.verify(row) }
    progress(RecoveryProgress(recordsDone: verifier.head.sequence, recordsTotal: total))
  }
  return verifier.head
}
