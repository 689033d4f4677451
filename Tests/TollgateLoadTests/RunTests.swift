// Whole runs against a real server of this process: every scenario ends, and its money agrees.

import Testing
import TollgateLedger
import TollgateLoadReport
import TollgateValues
import TollgateWire

@testable import TollgateLoad

struct RunTests {
  @Test(arguments: [Scenario.authorizeCapture, .authorizeVoid, .batch, .charge, .quote, .balance])
  func everyScenarioDoesWhatIsAskedAndItsMoneyAgrees(scenario: Scenario) async throws {
    let report = try await runAgainstServer(smallPlan(scenario))
    #expect(report.totals.operations >= 500)
    #expect(report.totals.errors == 0 && report.totals.denials == 0 && report.totals.unanswered == 0)
    let money = try #require(report.money)
    #expect(money.agrees, "\(money.discrepancies)")
    #expect(money.accounts == 50)
    #expect(money.held == 0)
    let spends: Set<Scenario> = [.authorizeCapture, .batch, .charge]
    #expect((money.captured > 0) == spends.contains(scenario))
    #expect(money.granted == money.available + money.captured)
  }

  @Test func aMixUsesAllItsParts() async throws {
    var plan = smallPlan()
    plan.mix = try Mix(parsing: "authorize-capture=2,authorize-void=1,charge=1,quote=1,balance=1,batch=0.1")
    plan.skew = .zipf(exponent: 1.2)
    plan.length = .operations(2_000)
    let report = try await runAgainstServer(plan)
    #expect(
      Set(report.operations.map(\.name)).isSuperset(of: ["authorize", "capture", "void", "charge", "quote", "balance"]))
    #expect(report.money?.agrees == true)
  }

  @Test func anOpenLoopBeginsWhatIsDue() async throws {
    var plan = smallPlan(.charge)
    plan.pace = .open(RateSchedule(rate: 2_000), .constant)
    plan.length = .seconds(0.5)
    plan.inFlight = 4_096
    let report = try await runAgainstServer(plan)
    // What was due in the half second was begun, however late, and recorded.
    #expect(abs(Int(report.latency.count) - 1_000) <= 4)
    #expect(report.configuration.loop == .constant)
    #expect(report.money?.agrees == true)
  }

  /// Some orphans, or none, have expired when their balances are read.
  @Test(arguments: [1.0, 600])
  func aRenderFarmLeavesOrphansThatTheBookKnows(lifetimeSeconds: Double) async throws {
    var plan = smallPlan(.renderFarm)
    plan.farm.durations = .exponential(mean: 0.1)
    plan.farm.heartbeatSeconds = 0.05
    plan.farm.lifetimeSeconds = lifetimeSeconds
    plan.farm.crashRate = 0.3
    plan.length = .seconds(1.5)
    let report = try await runAgainstServer(plan)
    let money = try #require(report.money)
    #expect(money.agrees, "\(money.discrepancies)")
    #expect(money.held > 0 || lifetimeSeconds < 600, "these orphans are not expired yet")
    #expect(report.operations.contains { $0.name == "extend" })
    #expect(report.totals.errors == 0 && report.totals.denials == 0)
  }

  @Test func accountsAreUsedAgainAndClosedInTheEnd() async throws {
    let server = try await RealServer.start()
    let first = try await runAgainstServer(smallPlan(.charge), server: server)
    let second = try await runAgainstServer(
      smallPlan(.charge), change: { $0.isPrepared = true }, server: server)
    #expect(second.money?.granted == first.money?.available)
    let third = try await runAgainstServer(
      smallPlan(.authorizeCapture), change: { $0.cleansUp = true }, server: server)
    #expect(third.notes.contains { $0.contains("50 accounts closed") })
    await #expect { try await runAgainstServer(smallPlan(.charge), server: server) } throws: {
      "\($0)".contains("closed") && "\($0)".contains("--seed")
    }
    await server.stop()
  }

  @Test func missingAccountsAreAnErrorIfTheyShouldBeThere() async throws {
    await #expect {
      try await runAgainstServer(smallPlan(.charge), change: { $0.isPrepared = true })
    } throws: { "\($0)".contains("does not exist") && "\($0)".contains("--prepared") }
  }

  @Test func aCertificateOfTheWrongRoleIsToldAtOnce() async throws {
    await #expect { try await runAgainstServer(smallPlan(), role: .worker) } throws: {
      "\($0)".contains("the role worker") && "\($0)".contains("openAccount")
    }
  }

  @Test func creditsThatRunOutAreDenialsAndNoDiscrepancies() async throws {
    var plan = smallPlan(.charge)
    plan.accounts = 2
    let report = try await runAgainstServer(plan, change: { $0.grantCredits = 3 })
    #expect(report.totals.denials > 0)
    #expect(report.totals.errors == 0)
    #expect(report.statuses.contains { $0.name.contains("insufficient credits") })
    #expect(report.money?.agrees == true)
    #expect(report.money?.available ?? -1 < 1_000_000 * 2)
  }

  @Test func whatSomebodyElseSpendsIsADiscrepancy() async throws {
    // Two runs on the same accounts at once: each finds the other's charges in its accounts.
    let server = try await RealServer.start()
    _ = try await runAgainstServer(smallPlan(.charge), server: server)
    var long = smallPlan(.charge)
    long.length = .seconds(1.5)
    async let one = runAgainstServer(long, change: { $0.isPrepared = true }, server: server)
    try await Task.sleep(for: .milliseconds(200))
    _ = try await runAgainstServer(smallPlan(.charge), change: { $0.isPrepared = true }, server: server)
    let report = try await one
    #expect(report.money?.agrees == false)
    #expect(report.money?.discrepancies.first?.figure == "available")
    await server.stop()
  }

  @Test func theSearchRunsItsStepsAndChecksTheMoneyOfAll() async throws {
    var plan = smallPlan(.charge)
    plan.inFlight = 256
    let report = try await runAgainstServer(plan) { settings in
      var search = SearchPlan(bound: LatencyBound(percentile: 99, nanoseconds: 2_000_000_000))
      search.startRate = 500
      search.rateMax = 1_000
      search.stepSeconds = 0.2
      search.settleSeconds = 0.05
      settings.search = search
    }
    let search = try #require(report.search)
    #expect(!search.steps.isEmpty)
    #expect(report.money?.agrees == true)
  }
}
