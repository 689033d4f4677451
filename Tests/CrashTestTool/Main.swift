// The crash test as a program, which scripts/crash-test builds and runs.

internal import ArgumentParser
internal import EndToEndSupport
internal import Foundation

@main
struct CrashTestTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crash-test",
    abstract:
      "Kills tollgated under load, restarts it, and checks that nothing acknowledged is lost, changed or doubled.",
    discussion: "Exit status: 0 if all is well, 1 if it could not be run to its end, 2 if something is wrong.")

  @Option(help: "How many times the server is killed.")
  var rounds = 100

  @Option(help: "The seed of a run to repeat: the same choices, though never the same moments.")
  var seed: UInt64?

  @Option(help: "Connections of the client.")
  var connections = 4

  @Option(help: "Calls at once.")
  var workers = 64

  func validate() throws {
    guard rounds > 0, (1...64).contains(connections), (1...10_000).contains(workers) else {
      throw ValidationError("--rounds from 1, --connections from 1 to 64, --workers from 1 to 10000")
    }
  }

  func run() async throws {
    let seed = seed ?? UInt64.random(in: 1 ... .max)
    say("crash-test --rounds \(rounds) --seed \(seed)")
    var test = CrashTest(rounds: rounds, seed: seed)
    test.connections = connections
    test.workers = workers
    let summary = try await test.run { say($0) }
    for discrepancy in summary.discrepancies.prefix(100) { say("DISCREPANCY \(discrepancy)") }
    say("\(summary.closing) (seed \(seed))")
    if !summary.discrepancies.isEmpty { Foundation.exit(2) }
  }
}

/// Lines come out as they are said, also into a pipe.
private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
