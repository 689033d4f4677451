// The ledger as the state that recovery rebuilds.

package import TollgateLedger
internal import TollgateValues

extension Replayer<Ledger> {
  /// Rebuilds the ledger of a journal, from the bounds of genesis on: later ones stand in records and snapshots.
  package static func ledger(of metadata: JournalMetadata) -> Replayer<Ledger> {
    let key = (metadata.hashKey.first, metadata.hashKey.second)
    return Replayer(
      empty: { Ledger(configuration: .genesis, hashKey: key) },
      restore: { reader in try Ledger(hashKey: key) { try reader.next() } },
      apply: { ledger, commands, instant, log, decisions in
        ledger.apply(commands, at: instant, into: &log, decisions: &decisions)
      })
  }
}
