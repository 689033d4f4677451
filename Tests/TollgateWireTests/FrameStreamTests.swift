// Frames come in pieces of any size: what is found must not depend on how the bytes were cut.

import NIOCore
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

@Suite struct FrameStreamTests {
  /// All frames of a stream that comes in pieces, as JSON.
  static func frames(_ pieces: [[UInt8]]) throws -> [JSONValue] {
    let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)
    var buffer = ByteBuffer()
    var found: [JSONValue] = []
    for piece in pieces {
      buffer.writeBytes(piece)
      var position = 0
      while let frame = try decoder.next(in: buffer, at: &position) {
        found.append(try #require(try AnyFrame.decode(frame, in: buffer, method: .authorize)).json)
      }
      buffer.moveReaderIndex(forwardBy: position)
      buffer.discardReadBytes()
    }
    #expect(buffer.readableBytes == 0)
    return found
  }

  /// Frames that decode without knowing which method they answer.
  static let stream = Samples.all.filter { sample in
    switch sample.frame {
    case .reply, .item: sample.method == .authorize
    default: true
    }
  }

  @Test func byteByByte() throws {
    let bytes = try Self.stream.flatMap { try $0.frame.bytes }
    #expect(try Self.frames(bytes.map { [$0] }) == Self.stream.map(\.frame.json))
  }

  @Test func inPiecesOfRandomSize() throws {
    var random = SeededGenerator()
    for _ in 0..<10 {
      let samples = (0..<60).map { _ in Self.stream.randomElement(using: &random)! }
      var rest = try samples.flatMap { try $0.frame.bytes }[...]
      var pieces: [[UInt8]] = []
      while !rest.isEmpty {
        let count = Int.random(in: 1...(Bool.random(using: &random) ? 20 : 2_000), using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(try Self.frames(pieces) == samples.map(\.frame.json), "\(random.recipe)")
    }
  }

  @Test func framesOfUnknownIgnorableTypesAreSkipped() throws {
    var bytes = try #require(Self.stream.first { $0.name == "ping" }).frame.bytes
    bytes[4] = 0x80
    bytes[8] = 1  // even with a call's id
    let known = try #require(Self.stream.first { $0.name == "cancel" }).frame
    #expect(try Self.frames([bytes + (try known.bytes) + bytes]) == [known.json])
  }

  @Test func aCallFrameOfUnknownTypeIsHandedOutToBeAnswered() throws {
    var bytes = try #require(Self.stream.first { $0.name == "cancel" }).frame.bytes
    bytes[4] = 0x7f
    let buffer = ByteBuffer(bytes: bytes)
    var position = 0
    let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
    #expect(frame.type.scope == .unknown && !frame.type.isIgnorable && frame.call == 7)
    #expect(position == bytes.count)
  }

  @Test func aTooLongFrameIsRefusedByItsHeaderAlone() throws {
    let decoder = FrameDecoder(frameBytesMax: 1_000)
    for (length, isTaken) in [(999, true), (1_000, true), (1_001, false), (Int(UInt32.max), false)] {
      var buffer = ByteBuffer()
      buffer.writeInteger(UInt32(length), endianness: .little)
      buffer.writeInteger(UInt8(0x10))
      buffer.writeInteger(UInt8(0))
      buffer.writeInteger(UInt16(64), endianness: .little)
      buffer.writeInteger(UInt64(1), endianness: .little)
      var position = 0
      if isTaken {
        #expect(try decoder.next(in: buffer, at: &position) == nil)
      } else {
        let error = #expect(throws: WireError.self) { try decoder.next(in: buffer, at: &position) }
        #expect(error?.problem == .frameTooLong && error?.connectionError == .frameTooLong)
      }
      #expect(position == 0)
    }
  }

  @Test func otherProtocolsAreFoundOutAtOnce() throws {
    for opening in [
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "*1\r\n$4\r\nPING\r\n    ",
    ] {
      var position = 0
      #expect(throws: WireError.self) { try FrameDecoder().next(in: ByteBuffer(string: opening), at: &position) }
    }
    #expect(throws: WireError.self) { try Hello.requireMagic(0) }
    #expect(throws: Never.self) { try Hello.requireMagic(Hello.magicValue) }
  }

  @Test func everyPrefixOfAFrameWaitsForTheRest() throws {
    let bytes = try #require(Self.stream.first { $0.name == "authorizeRequest" }).frame.bytes
    for count in 0..<bytes.count {
      var position = 0
      #expect(try FrameDecoder().next(in: ByteBuffer(bytes: bytes.prefix(count)), at: &position) == nil)
      #expect(position == 0)
    }
  }
}
