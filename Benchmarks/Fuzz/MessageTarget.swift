// Fuzzes every message's decoder, and the way back: what is taken must encode, and decode to the same value again.

import TollgateValues
import TollgateWire

private let types = MessageLayout.messages + MessageLayout.elements

/// libFuzzer's entry: byte 0 picks the message or detail, bytes 1 and 2 the root's length; the rest is the message.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessages(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count >= 3 else { return 0 }
  let rootBytes = (Int(start[1]) | Int(start[2]) << 8) & ~7
  let message = Array(UnsafeRawBufferPointer(start: start + 3, count: count - 3))
  let choice = Int(start[0])
  if choice < types.count {
    roundTrip(types[choice], message, rootBytes)
  } else {
    let (type, _) = Detail.layouts[choice % Detail.layouts.count]
    do {
      guard let detail = try Detail(type: type, message: message.span.bytes, rootBytes: rootBytes) else { return 0 }
      let again = try Detail(type: type, area: detail.area)
      precondition(again?.area == detail.area)
    } catch { precondition(!error.endsConnection) }
  }
  return 0
}

private func roundTrip<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8], _ rootBytes: Int) {
  do {
    let message = try Message(message: bytes.span.bytes, rootBytes: rootBytes)
    let encoded = [UInt8](unsafeUninitializedCapacity: Message.rootBytes + message.tailBytesMax) { memory, count in
      var writer = MessageWriter(UnsafeMutableRawBufferPointer(memory), rootBytes: Message.rootBytes)
      message.encode(into: &writer, at: 0)
      precondition(writer.problem == nil, "what was read fits its bounds")
      count = writer.end
    }
    let again = try Message(message: encoded.span.bytes, rootBytes: Message.rootBytes)
    precondition(again == message, "a message changed on its way back")
  } catch {
    precondition(!error.endsConnection, "a message only refuses its call")
  }
}
