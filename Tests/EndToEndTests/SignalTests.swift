// Signals and endings: drains, reloads, a second process, a medium that fails.

import EndToEndSupport
import Foundation
import Testing
import TollgateClient

@Suite struct SignalTests {
  @Test func sigtermFinishesWhatIsUnderWayAndExitsZero() async throws {
    let workplace = try await Scene.workplace("drain")
    let daemon = try await Daemon.start(in: workplace)
    let account = try await Scene.account(1_000, on: daemon)
    var configuration = daemon.configuration("worker")
    configuration.retry.attemptsMax = 1
    configuration.callTimeout = .seconds(2)
    let settings = configuration
    // Calls go on while the server drains: each is either answered or was not processed, never left open.
    let (done, unknown) = try await withTollgateClient(configuration: settings, logger: .silent) { client in
      _ = try await client.authorize(Job(width: 512, height: 512), for: account).get()
      return try await withThrowingTaskGroup(of: (Int, Int).self) { group in
        for _ in 0..<16 {
          group.addTask {
            var (done, unknown) = (0, 0)
            while daemon.process.status == nil {
              do {
                let hold = try await client.authorize(Job(width: 512, height: 512), for: account)
                if hold.success != nil { done += 1 }
              } catch let error as TollgateError {
                if error.outcome == .unknown { unknown += 1 }
                if error.outcome != .unknown { break }
              }
            }
            return (done, unknown)
          }
        }
        try await Task.sleep(for: .milliseconds(100))
        daemon.process.send(SIGTERM)
        return try await group.reduce(into: (1, 0)) { $0 = ($0.0 + $1.0, $0.1 + $1.1) }
      }
    }
    #expect(await daemon.process.wait() == 0)
    #expect(unknown == 0)
    #expect(daemon.process.output.contains("stopped"))
    #expect(!FileManager.default.fileExists(atPath: workplace.file("ready")))
    let second = try await Daemon.start(in: workplace)
    // The drain wrote a snapshot: nothing has to be replayed.
    #expect(second.process.output.contains("replayed=\"0 commands in 0 records\""))
    let open = try await second.with("worker") { try await $0.balance(of: account).get().openHolds }
    #expect(Int(open) == done)
    #expect(await second.stop() == 0)
  }

  @Test func sigtermDuringTheStartEndsItInGoodOrder() async throws {
    let workplace = try await Scene.workplace("early")
    let process = try ChildProcess(Installation.tollgated, Daemon.arguments(in: workplace))
    #expect(await process.prints("info starting"))
    process.send(SIGTERM)
    #expect(await process.wait() == 0)
    let verified = try await run(Installation.tollgated, ["verify", "--quiet", workplace.file("tollgate.db")])
    #expect(verified.status == 0)
  }

  @Test func aCertificateThatExpiresSoonIsWarnedAbout() async throws {
    let workplace = try Workplace("soon")
    try await workplace.makeCertificates("certs", ["--days", "5"])
    let daemon = try await Daemon.start(in: workplace)
    // Four whole days, or still five within the second in which the certificate was made.
    let warning = "warning certificate expires soon: renew it days="
    #expect([4, 5].contains { daemon.process.output.contains("\(warning)\($0)") })
    #expect(await daemon.stop() == 0)
  }

  @Test func sighupSwapsCertificatesUnderLivingConnections() async throws {
    let workplace = try await Scene.workplace("reload")
    let daemon = try await Daemon.start(in: workplace, ["--log-level", "debug"])
    var configuration = daemon.configuration("worker")
    configuration.connections = 1
    var renamed = configuration
    guard case .tls(var tls) = renamed.security else { throw EndToEndFailure("no TLS") }
    tls.serverName = "renewed.test"
    renamed.security = .tls(tls)
    renamed.callTimeout = .seconds(10)
    let renewed = renamed
    try await withTollgateClient(configuration: configuration, logger: .silent) { client in
      #expect(try await client.health().status == .serving)
      try await workplace.makeCertificates("certs", ["--dns", "renewed.test"])
      daemon.process.send(SIGHUP)
      #expect(await daemon.process.prints("reload: certificates in force for new connections"))
      // Only the new certificate bears this name.
      let status = try await withTollgateClient(configuration: renewed, logger: .silent) { client in
        try await client.health().status
      }
      #expect(status == .serving)
      #expect(try await client.health().status == .serving)
    }
    // The old client never connected again.
    #expect(daemon.process.output.components(separatedBy: "connection welcomed").count == 3)
    #expect(await daemon.stop() == 0)
  }

