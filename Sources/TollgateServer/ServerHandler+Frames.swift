// What a read brought: frame by frame into the batch, the batch into the gate, the decisions into bytes.

internal import NIOCore
internal import TollgateLedger
internal import TollgateService
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  /// Works off all whole frames that have come.
  func process() {
    guard context != nil, inbound.readableBytes > 0 else { return }
    arrival = server.arrival()
    var position = 0
    do throws(WireError) {
      while let frame = try decoder.next(in: inbound, at: &position) {
        try take(frame)
        if context == nil { return }
      }
    } catch {
      fail(error.connectionError, "\(error)")
    }
    consume(position)
    decide()
    closeIfDrained()
  }

  /// Forgets the bytes of whole frames; a rest that is small beside what was consumed moves to the front.
  private func consume(_ count: Int) {
    if count == inbound.readableBytes {
      inbound = ByteBuffer()
    } else {
      inbound.moveReaderIndex(forwardBy: count)
      if count > 0 { inbound.discardReadBytes() }
    }
  }

  @inline(__always)
  private func take(_ frame: Frame) throws(WireError) {
    let seconds = Int64(arrival.nanoseconds / 1_000_000_000)
    switch connection.received(frame.type, call: frame.call, second: seconds) {
    case .call: try receiveRequest(frame)
    case .refuseCall:
      replies.refuse(.unavailable, retryAfterMilliseconds: 0, call: frame.call, to: &outbound)
      connection.answered()
    case .greet: try greet(frame)
    case .cancel: cancel(frame.call)
    case .credit: addCredit(try inbound.message(Credit.self, of: frame), to: frame.call)
    case .pong: answerPing(try inbound.message(Ping.self, of: frame))
    case .ponged: ponged()
    case .unimplemented: answerUnimplemented(frame)
    case .ignore: break
    case .fail(let code, let message): fail(code, message)
    }
  }

  /// Sends the batch through the gate and encodes what came of it.
  private func decide() {
    if !batch.isEmpty {
      let (batch, sink) = (batch, sink)
      server.gate.assumeIsolated { $0.submit(batch, for: sink) }
      guard !batch.decisions.isEmpty || batch.commands.isEmpty else { return }
      for slot in slots { encode(slot) }
      let commit = batch.commit
      slots.removeAll(keepingCapacity: true)
      batch.removeAll()
      hold(commit)
    } else if outbound.readableBytes > 0 {
      hold(0)
    }
  }

  @inline(__always)
  private func encode(_ slot: CallSlot) {
    switch slot.kind {
    case .command:
      guard !isDropped(slot) else { break }
      let remedy = batch.remedies.isEmpty ? .none : batch.remedies[slot.first] ?? .none
      replies.write(
        batch.decisions[slot.first], request: batch.commands[slot.first].request, remedy: remedy, call: slot.call,
        to: &outbound)
    case .query:
      if case .later = batch.answers[slot.first] {
        lateCalls.insert(slot.call)
        return
      }
      if case .quoteBatch(let quotes) = batch.answers[slot.first] {
        replies.send(ResponseHead(outcome: .done), QuoteBatchReply(quotes, of: batch), slot.call, &outbound)
      } else {
        replies.write(batch.answers[slot.first], call: slot.call, context: server.answerContext, to: &outbound)
      }
    case .authorizeBatch:
      replies.send(ResponseHead(), AuthorizeBatchReply(results: authorizeResults(slot)), slot.call, &outbound)
    case .captureBatch:
      replies.send(ResponseHead(), CaptureBatchReply(results: captureResults(slot)), slot.call, &outbound)
    }
    connection.answered()
  }

  /// Whether the call's deadline had passed before it was decided; then answers it so.
  @inline(__always)
  private func isDropped(_ slot: CallSlot) -> Bool {
    guard !batch.dropped.isEmpty, batch.dropped.contains(slot.first) else { return false }
    replies.refuse(.deadlineExceeded, call: slot.call, to: &outbound)
    return true
  }

  private func authorizeResults(_ slot: CallSlot) -> [AuthorizeResult] {
    (slot.first..<slot.first + slot.count).map { place in
      guard !batch.dropped.contains(place) else {
        return AuthorizeResult(late: batch.commands[place].request)
      }
      return AuthorizeResult(
        batch.decisions[place], request: batch.commands[place].request, remedy: batch.remedies[place] ?? .none)
    }
  }

  private func captureResults(_ slot: CallSlot) -> [CaptureResult] {
    (slot.first..<slot.first + slot.count).map { place in
      batch.dropped.contains(place) ? CaptureResult.late : CaptureResult(batch.decisions[place])
    }
  }
}
