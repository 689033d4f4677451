// The way in and out: parses the command line, runs the command, and turns whatever came of it into an exit status.

internal import ArgumentParser

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

@main
enum Main {
  static func main() async {
    let status = await run(Array(CommandLine.arguments.dropFirst()))
    exit(status.rawValue)
  }

  /// Runs one command line.
  static func run(_ arguments: [String]) async -> ExitStatus {
    do {
      var command = try await Tollgate.asyncParseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .done
    } catch {
      return report(error, asJSON: arguments.contains("--json"))
    }
  }

  /// Says what went wrong on standard error; help and completion scripts, which also come as errors, on standard output.
  private static func report(_ error: any Error, asJSON: Bool) -> ExitStatus {
    if let finished = error as? Finished { return finished.status }
    guard let failure = failure(error) else {
      Console.output.write(Tollgate.fullMessage(for: error) + "\n")
      return .done
    }
    if asJSON {
      Console.error.write(failure.json.line + "\n")
    } else if let usage = failure.parserText {
      Console.error.write(usage + "\n")
    } else {
      Console.error.write(failure.text(Console.error.styled) + "\n")
    }
    return failure.status
  }

  /// What an error means; nil for the parser's requests for help and the like, which are no failures.
  static func failure(_ error: any Error) -> Failure? {
    switch Tollgate.exitCode(for: error) {
    case .success: return nil
    case .validationFailure:
      // The parser's own errors know the command and its usage; its message for people says both.
      var failure = Failure.usage(Tollgate.message(for: error))
      failure.parserText = Tollgate.fullMessage(for: error)
      return failure
    default: return Failure(unexpected: error)
    }
  }
}

/// Ends a command that has said everything, with a status of its own.
struct Finished: Error {
  var status: ExitStatus
}
