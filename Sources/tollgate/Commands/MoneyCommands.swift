// Credits into an account and back: `tollgate grant`, `tollgate refund`.

internal import ArgumentParser
internal import TollgateClient

/// Where a lot comes from, by the names that people type.
enum Source: String, CaseIterable, ExpressibleByArgument {
  case plan, package, promotional, bonus, goodwill, adjustment, overdraft

  var source: LotSource { LotSource(name: rawValue) ?? .adjustment }
}

struct GrantCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Gives credits to an account, as a new lot.",
    discussion: """
      Needs the billing or admin role. The lot's id is that of the request.

      Example: tollgate grant ACCOUNT 100 --source package --expires +30d --price-paid 9.90 --reason "Basic package"
      """)

  @OptionGroup var account: AccountArgument

  @Argument(help: ArgumentHelp("Credits to give, above zero.", valueName: "credits"), transform: Parse.positiveAmount)
  var amount: Credits

  @Option(
    help: ArgumentHelp(
      "Where they come from.", valueName: "source"),
    completion: .list(Source.allCases.map(\.rawValue)))
  var source: Source

  @Option(
    help: ArgumentHelp("Usable until just before: an instant, +30d, or never (default: never).", valueName: "instant"),
    transform: Parse.expiry)
  var expires: Instant?

  @Option(
    help: ArgumentHelp("Usable from here on: an instant, or +7d (default: at once).", valueName: "instant"),
    transform: Parse.instant)
  var effective: Instant?

  @Option(
    help: ArgumentHelp("Lower burns first, 0 to 255 (default: 100).", valueName: "number"),
    transform: { try Parse.number($0, 0...UInt8.max) })
  var priority: UInt8?

  @Option(
    help: ArgumentHelp("What the customer paid for all of it (default: 0).", valueName: "dollars"),
    transform: Parse.dollars)
  var pricePaid: Int64?

  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let grant = GrantRequest(
      account: account.account, source: source.source, amount: amount, effective: effective ?? .epoch,
      expires: expires ?? .never, priority: priority ?? 100, pricePaid: pricePaid ?? 0, reason: reason.reason)
    let granted = try await session.mutate(retry, of: Subject(account: grant.account)) {
      options throws(TollgateError) in try await session.client.grant(grant, options: options)
    }
    output.print(granted.report(grant))
  }
}

struct RefundCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "refund", abstract: "Gives a capture or charge back to the lots that it came from.",
    discussion: """
      Needs the billing or admin role. What belongs to a lot that has expired meanwhile expires again at once. \
      tollgate account entries shows the entries' numbers.

      Example: tollgate refund ACCOUNT 118 --amount 6 --reason "image was broken"
      """)

  @OptionGroup var account: AccountArgument

  @Argument(
    help: ArgumentHelp("The number of the entry to refund: a capture, charge or late capture.", valueName: "entry"),
    transform: { try Parse.number($0, 1...UInt64.max) })
  var entry: UInt64

  @Option(
    help: ArgumentHelp("How much (default: all that has not been refunded yet).", valueName: "credits"),
    transform: Parse.positiveAmount)
  var amount: Credits?

  @OptionGroup var reason: ReasonOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let (account, number) = (account.account, EntryNumber(rawValue: entry))
    let refunded = try await session.mutate(retry, of: Subject(account: account)) { options throws(TollgateError) in
      try await session.client.refund(number, of: account, amount: amount, reason: reason.reason, options: options)
    }
    output.print(refunded.report(number, of: account))
  }
}
