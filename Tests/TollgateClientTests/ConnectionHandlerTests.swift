// A connection's bytes, without sockets and with time that only passes when told to.

import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import TollgateTestSupport
import TollgateValues
import TollgateWire

@testable import TollgateClient

@Suite struct ConnectionHandlerTests {
  @Test func helloComesFirstAndCallsGoOutInOneWrite() throws {
    let wire = try TestWire()
    #expect(try wire.sent().map(\.type) == [.hello])
    try wire.welcome()
    #expect(wire.observer.log == ["ready"])
    wire.handle.enqueue((0..<50).map { wire.call($0) })
    for index in 50..<60 { wire.handle.enqueue(wire.call(index)) }
    wire.loop.run()
    let writes = try wire.writes()
    #expect(writes.count == 1, "everything that waited goes out as one write")
    let frames = try wire.frames(writes)
    #expect(frames.count == 60)
    #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.call < $1.call })
    #expect(frames.allSatisfy { $0.head.timeoutMicroseconds == 1_000_000 })
  }

  @Test func answersInAnyOrderAndAnyPiecesReachTheirCallers() throws {
    var generator = SeededGenerator()
    let wire = try TestWire(ready: true)
    wire.handle.enqueue((0..<40).map { wire.call($0) })
    wire.loop.run()
    var bytes = ByteBuffer()
    for frame in try wire.sent().shuffled(using: &generator) {
      try bytes.writeResponse(
        ResponseHead(serverMicroseconds: frame.head.timeoutMicroseconds),
        ExtendReply(expires: Instant(nanoseconds: Int64(frame.call))), call: frame.call)
    }
    while let piece = bytes.readSlice(length: min(bytes.readableBytes, Int(generator.next() % 50) + 1)),
      piece.readableBytes > 0
    {
      try wire.channel.writeInbound(piece)
    }
    for index in 0..<40 {
      let reply = try #require(try wire.sink.ends[index]?.get(), "\(generator.recipe)")
      #expect(try reply.message(ExtendReply.self).expires.nanoseconds == Int64(wire.sink.sent[index] ?? 0))
    }
    #expect(wire.sink.endCount == 40)
    #expect(wire.observer.answered == 40)
  }

