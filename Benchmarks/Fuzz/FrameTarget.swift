// Fuzzes what a peer can send: a stream of frames, each decoded with its block, message, detail and metadata.

import TollgateValues
import TollgateWire

/// libFuzzer's entry.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  let bytes = Array(input)
  do { try readFrames(bytes.span.bytes) } catch { precondition(!error.description.isEmpty) }
  return 0
}

private func readFrames(_ bytes: RawSpan) throws(WireError) {
  let decoder = FrameDecoder(frameBytesMax: Limits.frameBytesMax)
  var position = 0
  var before = -1
  while let frame = try decoder.next(in: bytes, at: &position) {
    precondition(position > before && position <= bytes.byteCount, "a decoder moves forward, and not beyond its bytes")
    precondition(frame.start + frame.bytes == position)
    before = position
    do { try read(frame, in: bytes) } catch { if error.endsConnection { throw error } }
  }
}

private func read(_ frame: Frame, in bytes: RawSpan) throws(WireError) {
  switch frame.type {
  case .request:
    let (head, place) = try frame.requestHead(in: bytes)
    _ = try bytes.metadata(at: place)
    if let row = head.method.row { try read(row.request, at: place, in: bytes) }
  case .response:
    let (head, place) = try frame.responseHead(in: bytes)
    if head.status != .ok { _ = try place.detail(head.detail, in: bytes) }
    // The reply's method is not in the frame: every reply must cope with it.
    for row in Method.table { do { try read(row.reply, at: place, in: bytes) } catch { continue } }
  case .item:
    let (_, place) = try frame.itemHead(in: bytes)
    _ = try place.message(HealthReply.self, in: bytes)
  case .hello: try Hello.requireMagic(try frame.message(Hello.self, in: bytes).magic)
  case .welcome: _ = try frame.message(Welcome.self, in: bytes)
  case .ping, .pong: _ = try frame.message(Ping.self, in: bytes)
  case .goAway: _ = try frame.message(GoAway.self, in: bytes)
  case .connectionError: _ = try frame.message(ConnectionError.self, in: bytes)
  case .settings: _ = try frame.message(Settings.self, in: bytes)
  case .cancel: _ = try frame.message(Cancel.self, in: bytes)
  case .credit: _ = try frame.message(Credit.self, in: bytes)
  case .unimplemented: _ = try frame.message(Unimplemented.self, in: bytes)
  default: precondition(!frame.type.isIgnorable && frame.call != 0)
  }
}

private func read<Message: WireMessage>(_ type: Message.Type, at place: MessagePlace, in bytes: RawSpan)
  throws(WireError)
{
  _ = try place.message(type, in: bytes)
}
