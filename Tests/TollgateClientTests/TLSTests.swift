// Real TLS with development certificates: what works, and what a refusal says.

import Foundation
import Testing
import TollgateTLS
import TollgateWire

@testable import TollgateClient

@Suite struct TLSTests {
  @Test func certificatesOfBothSidesMakeAConnection() async throws {
    let result = try await call(directory: Certificates.own)
    #expect(try result.get().success?.amount == .test(3))
  }

  @Test func aGateThatNobodyVouchesForIsNotTrusted() async throws {
    let error = try await failure(trustRoots: Certificates.foreign + "/ca.pem")
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
    let error = try await failure(directory: Certificates.foreign, trustRoots: Certificates.own + "/ca.pem")
    #expect(error.code == .tlsFailed, "\(error)")
    #expect(error.message.lowercased().contains("certificate"), "\(error.message)")
  }

  private func failure(
    directory: String = Certificates.own, trustRoots: String? = nil, serverName: String? = nil
  ) async throws -> TollgateError {
    let result = try await call(directory: directory, trustRoots: trustRoots, serverName: serverName)
    guard case .failure(let error) = result else {
      Issue.record("the call was answered")
      throw CancellationError()
    }
    return error
  }

  private func call(
    directory: String, trustRoots: String? = nil, serverName: String? = nil
  ) async throws -> Result<Decision<Authorization>, TollgateError> {
    let own = Certificates.own
    let context = try TLSContextSource(
      .server(certificateChain: own + "/server.pem", privateKey: own + "/server-key.pem", trustRoots: own + "/ca.pem"))
    let gate = try await FakeGate(tls: context.current, script: FakeGate.helpful)
    var configuration = gate.configuration()
    configuration.security = .tls(
      .init(
        certificateChain: directory + "/worker.pem", privateKey: directory + "/worker-key.pem",
        trustRoots: trustRoots ?? directory + "/ca.pem", serverName: serverName))
    let result = try await withTollgateClient(configuration: configuration, logger: silent) { client in
      do throws(TollgateError) {
        return Result<Decision<Authorization>, TollgateError>.success(
          try await client.authorize(job, for: account, options: CallOptions(timeout: .seconds(2))))
      } catch {
        return .failure(error)
      }
    }
    await gate.stop()
    return result
  }
}

/// Development certificates of two authorities, made once a run by the script that developers use.
enum Certificates {
  static let own = make("own")
  static let foreign = make("foreign")

  private static func make(_ name: String) -> String {
    let directory =
      FileManager.default.temporaryDirectory.path
      + "/tollgate-client-tests-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("certs/make-dev-certs").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [script, directory]
    process.standardOutput = FileHandle.nullDevice
    do { try process.run() } catch { Issue.record("make-dev-certs does not run: \(error)") }
    process.waitUntilExit()
    if process.terminationStatus != 0 { Issue.record("make-dev-certs failed") }
    if name == "own" { atexit { Certificates.remove("own") } } else { atexit { Certificates.remove("foreign") } }
    return directory
  }

  private static func remove(_ name: String) {
    try? FileManager.default.removeItem(
      atPath: FileManager.default.temporaryDirectory.path
        + "/tollgate-client-tests-\(ProcessInfo.processInfo.processIdentifier)-\(name)")
  }
}
