// The shell around the connection's state machine: moves bytes and does what the machine says, one switch.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

/// What a connection tells its owner; called on the loop.
protocol ConnectionObserver: AnyObject, Sendable {
  /// The connection may be used for so many calls at a time.
  func connectionIsReady(_ connection: ConnectionHandle, _ agreement: Agreement)
  func connectionChangedLimit(_ connection: ConnectionHandle, callsInFlight: Int)
  /// So many calls have ended since the last report.
  func connectionAnswered(_ connection: ConnectionHandle, calls: Int)
  /// No new calls from here on.
  func connectionDrains(_ connection: ConnectionHandle, reason: String)
  func connectionClosed(_ connection: ConnectionHandle, _ error: TollgateError?)
}

final class ConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let handle: ConnectionHandle
  private let observer: any ConnectionObserver
  private let hello: Hello
  private var machine: ConnectionStateMachine
  private var table: CallTable
  private var decoder = FrameDecoder()
  private var frameBytesMax = Limits.frameBytesMax
  private var context: ChannelHandlerContext?
  /// Bytes of a frame that is not there whole yet.
  private var unread = ByteBuffer()
  /// Frames of this tick, written and flushed together.
  private var outbound = ByteBuffer()
  /// Calls that have their id but not been written, while the peer reads slowly.
  private var unsent = CircularBuffer<(call: UInt64, prepared: PreparedCall)>()
  private var answeredCount = 0
  private var isReading = false
  private var timer: Scheduled<Void>?
  private var timerDue = NIODeadline.distantFuture
  private var firstError: (any Error)?

  init(
    handle: ConnectionHandle, settings: ConnectionSettings, hello: Hello, observer: any ConnectionObserver,
    now: NIODeadline
  ) {
    self.handle = handle
    self.hello = hello
    self.observer = observer
    machine = ConnectionStateMachine(settings: settings)
    table = CallTable(now: now)
  }

  // MARK: The channel's events

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    handle.attach(self)
    if context.channel.isActive { perform(machine.connected(at: context.eventLoop.now)) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    perform(machine.disconnected(.unavailable, "the connection was taken down"))
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    perform(machine.connected(at: context.eventLoop.now))
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    let (code, message) = describe(firstError)
    perform(machine.disconnected(code, message))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The first error says why; what follows are its consequences. The channel's end is judged by its inactivity.
    if firstError == nil { firstError = error }
    context.close(promise: nil)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      sendWaiting()
      reportAnswers()
    }
    context.fireChannelWritabilityChanged()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    machine.received(at: context.eventLoop.now)
    isReading = true
    if unread.readableBytes == 0 {
      unread = bytes
    } else {
      // Replies hold on to the old bytes, so only the rest of a frame moves, into a buffer of its own.
      var joined = context.channel.allocator.buffer(capacity: unread.readableBytes + bytes.readableBytes)
      joined.writeBuffer(&unread)
      joined.writeBuffer(&bytes)
      unread = joined
    }
    readFrames()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    reportAnswers()
    if table.count == 0 { perform(machine.idle()) }
    flush()
    context.fireChannelReadComplete()
  }

  // MARK: What callers want

  func emptyMailbox() {
    let mail = handle.takeMail()
    for call in mail.calls { enter(call) }
    sendWaiting()
    for call in mail.cancels { cancel(call, .callerGone) }
    for credit in mail.credits where table.waiter(of: credit.call) != nil {
      write(.credit, Credit(items: credit.items), call: credit.call)
    }
    if mail.leaves { perform(machine.leave(callsInFlight: table.count)) }
    reportAnswers()
    flush()
    setTimer()
  }

  func close(_ error: TollgateError) { perform(machine.disconnected(error.code, error.message)) }

  private func enter(_ call: PreparedCall) {
    guard machine.isReady else { return refuse(call, .connectionDraining) }
    guard call.frame.readableBytes <= frameBytesMax + FrameHeader.bytes else {
      return refuse(
        call,
        TollgateError(
          code: .resourceExhausted, message: "the request is above the gate's limit of \(frameBytesMax) bytes",
          outcome: .notProcessed))
    }
    guard !call.sink.isFinished(call.index) else { return answeredCount += 1 }
    unsent.append((table.insert(call.sink, index: call.index, deadline: call.deadline), call))
  }

  private func refuse(_ call: PreparedCall, _ error: TollgateError) {
    answeredCount += 1
    call.sink.finish(call.index, .failure(error))
  }

  /// Writes what waits, as long as the peer reads.
  private func sendWaiting() {
    guard let context else { return }
    while context.channel.isWritable, let (call, prepared) = unsent.popFirst() {
      guard table.waiter(of: call) != nil else {
        // Given up before it was sent: the gate never hears of it, and no RESPONSE will come.
        if table.remove(call).isKnown { answeredCount += 1 }
        continue
      }
      table.markSent(call)
      prepared.sink.sent(prepared.index, on: handle, as: call)
      outbound.write(prepared, id: call, now: context.eventLoop.now)
      if outbound.readableBytes > ConnectionHandler.writeBytesMax { flush() }
    }
    flush()
  }

  /// One write's bytes at most: more would only wait in the socket.
  private static let writeBytesMax = 256 << 10

  private func cancel(_ call: UInt64, _ reason: CancelReason) {
    // The sink has given up already, or its deadline has passed.
    _ = table.abandon(call)
    guard table.isSent(call) else { return }
    write(.cancel, Cancel(reason: reason.rawValue), call: call)
  }

  // MARK: Frames

  private func readFrames() {
    var position = 0
    do {
      while !machine.isClosed, let frame = try decoder.next(in: unread, at: &position) { try read(frame) }
    } catch {
      return perform(machine.violation("the gate broke the protocol: \(error)"))
    }
    unread.moveReaderIndex(forwardBy: min(position, unread.readableBytes))
    if unread.readableBytes == 0 { unread = ByteBuffer() }
  }

  private func read(_ frame: Frame) throws(WireError) {
    let now = context?.eventLoop.now ?? .now()
    switch frame.type {
    case .response:
      let (head, place) = try unread.responseHead(of: frame)
      answer(frame.call, RawReply(head: head, place: place, buffer: unread))
    case .item:
      let (_, place) = try unread.itemHead(of: frame)
      guard let waiter = table.waiter(of: frame.call) else { return }
      waiter.sink.item(waiter.index, RawReply(head: ResponseHead(), place: place, buffer: unread))
    case .unimplemented:
      perform(machine.violation("the gate does not know a frame of ours"))
    case .welcome:
      let welcome = try unread.message(Welcome.self, of: frame)
      perform(machine.welcomed(welcome, at: now))
    case .ping: perform(machine.receivedPing(try unread.message(Ping.self, of: frame).token))
    case .pong: break
    case .settings: perform(machine.receivedSettings(try unread.message(Settings.self, of: frame)))
    case .goAway: perform(machine.receivedGoAway(try unread.message(GoAway.self, of: frame)))
    case .connectionError:
      perform(machine.receivedConnectionError(try unread.message(ConnectionError.self, of: frame)))
    default: perform(machine.violation("the gate sent a frame of type \(frame.type.rawValue), which only clients send"))
    }
  }

  private func answer(_ call: UInt64, _ reply: RawReply) {
    guard machine.isReady || machine.isDraining else {
      return perform(machine.violation("the gate answered before WELCOME"))
    }
    let (isKnown, member) = table.remove(call)
    guard isKnown else { return perform(machine.violation("the gate answered call \(call), which is not in flight")) }
    answeredCount += 1
    if let member { member.sink.finish(member.index, .success(reply)) }
  }

  // MARK: Actions

  private func perform(_ action: ConnectionStateMachine.Action) {
    switch action {
    case .none: return
    case .sendHello: write(.hello, hello)
    case .becomeReady(let agreement):
      decoder.frameBytesMax = Limits.frameBytesMax
      frameBytesMax = agreement.frameBytes
      observer.connectionIsReady(handle, agreement)
      handle.becameReady()
    case .applyLimit(let limit): observer.connectionChangedLimit(handle, callsInFlight: limit)
    case .sendPong(let token): write(.pong, Ping(token: token))
    case .sendPing(let token): write(.ping, Ping(token: token))
    case .drain(let reason, let failAbove): drain(reason, failAbove)
    case .close:
      end(nil, failAbove: .max)
      context?.close(promise: nil)
    case .fail(let code, let message, let failAbove):
      end(TollgateError(code: code, message: message, outcome: .unknown, cause: firstError), failAbove: failAbove)
      context?.close(promise: nil)
    }
    if !isReading { flush() }
    setTimer()
  }

  private func drain(_ reason: String, _ failAbove: UInt64) {
    observer.connectionDrains(handle, reason: reason)
    handle.beganDraining()
    failUnsent(.connectionDraining)
    failNotProcessed(above: failAbove, reason)
    reportAnswers()
    if table.count == 0, !isReading { perform(machine.idle()) }
  }

  private func failUnsent(_ error: TollgateError) {
    while let (call, prepared) = unsent.popFirst() {
      guard table.remove(call).isKnown else { continue }
      answeredCount += 1
      prepared.sink.finish(prepared.index, .failure(error))
    }
  }

  private func failNotProcessed(above last: UInt64, _ reason: String) {
    guard last < .max else { return }
    let count = table.count
    let error = TollgateError(code: .unavailable, message: reason, outcome: .notProcessed)
    for member in table.removeAll(above: last) { member.sink.finish(member.index, .failure(error)) }
    answeredCount += count - table.count
  }

  /// The connection is of no more use: everybody who still waits is told.
  private func end(_ error: TollgateError?, failAbove: UInt64) {
    timer?.cancel()
    timer = nil
    let message = error?.message ?? "the connection closed"
    failUnsent(.connectionClosed)
    failNotProcessed(above: failAbove, message)
    let failure = TollgateError(
      code: error?.code ?? .unavailable, message: message, outcome: .unknown, cause: error?.cause)
    for member in table.removeAll(above: 0) { member.sink.finish(member.index, .failure(failure)) }
    for call in handle.shut() { call.sink.finish(call.index, .failure(.connectionClosed)) }
    observer.connectionClosed(handle, error)
    handle.closed(error)
  }

  private func reportAnswers() {
    guard answeredCount > 0 else { return }
    observer.connectionAnswered(handle, calls: answeredCount)
    answeredCount = 0
  }

  // MARK: Writing and time

  private func write(_ type: FrameType, _ message: some WireMessage, call: UInt64 = 0) {
    do {
      try outbound.writeFrame(type, message, call: call)
    } catch {
      perform(machine.disconnected(.internalError, "a frame of type \(type.rawValue) cannot be written: \(error)"))
    }
  }

  /// One write and one flush for everything that this tick has gathered.
  private func flush() {
    guard outbound.readableBytes > 0, let context else { return }
    let bytes = outbound
    outbound = context.channel.allocator.buffer(capacity: min(bytes.readableBytes, 64 << 10))
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  /// One timer: the next tick of the deadlines while there are any, and the machine's own.
  private func setTimer() {
    guard let context, !machine.isClosed else { return }
    let now = context.eventLoop.now
    var due = machine.nextTimer ?? .distantFuture
    if table.hasDeadlines { due = min(due, now + CallTable.tick) }
    guard due < timerDue || timer == nil, due < .distantFuture else { return }
    timer?.cancel()
    timerDue = due
    timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { self.timePassed() }
  }

  private func timePassed() {
    timer = nil
    timerDue = .distantFuture
    guard let context else { return }
    let now = context.eventLoop.now
    for member in table.expire(at: now) {
      member.sink.finish(member.index, .failure(.deadlineExceeded(isSent: member.isSent)))
    }
    perform(machine.timePassed(to: now))
    reportAnswers()
    flush()
    setTimer()
  }

  private func describe(_ error: (any Error)?) -> (TollgateError.Code, String) {
    guard let error else { return (.unavailable, "the gate closed the connection") }
    return ConnectFailure.describe(error)
  }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}

extension TollgateError {
  static var connectionDraining: TollgateError {
    TollgateError(code: .unavailable, message: "the connection drains", outcome: .notProcessed)
  }

  static func deadlineExceeded(isSent: Bool) -> TollgateError {
    TollgateError(
      code: .deadlineExceeded,
      message: isSent ? "no answer came within the call's timeout" : "the gate reads too slowly: the call was not sent",
      outcome: isSent ? .unknown : .notProcessed)
  }
}
