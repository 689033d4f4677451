// Against the null server the harness finds its own limits; and as that server keeps no book, the check must object.

import ArgumentParser
import Testing
import TollgateLoadReport

@testable import TollgateLoad

struct NullServerTests {
  private func run(_ extra: [String]) async throws -> ExitCode {
    let server = try await NullServer.start()
    let shape = ["--plain", "--port", "\(server.port)", "--connections", "2", "--accounts", "20", "--warm-up", "0s"]
    let code = try await exitCode(shape + ["--count", "400", "--prepared", "--quiet"] + extra)
    await server.shutDown()
    return code
  }

  @Test func aRunWithoutACheckEndsWell() async throws {
    #expect(try await run(["--no-check"]) == .success)
  }

  @Test func aServerWithoutABookIsExitCodeTwo() async throws {
    #expect(try await run([]) == ExitCode(2))
  }

  @Test func aBrokenThresholdIsExitCodeThree() async throws {
    #expect(try await run(["--no-check", "--assert", "rate<1"]) == ExitCode(3))
    #expect(try await run(["--no-check", "--assert", "errors==0"]) == .success)
  }

  @Test func noServerIsExitCodeOne() async throws {
    #expect(try await exitCode(["--plain", "--port", "1", "--count", "1", "--quiet"]) == ExitCode(1))
  }

  @Test(arguments: Scenario.allCases)
  func everyScenarioCanBeCalibrated(scenario: Scenario) async throws {
    var plan = smallPlan(scenario)
    plan.farm.durations = .constant(0.02)
    plan.farm.heartbeatSeconds = 0.005
    let report = try await Calibration(plan: plan).run(observer: SilentObserver(), stop: StopSignal(), arguments: [])
    if scenario == .renderFarm {
      // 250 operations of each thread are asked for, 6 expected of a job; each of the 2 × 42 jobs has at least one heartbeat,
      // however late its moment is noticed.
      #expect(report.operations.map(\.name) == ["authorize", "capture", "extend"])
      #expect(report.operations.prefix(2).allSatisfy { $0.calls == 84 })
      #expect((report.operations.last?.calls ?? 0) >= 84)
    } else {
      #expect(report.totals.operations >= 500)
    }
    #expect(report.totals.errors == 0)
    #expect(report.money == nil)
  }

  @Test func aStoppedRunStillReports() async throws {
    let stop = StopSignal()
    var plan = smallPlan()
    plan.length = .seconds(60)
    let report = try await Calibration(plan: plan).run(observer: Ender(stop), stop: stop, arguments: [])
    #expect(report.notes.contains { $0.contains("ended early") })
  }
}
