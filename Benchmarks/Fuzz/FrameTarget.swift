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
    let (head, place) = try bytes.requestHead(of: frame)
    _ = try bytes.metadata(at: place)
    if let row = head.method.row { try read(row.request, at: place, in: bytes) }
  case .response:
    let (head, place) = try bytes.responseHead(of: frame)
    if head.status != .ok { _ = try bytes.detail(head.detail, at: place) }
    // The reply's method is not in the frame: every reply must cope with it.
    for row in Method.table { do { try read(row.reply, at: place, in: bytes) } catch { continue } }
  case .item:
    let (_, place) = try bytes.itemHead(of: frame)
    _ = try bytes.message(HealthReply.self, at: place)
  case .hello: try Hello.requireMagic(try bytes.message(Hello.self, of: frame).magic)
  case .welcome: _ = try bytes.message(Welcome.self, of: frame)
  case .ping, .pong: _ = try bytes.message(Ping.self, of: frame)
  case .goAway: _ = try bytes.message(GoAway.self, of: frame)
  case .connectionError: _ = try bytes.message(ConnectionError.self, of: frame)
  case .settings: _ = try bytes.message(Settings.self, of: frame)
  case .cancel: _ = try bytes.message(Cancel.self, of: frame)
  case .credit: _ = try bytes.message(Credit.self, of: frame)
  case .unimplemented: _ = try bytes.message(Unimplemented.self, of: frame)
  default: precondition(!frame.type.isIgnorable && frame.call != 0)
  }
}

private func read<Message: WireMessage>(_ type: Message.Type, at place: MessagePlace, in bytes: RawSpan)
  throws(WireError)
{
  _ = try bytes.message(type, at: place)
}
