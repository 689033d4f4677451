// Answers on their way out: held until durable, stamped with the time that the server had them, written in one piece.

internal import NIOCore
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  /// What the gate knows of a connection: hops to nowhere, as both share an event loop.
  final class Sink: ReplySink, @unchecked Sendable {
    /// From when the handler is added until it is removed.
    var handler: ServerHandler?

    func committed(through commit: CommitNumber) { handler?.release(through: commit) }
    func answered(_ answer: Answer, token: UInt64) { handler?.answerLate(answer, call: token) }
  }

  /// Keeps the answers at hand until their commit is durable, or sends them if there is none to wait for (0).
  func hold(_ commit: CommitNumber) {
    let count = intake.outbound.readableBytes
    guard count > 0 else { return }
    guard commit == 0 else { return keep(count, until: commit) }
    // Out of the intake meanwhile: a write that fails at once comes back here.
    var bytes = ByteBuffer()
    swap(&bytes, &intake.outbound)
    bytes.stampServerTime(since: intake.arrival.nanoseconds, now: server.nanoseconds())
    send(bytes)
    bytes.clear()
    if intake.outbound.readableBytes == 0 { swap(&bytes, &intake.outbound) }
  }

  private func keep(_ count: Int, until commit: CommitNumber) {
    heldBytes += count
    var queue = held
    held = []
    if !queue.isEmpty, queue[queue.count - 1].commit == commit {
      queue[queue.count - 1].bytes.writeBuffer(&intake.outbound)
      intake.outbound.clear()
    } else {
      var bytes = server.buffers.take()
      swap(&bytes, &intake.outbound)
      queue.append(HeldReplies(commit: commit, arrived: intake.arrival.nanoseconds, bytes: bytes))
    }
    held = queue
    judgeBacklog()
  }

  /// Sends what waited for commits up to this one, in one write.
  func release(through commit: CommitNumber) {
    guard !held.isEmpty, held[0].commit <= commit else { return }
    // Out of the queue meanwhile: a write that fails at once ends the connection, which forgets the queue.
    var leaving = held
    held = []
    let now = server.nanoseconds()
    var count = 0
    while count < leaving.count, leaving[count].commit <= commit {
      heldBytes -= leaving[count].bytes.readableBytes
      leaving[count].stamp(now)
      if count > 0 { leaving[0].bytes.writeImmutableBuffer(leaving[count].bytes) }
      count += 1
    }
    // Back before the write: it may be done at once, and a drain must not take what still waits for answered.
    if count < leaving.count { held = Array(leaving[count...]) }
    send(leaving[0].bytes)
    for index in 0..<count { server.buffers.give(&leaving[index].bytes) }
    leaving.removeAll(keepingCapacity: true)
    if context != nil, held.isEmpty { held = leaving }
    if isDraining { closeIfDrained() }
  }

  /// Writes answers to the peer. Short ones go without a promise while the channel is writable, as a promise costs as much
  /// as the write does: what `unsentBytes` then misses stays below the channel's high watermark.
  private func send(_ bytes: ByteBuffer) {
    guard let context else { return }
    let count = bytes.readableBytes
    guard isWritable, !isDraining, count <= ServerHandler.untrackedBytesMax else {
      write(bytes, tracked(count, context), context)
      return judgeBacklog()
    }
    write(bytes, nil, context)
  }

  private static let untrackedBytesMax = 16 << 10

  private func write(_ bytes: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
    if let tls {
      tls.send(bytes, promise: promise)
    } else {
      context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }
  }

  /// Counts bytes as unsent until the promise says that the system has them.
  private func tracked(_ count: Int, _ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
    unsentBytes += count
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.unsentBytes -= count
      if self.isDraining { self.closeIfDrained() }
    }
    return promise
  }

  /// Closes a draining connection once its last answer is with the system: neither one that waits for the journal nor one
  /// that waits for the socket may be lost, as its caller could not know what became of the call.
  func closeIfDrained() {
    guard intake.connection.isDrained, held.isEmpty, intake.outbound.readableBytes == 0, unsentBytes == 0 else {
      return
    }
    context?.close(promise: nil)
  }

  /// A peer that calls but does not read what it is answered costs memory, so there is a bound.
  private func judgeBacklog() {
    let most = server.configuration.connections.outboundBytes
    if heldBytes + unsentBytes > most { fail(.slowReader, "more than \(most) bytes wait for this peer to read") }
  }

  /// The answer to a call that had to read the journal.
  func answerLate(_ answer: Answer, call: UInt64) {
    guard context != nil, lateCalls.remove(call) != nil else { return }
    intake.arrival.nanoseconds = server.nanoseconds()
    intake.replies.write(answer, call: call, context: server.answerContext, to: &intake.outbound)
    intake.connection.answered()
    hold(0)
    closeIfDrained()
  }
}

extension ServerHandler.HeldReplies {
  mutating func stamp(_ now: UInt64) { bytes.stampServerTime(since: arrived, now: now) }
}

extension ByteBuffer {
  /// Puts in how long the server had the calls, which it knows when their answers leave.
  fileprivate mutating func stampServerTime(since arrived: UInt64, now: UInt64) {
    stampServerTime(microseconds: UInt32(clamping: (now &- arrived) / 1_000))
  }
}
