// What goes in comes out, whatever the pieces, and few records and writes carry it.

import NIOCore
import NIOEmbedded
import Testing
import TollgateTestSupport

@testable import TollgateTLS

@Suite struct DataTests {
  @Test func bytesThatArriveOneByOneMakeTheSameConversation() throws {
    let pair = try Pair()
    pair.exchange(pieceBytes: 1)
    #expect(pair.server.seen.isComplete && pair.client.seen.isComplete)
    pair.client.write(Array("question".utf8))
    pair.exchange(pieceBytes: 1)
    pair.server.write(Array("answer".utf8))
    pair.exchange(pieceBytes: 1)
    #expect(String(buffer: pair.server.seen.received) == "question")
    #expect(String(buffer: pair.client.seen.received) == "answer")
    // A record gives nothing until it is whole.
    #expect(pair.server.seen.readCount == 1)
  }

  @Test func megabytesSurviveBothWaysInRandomPieces() throws {
    var random = SeededGenerator()
    let pair = try Pair.connected()
    let noise = ByteBuffer(bytes: (0..<50_021).map { _ in UInt8.random(in: 0...255, using: &random) })
    func some() throws -> ByteBuffer {
      var bytes = ByteBuffer()
      for _ in 0..<Int.random(in: 1...16, using: &random) {
        let start = Int.random(in: 0..<noise.readableBytes, using: &random)
        bytes.writeImmutableBuffer(try #require(noise.getSlice(at: start, length: noise.readableBytes - start)))
      }
      return bytes
    }
    var (questions, answers) = (ByteBuffer(), ByteBuffer())
    for _ in 0..<20 {
      let (question, answer) = (try some(), try some())
      pair.client.channel.writeAndFlush(question, promise: nil)
      pair.server.channel.writeAndFlush(answer, promise: nil)
      pair.exchange(pieceBytes: Int.random(in: 1_000...70_000, using: &random))
      questions.writeImmutableBuffer(question)
      answers.writeImmutableBuffer(answer)
    }
    #expect(questions.readableBytes > 1 << 20 && answers.readableBytes > 1 << 20, "\(random.recipe)")
    #expect(pair.server.seen.received == questions, "\(random.recipe)")
    #expect(pair.client.seen.received == answers, "\(random.recipe)")
  }

  @Test func smallWritesOfOneFlushShareARecordAndAWrite() throws {
    let pair = try Pair.connected()
    pair.client.sent.clear()
    pair.client.writeCount = 0
    for index in 0..<160 {
      pair.client.channel.write(ByteBuffer(repeating: UInt8(index), count: 88), promise: nil)
    }
    pair.client.channel.flush()
    _ = pair.client.takeSent().map { pair.server.receive($0) }
    // 14,080 bytes, one byte for the type and 16 for the tag.
    #expect(recordSizes(pair.client.sent) == [160 * 88 + 17])
    #expect(pair.client.writeCount == 1)
    #expect(pair.server.seen.readCount == 1)
    #expect(pair.server.seen.received == ByteBuffer(bytes: (0..<160).flatMap { [UInt8](repeating: $0, count: 88) }))
  }

  @Test func oneFlushMakesAsFewRecordsAsItsBytesNeed() throws {
    var random = SeededGenerator()
    for _ in 0..<20 {
      let pair = try Pair.connected()
      pair.server.sent.clear()
      pair.server.writeCount = 0
      var all = ByteBuffer()
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let sizeMax = Bool.random(using: &random) ? 300 : 60_000
        let byte = UInt8.random(in: 0...255, using: &random)
        let bytes = ByteBuffer(repeating: byte, count: .random(in: 0...sizeMax, using: &random))
        pair.server.channel.write(bytes, promise: nil)
        all.writeImmutableBuffer(bytes)
      }
      pair.server.channel.flush()
      pair.exchange()
      #expect(pair.client.seen.received == all, "\(random.recipe)")
      #expect(recordSizes(pair.server.sent).count == (all.readableBytes + 16_383) / 16_384, "\(random.recipe)")
      #expect(pair.server.writeCount == (all.readableBytes == 0 ? 0 : 1), "\(random.recipe)")
    }
  }

