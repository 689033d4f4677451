// The daemon's command line: serve, check the settings, verify a journal.

internal import ArgumentParser
internal import Foundation
internal import TollgateDaemon
internal import TollgateServer
internal import TollgateTLS

@main
struct Tollgated: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "tollgated", abstract: "Serves Tollgate: decides which jobs may run and who pays for them.",
      discussion: discussion, version: "tollgated \(TollgateVersion.current) (\(TLSLibrary.version))",
      subcommands: [Run.self, Check.self, Verify.self], defaultSubcommand: Run.self)
  }

  private static var discussion: String {
    let codes = DaemonExit.allCases.map { code in
      (code.rawValue < 10 ? "   " : "  ") + "\(code.rawValue)  \(code.meaning)"
    }
    return """
      Without a subcommand it runs. A setting's value is that of its flag, else of its environment variable, else of the \
      JSON file (--config, TOLLGATED_CONFIG), else the default. A dot in a name is an object in the file: \
      {"listen": {"port": 7420}}. Unknown names are refused.

      SIGNALS
        SIGTERM, SIGINT  take no new calls, finish those under way, write a
                         snapshot, end; a second one ends at once
        SIGHUP           read certificates and log level again; what is wrong
                         leaves the old in force

      EXIT CODES
      \((codes + ["  130, 143  ended at once by a second SIGINT or SIGTERM"]).joined(separator: "\n"))

      SETTINGS
      \(Setting.manual)
      """
  }
}

/// Ends the process. ArgumentParser's own ways out would print something more.
func leave(_ code: DaemonExit) -> Never { exit(code.rawValue) }

func complain(_ text: String) {
  for line in text.split(separator: "\n") { LogSink.toStandardError(Array("tollgated: \(line)\n".utf8)) }
}

extension SettingArguments {
  /// The plan, or the end of the process with everything that is wrong.
  func plan() -> DaemonPlan {
    let (values, problems) = load()
    switch DaemonPlan.make(values, problems: problems) {
    case .success(let plan): return plan
    case .failure(let problems):
      complain("\(problems)")
      leave(.configuration)
    }
  }
}

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Serve until a signal ends it (the default).")

  @Flag(help: "Print every setting, its value and where that comes from, and end.")
  var printConfig = false

  @OptionGroup var settings: SettingArguments

  func run() async {
    if printConfig { return printSettings() }
    let plan = settings.plan()
    let settings = settings
    let daemon = Daemon(plan, sink: LogSink(level: plan.logLevel, format: plan.logFormat)) { settings.load() }
    leave(await daemon.run())
  }

  private func printSettings() {
    let (values, problems) = settings.load()
    print(values.report)
    guard !problems.isEmpty else { return }
    complain("\(SettingProblems(problems))")
    leave(.configuration)
  }
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check settings, certificates and price books, and start nothing.",
    discussion: "Give the settings as for run. Every problem has a line on stderr, and the exit code is 78 then.")

  @OptionGroup var settings: SettingArguments

  func run() {
    let plan = settings.plan()
    for warning in plan.warnings { complain("warning: \(warning)") }
    for fact in plan.facts { print(fact) }
    print("ok")
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify the hash chain of a journal that no server is using.",
    discussion: "Reads every record from the first to the last. Exit code 65: the journal is damaged; 75: it is in use."
  )

  @Argument(help: "The journal's SQLite file.", completion: .file())
  var database: String

  @Flag(help: "Say nothing while it works.")
  var quiet = false

  func run() {
    do {
      let findings = try JournalCheck.run(path: database) { done, total in
        if !quiet { complain("verified \(done) of \(total) records") }
      }
      print(findings)
      print("ok")
    } catch {
      complain("\(error)")
      leave(DaemonExit(error))
    }
  }
}
