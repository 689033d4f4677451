// `tollgate account`: opens accounts, sets their state, and reads what they have.

internal import ArgumentParser
internal import TollgateClient

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Opens accounts, sets their state, shows what they have.",
    discussion: "Example: tollgate account balance ACCOUNT",
    subcommands: [
      OpenCommand.self, FreezeCommand.self, ActivateCommand.self, CloseCommand.self, BalanceCommand.self,
      EntriesCommand.self, HoldsCommand.self,
    ])
}

struct OpenCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Opens an account.",
    discussion: """
      Needs the billing or admin role. Without an id, a new one is made and printed.

      Example: tollgate account open --reason "signed up"
      """)

  @Argument(
    help: ArgumentHelp("The account's id, a UUID; a new one if left out.", valueName: "account"),
    transform: Parse.identifier)
  var account: AccountID?

  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func validate() throws {
    // Repeating a request means repeating all of it, and a new account id would be another request.
    if retry.id != nil, account == nil { throw ValidationError("With --id, give the account's id too.") }
  }

  func perform(_ session: Session) async throws {
    let made = RequestIDs().next()
    let account = account ?? AccountID(high: made.high, low: made.low)
    let opened = try await session.mutate(retry, of: Subject(account: account)) { options throws(TollgateError) in
      try await session.client.openAccount(account, reason: reason.reason, options: options)
    }
    output.print(opened.report)
  }
}

/// What the three commands that set a state share.
protocol StateCommand: RemoteCommand {
  static var state: AccountState { get }
  var account: AccountArgument { get }
  var reason: ReasonOptions { get }
  var retry: RetryOptions { get }
}

extension StateCommand {
  func perform(_ session: Session) async throws {
    let account = account.account
    let accepted = try await session.mutate(retry, of: Subject(account: account)) { options throws(TollgateError) in
      try await session.client.setAccountState(account, to: Self.state, reason: reason.reason, options: options)
    }
    output.print(accepted.report(of: account))
  }
}

struct FreezeCommand: StateCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Stops new holds; captures and voids still work.",
    discussion: """
      Needs the billing or admin role.

      Example: tollgate account freeze ACCOUNT --reason "payment disputed"
      """)
  static let state = AccountState.frozen

  @OptionGroup var account: AccountArgument
  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
}

struct ActivateCommand: StateCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate", abstract: "Lets a frozen account make holds again.",
    discussion: """
      Needs the billing or admin role.

      Example: tollgate account activate ACCOUNT --reason "payment cleared"
      """)
  static let state = AccountState.active

  @OptionGroup var account: AccountArgument
  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
}

struct CloseCommand: StateCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Closes an account for ever, and voids what it has left.",
    discussion: """
      Needs the billing or admin role. Refused while holds are open.

      Example: tollgate account close ACCOUNT --reason "customer left"
      """)
  static let state = AccountState.closed

  @OptionGroup var account: AccountArgument
  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
}