  @Test func everyWritesPromiseIsKept() throws {
    let pair = try Pair.connected()
    let futures = (0..<5).map { pair.client.channel.write(ByteBuffer(repeating: 1, count: $0)) }
    var keptCount = 0
    for future in futures { future.assumeIsolated().whenSuccess { keptCount += 1 } }
    #expect(keptCount == 0)
    pair.client.channel.flush()
    #expect(keptCount == 5)
    // A flush of nothing but an empty buffer keeps its promise too, and sends no record.
    pair.exchange()
    pair.client.sent.clear()
    pair.client.channel.writeAndFlush(ByteBuffer()).assumeIsolated().whenSuccess { keptCount += 1 }
    _ = pair.client.takeSent()
    #expect(keptCount == 6)
    #expect(pair.client.sent.readableBytes == 0)
  }

  @Test func whatIsSentDirectlyStandsInLine() throws {
    let pair = try Pair.connected()
    pair.server.channel.write(ByteBuffer(string: "first "), promise: nil)
    pair.server.tls.send(ByteBuffer(string: "second "), promise: nil)
    pair.server.tls.send(ByteBuffer(repeating: 0x78, count: 40_000), promise: nil)
    pair.server.channel.writeAndFlush(ByteBuffer(string: " last"), promise: nil)
    let stream = try #require(pair.server.takeSent())
    #expect(recordSizes(stream).count == 5, "40,000 bytes are two full records and a rest")
    pair.client.receive(stream)
    let text = "first second " + String(repeating: "x", count: 40_000) + " last"
    #expect(String(buffer: pair.client.seen.received) == text)
  }

  @Test func aDirectSendKeepsItsPromiseOrSaysWhyNot() throws {
    let pair = try Pair.connected()
    let promises = (0..<3).map { _ in pair.server.channel.eventLoop.makePromise(of: Void.self) }
    var outcomes: [Bool] = []
    for promise in promises {
      promise.futureResult.assumeIsolated().whenComplete { result in
        if case .success = result { outcomes.append(true) } else { outcomes.append(false) }
      }
    }
    pair.server.tls.send(ByteBuffer(string: "answer"), promise: promises[0])
    pair.server.tls.send(ByteBuffer(), promise: promises[1])
    _ = pair.server.takeSent()
    #expect(outcomes == [true, true])
    pair.server.channel.close(promise: nil)
    pair.server.tls.send(ByteBuffer(string: "late"), promise: promises[2])
    #expect(outcomes == [true, true, false])
  }

  @Test func whatIsWrittenFromAReadOrAPromiseIsSentToo() throws {
    let pair = try Pair.connected()
    pair.server.seen.onRead = { context, buffer in
      context.writeAndFlush(NIOAny(buffer)).assumeIsolated().whenSuccess {
        context.writeAndFlush(NIOAny(ByteBuffer(string: "!")), promise: nil)
      }
    }
    pair.client.write(Array("ping".utf8))
    pair.exchange()
    #expect(String(buffer: pair.client.seen.received) == "ping!")
  }

  @Test func severalReadsOfTheSocketBecomeOneAbove() throws {
    let pair = try Pair.connected()
    for index in 0..<50 { pair.client.write([UInt8(index)]) }
    let stream = try #require(pair.client.takeSent())
    #expect(recordSizes(stream).count == 50)
    pair.server.receive(stream)
    #expect(pair.server.seen.readCount == 1)
    #expect(pair.server.seen.received == ByteBuffer(bytes: 0..<50))
  }

  @Test func aBufferThatSomebodyKeepsIsNotOverwritten() throws {
    let pair = try Pair.connected()
    var kept: [ByteBuffer] = []
    pair.server.seen.onRead = { _, buffer in kept.append(buffer) }
    for index in 0..<20 {
      pair.client.write([UInt8](repeating: UInt8(index), count: 1_000))
      pair.exchange()
    }
    #expect(kept == (0..<20).map { ByteBuffer(repeating: UInt8($0), count: 1_000) })
  }

  @Test func aQuietConnectionKeepsNoBuffers() throws {
    let pair = try Pair.connected()
    pair.client.write([UInt8](repeating: 7, count: 100_000))
    pair.exchange()
    #expect(pair.server.tls.plaintext.capacity > 50_000)
    pair.loop.advanceTime(by: .seconds(5))
    pair.loop.advanceTime(by: .seconds(5))
    #expect(pair.server.tls.plaintext.capacity == 0)
    #expect(pair.server.tls.bufferSweep == nil)
    pair.client.write(Array("awake".utf8))
    pair.exchange()
    #expect(pair.server.seen.received.getString(at: 100_000, length: 5) == "awake")
  }
}
