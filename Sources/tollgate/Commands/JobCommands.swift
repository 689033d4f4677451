// Before the work: `tollgate quote`, `tollgate authorize`, and `tollgate charge`, which does it in one step.

internal import ArgumentParser
internal import TollgateClient

struct QuoteCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "quote", abstract: "Asks the price of a job, promised for a while.",
    discussion: """
      Any role may ask. authorize and charge redeem the quote with --quote, for the same account and job.

      With --batch, the jobs come from a file like that of authorize --batch, whose fields quote, project, member, \
      lifetime and id are skipped; ACCOUNT stands in for rows that name none. Each row is quoted on its own, and the sum \
      is held against what the account has available. The exit status is 3 if a row has no price; too few credits are no \
      error. With --json, each row's quote is an object on a line of its own, and after them each account's total.

      Example: tollgate quote ACCOUNT --size 1024x1024 --model studio --count 4
      Example: tollgate quote ACCOUNT --batch jobs.csv
      """)

  @Argument(
    help: ArgumentHelp("The account's id, a UUID; with --batch, of rows that name none.", valueName: "account"),
    transform: Parse.identifier)
  var account: AccountID?

  @OptionGroup(title: "Job") var job: JobOptions

  @Option(
    help: ArgumentHelp("How long the quote is to hold (default: as the gate decides).", valueName: "duration"),
    transform: Parse.positiveTimeSpan)
  var lifetime: TimeSpan?

  @Option(
    help: ArgumentHelp("Quote many jobs from a CSV or JSON Lines file.", valueName: "file"),
    completion: .file(extensions: ["csv", "jsonl"]))
  var batch: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  var priceBookPath: String? { job.priceBook }

  func validate() throws {
    if batch == nil {
      if account == nil { throw ValidationError("Give the account's id, or --batch.") }
    } else if job.isGiven {
      throw ValidationError("With --batch, jobs come from the file.")
    }
  }

  func perform(_ session: Session) async throws {
    if let batch { return try await perform(session, batch: batch) }
    guard let account else { return }
    let job = try job.requiredJob(session.settings)
    let quote = try await session.read(of: Subject(account: account, count: job.count)) {
      () async throws(TollgateError) in
      try await session.client.quote(job, for: account, lifetime: lifetime ?? .zero)
    }
    output.print(quote.report(of: job, for: account))
  }

  private func perform(_ session: Session, batch: String) async throws {
    let models = try Models(session.settings)
    let rows = try BatchFile.read(batch, fields: SpendRow.fields) { row throws(ParseProblem) in
      try QuoteRow.request(row, account: account, models: models)
    }
    try await QuoteRun(rows: rows, lifetime: lifetime ?? .zero).run(session)
  }
}

struct AuthorizeCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "authorize", abstract: "Asks whether a job may run, and sets its credits aside.",
    discussion: """
      Needs the worker, billing or admin role. The hold's id is that of the request.

      With --batch, the jobs come from a file: CSV with a line of field names, or JSON objects, one on a line; - is \
      standard input. Fields: \(SpendRow.fields.joined(separator: ", ")). ACCOUNT, --lifetime, --project and --member \
      stand in for fields that a row leaves empty. Rows are decided one by one, and the exit status is 3 if any was \
      denied. With --json, each row's result is an object on a line of its own.

      Example: tollgate authorize ACCOUNT --size 1024x1024 --model studio --count 4 --lifetime 30m
      Example: tollgate authorize --batch jobs.csv --json
      """)

  @Argument(
    help: ArgumentHelp("The account's id, a UUID; with --batch, of rows that name none.", valueName: "account"),
    transform: Parse.identifier)
  var account: AccountID?

  @OptionGroup var spend: SpendOptions
  @OptionGroup var tags: TagOptions
  @OptionGroup var lifetime: LifetimeOptions

  @Option(
    help: ArgumentHelp("Authorize many jobs from a CSV or JSON Lines file.", valueName: "file"),
    completion: .file(extensions: ["csv", "jsonl"]))
  var batch: String?

  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  var priceBookPath: String? { spend.job.priceBook }

  func validate() throws {
    if batch == nil {
      if account == nil { throw ValidationError("Give the account's id, or --batch.") }
    } else if spend.job.isGiven || spend.amount != nil || retry.id != nil || tags.quote != nil {
      throw ValidationError("With --batch, jobs, amounts, quotes and ids come from the file.")
    }
  }

  func perform(_ session: Session) async throws {
    if let batch { return try await perform(session, batch: batch) }
    guard let account else { return }
    let request = SpendRequest(
      account: account, spend: try spend.spend(session.settings), quote: tags.quote ?? .zero,
      project: tags.project ?? .zero, member: tags.member ?? .zero, lifetime: lifetime.lifetime ?? .zero)
    let subject = Subject(account: account, count: request.spend.count)
    let accepted = try await session.mutate(retry, of: subject) { options throws(TollgateError) in
      try await session.client.authorize(request, options: options)
    }
    output.print(accepted.report)
  }

  private func perform(_ session: Session, batch: String) async throws {
    let defaults = SpendRow.Defaults(
      account: account, project: tags.project, member: tags.member, lifetime: lifetime.lifetime)
    let models = try Models(session.settings)
    let rows = try BatchFile.read(batch, fields: SpendRow.fields) { row throws(ParseProblem) in
      try SpendRow.request(row, defaults: defaults, models: models)
    }
    try await AuthorizeBatch(rows: rows).run(session)
  }
}

struct ChargeCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "charge", abstract: "Authorizes and captures in one step.",
    discussion: """
      Needs the worker, billing or admin role. For work that is done already, or costs nothing to abandon.

      Example: tollgate charge ACCOUNT --size 512 --feature preview
      """)

  @OptionGroup var account: AccountArgument
  @OptionGroup var spend: SpendOptions
  @OptionGroup var tags: TagOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  var priceBookPath: String? { spend.job.priceBook }

  func perform(_ session: Session) async throws {
    let account = account.account
    let request = SpendRequest(
      account: account, spend: try spend.spend(session.settings), quote: tags.quote ?? .zero,
      project: tags.project ?? .zero, member: tags.member ?? .zero)
    let subject = Subject(account: account, count: request.spend.count)
    let charged = try await session.mutate(retry, of: subject) { options throws(TollgateError) in
      try await session.client.charge(request, options: options)
    }
    output.print(charged.report(of: account))
  }
}
