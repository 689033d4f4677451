// A connection that drains while its answers wait for two commits: it must not end before the last of them is written.

import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing
import TollgateJournal
import TollgateLedger
import TollgateTestSupport
import TollgateValues
import TollgateWire

@testable import TollgateServer
@testable import TollgateService

@Suite struct DrainTests {
  /// An embedded channel is done with a write at once, as a socket with room is: what `release` does after it sends the
  /// answers of one commit runs inside of that write.
  @Test func answersOfALaterCommitAreNotLostToAWriteThatIsDoneAtOnce() throws {
    let scene = try DrainScene()
    try scene.open()
    scene.handler.drain()
    #expect(try scene.frames().map(\.type) == [.goAway, .ping])
    try scene.call(1)
    scene.executor.runAll()  // The record of call 1 goes to the journal: call 2 is of the next commit.
    try scene.call(2)
    try scene.receive { try $0.writeFrame(.pong, Ping(token: 0)) }
    #expect(try scene.frames().map(\.type) == [.goAway])
    #expect(scene.handler.held.map(\.commit) == [1, 2])

    scene.handler.sink.committed(through: 1)
    #expect(try scene.frames().map(\.call) == [1])
    #expect(scene.channel.isActive, "closed while the answer of commit 2 waits")
    scene.handler.sink.committed(through: 2)
    #expect(try scene.frames().map(\.call) == [2])
    #expect(!scene.channel.isActive, "still open after its last answer")
    scene.end()
  }

  @Test func answersOfSeveralCommitsLeaveTogetherAndThenTheConnectionEnds() throws {
    let scene = try DrainScene()
    try scene.open()
    scene.handler.drain()
    try scene.call(1)
    scene.executor.runAll()
    try scene.call(2)
    try scene.receive { try $0.writeFrame(.pong, Ping(token: 0)) }
    #expect(try scene.frames().map(\.type) == [.goAway, .ping, .goAway])
    scene.handler.sink.committed(through: 2)
    #expect(try scene.frames().map(\.call) == [1, 2])
    #expect(!scene.channel.isActive)
    scene.end()
  }
}

/// One connection of a server whose commits are told by hand.
private final class DrainScene {
  let executor = HeldExecutor()
  let gate: Gate
  let handler: ServerHandler
  let channel: EmbeddedChannel

  init() throws {
    var random = SeededGenerator(seed: 1)
    let journal = InMemoryJournal(metadata: .new(created: .epoch, using: &random))
    let worker = PeerIdentity(uri: "spiffe://tollgate.dev/tollgate/admin/test", role: .admin)
    let configuration = ServerConfiguration(
      host: "127.0.0.1", port: 0, transport: .plaintext(worker), ledger: LedgerConfiguration())
    let (core, _) = try GateCore.recover(
      from: journal, configuration: configuration.ledger, books: configuration.priceBooks, time: SystemTime())
    gate = Gate(
      core: core, journal: journal, executor: executor, snapshots: configuration.snapshots, onFailure: { _ in })
    let answers = AnswerContext(
      startedAt: .epoch, instance: .zero, version: "test", journal: "memory", bookAppliesFrom: .epoch)
    let loop = EmbeddedEventLoop()
    let server = ServerContext(
      configuration: configuration, gate: gate, eventLoop: loop,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      answers: answers)
    handler = ServerHandler(server: server, identifier: 1, identity: worker, tls: nil)
    channel = EmbeddedChannel(handler: handler, loop: loop)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  /// HELLO and WELCOME.
  func open() throws {
    try receive { try $0.writeFrame(.hello, Hello(clientName: "test", clientVersion: "1")) }
    #expect(try frames().map(\.type) == [.welcome])
  }

  /// A call that changes something, so that its answer waits for a commit.
  func call(_ number: UInt64) throws {
    let account = AccountID(high: 1, low: number)
    let id = RequestID(at: gate.nowHere(), randomness: (number, number))
    try receive {
      try $0.writeRequest(
        RequestHead(method: .openAccount, request: id), OpenAccountRequest(account: account, reason: "test"),
        call: number)
    }
  }

  /// What the peer sends in one piece.
  func receive(_ write: (inout ByteBuffer) throws -> Void) throws {
    var bytes = ByteBuffer()
    try write(&bytes)
    try channel.writeInbound(bytes)
  }

  /// All that the server has sent since this was asked last.
  func frames() throws -> [Frame] {
    var bytes = ByteBuffer()
    while var more = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&more) }
    let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)
    var position = 0
    var frames: [Frame] = []
    while let frame = try decoder.next(in: bytes, at: &position) { frames.append(frame) }
    return frames
  }

  /// Ends the gate's threads.
  func end() {
    gate.enter { gate in
      gate.writer.stop()
      gate.reader.stop()
    }
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }
}

/// The test's own thread, which does what the gate wants done soon when it is told to, and nothing else: no commit that the
/// journal's thread reports is ever heard of.
private final class HeldExecutor: GateExecutor, @unchecked Sendable {
  private let lock = NIOLock()
  private var work: [@Sendable () -> Void] = []

  func run(_ work: @escaping @Sendable () -> Void) { lock.withLock { self.work.append(work) } }
  func run(after nanoseconds: Int64, _ work: @escaping @Sendable () -> Void) { run(work) }
  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    run { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
  func checkIsolated() {}

  /// Does what has been asked for until now, and not what that asks for.
  func runAll() {
    let pieces = lock.withLock {
      defer { work = [] }
      return work
    }
    for piece in pieces { piece() }
  }
}
