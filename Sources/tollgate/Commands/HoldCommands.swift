// After the authorize: `tollgate capture`, `void`, `extend`, `increase`, `capture-late`, `hold show`.

internal import ArgumentParser
internal import TollgateClient

struct CaptureCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "Settles a hold, fully or in part.",
    discussion: """
      Needs the worker or admin role. All that is left is taken and the hold closed, unless --amount or --images says \
      how much: then the hold stays open for further captures, unless --close is given.

      With --batch, the captures come from a file: CSV with a line of field names, or JSON objects, one on a line; - \
      is standard input. Fields: \(CaptureRow.fields.joined(separator: ", ")). A row without amount and images takes \
      all. Rows are decided one by one, and the exit status is 3 if any was denied.

      Example: tollgate capture HOLD --images 3 --close
      Example: tollgate capture HOLD --amount 2.5
      """)

  @Argument(
    help: ArgumentHelp("The hold's id: the id of the authorize that made it.", valueName: "hold"),
    transform: Parse.identifier)
  var hold: HoldID?

  @OptionGroup var take: TakeOptions

  @Flag(inversion: .prefixedNo, help: "End the hold and release the rest (default: only if all is taken).")
  var close: Bool?

  @Flag(help: "Charge what exceeds the hold, if the account can pay for it.")
  var allowExcess = false

  @Option(
    help: ArgumentHelp("Capture many holds from a CSV or JSON Lines file.", valueName: "file"),
    completion: .file(extensions: ["csv", "jsonl"]))
  var batch: String?

  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  /// Whether the hold ends with this capture.
  var closes: Bool { close ?? (take.take == .all) }

  func validate() throws {
    if batch == nil {
      if hold == nil { throw ValidationError("Give the hold's id, or --batch.") }
    } else if hold != nil || take.isGiven || close != nil || allowExcess || retry.id != nil {
      throw ValidationError("With --batch, holds, amounts and ids come from the file.")
    }
  }

  func perform(_ session: Session) async throws {
    if let batch {
      let rows = try BatchFile.read(batch, fields: CaptureRow.fields) { row throws(ParseProblem) in
        try CaptureRow.request(row)
      }
      return try await CaptureBatch(rows: rows).run(session)
    }
    guard let hold else { return }
    let request = CaptureRequest(
      hold: hold, take: take.take, closes: closes, allowsExcess: allowExcess)
    let captured = try await session.mutate(retry, of: Subject(hold: hold)) { options throws(TollgateError) in
      try await session.client.capture(request, options: options)
    }
    output.print(captured.report(of: hold))
  }
}

struct VoidCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "void", abstract: "Ends a hold and releases all that is left of it.",
    discussion: """
      Needs the worker, billing or admin role.

      Example: tollgate void HOLD
      """)

  @OptionGroup var hold: HoldArgument
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let hold = hold.hold
    let voided = try await session.mutate(retry, of: Subject(hold: hold)) { options throws(TollgateError) in
      try await session.client.void(hold, options: options)
    }
    output.print(voided.report(of: hold))
  }
}

struct ExtendCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "extend", abstract: "Lets a hold live longer, counted from now; never shortens it.",
    discussion: """
      Needs the worker or admin role.

      Example: tollgate extend HOLD --lifetime 30m
      """)

  @OptionGroup var hold: HoldArgument
  @OptionGroup var lifetime: LifetimeOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let hold = hold.hold
    let extended = try await session.mutate(retry, of: Subject(hold: hold)) { options throws(TollgateError) in
      try await session.client.extend(hold, lifetime: lifetime.lifetime ?? .zero, options: options)
    }
    output.print(extended.report(of: hold))
  }
}

struct IncreaseCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "increase", abstract: "Sets more credits aside under an open hold.",
    discussion: """
      Needs the worker or admin role. Passes every check that an authorize passes.

      Example: tollgate increase HOLD --size 1024x1024 --model studio --count 2
      """)

  @OptionGroup var hold: HoldArgument
  @OptionGroup var spend: SpendOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  var priceBookPath: String? { spend.job.priceBook }

  func perform(_ session: Session) async throws {
    let (hold, spend) = (hold.hold, try spend.spend(session.settings))
    let increased = try await session.mutate(retry, of: Subject(hold: hold, count: spend.count)) {
      options throws(TollgateError) in try await session.client.increase(hold, by: spend, options: options)
    }
    output.print(increased.report(of: hold))
  }
}

struct CaptureLateCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture-late", abstract: "Charges for the work of a hold that expired before its capture.",
    discussion: """
      Needs the worker or admin role. A fresh charge that is linked to the dead hold; it passes every check again, and \
      is possible for 24 hours after the expiry.

      Example: tollgate capture-late HOLD --images 3
      """)

  @OptionGroup var hold: HoldArgument
  @OptionGroup var take: TakeOptions
  @OptionGroup var retry: RetryOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let hold = hold.hold
    let captured = try await session.mutate(retry, of: Subject(hold: hold)) { options throws(TollgateError) in
      try await session.client.captureLate(hold, take.take, options: options)
    }
    output.print(captured.report(of: hold))
  }
}

struct HoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Shows holds.",
    discussion: "tollgate account holds lists those of an account. Example: tollgate hold show HOLD",
    subcommands: [HoldShowCommand.self])
}

struct HoldShowCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a hold as the gate sees it now.",
    discussion: """
      Any role may ask.

      Example: tollgate hold show HOLD --json
      """)

  @OptionGroup var hold: HoldArgument
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let id = hold.hold
    let hold = try await session.read(of: Subject(hold: id)) { () async throws(TollgateError) in
      try await session.client.hold(id)
    }
    output.print(hold.report(try Models(session.settings)))
  }
}
