// What every test here begins with: a workplace with certificates, a server, and an account with credits.

import EndToEndSupport
import Foundation
import Testing
import TollgateClient

/// Certificates are made once a run; each test copies them.
enum Scene {
  /// A directory with certificates of its own, and nothing else.
  static func workplace(_ name: String) async throws -> Workplace {
    let workplace = try Workplace(name)
    let shared = try await certificates.value
    try workplace.copy(shared.file("certs"), to: "certs")
    return workplace
  }

  /// A directory whose `certs` nobody but this run trusts.
  static let certificates = Task {
    let shared = try Workplace("certificates")
    try await shared.makeCertificates()
    return shared
  }

  /// Another authority with the same names.
  static let strangers = Task {
    let shared = try Workplace("strangers")
    try await shared.makeCertificates()
    return shared
  }

  static func newAccount() -> AccountID {
    AccountID(high: UInt64.random(in: 1 ... .max), low: UInt64.random(in: 1 ... .max))
  }

  /// Opens an account with so many credits.
  static func account(_ credits: Int64, on daemon: Daemon) async throws -> AccountID {
    let account = newAccount()
    try await daemon.with("billing") { client in
      _ = try await client.openAccount(account, reason: "test").get()
      let grant = GrantRequest(account: account, source: .plan, amount: amount(credits), reason: "test")
      _ = try await client.grant(grant).get()
    }
    return account
  }

  static func amount(_ credits: Int64) -> Credits { Credits(microcredits: credits * 1_000_000) }

  /// Four images of 1024×1024 on an advanced model: 24 credits.
  static let job = Job(width: 1_024, height: 1_024, count: 4, model: 1)
}

/// The error of a call that must fail.
func failure<Value: Sendable>(
  of call: @Sendable () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async -> TollgateError? {
  do {
    let value = try await call()
    Issue.record("expected a failure, got \(value)", sourceLocation: sourceLocation)
    return nil
  } catch {
    return error as? TollgateError
  }
}