  @Test func aDeadlineFiresOnceAndTheLateAnswerIsSwallowed() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue(wire.call(0))
    wire.loop.run()
    let call = try #require(try wire.sent().first?.call)
    wire.loop.advanceTime(by: .milliseconds(990))
    #expect(wire.sink.ends.isEmpty)
    wire.loop.advanceTime(by: .milliseconds(40))
    #expect(wire.sink.error(0)?.code == .deadlineExceeded)
    #expect(wire.sink.error(0)?.outcome == .unknown)
    #expect(wire.observer.answered == 0, "the gate still has the call")
    try wire.answer(call)
    #expect(wire.observer.answered == 1)
    #expect(wire.sink.endCount == 1)
    #expect(wire.channel.isActive)
  }

  @Test func deadlinesFireThoughThePeerDoesNotRead() throws {
    let wire = try TestWire(ready: true)
    wire.channel.isWritable = false
    wire.handle.enqueue(wire.call(0))
    wire.loop.run()
    #expect(try wire.sent().isEmpty)
    wire.loop.advanceTime(by: .milliseconds(1_040))
    #expect(wire.sink.error(0)?.code == .deadlineExceeded)
    #expect(wire.sink.error(0)?.outcome == .notProcessed, "it was never sent")
    wire.channel.isWritable = true
    wire.channel.pipeline.fireChannelWritabilityChanged()
    wire.loop.run()
    #expect(try wire.sent().isEmpty, "and will not be")
    #expect(wire.observer.answered == 1)
  }

  @Test func cancellingTellsTheGateAndKeepsTheSlotUntilItsAnswer() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue(wire.call(0))
    wire.loop.run()
    let call = try #require(try wire.sent().first?.call)
    wire.sink.giveUp(0)
    wire.handle.cancel(call)
    wire.loop.run()
    let frames = try wire.sent()
    #expect(frames.map(\.type) == [.cancel])
    #expect(frames.map(\.call) == [call])
    #expect(wire.observer.answered == 0)
    try wire.answer(call)
    #expect(wire.observer.answered == 1)
    // Cancelling what has ended says nothing.
    wire.handle.cancel(call)
    wire.loop.run()
    #expect(try wire.sent().isEmpty)
  }

  @Test func whatIsCancelledBeforeItIsSentIsNeverSent() throws {
    let wire = try TestWire(ready: true)
    wire.sink.giveUp(0)
    wire.handle.enqueue(wire.call(0))
    wire.loop.run()
    #expect(try wire.sent().isEmpty)
    #expect(wire.observer.answered == 1)
  }

  @Test func silenceIsPingedAndThenTheConnectionIsGivenUp() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue(wire.call(0, timeout: .hours(1)))
    wire.loop.run()
    _ = try wire.sent()
    wire.loop.advanceTime(by: .seconds(20))
    #expect(try wire.sent().map(\.type) == [.ping])
    wire.loop.advanceTime(by: .seconds(10))
    #expect(wire.sink.error(0)?.outcome == .unknown)
    #expect(wire.sink.error(0)?.code == .unavailable)
    #expect(!wire.channel.isActive)
    #expect(wire.observer.log.last == "closed")
  }

  @Test func goAwayAnswersWhatIsBelowAndFailsWhatIsAbove() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue((0..<3).map { wire.call($0) })
    wire.loop.run()
    let calls = try wire.sent().map(\.call)
    try wire.receive(.goAway, GoAway(lastCall: .max, graceMilliseconds: 0, reason: 1))
    // What comes now goes elsewhere.
    wire.handle.enqueue(wire.call(3))
    wire.loop.run()
    #expect(wire.sink.error(3)?.outcome == .notProcessed)
    try wire.receive(.goAway, GoAway(lastCall: calls[1], graceMilliseconds: 0, reason: 1))
    #expect(wire.sink.error(2)?.outcome == .notProcessed)
    #expect(wire.sink.ends[0] == nil)
    try wire.answer(calls[0])
    #expect(wire.channel.isActive)
    try wire.answer(calls[1])
    #expect(!wire.channel.isActive, "it closes once nothing is in flight")
    #expect(wire.observer.log == ["ready", "drains", "drains", "closed"])
    #expect(wire.observer.answered == 4)
  }

  @Test func theEndFailsEverybodyOnce() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue((0..<3).map { wire.call($0) })
    wire.loop.run()
    wire.channel.isWritable = false
    wire.handle.enqueue(wire.call(3))
    wire.loop.run()
    wire.channel.pipeline.fireChannelInactive()
    #expect((0..<3).allSatisfy { wire.sink.error($0)?.outcome == .unknown })
    #expect(wire.sink.error(3)?.outcome == .notProcessed, "it was not sent")
    #expect(wire.sink.endCount == 4)
    wire.handle.enqueue(wire.call(4))
    #expect(wire.sink.error(4)?.outcome == .notProcessed)
  }

  @Test func connectionErrorsSayWhichCallsWereNotProcessed() throws {
    let wire = try TestWire(ready: true)
    wire.handle.enqueue((0..<2).map { wire.call($0) })
    wire.loop.run()
    let calls = try wire.sent().map(\.call)
    try wire.receive(
      .connectionError,
      ConnectionError(code: ConnectionErrorCode.controlFlood.rawValue, lastCall: calls[0], message: "slow down"))
    #expect(wire.sink.error(0)?.outcome == .unknown)
    #expect(wire.sink.error(1)?.outcome == .notProcessed)
    #expect(wire.sink.error(0)?.message.contains("slow down") == true)
  }

  @Test func anAnswerToNothingIsAViolation() throws {
    let wire = try TestWire(ready: true)
    try wire.answer(12_345)
    #expect(!wire.channel.isActive)
    #expect(wire.observer.log == ["ready", "closed"])
  }

  @Test func damagedBytesNeverTrap() throws {
    var generator = SeededGenerator()
    for _ in 0..<300 {
      let wire = try TestWire(ready: true)
      wire.handle.enqueue((0..<4).map { wire.call($0) })
      wire.loop.run()
      var bytes = ByteBuffer()
      for frame in try wire.sent() {
        try bytes.writeResponse(ResponseHead(), ExtendReply(expires: .test), call: frame.call)
      }
      try bytes.writeFrame(.goAway, GoAway(lastCall: .max, graceMilliseconds: 1, reason: 1, message: "bye"))
      for _ in 0..<1 + generator.next() % 4 {
        let place = Int(generator.next() % UInt64(bytes.readableBytes))
        bytes.setInteger(UInt8(truncatingIfNeeded: generator.next()), at: place)
      }
      _ = try? wire.channel.writeInbound(bytes)
      wire.channel.pipeline.fireChannelInactive()
      #expect(wire.sink.ends.count == 4, "\(generator.recipe)")
    }
  }
}

