// Real TLS with development certificates: what works, and what a refusal says.

import Foundation
import NIOPosix
import Testing
import TollgateTLS
import TollgateWire

@testable import TollgateClient

@Suite struct TLSTests {
  @Test func certificatesOfBothSidesMakeAConnection() async throws {
    let result = try await call(directory: Certificates.own.value)
    #expect(try result.get().success?.amount == .test(3))
  }

  @Test func aGateThatNobodyVouchesForIsNotTrusted() async throws {
    let error = try await failure(trustRoots: Certificates.foreign.value + "/ca.pem")
    #expect(error.code == .tlsFailed)
    #expect(error.message.contains("TLS"), "\(error.message)")
    #expect(error.message.contains("127.0.0.1:"), "\(error.message)")
  }

  @Test func aGateOfAnotherNameIsNotTrusted() async throws {
    let error = try await failure(serverName: "gate.example")
    #expect(error.code == .tlsFailed)
    #expect(error.message.contains("gate.example"), "\(error.message)")
  }

  @Test func aGateThatRefusesOurCertificateIsUnderstood() async throws {
    let error = try await failure(
      directory: Certificates.foreign.value, trustRoots: Certificates.own.value + "/ca.pem")
    #expect(error.code == .tlsFailed, "\(error)")
    #expect(error.message.lowercased().contains("certificate"), "\(error.message)")
  }

  private func failure(
    directory: String? = nil, trustRoots: String? = nil, serverName: String? = nil
  ) async throws -> TollgateError {
    let own = try await Certificates.own.value
    let result = try await call(directory: directory ?? own, trustRoots: trustRoots, serverName: serverName)
    guard case .failure(let error) = result else {
      Issue.record("the call was answered")
      throw CancellationError()
    }
    return error
  }

  private func call(
    directory: String, trustRoots: String? = nil, serverName: String? = nil
  ) async throws -> Result<Decision<Authorization>, TollgateError> {
    let own = try await Certificates.own.value
    let context = try TLSContextSource(
      .server(certificateChain: own + "/server.pem", privateKey: own + "/server-key.pem", trustRoots: own + "/ca.pem"))
    let gate = try await FakeGate(tls: context.current, script: FakeGate.helpful)
    var configuration = gate.configuration()
    configuration.security = .tls(
      .init(
        certificateChain: directory + "/worker.pem", privateKey: directory + "/worker-key.pem",
        trustRoots: trustRoots ?? directory + "/ca.pem", serverName: serverName))
    let result = try await withTollgateClient(configuration: configuration, logger: silent) { client in
      // A machine that is busy with other tests may not have tried to connect by the time a call is over.
      var attempts = 0
      while true {
        do throws(TollgateError) {
          return Result<Decision<Authorization>, TollgateError>.success(
            try await client.authorize(job, for: account, options: CallOptions(timeout: .seconds(2))))
        } catch {
          attempts += 1
          if error.code != .unavailable || attempts == 20 { return .failure(error) }
        }
      }
    }
    await gate.stop()
    return result
  }
}

/// Development certificates of two authorities, made once a run by the script that developers use.
enum Certificates {
  static let own = Task { try await make("own") }
  static let foreign = Task { try await make("foreign") }

  private static func path(_ name: String) -> String {
    let process = ProcessInfo.processInfo.processIdentifier
    return FileManager.default.temporaryDirectory.path + "/tollgate-client-tests-\(process)-\(name)"
  }

  /// On a thread that may block: the tests' own threads are few.
  private static func make(_ name: String) async throws -> String {
    let directory = path(name)
    if name == "own" { atexit { Certificates.remove("own") } } else { atexit { Certificates.remove("foreign") } }
    let status = try await NIOThreadPool.singleton.runIfActive {
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("certs/make-dev-certs").path
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [script, directory]
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    try #require(status == 0, "make-dev-certs failed")
    return directory
  }

  private static func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }
}
