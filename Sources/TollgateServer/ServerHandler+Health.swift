// Health: asked once, or watched as a stream whose items go as far as the watcher's credit.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

extension ServerHandler {
  /// Watches at once on one connection; a client needs one a service.
  static let watchesMax = 16

  func answerHealth(_ request: HealthRequest, _ call: UInt64) {
    intake.replies.send(ResponseHead(), server.health.reply(for: request.service), call, &intake.outbound)
    intake.connection.answered()
  }

  func watchHealth(_ request: HealthRequest, _ call: UInt64, credit: UInt32) throws(RequestError) {
    guard watches.count < ServerHandler.watchesMax else {
      throw .limit(.streams, max: ServerHandler.watchesMax, seen: watches.count + 1)
    }
    watches[call] = HealthWatch(service: request.service, credit: UInt64(credit))
    sendHealth(to: call)
  }

  func addCredit(_ credit: Credit, to call: UInt64) {
    guard watches[call] != nil else { return }
    watches[call]?.credit += UInt64(credit.items)
    sendHealth(to: call)
  }

  /// CANCEL ends a stream; any other call is being decided or done, and gets its answer all the same.
  func cancel(_ call: UInt64) {
    guard watches.removeValue(forKey: call) != nil else { return }
    intake.replies.refuse(.cancelled, call: call, to: &intake.outbound)
    intake.connection.answered()
  }

  /// The health has changed: tells every watch of this connection.
  func healthChanged() {
    guard !watches.isEmpty else { return }
    for call in watches.keys.sorted() { sendHealth(to: call) }
    hold(0)
  }

  /// Ends all watches, as the connection drains.
  func endWatches() {
    for call in watches.keys.sorted() {
      intake.replies.refuse(.unavailable, call: call, to: &intake.outbound)
      intake.connection.answered()
    }
    watches.removeAll()
    hold(0)
  }

  private func sendHealth(to call: UInt64) {
    guard let (sequence, reply) = watches[call]?.next(server.health) else { return }
    do throws(WireError) {
      try intake.outbound.writeItem(ItemHead(sequence: sequence), reply, call: call)
    } catch {
      preconditionFailure("a health item is short: \(error)")
    }
  }
}
