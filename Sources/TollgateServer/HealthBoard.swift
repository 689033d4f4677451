// What the server says of its health, and who watches it.

internal import TollgateValues
internal import TollgateWire

/// The health of the services that a server names: `""` (the whole) and `tollgate`. Lives on the server's event loop.
struct HealthBoard {
  private(set) var status = HealthStatus.notServing
  private(set) var since: Instant

  init(since: Instant) { self.since = since }

  static let services = ["", "tollgate"]

  mutating func set(_ status: HealthStatus, at instant: Instant) {
    self.status = status
    since = instant
  }

  /// The health of a service; an unknown one has status unknown.
  func reply(for service: String) -> HealthReply {
    HealthBoard.services.contains(service)
      ? HealthReply(status: status.rawValue, since: since)
      : HealthReply(status: HealthStatus.unknown.rawValue, since: since)
  }
}

/// One watch of health: sends the status when it changes, as far as the watcher's credit goes.
struct HealthWatch {
  var service: String
  var credit: UInt64
  var sequence: UInt32 = 0
  var sent: HealthReply?

  /// The item to send now, if there is something new and credit for it.
  mutating func next(_ board: HealthBoard) -> (UInt32, HealthReply)? {
    let reply = board.reply(for: service)
    guard credit > 0, reply != sent else { return nil }
    credit -= 1
    sent = reply
    defer { sequence &+= 1 }
    return (sequence, reply)
  }
}
