// The options that many commands share: how to reach the gate, how to print, which id to use, how long a list may be.

internal import ArgumentParser
internal import TollgateValues

/// How results are printed.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON for programs: amounts as decimal strings, errors as JSON on standard error.")
  var json = false

  /// Prints a result in the form asked for.
  func print(_ report: Report) { Console.output.write(json ? report.json.pretty + "\n" : report.text) }
}

/// How to reach the gate.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The gate's address (default: \(Settings.serverDefault); TOLLGATE_SERVER).", valueName: "host:port"))
  var server: String?

  @Option(
    help: ArgumentHelp("Authorities that vouch for the gate, in PEM (TOLLGATE_CA).", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var ca: String?

  @Option(
    help: ArgumentHelp(
      "Your certificate, in PEM; its role decides what you may do (TOLLGATE_CERT).", valueName: "file"),
    completion: .file(extensions: ["pem", "crt"]))
  var cert: String?

  @Option(
    help: ArgumentHelp("Your certificate's private key, in PEM (TOLLGATE_KEY).", valueName: "file"),
    completion: .file(extensions: ["pem", "key"]))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The name in the gate's certificate, if it is not the host of --server (TOLLGATE_SERVER_NAME).",
      valueName: "name"))
  var serverName: String?

  @Flag(
    inversion: .prefixedNo,
    help: "No TLS; only to a gate on this machine that allows it (default: no; TOLLGATE_PLAINTEXT).")
  var plaintext: Bool?

  @Option(
    help: ArgumentHelp(
      "How long one call may take, retries included (default: \(Settings.timeoutDefault); TOLLGATE_TIMEOUT).",
      valueName: "duration"))
  var timeout: String?

  @Option(
    help: ArgumentHelp(
      "Connections to open, 1 to 64 (default: \(Settings.connectionsDefault); TOLLGATE_CONNECTIONS).",
      valueName: "count"))
  var connections: String?

  @OptionGroup var file: ConfigOptions

  /// The settings in force, from all sources.
  func settings(priceBook: String? = nil) throws(Failure) -> Settings {
    let flags = ConnectionFlags(
      server: server, ca: ca, cert: cert, key: key, serverName: serverName, plaintext: plaintext.map { String($0) },
      timeout: timeout, connections: connections, priceBook: priceBook)
    return try Settings(flags, config: file.config, environment: CurrentEnvironment.variables)
  }
}

/// Where the settings' file is.
struct ConfigOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A JSON file of settings (default: ~/.config/tollgate/config.json if it exists; TOLLGATE_CONFIG).",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var config: String?

  @Flag(name: .shortAndLong, help: "Log what the connection does, on standard error.")
  var verbose = false
}

/// The idempotency id of a mutating command.
struct RetryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The request's id, a UUIDv7. Repeat a command with the id that it printed, and it happens once at most.",
      valueName: "uuid"), transform: Parse.identifier)
  var id: RequestID?
}

/// How much of a list is shown.
struct ListOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Show so many at most.", valueName: "count"),
    transform: { try Parse.number($0, 1...1_000_000) })
  var limit: Int = 20

  @Flag(help: "Show all, page by page.")
  var all = false
}

/// Why, for the books.
struct ReasonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Why; it is kept in the account's book with your name.", valueName: "text"))
  var reason: String

  func validate() throws {
    guard !reason.isEmpty, reason.utf8.count <= Limits.textBytesMax else {
      throw ValidationError("--reason must have 1 to \(Limits.textBytesMax) bytes")
    }
  }
}

/// The account that a command is about.
struct AccountArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The account's id, a UUID.", valueName: "account"), transform: Parse.identifier)
  var account: AccountID
}

/// The hold that a command is about.
struct HoldArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The hold's id: the id of the authorize that made it.", valueName: "hold"),
    transform: Parse.identifier)
  var hold: HoldID
}
