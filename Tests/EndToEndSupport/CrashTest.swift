// kill -9 under load, again and again: what was acknowledged must be there, with the same outcome, and once.

internal import Foundation
internal import TollgateClient
internal import TollgateTestSupport

/// A crash test. It needs nothing but the daemon beside this program.
package struct CrashTest: Sendable {
  package var rounds: Int
  package var seed: UInt64
  package var connections = 4
  /// Tasks that call at once.
  package var workers = 64
  /// The longest that a round's load lasts.
  package var loadMax: Duration = .milliseconds(600)

  package init(rounds: Int, seed: UInt64) {
    self.rounds = rounds
    self.seed = seed
  }

  package struct Summary: Sendable {
    package var rounds = 0
    package var acknowledged = 0
    package var unanswered = 0
    package var unansweredDone = 0
    package var replayed = 0
    package var discrepancies: [String] = []
  }

  /// What is kept from round to round.
  fileprivate struct Life {
    let accounts: [AccountID]
    /// The lines of the latest rounds, to take samples of; ids older than the dedup window would be refused.
    var recent: [[CrashLine]] = []
    var expectations: [AccountID: CrashExpectation] = [:]
    var seen: [AccountID: EntryNumber] = [:]
    var found: [AccountID: Set<RequestID>] = [:]
    var random: SeededGenerator
    let ids: RequestIDs
    var summary = Summary()
  }

  /// Runs all rounds, or as many as it takes to find something wrong. `say` hears a line a round.
  package func run(say: @Sendable (String) -> Void) async throws -> Summary {
    let workplace = try Workplace("crash")
    try await workplace.makeCertificates()
    var random = SeededGenerator(seed: seed)
    let accounts = (0..<8).map { _ in AccountID(high: random.next(), low: random.next()) }
    var life = Life(accounts: accounts, random: random, ids: RequestIDs(seed: seed))
    try await open(&life, in: workplace)
    for round in 1...rounds {
      let before = life.summary
      let (load, milliseconds) = try await crash(&life, round, in: workplace)
      try await check(&life, load.lines, in: workplace)
      life.summary.rounds = round
      say(life.summary.line(round, of: rounds, since: before, milliseconds))
      if !life.summary.discrepancies.isEmpty { break }
    }
    let verified = try await EndToEndSupport.run(
      Installation.tollgated, ["verify", "--quiet", workplace.file("tollgate.db")])
    if verified.status != 0 { life.summary.discrepancies.append("the journal does not verify: \(verified.output)") }
    return life.summary
  }

  private func start(in workplace: Workplace) async throws -> Daemon {
    // Snapshots so often that some are cut off half-way.
    try await Daemon.start(in: workplace, ["--snapshots-commands", "3000", "--log-level", "warning"])
  }

  private func configuration(_ daemon: Daemon) -> TollgateClientConfiguration {
    var configuration = daemon.configuration("admin")
    configuration.connections = connections
    configuration.callTimeout = .seconds(30)
    // Nothing is tried again behind the test's back: an answer that is lost stays lost until the restart.
    configuration.retry.attemptsMax = 1
    return configuration
  }

  /// Opens the accounts, with more credits than all rounds can spend.
  private func open(_ life: inout Life, in workplace: Workplace) async throws {
    let daemon = try await start(in: workplace)
    let accounts = life.accounts
    let ids = life.ids
    let grants = try await withTollgateClient(configuration: configuration(daemon), logger: .silent) { client in
      var grants: [(CrashOperation, CrashOutcome)] = []
      for account in accounts {
        _ = try await client.openAccount(account, reason: "crash test").get()
        let amount = Credits(microcredits: 1_000_000_000_000)
        let grant = CrashOperation(id: ids.next(), account: account, call: .grant(amount))
        grants.append((grant, try await grant.perform(on: client).0))
      }
      return grants
    }
    life.recent = [grants.map { CrashLine(operation: $0.0, round: 0, outcome: $0.1) }]
    for line in life.recent[0] { life.expectations[line.operation.account, default: CrashExpectation()].take(line) }
    guard await daemon.stop() == 0 else { throw EndToEndFailure("tollgated did not drain:\n\(daemon.process.output)") }
  }

  /// One load, ended by SIGKILL at a moment of its own, and how long it lasted.
  private func crash(_ life: inout Life, _ round: Int, in workplace: Workplace) async throws -> (CrashLoad, Int64) {
    let daemon = try await start(in: workplace)
    let load = CrashLoad(accounts: life.accounts, round: round, ids: life.ids)
    let most = Int64(loadMax / .milliseconds(1))
    let milliseconds = Int64.random(in: min(20, most)...most, using: &life.random)
    let seeds = (0..<workers).map { _ in life.random.next() }
    try await withTollgateClient(configuration: configuration(daemon), logger: .silent) { client in
      // The first call waits until there is a connection, so that the load's time is all load.
      _ = try await client.health()
      await withTaskGroup(of: Void.self) { group in
        for seed in seeds { group.addTask { await load.work(on: client, seed) } }
        try? await Task.sleep(for: .milliseconds(milliseconds))
        daemon.process.send(SIGKILL)
        load.stop()
        _ = await daemon.process.wait()
        // What waits for a connection need not wait any longer.
        group.cancelAll()
      }
    }
    life.summary.acknowledged += load.acknowledged
    return (load, milliseconds)
  }

  /// Restarts, and checks all lines of this round, and a sample of what earlier ones left.
  private func check(_ life: inout Life, _ current: [CrashLine], in workplace: Workplace) async throws {
    let daemon = try await start(in: workplace)
    let sample = life.sample()
    let before = life
    life = try await withTollgateClient(configuration: configuration(daemon), logger: .silent) { client in
      var life = before
      var check = CrashCheck(client: client)
      var lines = sample + current
      try await check.replay(&lines)
      life.take(Array(lines[sample.count...]))
      for account in life.accounts {
        life.seen[account] = try await check.compare(
          account, with: life.expectations[account, default: CrashExpectation()], since: life.seen[account] ?? .none,
          found: &life.found[account, default: []])
      }
      life.summary.add(check)
      return life
    }
    guard await daemon.stop() == 0 else { throw EndToEndFailure("tollgated did not drain:\n\(daemon.process.output)") }
  }
}

