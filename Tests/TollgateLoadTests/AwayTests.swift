// Servers that go away or fall silent in the middle: the run ends in bounded time and reports what it has measured.

import ArgumentParser
import Foundation
import Synchronization
import Testing
import TollgateLoadReport

@testable import TollgateLoad

/// Tells when a run has come far enough to lose its server.
private final class Witness: RunObserver {
  private let answers = Atomic(false)
  private let steps = Atomic(false)

  func say(_ line: String) {
    if line.hasPrefix("passed") { steps.store(true, ordering: .relaxed) }
  }
  func progress(_ what: String, _ done: Int, of total: Int) {}
  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase) {
    if interval.start >= 0, meter.operations > 0 { answers.store(true, ordering: .relaxed) }
  }

  func sawAnswers() async throws { try await wait { self.answers.load(ordering: .relaxed) } }
  func sawAStep() async throws { try await wait { self.steps.load(ordering: .relaxed) } }
}

@Suite(.timeLimit(.minutes(1)))
struct AwayTests {
  private func settings(_ server: NullServer, _ plan: LoadPlan) -> RunSettings {
    var settings = RunSettings(connector: Connector(target: .address(host: "127.0.0.1", port: server.port)))
    settings.plan = plan
    settings.isPrepared = true
    return settings
  }

  private func run(
    _ settings: RunSettings, _ observer: any RunObserver = SilentObserver()
  ) async throws -> RunReport {
    try await LoadRun(settings: settings, observer: observer, stop: StopSignal()).run()
  }

  @Test(arguments: [true, false])
  func aServerThatStaysAwayEndsTheRunWithItsReport(isClosed: Bool) async throws {
    let server = try await NullServer.start()
    var plan = smallPlan()
    plan.length = .seconds(600)
    plan.patienceSeconds = 0.3
    if !isClosed { plan.pace = .open(RateSchedule(rate: 5_000), .poisson) }
    let witness = Witness()
    async let report = run(settings(server, plan), witness)
    try await witness.sawAnswers()
    await server.shutDown()
    let found = try await report
    #expect(found.totals.operations > 0 && found.latency.count > 0)
    #expect(found.failure?.contains("could not be made again for 0.3 s") == true)
    #expect(found.failure?.contains("127.0.0.1:\(server.port)") == true)
    #expect(found.money == nil && found.moneyNotChecked == "server away")
    #expect(found.notes.contains { $0.contains("ended before its time") })
  }

  @Test func theProgramSaysSoInItsFilesAndByItsExitCode() async throws {
    let server = try await NullServer.start()
    let path = NSTemporaryDirectory() + "tollgate-load-away-\(UUID()).json"
    let log = path + ".hlog"
    defer { for file in [path, log] { try? FileManager.default.removeItem(atPath: file) } }
    let line = [
      "--plain", "--port", "\(server.port)", "--connections", "2", "--accounts", "20", "--prepared", "--warm-up", "0s",
      "--duration", "10m", "--patience", "300ms", "--json", path, "--hdr-log", log, "--quiet",
    ]
    async let code = exitCode(line)
    // The log has a line for each interval in which calls were answered.
    try await wait { (try? String(contentsOfFile: log, encoding: .utf8))?.contains("Tag=capture") ?? false }
    await server.shutDown()
    #expect(try await code == ExitCode(1))
    let report = try RunReport(file: path)
    #expect(report.failure != nil && report.moneyNotChecked == "server away" && report.totals.operations > 0)
  }

  @Test func aSearchKeepsTheStepsBeforeTheServerWentAway() async throws {
    let server = try await NullServer.start()
    var settings = settings(server, smallPlan(.charge))
    settings.plan.patienceSeconds = 0.2
    settings.plan.inFlight = 256
    settings.plan.checksMoney = false
    var search = SearchPlan(bound: LatencyBound(percentile: 99, nanoseconds: 5_000_000_000))
    (search.startRate, search.stepSeconds, search.settleSeconds) = (200, 0.2, 0.05)
    settings.search = search
    let witness = Witness()
    async let report = run(settings, witness)
    try await witness.sawAStep()
    await server.shutDown()
    let found = try await report
    #expect(found.failure != nil)
    #expect((found.search?.steps.count ?? 0) > 0)
  }

