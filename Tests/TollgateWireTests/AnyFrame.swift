// One value for any frame, so that tests can encode, decode and compare all of them alike.

import NIOCore
import TollgateValues

@testable import TollgateWire

/// A frame with its message.
enum AnyFrame {
  case block(FrameType, call: UInt64, any WireMessage)
  case request(RequestHead, call: UInt64, any WireMessage)
  case reply(ResponseHead, call: UInt64, any WireMessage)
  case failure(ResponseHead, call: UInt64, Detail?)
  case item(ItemHead, call: UInt64, any WireMessage)

  var bytes: [UInt8] {
    get throws {
      var buffer = ByteBuffer()
      try encode(into: &buffer)
      return Array(buffer.readableBytesView)
    }
  }

  func encode(into buffer: inout ByteBuffer) throws(WireError) {
    switch self {
    case .block(let type, let call, let message): try buffer.writeFrame(type, message, call: call)
    case .request(let head, let call, let message): try buffer.writeRequest(head, message, call: call)
    case .reply(let head, let call, let message): try buffer.writeResponse(head, message, call: call)
    case .failure(let head, let call, let detail): try buffer.writeResponse(head, detail: detail, call: call)
    case .item(let head, let call, let message): try buffer.writeItem(head, message, call: call)
    }
  }

  /// Decodes a frame; `method` says which reply a RESPONSE or ITEM carries. Nil for an unknown type or method.
  static func decode(_ frame: Frame, in buffer: ByteBuffer, method: Method) throws(WireError) -> AnyFrame? {
    let call = frame.call
    switch frame.type {
    case .request:
      let (head, place) = try buffer.requestHead(of: frame)
      _ = try buffer.metadata(at: place)
      guard let row = head.method.row else { return nil }
      return .request(head, call: call, try buffer.message(row.request, at: place))
    case .response:
      let (head, place) = try buffer.responseHead(of: frame)
      _ = try buffer.metadata(at: place)
      guard head.status == .ok else {
        let detail = try buffer.detail(head.detail, at: place)
        var known = head
        known.detail = detail?.type ?? .none  // of a detail from the future, a test keeps nothing
        return .failure(known, call: call, detail)
      }
      guard let row = method.row else { return nil }
      let reply: any WireMessage.Type = row.kind == .stream ? EmptyMessage.self : row.reply
      return .reply(head, call: call, try buffer.message(reply, at: place))
    case .item:
      let (head, place) = try buffer.itemHead(of: frame)
      guard let row = method.row else { return nil }
      return .item(head, call: call, try buffer.message(row.reply, at: place))
    default:
      guard let type = AnyFrame.blockMessages[frame.type] else { return nil }
      return .block(frame.type, call: call, try buffer.message(type, of: frame))
    }
  }

  static let blockMessages: [FrameType: any WireMessage.Type] = [
    .hello: Hello.self, .welcome: Welcome.self, .ping: Ping.self, .pong: Ping.self, .goAway: GoAway.self,
    .connectionError: ConnectionError.self, .settings: Settings.self, .cancel: Cancel.self, .credit: Credit.self,
    .unimplemented: Unimplemented.self,
  ]

  /// The first frame of some bytes, decoded; nil if it is not whole, or unknown.
  static func decode(_ bytes: [UInt8], method: Method, frameBytesMax: Int = 1 << 20) throws -> AnyFrame? {
    let buffer = ByteBuffer(bytes: bytes)
    var position = 0
    guard let frame = try FrameDecoder(frameBytesMax: frameBytesMax).next(in: buffer, at: &position) else { return nil }
    return try decode(frame, in: buffer, method: method)
  }
}

extension AnyFrame {
  var type: FrameType {
    switch self {
    case .block(let type, _, _): type
    case .request: .request
    case .reply, .failure: .response
    case .item: .item
    }
  }

  var call: UInt64 {
    switch self {
    case .block(_, let call, _), .request(_, let call, _), .reply(_, let call, _), .failure(_, let call, _),
      .item(_, let call, _):
      call
    }
  }

  var messageName: String {
    switch self {
    case .block(_, _, let message), .request(_, _, let message), .reply(_, _, let message), .item(_, _, let message):
      Swift.type(of: message).layout.name
    case .failure(_, _, let detail):
      detail.flatMap { value in Detail.layouts.first { $0.type == value.type }?.layout.name } ?? "EmptyMessage"
    }
  }

  var fields: JSONValue {
    switch self {
    case .block(_, _, let message), .request(_, _, let message), .reply(_, _, let message), .item(_, _, let message):
      mirrorJSON(message)
    case .failure(_, _, let detail): detail.map(mirrorJSON) ?? .object([])
    }
  }

  /// The block's fields, apart from lengths; empty of a frame whose block is its message.
  var head: JSONValue {
    switch self {
    case .block: .object([])
    case .request(let head, _, _):
      .object([
        ("method", .number(UInt64(head.method.rawValue))), ("version", .number(UInt64(head.version))),
        ("timeoutMicroseconds", .number(UInt64(head.timeoutMicroseconds))),
        ("request", .text(head.request.description)),
        ("trace", .text(traceText(head.trace.traceHigh, head.trace.traceLow))),
        ("span", .text(hex(withUnsafeBytes(of: head.trace.span.bigEndian) { Array($0) }))),
        ("traceFlags", .number(UInt64(head.trace.flags))), ("attempt", .number(UInt64(head.attempt))),
        ("credit", .number(UInt64(head.credit))),
      ])
    case .reply(let head, _, _), .failure(let head, _, _):
      .object([
        ("status", .number(UInt64(head.status.rawValue))), ("detailType", .number(UInt64(head.detail.rawValue))),
        ("retryAfterMilliseconds", .number(UInt64(head.retryAfterMilliseconds))),
        ("outcome", .number(UInt64(head.outcome.rawValue))), ("flags", .number(UInt64(head.flags.rawValue))),
        ("serverMicroseconds", .number(UInt64(head.serverMicroseconds))),
      ])
    case .item(let head, _, _): .object([("sequence", .number(UInt64(head.sequence)))])
    }
  }

  /// All that a frame says: what two frames are compared by.
  var json: JSONValue {
    .object([
      ("type", .number(UInt64(type.rawValue))), ("call", .text(String(call))), ("head", head),
      ("message", .text(messageName)), ("fields", fields),
    ])
  }
}

private func traceText(_ high: UInt64, _ low: UInt64) -> String {
  hex(withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) })
}
