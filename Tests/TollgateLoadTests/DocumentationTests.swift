// docs/load.md and docs/load-report.md say of the program what the program says of itself.

import ArgumentParser
import Foundation
import Testing
import TollgateLoadReport
import TollgateTestSupport

@testable import TollgateLoad

struct DocumentationTests {
  /// What each command says of itself; made once, as it takes its time.
  private static let helps: [String] = ([TollgateLoad.self] + TollgateLoad.configuration.subcommands).map {
    TollgateLoad.helpMessage(for: $0, columns: 400)
  }
  /// What every program of ArgumentParser has.
  private let common: Set = ["--help", "--version", "--generate-completion-script"]

  private let defined: Set<String> = helps.reduce(into: []) { $0.formUnion(Documentation.flags(definedIn: $1)) }

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
    for help in Self.helps {
      let named = Documentation.flags(in: help)
      #expect(named.subtracting(defined).subtracting(common).isEmpty, "\(help.prefix(100))")
    }
  }

  @Test func everyExampleIsACommandLine() throws {
    let documents = try ["README.md", "docs/load.md", "docs/load-report.md"].map { try Documentation.text($0) }
    let examples = Set(
      (documents + Self.helps).flatMap { Documentation.examples(of: "tollgate-load", in: $0, rest: ["--plain"]) })
    for example in examples where !example.contains("--generate-completion-script") {
      #expect(throws: Never.self, "\(example)") { try TollgateLoad.parseAsRoot(example) }
    }
    #expect(examples.count >= 15)
  }

  @Test func theDocumentListsTheExitCodesOfTheHelp() throws {
    let document = try Documentation.text("docs/load.md")
    let rows = document.components(separatedBy: "## Exit codes").last?.split(separator: "\n") ?? []
    let codes = rows.filter { $0.hasPrefix("| ") }.map { $0.split(separator: "|")[0].filter { $0 != " " } }
    #expect(codes.filter { $0 != "code" } == LoadExit.meanings.map { $0.key.filter { $0 != " " } })
    let help = Self.helps[0]
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
