// A connection as the harness needs it: a read's frames are all judged before one buffer goes out, and a call in flight
// costs a place in a table, no allocation and no task.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// Hears of everything on the connections of one thread. A base class, so that hot calls go through one table.
class ConnectionDriver {
  /// WELCOME is there, and nothing is in flight.
  func ready(_ connection: WireConnection) {}
  /// A call was answered; its place is free again.
  func answered(
    _ connection: WireConnection, _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) {}
  /// All frames of a read were judged; what is queued goes out next.
  func readCompleted(_ connection: WireConnection) {}
  /// The connection is gone; these calls have no answer.
  func ended(_ connection: WireConnection, unanswered: [CallRecord], _ error: LoadFailure) {}
  /// Whatever is under way ends now.
  func brokenOff(_ failure: LoadFailure) {}
}

/// What is used for every call is marked `@exclusivity(unchecked)`, here and in the driver: all of it belongs to one thread, no
/// access is ever nested in another one to the same property, and the checks at run time took a fifth of the harness's processor.
final class WireConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let shard: Shard
  /// Its number among the shard's connections; the one that replaces it has the same.
  let index: Int
  private(set) var welcome: Welcome?
  /// Beside `welcome`, as looking at that one would copy it.
  @exclusivity(unchecked) private(set) var isWelcomed = false
  @exclusivity(unchecked) private var context: ChannelHandlerContext?
  private var decoder = FrameDecoder()
  @exclusivity(unchecked) private var inbound = ByteBuffer()
  @exclusivity(unchecked) private var outbound = ByteBufferAllocator().buffer(capacity: 64 << 10)
  @exclusivity(unchecked) private var calls = CallPlaces()
  @exclusivity(unchecked) private var sequence: UInt64 = 0
  /// Calls up to this sequence were given up.
  private var skipsUpTo: UInt64 = 0
  @exclusivity(unchecked) private var hasEnded = false
  @exclusivity(unchecked) private var isReading = false
  private let opened: EventLoopPromise<Void>

  init(shard: Shard, index: Int, opened: EventLoopPromise<Void>) {
    self.shard = shard
    self.index = index
    self.opened = opened
  }

  /// Whether calls may be sent.
  var isReady: Bool { isWelcomed && !hasEnded }
  var inFlight: Int { calls.count }

  /// A host with several addresses is tried on several channels, which all have this handler: the one that becomes active counts.
  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func channelActive(context: ChannelHandlerContext) {
    guard !hasEnded else { return context.close(promise: nil) }
    self.context = context
    do {
      try outbound.writeFrame(.hello, Hello(clientName: "tollgate-load", clientVersion: "1"))
      flush()
    } catch {
      end(.broken("HELLO cannot be written: \(error)"))
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    shard.now = MonotonicClock.now
    isReading = true
    let buffer = inbound
    inbound = ByteBuffer()
    var position = 0
    do {
      let bytes = buffer.readableBytesSpan
      while !hasEnded, let frame = try decoder.next(in: bytes, at: &position) {
        if frame.type == .response { try response(frame, bytes) } else { try control(frame, bytes) }
      }
    } catch let error as LoadFailure {
      end(error)
    } catch {
      end(.broken("the server broke the protocol: \(error)"))
    }
    inbound = buffer.rest(from: position)
    isReading = false
    guard !hasEnded else { return }
    shard.driver.readCompleted(self)
    flush()
  }

  @inline(__always)
  private func response(_ frame: Frame, _ bytes: RawSpan) throws {
    let (head, place) = try frame.responseHead(in: bytes)
    guard let record = calls.take(frame.call) else {
      if frame.call >> CallPlaces.placeBits <= skipsUpTo { return }
      throw LoadFailure.broken("the server answered call \(frame.call), which is not in flight")
    }
    shard.driver.answered(self, record, head, bytes, place)
  }

  private func control(_ frame: Frame, _ bytes: RawSpan) throws {
    switch frame.type {
    case .welcome:
      let welcome = try frame.message(Welcome.self, in: bytes)
      try Hello.requireMagic(welcome.magic)
      decoder.frameBytesMax = Int(welcome.frameBytes)
      self.welcome = welcome
      isWelcomed = true
      shard.ids.learn(serverTime: welcome.serverTime, at: shard.now)
      calls.limit = min(max(1, Int(welcome.callsInFlight)), CallPlaces.countMax)
      opened.succeed()
      shard.driver.ready(self)
    case .ping: try outbound.writeFrame(.pong, try frame.message(Ping.self, in: bytes))
    case .connectionError:
      throw LoadFailure.refused(try frame.message(ConnectionError.self, in: bytes).message)
    // GOAWAY too: the server closes the connection when its grace is over, and then it is made again.
    default: break
    }
  }

  /// Whether one more call may be sent now.
  var hasRoom: Bool { isReady && calls.count < calls.limit }

  /// Queues a call, which goes out with the next flush. The connection must have room.
  @inline(__always)
  func send(
    _ record: CallRecord, _ method: Method, _ write: (inout ByteBuffer, RequestHead, UInt64) throws -> Void
  ) {
    sequence += 1
    let call = calls.put(record, sequence)
    do {
      try write(&outbound, RequestHead(method: method, request: record.request, attempt: record.attempt), call)
    } catch {
      end(.broken("a request cannot be written: \(error)"))
    }
  }

  /// Sends what is queued.
  func flush() {
    guard !isReading, outbound.readableBytes > 0, let context else { return }
    context.writeAndFlush(wrapOutboundOut(outbound), promise: nil)
    outbound.clear()
  }

  /// Ends the connection with whatever is in flight, as a broken network would.
  func drop() { end(.broken("dropped on purpose")) }

  func close() {
    hasEnded = true
    if !isWelcomed { opened.fail(LoadFailure.broken("closed before WELCOME")) }
    context?.close(promise: nil)
  }

  /// There was never a channel.
  func cannotConnect(_ failure: LoadFailure) { end(failure) }

  /// The server takes the connection but says no WELCOME.
  func giveUpOpening(after seconds: Int64, _ hint: String) {
    if !isWelcomed { end(.broken("no WELCOME from the server within \(seconds) s; \(hint)")) }
  }

  /// Gives up on what is in flight: an answer that still comes will be skipped.
  func abandonCalls() -> [CallRecord] {
    let abandoned = calls.takeAll()
    skipsUpTo = sequence
    return abandoned
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.broken("\(error)")) }
  func channelInactive(context: ChannelHandlerContext) { end(.broken("the server closed the connection")) }
  func handlerRemoved(context: ChannelHandlerContext) { if context === self.context { self.context = nil } }

  private func end(_ failure: LoadFailure) {
    guard !hasEnded else { return }
    hasEnded = true
    if !isWelcomed { opened.fail(failure) }
    context?.close(promise: nil)
    shard.driver.ended(self, unanswered: calls.takeAll(), failure)
  }
}

