// Whatever bytes come, from whichever side, the worst that happens is an error and the end of that connection.

import NIOCore
import NIOEmbedded
import Testing
import TollgateTestSupport

@testable import TollgateTLS

@Suite struct RobustnessTests {
  private let client: TLSContext
  private let server: TLSContext

  init() throws {
    client = try TLSContext(TestCertificates.client())
    server = try TLSContext(TestCertificates.server())
  }

  private func pair() throws -> Pair { try Pair(client: client, server: server) }

  @Test func bytesThatAreNoTLSAreAnErrorForEitherSide() throws {
    var random = SeededGenerator()
    for _ in 0..<40 {
      let pair = try pair()
      for end in [pair.server, pair.client] {
        let bytes = (0..<Int.random(in: 1_000...3_000, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        end.receive(ByteBuffer(bytes: bytes))
      }
      // Most are refused at once; what could be the beginning of a long record is by the handshake's timeout.
      pair.loop.advanceTime(by: .seconds(20))
      for end in [pair.server, pair.client] {
        #expect(end.seen.errors.count == 1, "\(random.recipe)")
        #expect(!end.seen.isComplete && !end.channel.isActive, "\(random.recipe)")
      }
    }
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\0\0\0\0\0\0\0\0\0",
  ])
  func otherProtocolsAreNamedAsSuch(hello: String) throws {
    let pair = try pair()
    pair.server.receive(ByteBuffer(string: hello))
    #expect(pair.server.seen.codes == [.versionUnsupported])
    #expect(pair.server.seen.message.contains("does not speak TLS on this port"))
  }

  @Test func aChangedByteInTheHandshakeNeverMakesAConnection() throws {
    var random = SeededGenerator()
    for _ in 0..<60 {
      let pair = try pair()
      // Flights: 0 ClientHello, 1 all of the server's, 2 the client's certificate and Finished.
      let flight = Int.random(in: 0...2, using: &random)
      var ends = (from: pair.client, to: pair.server)
      for step in 0...2 {
        guard var bytes = ends.from.takeSent() else { break }
        if step == flight {
          // The two version bytes of a record's header are ignored by the standard.
          let index = Int.random(in: 5..<bytes.readableBytes, using: &random)
          let old = try #require(bytes.getInteger(at: index, as: UInt8.self))
          bytes.setInteger(old ^ UInt8.random(in: 1...255, using: &random), at: index)
        }
        ends.to.receive(bytes)
        ends = (ends.to, ends.from)
      }
      pair.exchange()
      pair.loop.advanceTime(by: .seconds(20))
      #expect(!pair.server.seen.isComplete, "\(random.recipe)")
      #expect(!pair.server.seen.errors.isEmpty, "\(random.recipe)")
      #expect(!pair.server.channel.isActive, "\(random.recipe)")
    }
  }

  @Test func aChangedByteInTheDataIsNoticed() throws {
    var random = SeededGenerator()
    for _ in 0..<40 {
      let pair = try pair()
      pair.exchange()
      pair.client.write((0..<300).map { UInt8(truncatingIfNeeded: $0) })
      var bytes = try #require(pair.client.takeSent())
      let index = Int.random(in: 0..<bytes.readableBytes, using: &random)
      let old = try #require(bytes.getInteger(at: index, as: UInt8.self))
      bytes.setInteger(old ^ UInt8.random(in: 1...255, using: &random), at: index)
      pair.server.receive(bytes)
      pair.server.vanish()
      #expect(pair.server.seen.readCount == 0, "\(random.recipe)")
      // A record that became longer is still awaited when the peer leaves.
      #expect(
        [[.recordInvalid], [.truncated]].contains(pair.server.seen.codes), "\(pair.server.seen.errors) \(random.recipe)"
      )
    }
  }

  @Test func theStreamMayEndAnywhere() throws {
    var random = SeededGenerator()
    for _ in 0..<40 {
      let pair = try pair()
      var budget = Int.random(in: 0...3_000, using: &random)
      var ends = (from: pair.client, to: pair.server)
      while budget > 0, let bytes = ends.from.takeSent(),
        let piece = bytes.getSlice(at: 0, length: min(budget, bytes.readableBytes))
      {
        budget -= piece.readableBytes
        ends.to.receive(piece)
        ends = (ends.to, ends.from)
      }
      let wasComplete = pair.server.seen.isComplete
      pair.server.vanish()
      pair.client.vanish()
      #expect(pair.server.seen.codes == [wasComplete ? .truncated : .handshakeFailed], "\(random.recipe)")
      #expect(pair.server.seen.isInactive && pair.client.seen.isInactive, "\(random.recipe)")
    }
  }
}
