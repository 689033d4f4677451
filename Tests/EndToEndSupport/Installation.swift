// What an end-to-end test works with: our programs, a directory of its own, and certificates made for it.

internal import Foundation

/// Where things are.
package enum Installation {
  /// The directory of this program, in which SwiftPM builds all others.
  private static let programs = URL(fileURLWithPath: executablePath).deletingLastPathComponent()

  private static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  /// The daemon that was built beside this program.
  package static var tollgated: String { programs.appendingPathComponent("tollgated").path }

  /// The load-test harness that was built beside this program.
  package static var tollgateLoad: String { programs.appendingPathComponent("tollgate-load").path }

  /// A file of the repository.
  package static func source(_ path: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(path).path
  }

  /// The path of a program that the system has, or nil.
  package static func system(_ name: String) -> String? {
    ["/usr/bin", "/bin", "/usr/local/bin"].map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// A directory that goes away with this value.
package final class Workplace: Sendable {
  package let path: String

  package init(_ name: String) throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tollgate-\(name)-\(UInt64.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = directory.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  package func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
  }

  package func copy(_ from: String, to name: String) throws {
    try? FileManager.default.removeItem(atPath: file(name))
    try FileManager.default.copyItem(atPath: from, toPath: file(name))
  }

  /// Makes development certificates in a directory of this one, by the script that developers use.
  package func makeCertificates(_ name: String = "certs", _ options: [String] = []) async throws {
    let made = try await run(Installation.source("certs/make-dev-certs"), options + [file(name)])
    guard made.status == 0 else { throw EndToEndFailure("make-dev-certs failed: \(made.output)") }
  }
}

/// What makes an end-to-end test impossible to go on.
package struct EndToEndFailure: Error, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
