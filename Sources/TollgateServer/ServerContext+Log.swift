// What the server says in its log about connections and refusals: enough to act on, never a secret.

internal import Logging
internal import NIOCore
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

extension ServerContext {
  func log(connection: UInt64, error: any Error) {
    let isOrdinary = error is ChannelError || error is IOError
    logger.log(
      level: isOrdinary ? .debug : .notice, "connection failed",
      metadata: ["connection": "\(connection)", "error": "\(error)"])
  }

  func log(connectionsRefused count: Int, open: Int, handshakes: Int) {
    logger.warning(
      "connections refused: draining, or connections.max or connections.handshakes is reached",
      metadata: ["refused": "\(count)", "open": "\(open)", "handshakes": "\(handshakes)"])
  }

  func log(unauthenticated reason: String, connection: UInt64) {
    logger.notice("peer not accepted", metadata: ["connection": "\(connection)", "reason": "\(reason)"])
  }

  func log(welcomed identity: PeerIdentity, client: Hello, connection: UInt64) {
    logger.debug(
      "connection welcomed",
      metadata: [
        "connection": "\(connection)", "identity": "\(identity.uri)",
        "client": "\(client.clientName) \(client.clientVersion)",
      ])
  }

  func log(refused what: String, identity: PeerIdentity, connection: UInt64) {
    logger.notice(
      "call refused: the role may not call it",
      metadata: ["connection": "\(connection)", "identity": "\(identity.uri)", "method": "\(what)"])
  }

  func log(failed code: ConnectionErrorCode, _ message: String, connection: UInt64, identity: PeerIdentity?) {
    logger.notice(
      "connection closed for an error",
      metadata: [
        "connection": "\(connection)", "identity": "\(identity?.uri ?? "unknown")", "code": "\(code.rawValue)",
        "reason": "\(message)",
      ])
  }
}
