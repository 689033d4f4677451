// The door of TollgateTesting: a gate and a client for as long as a test's body runs.

public import Logging
public import TollgateClient

/// Runs `body` with a client of a gate in this process, and ends both afterwards.
///
///     @Test func theJobIsPaidFor() async throws {
///       try await withInProcessTollgate { client, gate in
///         let account = try await gate.openAccount(credits: 50)
///         let hold = try await client.authorize(Job(width: 1024, height: 1024), for: account).get().hold
///         gate.clock.advance(by: .minutes(16))
///         #expect(try await client.capture(hold).denial?.reason == .holdExpired)
///       }
///     }
///
/// - Parameters:
///   - settings: the client's role, the clock's start, and how many connections there are.
///   - configure: changes the client's configuration, in which a call has 60 s, as the machine may be busy with other tests;
///     endpoints and security mean nothing here.
public func withInProcessTollgate<Value>(
  _ settings: InProcessTollgate.Settings = .init(), logger: Logger = InProcessTollgate.silent,
  isolation: isolated (any Actor)? = #isolation, configure: (inout TollgateClientConfiguration) -> Void = { _ in },
  _ body: (TollgateClient, InProcessTollgate) async throws -> Value
) async throws -> Value {
  let gate = try await InProcessTollgate.start(settings, logger: logger)
  var configuration = InProcessTollgate.clientConfiguration(settings)
  configure(&configuration)
  let result: Result<Value, any Error>
  do {
    let client = try gate.makeClient(configuration, logger: logger)
    result = .success(
      try await run(client, isolation: isolation) { client in
        try await run(gate.administrator, isolation: isolation) { _ in try await body(client, gate) }
      })
  } catch {
    result = .failure(error)
  }
  await gate.stop()
  return try result.get()
}
