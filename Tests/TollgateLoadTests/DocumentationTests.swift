// docs/load.md and docs/load-report.md say of the program what the program says of itself.

import ArgumentParser
import Foundation
import Testing
import TollgateLoadReport
import TollgateTestSupport

@testable import TollgateLoad

struct DocumentationTests {
  private let commands: [any ParsableCommand.Type] =
    [TollgateLoad.self] + TollgateLoad.configuration.subcommands
  /// What every program of ArgumentParser has.
  private let common: Set = ["--help", "--version", "--generate-completion-script"]

  private var defined: Set<String> {
    commands.reduce(into: []) {
      $0.formUnion(Documentation.flags(definedIn: TollgateLoad.helpMessage(for: $1, columns: 400)))
    }
  }

  @Test func everyFlagOfTheDocumentsExists() throws {
    for document in ["docs/load.md", "docs/load-report.md"] {
      let named = Documentation.flags(in: try Documentation.text(document))
      #expect(named.subtracting(defined).subtracting(common).isEmpty, "\(document)")
    }
  }

  @Test func everyFlagStandsInTheDocument() throws {
    let named = Documentation.flags(in: try Documentation.text("docs/load.md"))
    #expect(defined.count > 40)
    #expect(defined.subtracting(named).subtracting(common).isEmpty)
  }

  @Test func everyFlagThatAHelpNamesExists() {
    for command in commands {
      let named = Documentation.flags(in: TollgateLoad.helpMessage(for: command, columns: 400))
      #expect(named.subtracting(defined).subtracting(common).isEmpty, "\(command)")
    }
  }

  @Test func everyExampleIsACommandLine() throws {
    var count = 0
    let texts =
      try [Documentation.text("README.md"), Documentation.text("docs/load.md")]
      + [Documentation.text("docs/load-report.md")]
      + commands.map { TollgateLoad.helpMessage(for: $0, columns: 400) }
    for example in texts.flatMap({ Documentation.examples(of: "tollgate-load", in: $0, rest: ["--plain"]) })
    where !example.contains("--generate-completion-script") {
      #expect(throws: Never.self, "\(example)") { try TollgateLoad.parseAsRoot(example) }
      count += 1
    }
    #expect(count >= 20)
  }

  @Test func theDocumentListsTheExitCodesOfTheHelp() throws {
    let document = try Documentation.text("docs/load.md")
    let rows = document.components(separatedBy: "## Exit codes").last?.split(separator: "\n") ?? []
    let codes = rows.filter { $0.hasPrefix("| ") }.map { $0.split(separator: "|")[0].filter { $0 != " " } }
    #expect(codes.filter { $0 != "code" } == LoadExit.meanings.map { $0.key.filter { $0 != " " } })
    let help = TollgateLoad.helpMessage(columns: 400)
    for (code, meaning) in LoadExit.meanings { #expect(help.contains(code) && help.contains(meaning)) }
  }

  @Test(arguments: [CompletionShell.bash, .zsh, .fish])
  func everyShellCompletesEveryFlag(shell: CompletionShell) {
    let script = TollgateLoad.completionScript(for: shell)
    for flag in defined {
      // fish has names without dashes.
      #expect(script.contains(shell == .fish ? String(flag.dropFirst(2)) : flag), "\(flag)")
    }
    for scenario in Scenario.names { #expect(script.contains(scenario)) }
  }

  @Test func everyFigureOfTheThresholdsIsDocumented() throws {
    let document = try Documentation.text("docs/load-report.md")
    for name in ["max", "mean", "rate", "calls", "errors", "denials", "cpu", "harness-cpu"] {
      #expect(Metric(name: name) != nil)
      #expect(document.contains("`\(name)`"), "\(name)")
    }
  }
}