@available(*, unavailable)
extension WireConnection: Sendable {}

extension ByteBuffer {
  /// The beginning of a frame, which the next read completes: a copy, so that the read's whole buffer does not live for its sake.
  func rest(from position: Int) -> ByteBuffer {
    guard position < readableBytes else { return ByteBuffer() }
    var rest = self
    rest.moveReaderIndex(forwardBy: position)
    var copy = ByteBufferAllocator().buffer(capacity: max(rest.readableBytes, 16 << 10))
    copy.writeBuffer(&rest)
    return copy
  }
}

/// The calls in flight on one connection. A call's number carries its place in the low bits, and a sequence above them, so
/// that numbers ascend as the protocol wants and an answer finds its call in one step.
struct CallPlaces {
  static let placeBits: UInt64 = 14
  static let countMax = 1 << Int(placeBits)
  var limit = CallPlaces.countMax
  private var records: ContiguousArray<CallRecord> = []
  private var free: ContiguousArray<UInt32> = []

  var count: Int { records.count - free.count }

  /// Takes a place; returns the call's number.
  @inline(__always)
  mutating func put(_ record: CallRecord, _ sequence: UInt64) -> UInt64 {
    var record = record
    if let place = free.popLast() {
      record.call = sequence << CallPlaces.placeBits | UInt64(place)
      records[Int(place)] = record
    } else {
      record.call = sequence << CallPlaces.placeBits | UInt64(records.count)
      records.append(record)
    }
    return record.call
  }

  /// Frees the place of an answered call; nil if there is no such call.
  @inline(__always)
  mutating func take(_ call: UInt64) -> CallRecord? {
    let place = Int(call & (1 << CallPlaces.placeBits - 1))
    guard place < records.count, records[place].call == call else { return nil }
    let record = records[place]
    records[place].call = 0
    free.append(UInt32(place))
    return record
  }

  mutating func takeAll() -> [CallRecord] {
    defer {
      records.removeAll()
      free.removeAll()
    }
    return records.filter { $0.call != 0 }.sorted { $0.call < $1.call }
  }
}
