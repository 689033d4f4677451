// Certificates for the tests, made by the script that developers use, once a run, and removed at its end.

import Foundation

@testable import TollgateTLS

enum TestCertificates {
  /// What servers and clients of the tests trust.
  static let own = directory("own")
  /// An authority that nobody trusts.
  static let stranger = directory("stranger")

  static func path(_ file: String, in directory: URL = own) -> String {
    directory.appendingPathComponent(file).path
  }

  static func server(
    _ name: String = "server", in directory: URL = own, trust: URL = own, requiresClientCertificate: Bool = true,
    protocols: [String] = TLSPolicy.applicationProtocols
  ) -> TLSConfiguration {
    .server(
      certificateChain: path("\(name).pem", in: directory), privateKey: path("\(name)-key.pem", in: directory),
      trustRoots: path("ca.pem", in: trust), requiresClientCertificate: requiresClientCertificate,
      applicationProtocols: protocols)
  }

  static func client(
    _ name: String? = "worker", in directory: URL = own, trust: URL = own,
    protocols: [String] = TLSPolicy.applicationProtocols
  ) -> TLSConfiguration {
    .client(
      certificateChain: name.map { path("\($0).pem", in: directory) },
      privateKey: name.map { path("\($0)-key.pem", in: directory) }, trustRoots: path("ca.pem", in: trust),
      applicationProtocols: protocols)
  }

  /// A directory of this run's own, empty.
  static func makeDirectory(_ name: String) -> URL {
    let directory = root.appendingPathComponent("\(name)-\(UInt32.random(in: 0 ... .max))")
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      preconditionFailure("no place for test certificates: \(error)")
    }
    return directory
  }

  /// A directory of this run's own, with the own certificates in it.
  static func copy(_ name: String) -> URL {
    let directory = makeDirectory(name)
    do {
      for file in try FileManager.default.contentsOfDirectory(atPath: own.path) {
        try FileManager.default.copyItem(atPath: path(file), toPath: path(file, in: directory))
      }
    } catch {
      preconditionFailure("test certificates cannot be copied: \(error)")
    }
    return directory
  }

  static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("certs/make-dev-certs").path

  /// Runs a program and returns its exit status and all that it printed.
  @discardableResult
  static func run(_ program: String, _ arguments: [String], input: String = "") throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (output, source) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = output
    process.standardInput = source
    try process.run()
    try source.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try source.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private static let root: URL = {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("tollgate-tls-tests-\(ProcessInfo.processInfo.processIdentifier)")
    atexit { try? FileManager.default.removeItem(at: TestCertificates.root) }
    return root
  }()

  private static func directory(_ name: String) -> URL {
    let directory = makeDirectory(name)
    do {
      let (status, output) = try run(script, [directory.path])
      precondition(status == 0, "make-dev-certs failed: \(output)")
    } catch {
      preconditionFailure("make-dev-certs does not run: \(error)")
    }
    return directory
  }
}
