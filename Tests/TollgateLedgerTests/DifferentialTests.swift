// Random lives, compared step by step with the naive ledger, audited, snapshotted, frozen and repeated under other keys.

import Testing
import TollgateLedger
import TollgateTestSupport
import TollgateValues

private func configuration(_ round: Int) -> LedgerConfiguration {
  LedgerConfiguration(
    dedupWindow: .seconds(300), futureSkew: .seconds(60), openHoldsPerAccountMax: round % 3 == 0 ? 3 : 20,
    rememberedMax: round % 4 == 0 ? 50 : 1_000_000, lateCaptureWindow: .seconds(round % 2 == 0 ? 90 : 0))
}

/// What differs between a decision and that of the naive ledger; nil where both agree.
private func difference(_ decision: Decision, _ expected: Decision?) -> String? {
  guard let expected else {
    if case .denied(.payloadConflict) = decision.outcome, decision.standing == .refused { return nil }
    return "\(decision) where a conflict was expected"
  }
  return decision == expected ? nil : "\(decision)\n  where the naive ledger says\n  \(expected)"
}

private func naive(_ log: EntryLog) -> [NaiveEntry] {
  log.entries.map { entry in
    let range = Int(entry.postingStart)..<Int(entry.postingStart + entry.postingCount)
    return NaiveEntry(
      kind: entry.kind, account: entry.account, hold: entry.hold, postings: Array(log.postings[range]),
      available: entry.available.microcredits, held: entry.held.microcredits)
  }
}

/// The first difference of a random life of so many batches; nil if there is none.
private func firstDifference(seed: UInt64, round: Int, batches: Int) -> String? {
  let configuration = configuration(round)
  var (world, model) = (RandomCommands(SeededGenerator(seed: seed)), NaiveLedger(configuration))
  var ledger = Ledger(configuration: configuration, hashKey: (seed, 77))
  var (chain, entries) = ([AccountID: EntryNumber](), UInt64(0))
  for step in 0..<batches {
    world.step()
    let commands = world.batch()
    var (log, decisions, expected) = (EntryLog(), [Decision](), [NaiveEntry]())
    ledger.apply(commands, at: world.now, into: &log, decisions: &decisions)
    for (command, decision) in zip(commands, decisions) {
      let naive = model.decide(command, at: world.now)
      expected += model.entries
      if let difference = difference(decision, naive) { return "batch \(step): \(command)\n  \(difference)" }
    }
    if naive(log) != expected { return "batch \(step): entries differ: \(naive(log))\n  instead of\n  \(expected)" }
    for entry in log.entries {
      entries += 1
      guard entry.number.rawValue == entries, entry.previous == chain[entry.account] ?? .none else {
        return "batch \(step): the chain breaks at \(entry)"
      }
      chain[entry.account] = entry.number
    }
    world.learn(log)
    let findings = ledger.audit()
    if !findings.isEmpty { return "batch \(step): \(findings)" }
    for account in model.states.keys {
      let view = ledger.account(account)
      guard view?.available.microcredits == model.available(account), view?.held.microcredits == model.held(account),
        view?.pending.microcredits == model.pending(account), Int(view?.openHolds ?? 0) == model.openHolds(account)
      else { return "batch \(step): balances of \(account) differ" }
    }
  }
  return nil
}

@Test func randomLivesAgreeWithTheNaiveLedger() async {
  var random = SeededGenerator()
  for round in 0..<12 {
    // Some seconds in all, in which other tests want a thread too.
    await Task.yield()
    let seed = round == 0 ? random.seed : random.next()
    if let difference = firstDifference(seed: seed, round: round, batches: 150) {
      Issue.record("round \(round), seed \(seed): \(difference)\n\(random.recipe)")
      return
    }
  }
}

@Test func aSnapshotLivesOnLikeTheOriginal() throws {
  var random = SeededGenerator()
  for round in 0..<6 {
    var world = RandomCommands(SeededGenerator(seed: random.next()))
    var original = Ledger(configuration: configuration(round), hashKey: (3, 4))
    var (log, decisions) = (EntryLog(), [Decision]())
    for _ in 0..<(round * 60) {
      world.step()
      log.removeAll()
      original.apply(world.batch(), at: world.now, into: &log, decisions: &decisions)
      world.learn(log)
    }
    var chunks: [[UInt8]] = []
    original.encodeSnapshot { chunks.append($0) }
    var copy = try Ledger(snapshot: chunks, hashKey: (99, 100))
    #expect(copy.digest == original.digest && copy.audit().isEmpty, "\(random.recipe)")
    for _ in 0..<80 {
      world.step()
      let commands = world.batch()
      var (logs, answers) = ((EntryLog(), EntryLog()), ([Decision](), [Decision]()))
      #expect(original.isDue(at: world.now) == copy.isDue(at: world.now), "\(random.recipe)")
      original.apply(commands, at: world.now, into: &logs.0, decisions: &answers.0)
      copy.apply(commands, at: world.now, into: &logs.1, decisions: &answers.1)
      #expect(answers.0 == answers.1 && logs.0 == logs.1, "\(random.recipe)")
      #expect(original.nextDue == copy.nextDue, "\(random.recipe)")
      world.learn(logs.0)
    }
    #expect(copy.digest == original.digest && copy.audit() == [], "\(random.recipe)")
  }
}

@Test func aFrozenCopyStaysAsItWas() {
  var random = SeededGenerator()
  var world = RandomCommands(SeededGenerator(seed: random.next()))
  var ledger = Ledger(configuration: configuration(1), hashKey: (3, 4))
  var frozen: [(ledger: Ledger, digest: Checksum, next: [Command], at: Instant)] = []
  var (log, decisions) = (EntryLog(), [Decision]())
  for step in 0..<200 {
    world.step()
    let commands = world.batch()
    if step % 20 == 0 { frozen.append((ledger, ledger.digest, commands, world.now)) }
    ledger.apply(commands, at: world.now, into: &log, decisions: &decisions)
  }
  for (ledger, digest, commands, at) in frozen {
    var copy = ledger
    #expect(copy.digest == digest && copy.audit() == [], "\(random.recipe)")
    copy.apply(commands, at: at, into: &log, decisions: &decisions)
    #expect(copy.audit() == [], "\(random.recipe)")
  }
  #expect(ledger.audit() == [])
}

@Test func hashKeysShowNowhere() {
  var random = SeededGenerator()
  var world = RandomCommands(SeededGenerator(seed: random.next()))
  var ledgers = [(UInt64(1), UInt64(2)), (~0, 0), (0, 0)].map { Ledger(configuration: configuration(0), hashKey: $0) }
  for _ in 0..<150 {
    world.step()
    let commands = world.batch()
    var outputs: [(EntryLog, [Decision])] = []
    for index in ledgers.indices {
      var (log, decisions) = (EntryLog(), [Decision]())
      ledgers[index].apply(commands, at: world.now, into: &log, decisions: &decisions)
      outputs.append((log, decisions))
    }
    world.learn(outputs[0].0)
    #expect(outputs.allSatisfy { $0 == outputs[0] }, "\(random.recipe)")
  }
  #expect(ledgers.allSatisfy { $0.digest == ledgers[0].digest }, "\(random.recipe)")
}
