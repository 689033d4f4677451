// Connections that break and calls that come twice: nothing is lost, nothing doubled, and a server that lies is found out.

import Testing
import TollgateLoadReport

@testable import TollgateLoad

struct FaultTests {
  @Test(arguments: [Scenario.authorizeCapture, .authorizeVoid, .batch, .charge])
  func droppedConnectionsLoseAndDoubleNothing(scenario: Scenario) async throws {
    var plan = smallPlan(scenario)
    plan.length = .operations(2_000)
    plan.faults.dropRate = scenario == .batch ? 0.05 : 0.02
    plan.faults.duplicateRate = 0.1
    let report = try await runAgainstServer(plan)
    #expect(report.totals.retries > 0)
    #expect(report.totals.unanswered == 0)
    #expect(report.money?.agrees == true, "\(report.money?.discrepancies ?? [])")
    #expect(report.notes.contains { $0.contains("dropped on purpose") })
  }

  @Test func openLoopsSurviveDropsToo() async throws {
    var plan = smallPlan()
    plan.pace = .open(RateSchedule(rate: 3_000), .poisson)
    plan.length = .seconds(0.8)
    plan.faults.dropEverySeconds = 0.05
    let report = try await runAgainstServer(plan)
    #expect(report.totals.unanswered == 0)
    #expect(report.money?.agrees == true)
  }

  @Test func twoAnswersUnderOneIdMustBeTheSame() async throws {
    let server = try await NullServer.start(faults: .init(priceStep: 1))
    var plan = smallPlan(.charge)
    plan.threads = 1
    plan.faults.duplicateRate = 1
    var settings = RunSettings(connector: Connector(target: .address(host: "127.0.0.1", port: server.port)))
    settings.plan = plan
    settings.isPrepared = true
    let report = try await LoadRun(settings: settings, observer: SilentObserver(), stop: StopSignal()).run()
    await server.shutDown()
    let money = try #require(report.money)
    #expect(money.discrepancies.contains { $0.figure.hasPrefix("the repeated answer to charge") })
    #expect(money.discrepancies.contains { $0.figure.hasPrefix("the replay flag of charge") })
  }

  @Test func aServerThatIsNotThereIsNamed() async throws {
    var settings = RunSettings(connector: Connector(target: .address(host: "127.0.0.1", port: 1)))
    settings.plan = smallPlan()
    await #expect {
      try await LoadRun(settings: settings, observer: SilentObserver(), stop: StopSignal()).run()
    } throws: { "\($0)".contains("127.0.0.1:1") }
  }
}