/// A connection in an embedded channel.
final class TestWire {
  struct SentFrame {
    var type: FrameType
    var call: UInt64
    var head: RequestHead
  }

  let loop = EmbeddedEventLoop()
  let channel: EmbeddedChannel
  let handle: ConnectionHandle
  let observer = RecordingObserver()
  let sink = RecordingSink()

  init(ready: Bool = false) throws {
    channel = EmbeddedChannel(loop: loop)
    handle = ConnectionHandle(endpoint: "test", number: 0, loop: loop)
    let settings = ConnectionSettings(
      callsInFlightMax: 1_000, pingInterval: .seconds(20), pingTimeout: .seconds(10), welcomeTimeout: .seconds(5))
    let hello = Hello(clientName: "test", clientVersion: "0")
    try channel.pipeline.syncOperations.addHandler(
      ConnectionHandler(handle: handle, settings: settings, hello: hello, observer: observer, now: loop.now))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    if ready {
      try welcome()
      _ = try writes()
    }
  }

  deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

  func welcome() throws { try receive(.welcome, Welcome.test()) }

  func receive(_ type: FrameType, _ message: some WireMessage) throws {
    var bytes = ByteBuffer()
    try bytes.writeFrame(type, message)
    try channel.writeInbound(bytes)
  }

  func answer(_ call: UInt64) throws {
    var bytes = ByteBuffer()
    try bytes.writeResponse(ResponseHead(), ExtendReply(expires: .test), call: call)
    try channel.writeInbound(bytes)
  }

  func call(_ index: Int, timeout: TimeAmount = .seconds(1)) -> PreparedCall {
    let frame = try? PreparedCall.frame(
      .extend, ExtendRequest(hold: .zero), id: RequestID(high: 1, low: UInt64(index)), trace: nil)
    return PreparedCall(
      frame: frame ?? ByteBuffer(), deadline: loop.now + timeout, attempt: 0, sink: sink, index: index)
  }

  /// The writes since the last look.
  func writes() throws -> [ByteBuffer] {
    var writes: [ByteBuffer] = []
    while let write = try channel.readOutbound(as: ByteBuffer.self) { writes.append(write) }
    return writes
  }

  func frames(_ writes: [ByteBuffer]) throws -> [SentFrame] {
    var all = ByteBuffer()
    for write in writes { all.writeImmutableBuffer(write) }
    let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)
    var frames: [SentFrame] = []
    var position = 0
    while let frame = try decoder.next(in: all, at: &position) {
      let head = frame.type == .request ? try all.requestHead(of: frame).0 : RequestHead(method: .health)
      frames.append(SentFrame(type: frame.type, call: frame.call, head: head))
    }
    return frames
  }

  /// The frames since the last look.
  func sent() throws -> [SentFrame] { try frames(writes()) }
}

final class RecordingObserver: ConnectionObserver {
  private let state = Mutex((log: [String](), answered: 0))

  var log: [String] { state.withLock { $0.log } }
  var answered: Int { state.withLock { $0.answered } }

  func connectionIsReady(_ connection: ConnectionHandle, _ agreement: Agreement) { note("ready") }
  func connectionChangedLimit(_ connection: ConnectionHandle, callsInFlight: Int) { note("limit \(callsInFlight)") }
  func connectionAnswered(_ connection: ConnectionHandle, calls: Int) { state.withLock { $0.answered += calls } }
  func connectionDrains(_ connection: ConnectionHandle, reason: String) { note("drains") }
  func connectionClosed(_ connection: ConnectionHandle, _ error: TollgateError?) { note("closed") }

  private func note(_ line: String) { state.withLock { $0.log.append(line) } }
}
