// Signals: in whatever phase the first one comes, the run ends soon and says so; the second one ends the program.

import ArgumentParser
import EndToEndSupport
import Foundation
import Synchronization
import Testing
import TollgateLoadReport

@testable import TollgateLoad

/// Sends the signal when the load is under way.
struct Ender: RunObserver {
  let stop: StopSignal
  init(_ stop: StopSignal) { self.stop = stop }
  func say(_ line: String) {}
  func progress(_ what: String, _ done: Int, of total: Int) {}
  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase) { stop.stop() }
}

/// Sends the signal when a phase other than the load is seen to be under way.
private struct Interrupter: RunObserver {
  private let stop: StopSignal
  private let phase: String

  init(_ stop: StopSignal, in phase: String) { (self.stop, self.phase) = (stop, phase) }

  func say(_ line: String) {}
  func progress(_ what: String, _ done: Int, of total: Int) { if what == phase { stop.stop() } }
  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase) {}
}

@Suite(.timeLimit(.minutes(2)))
struct StopTests {
  private func settings(_ port: Int, _ plan: LoadPlan) -> RunSettings {
    var settings = RunSettings(connector: Connector(target: .address(host: "127.0.0.1", port: port)))
    settings.plan = plan
    // Nothing but the signal ends these runs: what is waited for never comes.
    settings.plan.patienceSeconds = 600
    return settings
  }

  /// One connection on one thread, so that the server's calls can be counted.
  private func countable() -> LoadPlan {
    var plan = smallPlan(.quote)
    (plan.connections, plan.threads, plan.accounts, plan.length) = (1, 1, 30, .operations(20))
    return plan
  }

  @Test func aSignalBreaksConnectingOff() async throws {
    let server = try await MuteServer()
    let stop = StopSignal()
    let load = LoadRun(settings: settings(server.port, countable()), observer: SilentObserver(), stop: stop)
    let run = Task { try await load.run() }
    try await server.sawAConnection()
    stop.stop(by: StopSignal.terminate)
    await #expect(throws: LoadFailure.stopped("stopped by SIGTERM while connecting")) { try await run.value }
    #expect(stop.exitCode == ExitCode(143))
    await server.stop()
  }

  @Test func aSignalBreaksThePreparationOff() async throws {
    let server = try await NullServer.start(faults: .init(putsOff: 5..<Int.max))
    let stop = StopSignal()
    let observer = Interrupter(stop, in: "preparing accounts")
    await #expect(throws: LoadFailure.stopped("stopped by SIGINT while preparing accounts")) {
      try await LoadRun(settings: settings(server.port, countable()), observer: observer, stop: stop).run()
    }
    await server.shutDown()
  }

  @Test func aSignalBreaksTheCheckOffAndLeavesTheReport() async throws {
    // 30 balances before, 20 quotes, and none of the balances after.
    let server = try await NullServer.start(faults: .init(putsOff: 51..<Int.max))
    let stop = StopSignal()
    let observer = Interrupter(stop, in: "reading balances")
    let report = try await LoadRun(settings: settings(server.port, countable()), observer: observer, stop: stop).run()
    #expect(report.totals.operations == 20)
    #expect(report.money == nil)
    #expect(report.moneyNotChecked == "stopped by SIGINT while reading balances")
    #expect(report.failure != nil && LoadExit.failure(stop) == ExitCode(130))
    await server.shutDown()
  }

  @Test func aLoadThatASignalEndedIsStillChecked() async throws {
    let server = try await RealServer.start()
    let stop = StopSignal()
    var settings = RunSettings(connector: server.connector)
    settings.plan = smallPlan(.charge)
    settings.plan.length = .seconds(600)
    settings.plan.warmUpSeconds = 600
    let report = try await LoadRun(settings: settings, observer: Ender(stop), stop: stop).run()
    #expect(report.money?.agrees == true)
    #expect(report.failure == nil)
    #expect(report.notes.contains { $0.contains("ended early by a signal") })
    await server.stop()
  }

  @Test func onlyTheFirstSignalNamesTheEnd() {
    let stop = StopSignal()
    #expect(stop.exitCode == nil && !stop.isStopped)
    stop.stop(by: StopSignal.terminate)
    stop.stop(by: StopSignal.interrupt)
    #expect(stop.exitCode == ExitCode(143) && stop.isStopped)
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func theProgramEndsAsShellsExpect(signal: Int32, status: Int32) async throws {
    let server = try await MuteServer()
    let child = try ChildProcess(Installation.tollgateLoad, ["--plain", "--port", "\(server.port)", "--no-check"])
    try await server.sawAConnection()
    child.send(signal)
    #expect(await child.wait() == status)
    #expect(child.output.contains("while connecting"), "\(child.output)")
    await server.stop()
  }

  @Test func theNullServerSaysItsPortAtOnceAndEndsWell() async throws {
    let child = try ChildProcess(Installation.tollgateLoad, ["null-server", "--port", "0"])
    #expect(await child.prints("null server on 127.0.0.1:"))
    child.send(SIGTERM)
    #expect(await child.wait() == 0)
  }

  @Test func aSecondSignalEndsTheProgramAtOnce() async throws {
    // The first one ends the load, whose calls are then waited for: for longer than this test may take.
    let server = try await NullServer.start(faults: .init(silentEvery: 1))
    let child = try ChildProcess(
      Installation.tollgateLoad,
      [
        "--plain", "--port", "\(server.port)", "--prepared", "--no-check", "--warm-up", "0s", "--duration", "1h",
        "--call-timeout", "1h",
      ])
    #expect(await child.prints("measuring"))
    child.send(SIGTERM)
    #expect(await child.prints("interrupt again"))
    child.send(SIGINT)
    #expect(await child.wait() == 130)
    await server.shutDown()
  }
}
