// `tollgate-load compare` and `tollgate-load show`: reports of earlier runs.

internal import ArgumentParser
internal import Foundation
internal import TollgateLoadReport

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares two reports, and says what is better and what is not alike.",
    discussion: """
        tollgate-load compare before.json after.json
        tollgate-load compare before.json after.json --fail-if 'p99>+10%' --fail-if 'rate<-5%'

      The exit code is 3 if a limit of --fail-if is broken.
      """)

  @Argument(help: "The report that --json wrote before.", completion: .file(extensions: ["json"])) var before: String
  @Argument(help: "The report that --json wrote after.", completion: .file(extensions: ["json"])) var after: String

  @Option(
    name: .customLong("fail-if"),
    help: ArgumentHelp("A change that fails the comparison, as p99>+10%; may be repeated.", valueName: "limit"))
  var limits: [String] = []

  func validate() throws { _ = try parsedLimits() }

  private func parsedLimits() throws -> [RegressionLimit] {
    try limits.map { text in
      do { return try RegressionLimit(text) } catch { throw ValidationError("--fail-if: \(error)") }
    }
  }

  func run() throws {
    let comparison: Comparison
    do {
      comparison = Comparison(before: try RunReport(file: before), after: try RunReport(file: after))
    } catch {
      LoadConsole.complain("\(error)")
      throw LoadExit.failure
    }
    let paint = LoadConsole.paint(for: STDOUT_FILENO)
    var text = comparison.text(names: (before, after), paint)
    let results = try parsedLimits().map { $0.judge(comparison) }
    for result in results {
      let verdict = result.held ? paint("held  ", .green) : paint("FAILED", .red)
      text += "limit      \(verdict) \(result.assertion): \(result.found)\n"
    }
    do { try LoadConsole.output(Data(text.utf8)) } catch {
      LoadConsole.complain("\(error)")
      throw LoadExit.failure
    }
    guard results.allSatisfy(\.held) else { throw LoadExit.threshold }
  }
}

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a report that --json wrote: its summary, or as a page with --html.")

  @Argument(help: "The report.", completion: .file(extensions: ["json"])) var report: String

  @Option(
    help: ArgumentHelp("Write it as one self-contained page.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  func run() throws {
    do {
      let report = try RunReport(file: report)
      if let html { return try LoadConsole.save(Data(report.html().utf8), to: html) }
      try LoadConsole.output(Data(report.summary(LoadConsole.paint(for: STDOUT_FILENO)).utf8))
    } catch let error as RunReport.FileError {
      LoadConsole.complain("\(error)")
      throw LoadExit.failure
    } catch let failure as LoadFailure {
      LoadConsole.complain("\(failure)")
      throw LoadExit.failure
    }
  }
}
