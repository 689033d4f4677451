// The server: Tollgate's own ledger behind a lock, one command a call, nothing durable.

internal import ArgumentParser
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import NIOPosix
internal import Synchronization
internal import TollgateLedger
internal import TollgateValues

struct Serve: AsyncParsableCommand {
  @Option var port = 7431
  @Option var accounts = 100_000
  @Option(help: "Directory of development certificates; none means plain text.") var certificates: String?
  @Flag(help: "Let the transport hold flushes back for up to 100 µs: better under load, worse for one caller.")
  var coalesce = false

  func run() async throws {
    let book = Book(accounts: UInt64(accounts))
    var router = RPCRouter<HTTP2ServerTransport.Posix>()
    for (method, decide) in [(Method.authorize, Book.authorize), (Method.capture, Book.capture)] {
      router.registerHandler(forMethod: method, deserializer: RequestCoder(), serializer: ReplyCoder()) { request, _ in
        let single = try await ServerRequest(stream: request)
        return StreamingServerResponse(single: ServerResponse(message: decide(book)(single.message)))
      }
    }
    let security: HTTP2ServerTransport.Posix.TransportSecurity =
      certificates.map { folder in
        .mTLS(
          certificateChain: [.file(path: "\(folder)/server.pem", format: .pem)],
          privateKey: .file(path: "\(folder)/server-key.pem", format: .pem)
        ) { $0.trustRoots = .certificates([.file(path: "\(folder)/ca.pem", format: .pem)]) }
      } ?? .plaintext
    let coalesces = coalesce
    let transport = HTTP2ServerTransport.Posix(
      address: .ipv4(host: "127.0.0.1", port: port), transportSecurity: security,
      config: .defaults { config in
        config.http2.maxConcurrentStreams = 4_096
        if coalesces { config.connection.flushCoalescing = .defaults }
      }, eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    try await GRPCServer(transport: transport, router: router).serve()
  }
}

/// The ledger and what a batch of one needs. A lock is cheaper than an actor here: calls come from many tasks.
final class Book: Sendable {
  private struct State: Sendable {
    var ledger: Ledger
    var log = EntryLog()
    var decisions: [Decision] = []

    mutating func decide(_ command: Command) -> Outcome {
      log.removeAll()
      decisions.removeAll(keepingCapacity: true)
      let now = command.request.embeddedInstant ?? .epoch
      ledger.apply([command], at: now, into: &log, decisions: &decisions)
      return decisions[0].outcome
    }
  }

  private let state: Mutex<State>

  init(accounts: UInt64) {
    let ledger = Ledger(configuration: LedgerConfiguration(), hashKey: (0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321))
    state = Mutex(State(ledger: ledger))
    let note = Note(actor: "peer", reason: "peer")
    let now = Clock.now()
    state.withLock { state in
      for number in 0..<accounts {
        let account = AccountID(high: 7, low: number + 1)
        let id = RequestID(at: now, randomness: (number, number &* 0x9E37_79B9_7F4A_7C15))
        _ = state.decide(Command(request: id, operation: .openAccount(OpenAccount(account: account, note: note))))
        let grantID = RequestID(at: now, randomness: (number ^ 0x800, ~number &* 0x9E37_79B9_7F4A_7C15))
        let amount = Credits(microcredits: 1_000_000_000_000_000)
        _ = state.decide(
          Command(
            request: grantID, operation: .grant(Grant(account: account, source: .plan, amount: amount, note: note))))
      }
    }
  }

  func authorize(_ request: Request) -> Reply {
    let spend = Spend(
      account: AccountID(high: request.subject.0, low: request.subject.1), job: Job(width: 512, height: 512),
      price: .amount(Credits(microcredits: request.amount), book: 1))
    let command = Command(request: request.id, operation: .authorize(Authorize(spend: spend, lifetime: .zero)))
    guard case .authorized(let amount, _, _) = state.withLock({ $0.decide(command) }) else {
      return Reply(isGranted: false, amount: 0)
    }
    return Reply(isGranted: true, amount: amount.microcredits)
  }

  func capture(_ request: Request) -> Reply {
    let hold = HoldID(high: request.subject.0, low: request.subject.1)
    let command = Command(
      request: request.id, operation: .capture(Capture(hold: hold, take: .all, closes: true)))
    guard case .captured(let amount, _, _) = state.withLock({ $0.decide(command) }) else {
      return Reply(isGranted: false, amount: 0)
    }
    return Reply(isGranted: true, amount: amount.microcredits)
  }
}
