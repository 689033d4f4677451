// Every bound one under, at, and one over; and that a refused write leaves the buffer as it was.

import NIOCore
import Testing
import TollgateValues

@testable import TollgateWire

@Suite struct LimitTests {
  /// A list reference with room for `count` elements of `stride` bytes behind a root of 16.
  static func listMessage(count: Int, stride: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16 + count * stride)
    for (offset, number) in [(0, count == 0 ? 0 : 16), (4, count), (8, count == 0 ? 0 : stride)] {
      for index in 0..<4 { bytes[offset + index] = UInt8(number >> (8 * index) & 0xFF) }
    }
    return bytes
  }

  @Test func batchItems() throws {
    for count in [0, 1, Limits.batchItemsMax - 1, Limits.batchItemsMax] {
      let message = try decodeAny(AuthorizeBatchRequest.self, Self.listMessage(count: count, stride: 112))
      #expect(message.items.count == count)
    }
    let error = #expect(throws: WireError.self) {
      try decodeAny(CaptureBatchRequest.self, Self.listMessage(count: Limits.batchItemsMax + 1, stride: 48))
    }
    #expect(error?.problem == .listTooLong && error?.value == UInt64(Limits.batchItemsMax + 1))
  }

  @Test func aFullBatchFitsAFrame() throws {
    let item = AuthorizeItem(
      request: Samples.request, account: Samples.account, job: Samples.job, quote: Samples.quote)
    let items = AuthorizeBatchRequest(items: Array(repeating: item, count: Limits.batchItemsMax))
    var buffer = ByteBuffer()
    let written = try buffer.writeRequest(RequestHead(method: .authorizeBatch), items, call: 1)
    #expect(written <= FrameHeader.bytes + Limits.frameBytesMax)
    let captures = CaptureItem(request: Samples.request, hold: Samples.request.hold, takeKind: 0, closes: true)
    let all = CaptureBatchRequest(items: Array(repeating: captures, count: Limits.batchItemsMax))
    #expect(throws: Never.self) { try buffer.writeRequest(RequestHead(method: .captureBatch), all, call: 3) }
    let result = AuthorizeResult(
      status: 0, detailType: 0, outcome: 2, flags: 0, hold: .zero, amount: .zero, expires: .epoch, book: 0,
      detail: .zero)
    let reply = AuthorizeBatchReply(results: Array(repeating: result, count: Limits.batchItemsMax))
    #expect(throws: Never.self) { try buffer.writeResponse(ResponseHead(), reply, call: 1) }
    var position = 0
    let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)
    let frame = try #require(try decoder.next(in: buffer, at: &position))
    let (_, place) = try buffer.requestHead(of: frame)
    #expect(try buffer.message(AuthorizeBatchRequest.self, at: place) == items)
  }

  @Test func listsThatCannotBeInTheMessageAreRefusedBeforeTheyAreAllocated() {
    for (count, stride, problem) in [
      (8_192, 4_096, WireError.Problem.referenceOutOfBounds), (1, 4_104, .strideInvalid), (1, 0, .strideInvalid),
      (1, 4, .strideInvalid), (0, 8, .strideInvalid),
    ] {
      var bytes = Self.listMessage(count: 0, stride: 0)
      if count > 0 { bytes[0] = 16 }
      for index in 0..<4 {
        bytes[4 + index] = UInt8(count >> (8 * index) & 0xFF)
        bytes[8 + index] = UInt8(stride >> (8 * index) & 0xFF)
      }
      let error = #expect(throws: WireError.self) { try decodeAny(AuthorizeBatchRequest.self, bytes) }
      #expect(error?.problem == problem, "count \(count) stride \(stride)")
    }
  }

  @Test func texts() throws {
    for (count, isTaken) in [
      (Limits.textBytesMax - 1, true), (Limits.textBytesMax, true), (Limits.textBytesMax + 1, false),
    ] {
      let message = OpenAccountRequest(
        account: Samples.account, reason: String(repeating: "é", count: count / 2) + (count % 2 == 1 ? "x" : ""))
      #expect(message.reason.utf8.count == count)
      var buffer = ByteBuffer(string: "before")
      if isTaken {
        try buffer.writeRequest(RequestHead(method: .openAccount), message, call: 1)
        #expect(try decodeAny(OpenAccountRequest.self, encoded(message)) == message)
      } else {
        let error = #expect(throws: WireError.self) {
          try buffer.writeRequest(RequestHead(method: .openAccount), message, call: 1)
        }
        #expect(error?.problem == .textTooLong)
        #expect(String(buffer: buffer) == "before")
      }
    }
  }

  @Test func textsOfDetailsAreCutAtACharacter() throws {
    for text in [String(repeating: "é", count: 600), "x" + String(repeating: "é", count: 600)] {
      var buffer = ByteBuffer()
      let detail = Detail.redirect(shard: 1, epoch: 2, address: text)
      try buffer.writeResponse(ResponseHead(status: .unavailable), detail: detail, call: 1)
      guard
        case .failure(_, _, .redirect(_, _, let found)) = try AnyFrame.decode(
          Array(buffer.readableBytesView), method: .authorize)
      else {
        Issue.record("no redirect came back")
        return
      }
      #expect(text.hasPrefix(found) && found.utf8.count > Limits.textBytesMax - 2)
    }
  }

  @Test func theHotPathWritesAndReadsTheSame() throws {
    func same<Message: WireMessage>(_ message: Message, _ hot: (inout ByteBuffer) throws -> Void) throws {
      var (one, other) = (ByteBuffer(), ByteBuffer())
      try hot(&one)
      let isRequest = one.getInteger(at: 4, as: UInt8.self) == FrameType.request.rawValue
      if isRequest {
        try other.writeRequest(RequestHead(method: .void), message, call: 5)  // generic here, as Message is
      } else {
        try other.writeResponse(ResponseHead(), message, call: 5)
      }
      #expect(one == other)
    }
    for sample in Samples.all {
      switch sample.frame {
      case .request(_, _, let message as AuthorizeRequest):
        try same(message) { try $0.writeRequest(RequestHead(method: .void), message, call: 5) }
      case .request(_, _, let message as CaptureRequest):
        try same(message) { try $0.writeRequest(RequestHead(method: .void), message, call: 5) }
      case .reply(_, _, let message as AuthorizeReply):
        try same(message) { try $0.writeResponse(ResponseHead(), message, call: 5) }
      case .reply(_, _, let message as CaptureReply):
        try same(message) { try $0.writeResponse(ResponseHead(), message, call: 5) }
      default: continue
      }
      let buffer = ByteBuffer(bytes: try sample.frame.bytes)
      var position = 0
      let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
      if case .request(_, _, let message as AuthorizeRequest) = sample.frame {
        let (_, place) = try frame.requestHead(in: buffer.readableBytesSpan)
        #expect(try place.message(AuthorizeRequest.self, in: buffer.readableBytesSpan) == message)
      }
    }
  }

  @Test func frames() throws {
    let head = RequestHead(method: .authorize)
    guard case .request(_, _, let message as AuthorizeRequest) = Samples.authorizes[0].frame else { return }
    let bytes = RequestHead.blockBytes + AuthorizeRequest.rootBytes
    var buffer = ByteBuffer()
    #expect(try buffer.writeRequest(head, message, call: 1, frameBytesMax: bytes) == FrameHeader.bytes + bytes)
    let before = buffer
    let error = #expect(throws: WireError.self) {
      try buffer.writeRequest(head, message, call: 3, frameBytesMax: bytes - 1)
    }
    #expect(error?.problem == .frameTooLong)
    #expect(buffer == before)
  }

  @Test func metadata() throws {
    let entries: [(key: String, value: [UInt8])] = [("tenant", [1, 2, 3]), ("x-note", []), ("tenant", [4])]
    var buffer = ByteBuffer()
    try buffer.writeRequest(
      RequestHead(method: .serverInfo), EmptyMessage(), call: 1, metadata: try Metadata(entries))
    var position = 0
    let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
    let (_, place) = try buffer.requestHead(of: frame)
    let found = try buffer.metadata(at: place)
    #expect(found.map(\.key) == entries.map(\.key) && found.map(\.value) == entries.map(\.value))
    let full = Limits.metadataBytesMax - 5
    #expect(try Metadata([("k", [UInt8](repeating: 7, count: full))]).bytes.count == Limits.metadataBytesMax)
    #expect(throws: WireError.self) { try Metadata([("k", [UInt8](repeating: 7, count: full + 1))]) }
    #expect(throws: WireError.self) { try Metadata([("Key", [])]) }
    #expect(throws: WireError.self) { try Metadata([("", [])]) }
    let many = (0...WireLimits.metadataEntriesMax).map { _ in (key: "k", value: [UInt8]()) }
    #expect(throws: Never.self) { try Metadata(Array(many.dropLast())) }
    #expect(throws: WireError.self) { try Metadata(many) }
  }

  @Test func tooMuchMetadataEndsTheConnection() throws {
    for (count, isTaken) in [(Limits.metadataBytesMax, true), (Limits.metadataBytesMax + 1, false)] {
      var buffer = ByteBuffer()
      try buffer.writeRequest(RequestHead(method: .serverInfo), EmptyMessage(), call: 1)
      buffer.setInteger(UInt32(RequestHead.blockBytes + count), at: 0, endianness: .little)
      buffer.writeRepeatingByte(0, count: count)
      var position = 0
      let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
      if isTaken {
        #expect(try buffer.requestHead(of: frame).1.metadataBytes == count)
      } else {
        let error = #expect(throws: WireError.self) { try buffer.requestHead(of: frame) }
        #expect(error?.connectionError == .metadataTooLong)
      }
    }
  }

  @Test func handshakesFitTheirOwnLimit() throws {
    let longest = String(repeating: "x", count: Limits.textBytesMax)
    let row = MethodVersions(method: 1, versionMin: 1, versionMax: 1)
    let welcome = Welcome(
      role: 1, connection: 1, serverTime: .epoch, deadlineMax: .zero, pingIntervalMin: .zero, serverName: longest,
      serverVersion: longest, identity: longest, methods: Array(repeating: row, count: WireLimits.methodsMax))
    #expect(encoded(welcome).count <= WireLimits.handshakeBytesMax)
    #expect(encoded(DescribeReply.current).count <= Limits.frameBytesMax)
    #expect(Limits.areConsistent)
  }
}
