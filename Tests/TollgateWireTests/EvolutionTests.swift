// Messages of older and newer peers: what is missing reads as zero, what is too much is skipped, unknown numbers stay.

import NIOCore
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

@Suite struct EvolutionTests {
  @Test func aShorterRootHasDefaults() throws {
    for type in MessageLayout.messages + MessageLayout.elements {
      for count in stride(from: 0, to: type.layout.rootBytes, by: 8) {
        let zeros = [UInt8](repeating: 0, count: type.layout.rootBytes)
        let short = [UInt8](zeros.prefix(count))
        #expect(
          mirrorJSON(try decodeAny(type, short, rootBytes: count)) == mirrorJSON(try decodeAny(type, zeros)), "\(type)")
      }
    }
    let whole = encoded(
      AuthorizeRequest(account: Samples.account, job: Samples.job, quote: Samples.quote, lifetime: .minutes(1)))
    let older = try decodeAny(AuthorizeRequest.self, Array(whole.prefix(32)), rootBytes: 32)
    #expect(older == AuthorizeRequest(account: Samples.account, job: Samples.job))
  }

  @Test func aLongerRootIsSkipped() throws {
    var random = SeededGenerator()
    for type in MessageLayout.messages + MessageLayout.elements where !type.layout.hasReferences {
      let bytes = tableBytes(type.layout, using: &random)
      let longer = bytes + (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
      #expect(
        mirrorJSON(try decodeAny(type, longer, rootBytes: longer.count)) == mirrorJSON(try decodeAny(type, bytes)),
        "\(type) \(random.recipe)")
    }
  }

  @Test func elementsMayBeLongerOrShorterThanOurs() throws {
    let items = (0..<3).map { index in
      CaptureItem(
        request: Samples.request, hold: Samples.request.hold, takeKind: 1, closes: true, takeValue: Int64(index) + 1)
    }
    let bytes = encoded(CaptureBatchRequest(items: items))
    for stride in [40, 48, 56, 4_096] {
      var resized = Array(bytes.prefix(16))
      resized.replaceSubrange(8..<12, with: [UInt8(stride & 0xFF), UInt8(stride >> 8), 0, 0])
      for index in items.indices {
        let element = Array(bytes[(16 + index * 48)..<(64 + index * 48)].prefix(stride))
        resized += element + [UInt8](repeating: 0xEE, count: stride - element.count)
      }
      let decoded = try decodeAny(CaptureBatchRequest.self, resized)
      var expected = items
      if stride == 40 { for index in expected.indices { expected[index].takeValue = 0 } }
      #expect(decoded.items == expected, "stride \(stride)")
    }
  }

  @Test func aNewerTextBehindOursIsSkipped() throws {
    // A version that appended another text field: root 32, our text first in the tail, theirs behind it.
    let ours = encoded(OpenAccountRequest(account: Samples.account, reason: "abc"))
    var newer = Array(ours.prefix(24)) + [35, 0, 0, 0, 4, 0, 0, 0] + Array("abc".utf8) + Array("tail".utf8)
    newer[16] = 32
    let decoded = try decodeAny(OpenAccountRequest.self, newer, rootBytes: 32)
    #expect(decoded == OpenAccountRequest(account: Samples.account, reason: "abc"))
  }

  @Test func blocksMayGrow() throws {
    guard let sample = Samples.all.first(where: { $0.name == "authorizeRequest" }) else { return }
    var bytes = try sample.frame.bytes
    bytes.insert(contentsOf: [UInt8](repeating: 0xEE, count: 8), at: 80)
    bytes[0] += 8
    bytes[6] += 8
    #expect(try AnyFrame.decode(bytes, method: .authorize)?.json == sample.frame.json)
  }

  @Test func unknownNumbersAreKept() throws {
    let request = SetAccountStateRequest(account: Samples.account, state: 200, reason: "")
    #expect(try decodeAny(SetAccountStateRequest.self, encoded(request)).state == 200)
    var buffer = ByteBuffer()
    let head = ResponseHead(
      status: StatusCode(rawValue: 999), detail: DetailType(rawValue: 9_999), outcome: CallOutcome(rawValue: 77),
      flags: ResponseFlags(rawValue: 0xF0))
    try buffer.writeResponse(head, EmptyMessage(), call: 1)
    var position = 0
    let frame = try #require(try FrameDecoder().next(in: buffer, at: &position))
    let (decoded, place) = try buffer.responseHead(of: frame)
    #expect(decoded == head)
    #expect(try buffer.detail(decoded.detail, at: place) == nil)
    #expect(decoded.status.description == "status 999")
    #expect(Method(rawValue: 60_000).row == nil && Method(rawValue: 5).row == nil)
  }
}

extension MessageLayout {
  var hasReferences: Bool {
    fields.contains { field in
      switch field.type {
      case .text, .list, .column: true
      default: false
      }
    }
  }
}