extension CrashTest.Life {
  private static let roundsKept = 20
  private static let sampleMax = 200

  /// Some lines of earlier rounds, in their order and none twice.
  fileprivate mutating func sample() -> [CrashLine] {
    let earlier = Array(recent.joined())
    let places = (0..<CrashTest.Life.sampleMax).map { _ in Int.random(in: earlier.indices, using: &random) }
    return Set(places).sorted().map { earlier[$0] }
  }

  /// Takes in a round whose outcomes are all known.
  fileprivate mutating func take(_ lines: [CrashLine]) {
    for account in accounts { expectations[account]?.requests = [] }
    for line in lines { expectations[line.operation.account, default: CrashExpectation()].take(line) }
    recent.append(lines)
    if recent.count > CrashTest.Life.roundsKept { recent.removeFirst() }
  }
}

extension CrashTest.Summary {
  mutating func add(_ check: CrashCheck) {
    unanswered += check.unanswered
    unansweredDone += check.unansweredDone
    replayed += check.replayed
    discrepancies += check.discrepancies
  }

  func line(_ round: Int, of rounds: Int, since before: CrashTest.Summary, _ milliseconds: Int64) -> String {
    "round \(round)/\(rounds): killed after \(milliseconds) ms, \(acknowledged - before.acknowledged) acknowledged, "
      + "\(unanswered - before.unanswered) unanswered (\(unansweredDone - before.unansweredDone) of them done), "
      + "\(replayed - before.replayed) replayed, \(discrepancies.count - before.discrepancies.count) discrepancies"
  }

  /// The result in one line.
  package var closing: String {
    "\(rounds) crashes: \(acknowledged) operations acknowledged under load, \(unanswered) unanswered (\(unansweredDone) of"
      + " them done), \(replayed) replayed after restarts; "
      + (discrepancies.isEmpty ? "none lost, changed or doubled" : "\(discrepancies.count) DISCREPANCIES")
  }
}