  @Test(arguments: [7, 1])
  func callsThatNobodyAnswersAreWaitedForNoLongerThanTheirTimeout(silentEvery: Int) async throws {
    let server = try await NullServer.start(faults: .init(silentEvery: silentEvery))
    var plan = smallPlan(.charge)
    plan.checksMoney = false
    plan.drainSeconds = 0.3
    plan.length = .operations(2_000)
    let report = try await run(settings(server, plan))
    await server.shutDown()
    // Each of 3 × 8 slots ends with a call that has no answer.
    #expect(report.totals.unanswered == 24)
    #expect(report.totals.errorShare > 0)
    #expect((report.totals.operations > 0) == (silentEvery > 1))
    #expect(report.failure == nil)
    #expect(report.notes.contains { $0.contains("no call was answered for 0.3 s") })
  }

  @Test func balancesThatNobodyTellsAreNotWaitedForWithoutEnd() async throws {
    // The three connections lose one call in 50 of the load, and one in 50 of the questions about balances.
    let server = try await NullServer.start(faults: .init(silentEvery: 50))
    var plan = smallPlan(.quote)
    plan.length = .operations(20)
    (plan.drainSeconds, plan.patienceSeconds) = (0.2, 0.3)
    plan.accounts = 400
    var settings = settings(server, plan)
    settings.isPrepared = false
    await #expect { try await run(settings) } throws: { "\($0)".contains("answered nothing for 0.3 s") }
    await server.shutDown()
  }

  @Test(arguments: [LoadPlan.Length.operations(2_000), .seconds(600)])
  func aServerThatPutsEveryCallOffCountsAsAway(length: LoadPlan.Length) async throws {
    let server = try await NullServer.start(faults: .init(putsOff: 50..<Int.max))
    var plan = smallPlan(.charge)
    (plan.length, plan.patienceSeconds) = (length, 1)
    plan.checksMoney = false
    let report = try await run(settings(server, plan))
    await server.shutDown()
    // Three connections carry out 49 calls each.
    #expect(report.totals.operations == 3 * 49)
    #expect(report.totals.errors > 0)
    #expect(report.failure == "the server put every call off for 1 s, the last one with UNAVAILABLE")
    #expect(report.notes.contains { $0 == "24 calls were put off by the server until the end." })
  }

  @Test func theProgramEndsWithCodeOneThen() async throws {
    let server = try await NullServer.start(faults: .init(putsOff: 1..<Int.max))
    let path = NSTemporaryDirectory() + "tollgate-load-later-\(UUID()).json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let line = ["--plain", "--port", "\(server.port)", "--prepared", "--no-check", "--warm-up", "0s", "--quiet"]
    #expect(
      try await exitCode(line + ["--count", "100", "--patience", "300ms", "--json", path]) == ExitCode(1))
    #expect(try RunReport(file: path).failure?.contains("put every call off") == true)
    // With accounts to be looked at first, nothing is measured.
    #expect(try await exitCode(line + ["--count", "100", "--patience", "300ms", "--check"]) == ExitCode(1))
    await server.shutDown()
  }

  @Test func aServerThatPutsCallsOffForAWhileIsAskedAgain() async throws {
    // In the middle of the preparation, and in the middle of the load.
    let server = try await NullServer.start(faults: .init(putsOff: 10..<200))
    var plan = smallPlan(.quote)
    plan.length = .operations(2_000)
    var settings = settings(server, plan)
    settings.isPrepared = false
    let report = try await run(settings)
    await server.shutDown()
    #expect(report.failure == nil)
    #expect(report.totals.operations == 2_000)
    #expect(report.totals.errors > 0 && report.totals.retries > 0)
    #expect(report.money?.accounts == 50)
  }
}
