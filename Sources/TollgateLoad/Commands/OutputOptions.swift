// Options that say what comes out of a run.

internal import ArgumentParser
internal import Foundation
internal import TollgateLoadReport

struct OutputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write the report as JSON; - is standard output, in place of the summary.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var json: String?

  @Option(
    help: ArgumentHelp("Write the report as one self-contained page.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Option(
    help: ArgumentHelp("Write an HdrHistogram log, a line for each interval and kind of call.", valueName: "file"),
    completion: .file(extensions: ["hlog"]))
  var hdrLog: String?

  @Option(
    name: .customLong("assert"),
    help: ArgumentHelp(
      "A threshold, as p99<5ms or rate>=100k; may be repeated. The exit code is 3 if one does not hold.",
      valueName: "threshold"))
  var asserts: [String] = []

  @Flag(name: .shortAndLong, help: "No progress, only the result.")
  var quiet = false

  func validate() throws {
    _ = try assertions()
    // Found out now, and not after a long run.
    if let json, json != "-" { try OutputOptions.check(json, "--json") }
    if let html { try OutputOptions.check(html, "--html") }
    if let hdrLog { try OutputOptions.check(hdrLog, "--hdr-log") }
  }

  private static func check(_ path: String, _ option: String) throws {
    let files = FileManager.default
    var isFolder: ObjCBool = false
    let isThere = files.fileExists(atPath: path, isDirectory: &isFolder)
    let place = isThere ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard !path.isEmpty, !isFolder.boolValue, files.isWritableFile(atPath: place) else {
      throw ValidationError("\(option): '\(path)' cannot be written")
    }
  }

  func assertions() throws -> [Assertion] {
    try asserts.map { text in
      do { return try Assertion(text) } catch { throw ValidationError("--assert: \(error)") }
    }
  }
}
