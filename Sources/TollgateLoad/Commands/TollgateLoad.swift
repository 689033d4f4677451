// The command `tollgate-load`: what the program offers, and what its exit codes mean.

package import ArgumentParser

package struct TollgateLoad: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tollgate-load",
    abstract: "Drives load against a tollgated, measures it, and checks the money.",
    discussion: """
      Without a subcommand it runs a load test; see 'tollgate-load help run'. A test opens and funds its own accounts, drives \
      them, and at the end asks for every balance: what the server says must equal the harness's own book. SIGINT or SIGTERM \
      ends the load early, and it is still checked and reported; anything else is broken off. A second signal ends at once.

        tollgate-load --ca ca.pem --cert admin.pem --key admin-key.pem
        tollgate-load --plain --port 7420 --rate 50k --duration 60s --scenario charge
        tollgate-load calibrate --connections 16 --in-flight 64

        tollgate-load --generate-completion-script bash        (zsh, fish)

      EXIT CODES
      \(LoadExit.manual)
      """,
    version: LoadVersion.current,
    subcommands: [
      RunCommand.self, CalibrateCommand.self, NullServerCommand.self, CompareCommand.self, ShowCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  package init() {}
}

/// How the program ends.
package enum LoadExit {
  /// Every code and what it means, for --help; docs/load.md says the same.
  package static let meanings: KeyValuePairs<String, String> = [
    "0": "all is well",
    "1": "the run failed, or some accounts could not be checked",
    "2": "the money does not agree",
    "3": "a threshold of --assert, or a limit of compare --fail-if, did not hold",
    "64": "the command line is wrong",
    "130, 143": "broken off by SIGINT, SIGTERM",
  ]

  static var manual: String {
    meanings.map { code, meaning in
      "  \(code)" + String(repeating: " ", count: max(1, 10 - code.count)) + meaning
    }.joined(separator: "\n")
  }

  package static let failure = ExitCode(1)
  package static let money = ExitCode(2)
  package static let threshold = ExitCode(3)

  /// Of a run that did not come to its end: the signal's, if one ended it.
  static func failure(_ stop: StopSignal) -> ExitCode { stop.exitCode ?? failure }
}
