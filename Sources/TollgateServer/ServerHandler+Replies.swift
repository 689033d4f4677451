// Answers on their way out: held until durable, stamped with the time that the server had them, written in one piece.

internal import NIOCore
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  /// What the gate knows of a connection: hops to nowhere, as both share an event loop.
  final class Sink: ReplySink, @unchecked Sendable {
    weak var handler: ServerHandler?

    init(_ handler: ServerHandler) { self.handler = handler }

    func committed(through commit: CommitNumber) { handler?.release(through: commit) }
    func answered(_ answer: Answer, token: UInt64) { handler?.answerLate(answer, call: token) }
  }

  /// Keeps the answers at hand until their commit is durable, or sends them if it is.
  func hold(_ commit: CommitNumber) {
    guard intake.outbound.readableBytes > 0 else { return }
    if commit > server.durable {
      heldBytes += intake.outbound.readableBytes
      if let last = held.last, last.commit == commit {
        held[held.count - 1].bytes.writeBuffer(&intake.outbound)
        intake.outbound.clear()
      } else {
        held.append(HeldReplies(commit: commit, arrived: intake.arrival.nanoseconds, bytes: intake.outbound))
        intake.outbound = server.buffers.take()
      }
      judgeBacklog()
    } else {
      // Out of the intake meanwhile: a write that fails at once comes back here.
      var bytes = ByteBuffer()
      swap(&bytes, &intake.outbound)
      send(&bytes, arrived: intake.arrival.nanoseconds)
      context?.flush()
      bytes.clear()
      if intake.outbound.readableBytes == 0 { swap(&bytes, &intake.outbound) }
    }
  }

  /// Sends what waited for commits up to this one.
  func release(through commit: CommitNumber) {
    guard context != nil else { return }
    var count = 0
    while count < held.count, held[count].commit <= commit {
      heldBytes -= held[count].bytes.readableBytes
      count += 1
    }
    guard count > 0 else { return }
    // Out of the queue meanwhile: a write that fails at once ends the connection, which forgets the queue.
    var leaving: [HeldReplies] = []
    if count == held.count {
      swap(&leaving, &held)
    } else {
      leaving = Array(held[..<count])
      held.removeFirst(count)
    }
    for index in leaving.indices { send(&leaving[index].bytes, arrived: leaving[index].arrived) }
    context?.flush()
    for index in leaving.indices { server.buffers.give(&leaving[index].bytes) }
    if held.isEmpty {
      leaving.removeAll(keepingCapacity: true)
      swap(&leaving, &held)
    }
    closeIfDrained()
  }

  private func send(_ bytes: inout ByteBuffer, arrived: UInt64) {
    guard let context else { return }
    bytes.stampServerTime(microseconds: UInt32(clamping: (server.nanoseconds() &- arrived) / 1_000))
    let count = bytes.readableBytes
    unsentBytes += count
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.unsentBytes -= count
      if self.intake.connection.isDraining { self.closeIfDrained() }
    }
    context.write(wrapOutboundOut(bytes), promise: promise)
    judgeBacklog()
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
