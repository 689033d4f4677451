// The root of the command tree, and what `tollgate --help` says about all commands together.

internal import ArgumentParser

struct Tollgate: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tollgate",
    abstract: "Asks a Tollgate gate: may this image job run, and who pays for it?",
    discussion: discussion,
    version: version,
    subcommands: [SettingsCommand.self],
    groupedSubcommands: [
      CommandGroup(
        name: "Jobs",
        subcommands: [
          QuoteCommand.self, AuthorizeCommand.self, CaptureCommand.self, VoidCommand.self, ExtendCommand.self,
          IncreaseCommand.self, ChargeCommand.self, CaptureLateCommand.self, HoldCommand.self,
        ]),
      CommandGroup(name: "Accounts", subcommands: [AccountCommand.self, GrantCommand.self, RefundCommand.self]),
      CommandGroup(name: "Gate", subcommands: [ServerCommand.self]),
      CommandGroup(name: "Without a gate", subcommands: [PriceBookCommand.self, RerateCommand.self, IDCommand.self]),
    ])

  private static let discussion = """
    Example: hold four images' credits, keep what three of them cost, give the rest back:

      tollgate authorize ACCOUNT --size 1024x1024 --model studio --count 4
      tollgate capture HOLD --images 3 --close

    Amounts are credits with at most 6 decimals, durations are like 90s, 15m or 1h30m, instants like \
    2026-12-31T23:59:59Z or +30d, and ids are UUIDs. All times are shown in UTC.

    Settings come from flags first, then from the environment (TOLLGATE_SERVER, TOLLGATE_CA, TOLLGATE_CERT, \
    TOLLGATE_KEY, TOLLGATE_SERVER_NAME, TOLLGATE_PLAINTEXT, TOLLGATE_TIMEOUT, TOLLGATE_CONNECTIONS, \
    TOLLGATE_PRICE_BOOK, TOLLGATE_CONFIG), then from the configuration file, then from the defaults; \
    `tollgate settings` shows each with its source.

    Exit status:
    \(ExitStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n"))

    Shell completion: tollgate --generate-completion-script bash|zsh|fish
    """
}
