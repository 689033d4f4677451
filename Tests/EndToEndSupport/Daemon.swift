// A real tollgated as a child: TLS on loopback, port 0, an SQLite file of its own.

internal import Foundation
package import Logging
package import TollgateClient

/// A server and the clients that can reach it.
package struct Daemon: Sendable {
  package let process: ChildProcess
  package let workplace: Workplace
  /// `127.0.0.1:41234`; empty until it serves.
  package let address: String

  /// Arguments of a start on the workplace's files; `more` come last and win.
  package static func arguments(in workplace: Workplace, certificates: String = "certs", _ more: [String] = [])
    -> [String]
  {
    [
      "--listen-port", "0", "--journal-path", workplace.file("tollgate.db"), "--ready-file", workplace.file("ready"),
      "--tls-certificate", workplace.file("\(certificates)/server.pem"), "--tls-key",
      workplace.file("\(certificates)/server-key.pem"), "--tls-trust-roots", workplace.file("\(certificates)/ca.pem"),
    ] + more
  }

  /// Starts a server and waits until it serves.
  package static func start(in workplace: Workplace, _ more: [String] = []) async throws -> Daemon {
    let ready = workplace.file("ready")
    try? FileManager.default.removeItem(atPath: ready)
    let process = try ChildProcess(Installation.tollgated, arguments(in: workplace, more))
    await eventually(within: .seconds(120)) {
      process.status != nil || FileManager.default.fileExists(atPath: ready)
    }
    guard process.status == nil, let text = try? String(contentsOfFile: ready, encoding: .utf8) else {
      throw EndToEndFailure("tollgated did not start:\n\(process.output)")
    }
    return Daemon(
      process: process, workplace: workplace, address: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  package var port: Int { address.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

  /// Settings of a client in a role.
  package func configuration(
    _ role: String, certificates: String = "certs", trust: String = "certs"
  ) -> TollgateClientConfiguration {
    let tls = TollgateClientConfiguration.TLS(
      certificateChain: workplace.file("\(certificates)/\(role).pem"),
      privateKey: workplace.file("\(certificates)/\(role)-key.pem"), trustRoots: workplace.file("\(trust)/ca.pem"))
    return TollgateClientConfiguration(host: "127.0.0.1", port: port, security: .tls(tls))
  }

  /// Works with a client in a role.
  package func with<Value: Sendable>(
    _ role: String, _ body: @Sendable (TollgateClient) async throws -> Value
  ) async throws -> Value {
    try await withTollgateClient(configuration: configuration(role), logger: .silent, body)
  }

  /// Drains it as an operator would; its exit status.
  package func stop() async -> Int32 {
    process.send(SIGTERM)
    return await process.wait()
  }
}

extension Logger {
  /// Says nothing.
  package static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}
