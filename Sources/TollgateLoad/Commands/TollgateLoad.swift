// The command `tollgate-load`: what the program offers, and what its exit codes mean.

package import ArgumentParser

package struct TollgateLoad: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tollgate-load",
    abstract: "Drives load against a tollgated, measures it, and checks the money.",
    discussion: """
      Without a subcommand it runs a load test; see 'tollgate-load help run'. A test opens and funds its own accounts, drives \
      them, and at the end asks for every balance: what the server says must equal the harness's own book.

        tollgate-load --ca ca.pem --cert admin.pem --key admin-key.pem
        tollgate-load --plain --port 7420 --rate 50k --duration 60s --scenario charge
        tollgate-load calibrate --connections 16 --in-flight 64

      Exit codes: 0 all is well; 1 the run failed; 2 the money does not agree; 3 a threshold of --assert, or a limit of compare, \
      did not hold; 64 the command line is wrong; 130 ended by a second interrupt.
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
  package static let failure = ExitCode(1)
  package static let money = ExitCode(2)
  package static let threshold = ExitCode(3)
  package static let usage = ExitCode(64)
}