  @Test func sighupKeepsTheOldCertificateIfTheNewOneIsWrong() async throws {
    let workplace = try await Scene.workplace("keep")
    let daemon = try await Daemon.start(in: workplace)
    try workplace.copy(workplace.file("certs/worker-key.pem"), to: "certs/server-key.pem")
    daemon.process.send(SIGHUP)
    #expect(await daemon.process.prints("reload: the certificates in force stay: private key file"))
    #expect(try await daemon.with("worker") { try await $0.health().status } == .serving)
    #expect(await daemon.stop() == 0)
  }

  @Test func sighupChangesTheLogLevel() async throws {
    let workplace = try await Scene.workplace("level")
    try workplace.write(#"{"log": {"level": "warning"}}"#, to: "tollgated.json")
    let daemon = try await Daemon.start(in: workplace, ["--config", workplace.file("tollgated.json")])
    #expect(!daemon.process.output.contains("info serving"))
    try workplace.write(#"{"log": {"level": "debug"}, "drainTimeout": "1s"}"#, to: "tollgated.json")
    daemon.process.send(SIGHUP)
    #expect(await daemon.process.prints("drainTimeout has changed, but needs a restart"))
    _ = try await daemon.with("worker") { try await $0.health() }
    #expect(await daemon.process.prints("debug connection welcomed"))
    try workplace.write(#"{"log": {"level": "loud"}}"#, to: "tollgated.json")
    daemon.process.send(SIGHUP)
    #expect(await daemon.process.prints("reload: the settings are wrong, so nothing was changed"))
    #expect(await daemon.stop() == 0)
  }

  @Test func aSecondProcessOnTheSameFileIsRefused() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("second"))
    let second = try await run(
      Installation.tollgated,
      Daemon.arguments(in: daemon.workplace, ["--ready-file", daemon.workplace.file("ready2")]))
    #expect(second.status == 75)
    #expect(second.output.contains("tollgate.db is in use by process \(daemon.process.identifier)"))
    let verify = try await run(Installation.tollgated, ["verify", daemon.workplace.file("tollgate.db")])
    #expect(verify.status == 75)
    #expect(try await daemon.with("worker") { try await $0.health().status } == .serving)
    #expect(await daemon.stop() == 0)
  }

  @Test func anAddressThatIsTakenIsNamed() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("address"))
    let other = try await Scene.workplace("address2")
    let second = try await run(
      Installation.tollgated, Daemon.arguments(in: other, ["--listen-port", "\(daemon.port)"]))
    #expect(second.status == 69)
    #expect(second.output.contains("cannot listen on 127.0.0.1 port \(daemon.port) (listen.host, listen.port)"))
    #expect(await daemon.stop() == 0)
  }

  @Test(.enabled(if: Installation.system("strace") != nil, "strace is missing"))
  func aSyncErrorEndsTheProcessAndAnswersNothing() async throws {
    let workplace = try await Scene.workplace("eio")
    let daemon = try await Daemon.start(in: workplace)
    let account = try await Scene.account(50, on: daemon)
    let strace = try ChildProcess(
      try #require(Installation.system("strace")),
      [
        "-f", "-p", "\(daemon.process.identifier)", "-e", "trace=fdatasync,fsync", "-e",
        "inject=fdatasync,fsync:error=EIO",
      ])
    guard await strace.prints("attached", within: .seconds(20)) else {
      // Containers and hardened kernels forbid it.
      print("skipped: strace may not attach here: \(strace.output)")
      #expect(await daemon.stop() == 0)
      return
    }
    var configuration = daemon.configuration("worker")
    configuration.callTimeout = .seconds(3)
    configuration.retry.attemptsMax = 1
    let settings = configuration
    let options = CallOptions(id: RequestIDs().next())
    let error = await failure {
      try await withTollgateClient(configuration: settings, logger: .silent) { client in
        try await client.authorize(Scene.job, for: account, options: options)
      }
    }
    #expect(error?.outcome == .unknown)
    #expect(await daemon.process.wait() == 74)
    #expect(daemon.process.output.contains("critical the journal failed: ending at once"))
    _ = await strace.wait()
    // What was never answered may or may not be there; either way the journal is sound, and the same id decides once.
    let second = try await Daemon.start(in: workplace)
    try await second.with("worker") { client in
      let hold = try await client.authorize(Scene.job, for: account, options: options).get()
      #expect(try await client.balance(of: account).get().held == hold.amount)
    }
    #expect(await second.stop() == 0)
  }
}
