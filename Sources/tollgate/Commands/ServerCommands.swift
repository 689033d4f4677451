// `tollgate server`: who the gate is, what it can do, how it feels.

internal import ArgumentParser
internal import TollgateClient

struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Asks the gate about itself.",
    discussion: "Example: tollgate server info",
    subcommands: [ServerInfoCommand.self, DescribeCommand.self, HealthCommand.self])
}

struct ServerInfoCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Shows the gate's version, journal, clock and price book.",
    discussion: "Any role may ask. Example: tollgate server info --json")

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    output.print(
      try await session.ask { () async throws(TollgateError) in try await session.client.serverInfo() }.report)
  }
}

struct DescribeCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Lists the gate's methods, and which roles may call them.",
    discussion: "Any role may ask. Example: tollgate server describe --messages")

  @Flag(help: "List the messages and their fields too.")
  var messages = false

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    let description = try await session.ask { () async throws(TollgateError) in try await session.client.describe() }
    output.print(description.report(messages: messages))
  }
}

struct HealthCommand: RemoteCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Says whether the gate takes calls.",
    discussion: """
      Anybody may ask. The exit status is 0 while the gate serves, and 4 if it does not. With --watch, a line is \
      printed now and at each change, until the connection ends.

      Example: tollgate server health ledger --watch
      """)

  @Argument(
    help: ArgumentHelp("The service to ask about; the gate as a whole if left out.", valueName: "service"),
    completion: .list(["ledger"]))
  var service: String = ""

  @Flag(help: "Go on, and print each change.")
  var watch = false

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Connection") var connection: ConnectionOptions

  func perform(_ session: Session) async throws {
    var last: HealthReport.Status?
    if watch {
      do {
        for try await report in session.client.watchHealth(of: service) {
          Console.output.write(output.json ? report.json.line + "\n" : report.text)
          last = report.status
        }
      } catch {
        throw Failure(error, id: nil)
      }
    } else {
      let report = try await session.ask { () async throws(TollgateError) in
        try await session.client.health(of: service)
      }
      output.print(Report(text: report.text, json: report.json))
      last = report.status
    }
    if last != .serving { throw Finished(status: .unreachable) }
  }
}
