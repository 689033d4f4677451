// The gate's state, and what it does with a batch: stamp one instant, price, apply, add to the journal's next record.

internal import TollgateJournal
package import TollgateLedger
package import TollgatePricing
internal import TollgateValues

/// Everything that the actor decides with. A struct that is passed `inout` once a batch, so that no operation pays for
/// exclusivity checks or a hop.
package struct GateCore: Sendable {
  package internal(set) var ledger: Ledger
  package let desk: QuoteDesk
  var clock: ServiceClock
  /// The record under construction: all that was decided since the last one was handed to the journal.
  var record: RecordBuilder
  /// The price book in force at the batch's instant.
  var bookInForce: PriceBook?
  /// Columns in which many jobs are priced at once.
  var kernel = BatchPricing()
  private var log = EntryLog()
  /// The commit of the snapshot that recovery began from, or 0, and the commands that it decided once more: they count for the next.
  private(set) var snapshotCommit: CommitNumber = 0
  private(set) var commandsReplayed = 0

  init(ledger: Ledger, desk: QuoteDesk, clock: ServiceClock, record: RecordBuilder) {
    self.ledger = ledger
    self.desk = desk
    self.clock = clock
    self.record = record
  }

  /// Takes over how it was recovered.
  mutating func note(_ report: RecoveryReport) {
    snapshotCommit = report.snapshotCommit ?? 0
    commandsReplayed = report.commandsReplayed
  }

  /// The commit that covers all that has been decided so far.
  var commit: CommitNumber { record.isEmpty ? record.head.sequence : record.sequence }

  /// Decides a whole batch. Everything due by its instant expires first, as journaled operations of their own (rule 7).
  mutating func run(_ batch: inout CallBatch) {
    let now = settle()
    if !batch.commands.isEmpty { decide(&batch, at: now) }
    batch.answers.removeAll(keepingCapacity: true)
    if batch.jobs.count > 0 { priceJobs(of: &batch) }
    for call in batch.queries {
      let answer = answer(call, of: &batch, at: now)
      batch.answers.append(answer)
    }
    batch.commit = commit
  }

  /// Stamps an instant and ends all that is due by then, in pieces, so that no single operation grows without bound.
  @discardableResult
  mutating func settle() -> Instant {
    let now = clock.instant()
    bookInForce = desk.shelf.book(at: now)
    guard ledger.isDue(at: now) else { return now }
    let expire = [Command(request: .zero, operation: .expire(limit: GateCore.expireLimit))]
    var decisions: [Decision] = []
    repeat { apply(expire, at: now, decisions: &decisions) } while ledger.isDue(at: now)
    return now
  }

  /// Puts the configured bounds in force, as a journaled operation, if they are others than those of the ledger.
  mutating func configure(_ configuration: LedgerConfiguration) {
    guard configuration != ledger.configuration else { return }
    var decisions: [Decision] = []
    let command = Command(request: .zero, operation: .configure(configuration))
    apply([command], at: clock.instant(), decisions: &decisions)
  }

  private static let expireLimit: UInt32 = 4_096

  @inline(__always)
  private mutating func apply(_ commands: [Command], at now: Instant, decisions: inout [Decision]) {
    log.removeAll()
    decisions.removeAll(keepingCapacity: true)
    ledger.apply(commands, at: now, into: &log, decisions: &decisions)
    record.append(at: now, commands: commands, decisions: decisions, log: log)
  }

  private mutating func decide(_ batch: inout CallBatch, at now: Instant) {
    let late = batch.deadlines.contains { $0 <= now }
    if late { dropLate(&batch, at: now) }
    price(&batch.commands, at: now)
    apply(batch.commands, at: now, decisions: &batch.decisions)
    if late { restoreLate(&batch) }
    advise(&batch)
  }

  /// Takes commands out whose deadline has passed; rare, so it may cost.
  private func dropLate(_ batch: inout CallBatch, at now: Instant) {
    batch.dropped = batch.deadlines.indices.filter { batch.deadlines[$0] <= now }
    let dropped = Set(batch.dropped)
    batch.commands = batch.commands.indices.filter { !dropped.contains($0) }.map { batch.commands[$0] }
  }

  /// Puts something in the places of dropped commands, so that decisions stand at their commands' places again.
  private func restoreLate(_ batch: inout CallBatch) {
    let nothing = Decision(outcome: .denied(.malformed(.unnamed)), standing: .refused)
    for place in batch.dropped {
      batch.decisions.insert(nothing, at: place)
      batch.commands.insert(Command(request: .zero, operation: .expire(limit: 0)), at: place)
    }
  }

  /// Adds to denials for want of credits what would fit. A pure function of what is remembered, so that a
  /// replay says the same.
  private func advise(_ batch: inout CallBatch) {
    for place in batch.decisions.indices {
      guard case .denied(.insufficientCredits(_, let available, let book)) = batch.decisions[place].outcome, book != 0
      else { continue }
      batch.remedies[place] = remedy(for: batch.commands[place], within: available, book: book)
    }
  }
}
