// docs/cli.md names every flag of `tollgate`, and none that does not exist; its examples are command lines.

import ArgumentParser
import Testing
import TollgateTestSupport

@testable import tollgate

struct DocumentationTests {
  /// What every program of ArgumentParser has.
  private let common: Set = ["--help", "--version", "--generate-completion-script"]

  /// Made once, as it takes its time.
  private static let defined = flags(of: Tollgate.self)
  private var defined: Set<String> { Self.defined }

  private static func flags(of command: any ParsableCommand.Type) -> Set<String> {
    let own = Documentation.flags(definedIn: Tollgate.helpMessage(for: command, columns: 400))
    return command.configuration.subcommands.reduce(into: own) { $0.formUnion(flags(of: $1)) }
  }

  @Test func theDocumentNamesEveryFlagAndNoOther() throws {
    let named = Documentation.flags(in: try Documentation.text("docs/cli.md"))
    #expect(defined.count > 40)
    #expect(named.subtracting(defined).subtracting(common).isEmpty)
    #expect(defined.subtracting(named).subtracting(common).isEmpty)
  }

  @Test func theDocumentListsTheStatusesOfTheHelp() throws {
    let document = try Documentation.text("docs/cli.md")
    for status in ExitStatus.allCases { #expect(document.contains("\n| \(status.rawValue) | ")) }
  }

  @Test(arguments: [CompletionShell.bash, .zsh, .fish])
  func everyShellCompletesEveryFlag(shell: CompletionShell) {
    let script = Tollgate.completionScript(for: shell)
    for flag in defined {
      // fish has names without dashes.
      #expect(script.contains(shell == .fish ? String(flag.dropFirst(2)) : flag), "\(flag)")
    }
  }
}
