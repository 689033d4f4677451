// A connection's beginning and end: identity, HELLO and WELCOME, pings, drain, errors.

internal import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// The timers of a connection; all of them end with it.
struct ConnectionTimers {
  var hello: Scheduled<Void>?
  var idle: Scheduled<Void>?
  var age: Scheduled<Void>?
  var drain: Scheduled<Void>?
  /// Our ping is out, and nothing has come since.
  var isProbing = false

  mutating func cancel() {
    hello?.cancel()
    idle?.cancel()
    age?.cancel()
    drain?.cancel()
    (hello, idle, age, drain) = (nil, nil, nil, nil)
  }
}

extension ServerHandler {
  private var limits: ConnectionLimits { server.configuration.connections }

  func began() {
    guard context != nil, timers.hello == nil else { return }
    server.register(self)
    timers.hello = schedule(after: limits.helloTimeout) { handler in
      handler.fail(.handshakeTimeout, "no HELLO within \(handler.limits.helloTimeout)")
    }
    if identity == nil { identify() }
  }

  func ended() {
    timers.cancel()
    intake.connection.closed()
    held = []
    server.unregister(self)
  }

  /// Takes the peer's identity from its certificate, once the handshake has brought it.
  func identify() {
    guard identity == nil, case .tls(_, let trustDomain) = server.configuration.transport,
      let certificate = tls?.peerCertificate
    else { return }
    switch PeerIdentity.of(certificate, trustDomain: trustDomain) {
    case .success(let identity): self.identity = identity
    case .failure(let error): identityError = error
    }
  }

  /// HELLO: judged, and answered with everything that a client needs to know.
  func greet(_ hello: Hello) throws(WireError) {
    timers.hello?.cancel()
    guard hello.magic == Hello.magicValue else { throw WireError(.magicWrong, at: 0, value: hello.magic) }
    guard hello.minorMin == 0 else {
      return fail(
        .versionUnsupported, "this server speaks minor version 0; the client needs at least \(hello.minorMin)")
    }
    guard let identity else {
      let reason = identityError?.message ?? "no client certificate was shown"
      server.log(unauthenticated: reason, connection: identifier)
      return fail(.unauthenticated, reason)
    }
    intake.decoder.frameBytesMax = limits.frameBytes
    if hello.frameBytes > 0 { intake.replies.frameBytesMax = min(limits.frameBytes, Int(hello.frameBytes)) }
    intake.connection.welcomed()
    intake.role = identity.role
    server.welcomed(self)
    try intake.outbound.writeFrame(.welcome, welcome(identity))
    server.log(welcomed: identity, client: hello, connection: identifier)
    startTimers()
    hold(0)
    if server.isDraining { drain() }
  }

  private func welcome(_ identity: PeerIdentity) -> Welcome {
    Welcome(
      role: identity.role.rawValue, connection: identifier, serverTime: intake.arrival.instant,
      frameBytes: UInt32(limits.frameBytes), callsInFlight: UInt32(limits.callsInFlight),
      batchItems: UInt32(limits.batchItems), deadlineMax: limits.deadlineMax,
      pingIntervalMin: limits.pingIntervalMin, dedupWindow: server.configuration.ledger.dedupWindow,
      futureSkew: server.configuration.ledger.futureSkew, idleTimeout: limits.idleTimeout, serverName: "tollgated",
      serverVersion: TollgateVersion.current, identity: identity.uri, methods: Method.versions)
  }

  private func startTimers() {
    watchIdle()
    guard limits.ageMax > .zero else { return }
    // A tenth of jitter either way, so that connections made together do not end together.
    let tenth = limits.ageMax.nanoseconds / 10
    let jitter = Int64(server.identifierBits() % UInt64(max(1, 2 * tenth))) - tenth
    timers.age = schedule(after: TimeSpan(nanoseconds: limits.ageMax.nanoseconds + jitter)) { $0.drain(.maxAge) }
  }

  /// Pings a peer from which nothing has come, and gives it up if nothing comes after that.
  private func watchIdle() {
    guard limits.idleTimeout > .zero else { return }
    timers.idle = schedule(after: limits.idleTimeout) { handler in
      if handler.hasHeard {
        handler.timers.isProbing = false
      } else if handler.timers.isProbing {
        return handler.fail(.pingTimeout, "nothing came for twice \(handler.limits.idleTimeout), not even a PONG")
      } else {
        handler.timers.isProbing = true
        handler.sendPing()
      }
      handler.hasHeard = false
      handler.watchIdle()
    }
  }

  private func schedule(
    after span: TimeSpan, _ work: @escaping (ServerHandler) -> Void
  ) -> Scheduled<Void>? {
    guard let context else { return nil }
    let bound = NIOLoopBound((self, work), eventLoop: context.eventLoop)
    return context.eventLoop.scheduleTask(in: .nanoseconds(span.nanoseconds)) {
      let (handler, work) = bound.value
      if handler.context != nil { work(handler) }
    }
  }

  private func sendPing() { write(.ping, Ping(token: intake.arrival.nanoseconds)) }

  func answerPing(_ ping: Ping) { write(.pong, ping) }

  func answerUnimplemented(_ frame: Frame) {
    write(.unimplemented, Unimplemented(frameType: frame.type.rawValue), frame.call)
  }

  private func write(_ type: FrameType, _ message: some WireMessage, _ call: UInt64 = 0) {
    do throws(WireError) {
      try intake.outbound.writeFrame(type, message, call: call)
    } catch {
      server.log(connection: identifier, error: error)
    }
    hold(0)
  }

  /// Ends the connection without losing a call: GOAWAY, a ping, GOAWAY with the last call, then close when all is answered.
  func drain(_ reason: GoAwayReason = .shutdown) {
    guard context != nil else { return }
    switch intake.connection.drain() {
    case .announce:
      isDraining = true
      write(.goAway, GoAway(lastCall: .max, graceMilliseconds: graceMilliseconds, reason: reason.rawValue))
      sendPing()
      timers.drain = schedule(after: .seconds(5)) { $0.ponged() }
    case .close: context?.close(promise: nil)
    case .name, .none: break
    }
  }

  /// Our ping came back: all calls that were sent before GOAWAY have arrived.
  func ponged() {
    guard case .name(let lastCall) = intake.connection.drainAnnounced() else { return }
    timers.drain?.cancel()
    write(
      .goAway,
      GoAway(lastCall: lastCall, graceMilliseconds: graceMilliseconds, reason: GoAwayReason.shutdown.rawValue))
    endWatches()
    closeIfDrained()
  }

  private var graceMilliseconds: UInt32 {
    UInt32(clamping: server.configuration.drainTimeout.nanoseconds / 1_000_000)
  }

  /// Says what was wrong and closes: nobody else notices.
  func fail(_ code: ConnectionErrorCode, _ message: String) {
    guard let context else { return }
    server.log(failed: code, message, connection: identifier, identity: identity)
    let text = String(message.prefix(256))
    do throws(WireError) {
      try intake.outbound.writeFrame(
        .connectionError, ConnectionError(code: code.rawValue, lastCall: intake.connection.lastCall, message: text))
    } catch {
      server.log(connection: identifier, error: error)
    }
    intake.connection.closed()
    context.writeAndFlush(wrapOutboundOut(intake.outbound), promise: nil)
    intake.outbound.clear()
    context.close(promise: nil)
  }
}
