// How long a TLS connection may take over each of its steps, by name, in one place.

package import NIOCore

package struct TLSLimits: Sendable, Hashable {
  /// From the channel's start to the handshake's end.
  package var handshakeTimeout: TimeAmount = .seconds(10)
  /// From our close_notify to the peer's.
  package var closeTimeout: TimeAmount = .seconds(5)
  /// How long a failed connection stays open for reading, so that the alert reaches the peer: closing a socket with
  /// unread bytes in it makes the kernel reset the connection and throw away what the peer has not read yet.
  package var alertLinger: TimeAmount = .milliseconds(500)
  /// How long a quiet connection keeps its buffers.
  package var bufferIdleTime: TimeAmount = .seconds(5)

  package init() {}
}
