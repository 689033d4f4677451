// `tollgate-load null-server`: the server that does nothing, for other clients and other machines.

internal import ArgumentParser
internal import Foundation
internal import TollgateTLS

struct NullServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "null-server", abstract: "Serves the protocol on 127.0.0.1 and answers everything at once, with yes.",
    discussion: """
      Every job costs one credit, every hold is captured in full, and nothing is remembered, so that a run against it needs \
      --prepared --no-check:

        tollgate-load null-server --port 7999 &
        tollgate-load --plain --port 7999 --prepared --no-check
      """)

  @Option(help: "The port; 0 lets the system choose.", transform: { try Number.parse($0, 0...65_535, "--port") })
  var port = 7999

  @Option(help: "Threads.", transform: { try Number.parse($0, 1...64, "--threads") })
  var threads = 1

  @OptionGroup(title: "TLS") var tls: NullTLSOptions

  func run() async throws {
    do {
      let server = try await NullServer.start(port: port, threads: threads, tls: try tls.files?.server())
      let stop = StopSignal()
      let watch = await Interrupts.watch(stop) {}
      // At once, not when a buffer is full: scripts wait for it to learn the port, and may end it as soon as they have.
      try LoadConsole.output(Data("null server on 127.0.0.1:\(server.port); ends with an interrupt\n".utf8))
      while !stop.isStopped { try await Task.sleep(for: .milliseconds(100)) }
      watch.cancel()
      await server.shutDown()
    } catch let failure as LoadFailure {
      LoadConsole.complain("\(failure)")
      throw LoadExit.failure
    }
  }
}
