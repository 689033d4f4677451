// Snapshots beside life: nobody waits for one, and one that fails is only missed.

import Testing
import TollgateJournal
import TollgateLedger
import TollgatePricing
import TollgateValues

@testable import TollgateService

private func harness(_ faults: InMemoryJournal.Faults, commandsMax: Int = 10) throws -> GateHarness {
  var random = SystemRandomNumberGenerator()
  let journal = InMemoryJournal(metadata: .new(created: GateHarness.start, using: &random), faults: faults)
  return try GateHarness(journal: journal, snapshots: SnapshotPolicy(commandsMax: commandsMax))
}

@Suite struct GateSnapshotTests {
  @Test func `Snapshots that take long stand apart for twice as long, but for no more than three times the commands`() {
    var snapshotter = Snapshotter(policy: SnapshotPolicy(commandsMax: 100), commit: 0, commandsSince: 0)
    snapshotter.commandsSince = 99
    #expect(!snapshotter.isDue { 1_000 })
    snapshotter.commandsSince = 100
    // The first one waits for nothing.
    #expect(snapshotter.isDue { 1_000 })
    snapshotter.begin(at: 1_000)
    snapshotter.commandsSince = 1_000
    #expect(!snapshotter.isDue { 1_000 })
    snapshotter.end(at: 1_500)
    snapshotter.commandsSince = 299
    #expect(!snapshotter.isDue { 2_499 })
    #expect(snapshotter.isDue { 2_500 })
    snapshotter.commandsSince = 300
    #expect(snapshotter.isDue { 1_500 })
    // Whoever wants none never has one.
    var never = Snapshotter(policy: SnapshotPolicy(commandsMax: .max), commit: 0, commandsSince: 0)
    never.commandsSince = 1 << 40
    #expect(!never.isDue { .max })
  }

  @Test(.timeLimit(.minutes(1))) func `No answer waits for a snapshot's chunk`() async throws {
    let latch = Latch()
    let harness = try harness(.init(beforeSnapshotChunk: { latch.wait() }))
    let account = await harness.account(1, credits: 1_000)
    for _ in 0..<30 { await harness.perform(GateHarness.authorize(account)) }
    #expect(await harness.gate.snapshotter.isRunning)
    #expect(try harness.journal.snapshots().isEmpty)
    latch.open()
    while try harness.journal.snapshots().isEmpty { await Task.yield() }
  }

  @Test(.timeLimit(.minutes(1))) func `A drain waits for the snapshot that is being written, and writes the last one`()
    async throws
  {
    let latch = Latch()
    let harness = try harness(.init(beforeSnapshotChunk: { latch.wait() }))
    let account = await harness.account(1, credits: 1_000)
    for _ in 0..<15 { await harness.perform(GateHarness.authorize(account)) }
    while await !harness.gate.snapshotter.isRunning { await Task.yield() }
    async let closed: Void = harness.gate.close()
    while await harness.gate.snapshotter.afterwards.isEmpty { await Task.yield() }
    latch.open()
    await closed
    let journal = harness.journal.reopened()
    #expect(try journal.snapshots().first?.mark.head.sequence == journal.lastSequence())
  }

  @Test func `A snapshot that cannot be written is given up and told of, and tried again when the policy says so`()
    async throws
  {
    let harness = try harness(.init(failSnapshotChunk: 1))
    let account = await harness.account(1, credits: 1_000)
    while harness.troubles.isEmpty { await harness.perform(GateHarness.authorize(account)) }
    while await harness.gate.snapshotter.isRunning { await Task.yield() }
    #expect(try harness.journal.snapshots().isEmpty)
    while try harness.journal.snapshots().isEmpty {
      #expect(await harness.perform(GateHarness.authorize(account)) != nil)
    }
    #expect(harness.troubles.count == 1 && harness.failed.isEmpty)
    let digest = await harness.gate.core.ledger.digest
    let (core, _) = try GateCore.recover(
      from: harness.journal.reopened(), configuration: LedgerConfiguration(), books: .shipped, time: harness.time)
    #expect(core.ledger.digest == digest)
  }

  @Test func `A drain whose last snapshot cannot be written ends all the same`() async throws {
    let harness = try harness(.init(failSnapshotChunk: 1), commandsMax: 1_000)
    _ = await harness.account(1, credits: 1_000)
    await harness.gate.close()
    #expect(harness.troubles.count == 1 && harness.failed.isEmpty)
    #expect(try harness.journal.reopened().lastSequence() > 0)
  }

  @Test func `A snapshot that fails when it is to count is fatal`() async throws {
    let harness = try harness(.init(failSnapshotFinish: true))
    let account = await harness.account(1, credits: 1_000)
    while await !harness.gate.hasFailed { _ = await harness.submit([authorize(account, harness)]) }
    #expect(!harness.failed.isEmpty && harness.troubles.isEmpty)
  }

  private func authorize(_ account: AccountID, _ harness: GateHarness) -> Command {
    Command(request: harness.id(), operation: GateHarness.authorize(account))
  }
}
