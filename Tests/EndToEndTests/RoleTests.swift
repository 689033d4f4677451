// Who may do what, judged by certificates on a real connection: a refusal moves nothing and is logged.

import EndToEndSupport
import Foundation
import Testing
import TollgateClient

@Suite struct RoleTests {
  @Test func rolesMayCallTheirMethodsAndNoOthers() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("roles"))
    let account = try await Scene.account(50, on: daemon)
    let grant = GrantRequest(account: account, source: .goodwill, amount: Scene.amount(1), reason: "no")
    let worker = try await daemon.with("worker") { client in
      await failure { try await client.grant(grant) }
    }
    #expect(worker?.code == .permissionDenied)
    #expect(worker?.outcome == .notProcessed)
    let auditor = try await daemon.with("auditor") { client in
      await failure { try await client.authorize(Scene.job, for: account) }
    }
    #expect(auditor?.code == .permissionDenied)
    let rawAmount = try await daemon.with("worker") { client in
      await failure {
        try await client.authorize(SpendRequest(account: account, spend: .amount(Scene.amount(1))))
      }
    }
    #expect(rawAmount?.code == .permissionDenied)
    let balance = try await daemon.with("auditor") { try await $0.balance(of: account).get() }
    #expect(balance.available == Scene.amount(50))
    #expect(balance.held == .zero)
    #expect(await daemon.process.prints("method=grant", within: .seconds(5)))
    #expect(daemon.process.output.contains("identity=spiffe://tollgate.dev/tollgate/auditor/dev"))
    #expect(await daemon.stop() == 0)
  }

  @Test func aCertificateOfAnotherAuthorityIsRefused() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("stranger"))
    try daemon.workplace.copy(await Scene.strangers.value.file("certs"), to: "strange")
    var configuration = daemon.configuration("admin", certificates: "strange")
    configuration.callTimeout = .seconds(2)
    let settings = configuration
    let error = await failure {
      try await withTollgateClient(configuration: settings, logger: .silent) { try await $0.serverInfo() }
    }
    #expect(error != nil)
    #expect(error?.outcome == .notProcessed)
    // And the other way: a client that trusts only the other authority does not speak to this server.
    var suspicious = daemon.configuration("admin", trust: "strange")
    suspicious.callTimeout = .seconds(2)
    let careful = suspicious
    let refusal = await failure {
      try await withTollgateClient(configuration: careful, logger: .silent) { try await $0.serverInfo() }
    }
    #expect(refusal?.code == .tlsFailed || refusal?.code == .unavailable || refusal?.code == .deadlineExceeded)
    #expect(await daemon.stop() == 0)
  }

  @Test func aCertificateOfAnotherTrustDomainHasNoRole() async throws {
    let workplace = try await Scene.workplace("domain")
    let daemon = try await Daemon.start(in: workplace, ["--tls-trust-domain", "elsewhere.example"])
    var configuration = daemon.configuration("admin")
    configuration.callTimeout = .seconds(2)
    let settings = configuration
    let error = await failure {
      try await withTollgateClient(configuration: settings, logger: .silent) { try await $0.serverInfo() }
    }
    #expect(error != nil)
    #expect(await daemon.process.prints("peer not accepted", within: .seconds(5)))
    #expect(daemon.process.output.contains("spiffe://elsewhere.example/tollgate/<worker|billing|auditor|admin>/<name>"))
    #expect(await daemon.stop() == 0)
  }

  @Test(.enabled(if: Installation.system("openssl") != nil, "openssl is missing"))
  func noCertificateIsRefused() async throws {
    let daemon = try await Daemon.start(in: Scene.workplace("nobody"))
    let openssl = try #require(Installation.system("openssl"))
    let common = [
      "s_client", "-connect", daemon.address, "-alpn", "tollgate/1", "-CAfile", daemon.workplace.file("certs/ca.pem"),
      "-verify_return_error", "-ign_eof",
    ]
    let nobody = try await run(openssl, common)
    #expect(nobody.output.contains("certificate required") || nobody.output.contains("handshake failure"))
    #expect(await daemon.process.prints("certificateMissing", within: .seconds(5)))
    #expect(await daemon.stop() == 0)
  }

  @Test func plaintextIsForOneRoleOnLoopback() async throws {
    let workplace = try await Scene.workplace("plaintext")
    let daemon = try await Daemon.start(in: workplace, ["--transport", "plaintext", "--plaintext-role", "auditor"])
    let configuration = TollgateClientConfiguration(
      host: "127.0.0.1", port: daemon.port, security: .plaintextOnLoopback)
    let account = Scene.newAccount()
    let error = try await withTollgateClient(configuration: configuration, logger: .silent) { client in
      let status = try await client.health().status
      #expect(status == .serving)
      return await failure { try await client.openAccount(account, reason: "no") }
    }
    #expect(error?.code == .permissionDenied)
    #expect(daemon.process.output.contains("warning plaintext: whoever reaches 127.0.0.1"))
    #expect(await daemon.stop() == 0)
  }

  @Test func connectionsAreBoundedAndOthersGoOn() async throws {
    let daemon = try await Daemon.start(
      in: Scene.workplace("crowd"), ["--connections-max", "2", "--log-level", "debug"])
    var configuration = daemon.configuration("worker")
    configuration.connections = 2
    var late = configuration
    late.callTimeout = .seconds(1)
    let (first, second) = (configuration, late)
    try await withTollgateClient(configuration: first, logger: .silent) { client in
      // Both connections are up once the server has welcomed both.
      let isUp = await eventually(within: .seconds(20)) {
        daemon.process.output.components(separatedBy: "connection welcomed").count > 2
      }
      #expect(isUp)
      let error = await failure {
        try await withTollgateClient(configuration: second, logger: .silent) { try await $0.health() }
      }
      #expect(error?.outcome == .notProcessed)
      let status = try await client.health().status
      #expect(status == .serving)
    }
    #expect(daemon.process.output.contains("warning connections refused"))
    #expect(await daemon.stop() == 0)
  }
}
