// The ledger as the state that recovery rebuilds.

package import TollgateLedger
internal import TollgateValues

extension Replayer<Ledger> {
  /// Rebuilds the ledger of a journal. `configuration` counts only where no snapshot is; a snapshot brings its own.
  package static func ledger(_ configuration: LedgerConfiguration, of metadata: JournalMetadata) -> Replayer<Ledger> {
    let key = (metadata.hashKey.first, metadata.hashKey.second)
    return Replayer(
      empty: { Ledger(configuration: configuration, hashKey: key) },
      restore: { reader in try Ledger(hashKey: key) { try reader.next() } },
      apply: { ledger, commands, instant, log, decisions in
        ledger.apply(commands, at: instant, into: &log, decisions: &decisions)
      })
  }
}
