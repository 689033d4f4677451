// Reading an account: its balance by lot, its open holds, its book. Long lists are fetched page by page.

internal import ArgumentParser
internal import TollgateClient

struct BalanceCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Shows an account's credits: available, held, and by lot.",
    discussion: """
      Any role may ask. Lots stand in the order in which they burn. With --json, `lots` holds what --limit or --all \
      asks for, and `more` says whether there are others.

      Example: tollgate account balance ACCOUNT --all
      """)

  @OptionGroup var account: AccountArgument
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let account = account.account
    var lots: [Balance.Lot] = []
    var first: Balance?
    var cursor: PageCursor?
    repeat {
      let page = try await session.read(of: Subject(account: account)) { () async throws(TollgateError) in
        try await session.client.balance(of: account, lotsFrom: cursor, lotsMax: list.pageSize(after: lots.count))
      }
      if first == nil { first = page }
      lots += page.lots
      cursor = page.nextLots
    } while cursor != nil && list.wantsMore(after: lots.count)
    guard let first else { return }
    output.print(first.report(lots, hasMore: cursor != nil))
  }
}

struct HoldsCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "holds", abstract: "Lists an account's open holds.",
    discussion: """
      Any role may ask. With --json and --all, each hold is an object on a line of its own.

      Example: tollgate account holds ACCOUNT --limit 100
      """)

  @OptionGroup var account: AccountArgument
  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let account = account.account
    let models = try Models(session.settings)
    var listing = Listing(Hold.columns, name: "holds", account: account, options: list, output: output)
    var cursor: PageCursor?
    repeat {
      let page = try await session.read(of: Subject(account: account)) { () async throws(TollgateError) in
        try await session.client.holds(of: account, from: cursor, limit: list.pageSize(after: listing.count))
      }
      cursor = page.next
      listing.show(page.holds.map { (row: $0.row(models), json: $0.json) })
    } while cursor != nil && list.wantsMore(after: listing.count)
    listing.end(next: nil, hasMore: cursor != nil, none: "no open holds")
  }
}

struct EntriesCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "entries", abstract: "Shows an account's book, newest first.",
    discussion: """
      Needs the billing, auditor or admin role. With --json and --all, each entry is an object on a line of its own, \
      printed as it arrives; without --all, `next` of the answer is what --before takes for the next page.

      Example: tollgate account entries ACCOUNT --all --json | jq .kind
      """)

  @OptionGroup var account: AccountArgument

  @Option(
    help: ArgumentHelp("Begin below this entry, in place of the newest.", valueName: "entry"),
    transform: { try Parse.number($0, 1...UInt64.max) })
  var before: UInt64?

  @OptionGroup var list: ListOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let account = account.account
    let models = try Models(session.settings)
    var listing = Listing(Entry.columns, name: "entries", account: account, options: list, output: output)
    var next = before.map { EntryNumber(rawValue: $0) }
    repeat {
      let page = try await session.read(of: Subject(account: account)) { () async throws(TollgateError) in
        try await session.client.entriesPage(
          of: account, before: next, limit: list.pageSize(after: listing.count))
      }
      next = page.next
      listing.show(page.entries.map { (row: $0.row(models), json: $0.json) })
    } while next != nil && list.wantsMore(after: listing.count)
    listing.end(next: next?.description, hasMore: next != nil, none: "no entries")
  }
}

extension ListOptions {
  /// How many to fetch with the next page.
  func pageSize(after count: Int) -> Int {
    all ? Limits.pageItemsMax : min(Limits.pageItemsMax, max(1, limit - count))
  }

  func wantsMore(after count: Int) -> Bool { all || count < limit }
}

/// Prints a list in pages: with --all as it arrives, else as one object or one table.
struct Listing {
  private var table: Table
  private let name: String
  private let account: AccountID
  private let isStream: Bool
  private let output: OutputOptions
  private var items: [JSON] = []
  private(set) var count = 0

  init(_ columns: [Table.Column], name: String, account: AccountID, options: ListOptions, output: OutputOptions) {
    table = Table(columns)
    self.name = name
    self.account = account
    isStream = options.all
    self.output = output
  }

  mutating func show(_ page: [(row: [String], json: JSON)]) {
    count += page.count
    if !output.json {
      if !page.isEmpty { Console.output.write(table.render(page.map(\.row))) }
    } else if isStream {
      Console.output.write(page.map { $0.json.line + "\n" }.joined())
    } else {
      items += page.map(\.json)
    }
  }

  func end(next: String?, hasMore: Bool, none: String) {
    if !output.json {
      if count == 0 { Console.error.write("\(none)\n") }
      if hasMore { Console.error.write("… there are more: --all lists them\n") }
    } else if !isStream {
      Console.output.write(
        JSON.object([
          "account": .id(account), name: .array(items), "more": .bool(hasMore),
          "next": next.map { .string($0) } ?? .null,
        ]).pretty + "\n")
    }
  }
}
