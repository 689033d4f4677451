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
    intake.arrival = server.arrival()
    var bytes = inbound
    inbound = ByteBuffer()
    var position = 0
    while take(bytes, at: &position) { if context == nil { return } }
    keep(&bytes, from: position)
    decide()
    if isDraining { closeIfDrained() }
  }

  /// Keeps the beginning of a frame that has not come whole; it moves to the front of the memory.
  private func keep(_ bytes: inout ByteBuffer, from position: Int) {
    guard position < bytes.readableBytes else { return }
    bytes.moveReaderIndex(forwardBy: position)
    if position > 0 { bytes.discardReadBytes() }
    inbound = bytes
  }

  /// Takes calls until something comes that the intake leaves to the handler, and sees to that; false at the end.
  private func take(_ bytes: ByteBuffer, at position: inout Int) -> Bool {
    do throws(WireError) {
      switch intake.take(bytes.readableBytesSpan, at: &position) {
      case .end: return false
      case .control(let action, let frame): try act(action, frame, bytes)
      case .rare(let head, let place, let call): takeRare(head, bytes, place, call)
      case .refused(let head, let call): refuse(head, call)
      case .invalid(let error, let call): refuse(error, call)
      case .broken(let error): throw error
      }
      return true
    } catch {
      fail(error.connectionError, "\(error)")
      return false
    }
  }

  private func act(_ action: ServerConnection.Action, _ frame: Frame, _ bytes: ByteBuffer) throws(WireError) {
    switch action {
    case .call, .ignore: break
    case .refuseCall:
      intake.replies.refuse(.unavailable, retryAfterMilliseconds: 0, call: frame.call, to: &intake.outbound)
      intake.connection.answered()
    case .greet: try greet(bytes.message(Hello.self, of: frame))
    case .cancel: cancel(frame.call)
    case .credit: addCredit(try bytes.message(Credit.self, of: frame), to: frame.call)
    case .pong: answerPing(try bytes.message(Ping.self, of: frame))
    case .ponged: ponged()
    case .unimplemented: answerUnimplemented(frame)
    case .fail(let code, let message): fail(code, message)
    }
  }

  /// Sends the batch through the gate and encodes what came of it.
  private func decide() {
    if !intake.slots.isEmpty {
      guard let commit = intake.decide(in: server, for: sink, later: &lateCalls) else { return }
      hold(commit)
    } else if intake.outbound.readableBytes > 0 {
      hold(0)
    }
  }
}
