// What needs no gate: `tollgate id`, `tollgate settings`.

internal import ArgumentParser
internal import TollgateClient

struct IDCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "id", abstract: "Makes an id: a UUIDv7 of now, fit for --id and for the rows of a batch.",
    discussion: """
      The gate takes ids that are at most an hour old. Ids of one call ascend.

      Example: tollgate authorize ACCOUNT --size 512 --id $(tollgate id)
      """)

  @Option(
    help: ArgumentHelp("How many.", valueName: "number"), transform: { try Parse.number($0, 1...1_000_000) })
  var count: Int = 1

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let ids = RequestIDs().next(count)
    if output.json {
      Console.output.write(JSON.object(["ids": .array(ids.map { .id($0) })]).pretty + "\n")
    } else {
      Console.output.write(ids.map { "\($0)\n" }.joined())
    }
  }
}

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Shows the settings in force, and where each comes from.",
    discussion: """
      Flags go before the environment, the environment before the configuration file, the file before the defaults. \
      The file is JSON: \(example). Relative paths in it begin at its own folder.

      Example: tollgate settings --config staging.json
      """)

  private static let example =
    #"{"server": "gate.example:7420", "ca": "ca.pem", "cert": "me.pem", "key": "me-key.pem"}"#

  @Option(
    help: ArgumentHelp("The price book that knows the models' names (TOLLGATE_PRICE_BOOK).", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var priceBook: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func run() async throws {
    let settings = try connection.settings(priceBook: priceBook)
    output.print(settings.report)
  }
}

extension Settings {
  /// Every setting with its value and source.
  var report: Report {
    let rows = Setting.all.map { setting -> [String] in
      [setting.name, values[setting]?.text ?? "", values[setting]?.source ?? "not set", setting.variable]
    }
    let fields = Setting.all.map { setting in
      JSON.Field(
        name: setting.name,
        value: .object([
          "value": values[setting].map { .string($0.text) } ?? .null,
          "source": values[setting].map { .string($0.source) } ?? .null,
        ]))
    }
    let file = filePath ?? "none"
    return Report(
      text: "configuration file: \(file)\n\n"
        + Table.render([.init("SETTING"), .init("VALUE"), .init("SOURCE"), .init("VARIABLE")], rows),
      json: .object(["file": filePath.map { .string($0) } ?? .null, "settings": .object(fields)]))
  }
}
