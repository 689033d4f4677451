// How connections end: agreed, cut off, or failed; each in its own way for those above.

import NIOCore
import NIOEmbedded
import Testing

@testable import TollgateTLS

@Suite struct CloseTests {
  @Test func aCloseIsAgreedByBothSides() throws {
    let pair = try Pair.connected()
    pair.client.write(Array("last words".utf8))
    var isClosed = false
    pair.client.channel.close().assumeIsolated().whenSuccess { isClosed = true }
    #expect(!isClosed, "the peer has not answered")
    pair.exchange()
    #expect(isClosed)
    #expect(String(buffer: pair.server.seen.received) == "last words")
    #expect(pair.server.seen.wasShutDown)
    #expect(pair.server.seen.isInactive && pair.client.seen.isInactive)
    #expect(pair.server.seen.errors.isEmpty && pair.client.seen.errors.isEmpty)
  }

  @Test func bothMayCloseAtTheSameTime() throws {
    let pair = try Pair.connected()
    var closedCount = 0
    for end in [pair.client, pair.server] {
      end.channel.close().assumeIsolated().whenSuccess { closedCount += 1 }
      end.channel.close().assumeIsolated().whenSuccess { closedCount += 1 }
    }
    pair.exchange()
    #expect(closedCount == 4)
    #expect(pair.server.seen.errors.isEmpty && pair.client.seen.errors.isEmpty)
  }

  @Test func aPeerThatVanishesIsATruncation() throws {
    let pair = try Pair.connected()
    pair.server.vanish()
    #expect(pair.server.seen.codes == [.truncated])
    #expect(pair.server.seen.isInactive)
  }

  @Test func dataBeforeATruncationIsDeliveredFirst() throws {
    let pair = try Pair.connected()
    pair.client.write(Array("data".utf8))
    let stream = try #require(pair.client.takeSent())
    // The end comes before the read is complete.
    pair.server.channel.pipeline.fireChannelRead(stream)
    pair.server.vanish()
    #expect(String(buffer: pair.server.seen.received) == "data")
    #expect(pair.server.seen.codes == [.truncated])
  }

  @Test func aCutInTheMiddleOfARecordIsATruncation() throws {
    let pair = try Pair.connected()
    pair.client.write([UInt8](repeating: 1, count: 1_000))
    let stream = try #require(pair.client.takeSent())
    pair.server.receive(try #require(stream.getSlice(at: 0, length: 500)))
    pair.server.vanish()
    #expect(pair.server.seen.readCount == 0)
    #expect(pair.server.seen.codes == [.truncated])
  }

  @Test func aPeerThatDoesNotAnswerACloseIsLeft() throws {
    let pair = try Pair.connected()
    var isClosed = false
    pair.client.channel.close().assumeIsolated().whenSuccess { isClosed = true }
    pair.loop.advanceTime(by: .seconds(4))
    #expect(!isClosed)
    pair.loop.advanceTime(by: .seconds(1))
    #expect(isClosed)
    #expect(pair.client.seen.errors.isEmpty)
  }

  @Test func aPeerThatVanishesDuringACloseIsNoTruncation() throws {
    let pair = try Pair.connected()
    var isClosed = false
    pair.client.channel.close().assumeIsolated().whenSuccess { isClosed = true }
    pair.client.vanish()
    #expect(isClosed)
    #expect(pair.client.seen.errors.isEmpty)
  }

  @Test func nothingIsReadOrWrittenAfterAClose() throws {
    let pair = try Pair.connected()
    pair.client.channel.close(promise: nil)
    var failure: (any Error)?
    pair.client.channel.writeAndFlush(ByteBuffer(string: "late")).assumeIsolated().whenFailure { failure = $0 }
    #expect(failure as? ChannelError == .ioOnClosedChannel)
    pair.server.write(Array("too late".utf8))
    if let stream = pair.server.takeSent() { pair.client.receive(stream) }
    #expect(pair.client.seen.readCount == 0)
  }

  @Test func aCloseDuringTheHandshakeIsPlain() throws {
    let pair = try Pair()
    try pair.client.channel.close().wait()
    #expect(!pair.client.channel.isActive)
    #expect(pair.client.seen.errors.isEmpty)
  }

  @Test func waitingWritesFailWithTheirConnection() throws {
    let pair = try Pair.connected()
    var failure: (any Error)?
    pair.client.channel.write(ByteBuffer(string: "never flushed")).assumeIsolated().whenFailure { failure = $0 }
    pair.client.vanish()
    #expect((failure as? TLSError)?.code == .truncated)
  }

  @Test func aDamagedRecordEndsTheConnectionWithAnAlert() throws {
    let pair = try Pair.connected()
    pair.client.write(Array("intact".utf8))
    pair.client.write(Array("damaged".utf8))
    var stream = try #require(pair.client.takeSent())
    let last = stream.writerIndex - 1
    stream.setInteger(try #require(stream.getInteger(at: last, as: UInt8.self)) ^ 1, at: last)
    pair.server.receive(stream)
    #expect(String(buffer: pair.server.seen.received) == "intact")
    #expect(pair.server.seen.codes == [.recordInvalid])
    #expect(pair.server.seen.message.contains("bad record mac"))
    pair.exchange()
    #expect(pair.client.seen.codes == [.alertReceived])
    #expect(pair.client.seen.message.contains("bad record mac"))
  }

  @Test func aHandlerWhoMeetsAnErrorByClosingChangesNothing() throws {
    final class Closer: ChannelInboundHandler {
      typealias InboundIn = ByteBuffer
      func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
        context.fireErrorCaught(error)
      }
    }
    let pair = try Pair()
    try pair.server.channel.pipeline.syncOperations.addHandler(Closer(), position: .after(pair.server.tls))
    pair.server.receive(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
    pair.loop.advanceTime(by: .seconds(1))
    #expect(pair.server.seen.codes == [.versionUnsupported])
    #expect(pair.server.seen.isInactive)
  }

  @Test func whatIsClosedIsFreed() throws {
    weak var handler: TLSHandler?
    weak var connection: TLSConnection?
    weak var context: TLSContext?
    do {
      let pair = try Pair.connected()
      (handler, connection, context) = (pair.server.tls, pair.server.tls.connection, pair.server.tls.tlsContext)
      #expect(connection != nil)
      pair.client.write([1, 2, 3])
      pair.exchange()
      pair.server.channel.close(promise: nil)
      pair.exchange()
      #expect(connection == nil, "the memory of OpenSSL goes with the connection, not with the channel")
    }
    #expect(handler == nil && context == nil)
  }
}
