// What a server needs to know to start. tollgated fills it from file, environment and flags; tests fill it by hand.

internal import TollgateJournal
package import TollgateLedger
package import TollgatePricing
package import TollgateService
package import TollgateTLS
package import TollgateValues

package struct ServerConfiguration: Sendable {
  /// Where to listen.
  package var host: String
  /// The port; 0 lets the system choose one.
  package var port: Int
  package var transport: Transport
  package var priceBooks: PriceBookShelf
  package var ledger: LedgerConfiguration
  package var snapshots: SnapshotPolicy
  package var connections: ConnectionLimits
  /// How long a drain waits for calls and connections to end.
  package var drainTimeout: TimeSpan

  package enum Transport: Sendable {
    /// TLS 1.3 with client certificates, whose URIs carry this trust domain.
    case tls(TLSContextSource, trustDomain: String)
    /// No TLS: loopback only, every peer has this role. For development and tests.
    case plaintext(PeerIdentity)
  }

  package init(
    host: String, port: Int, transport: Transport, priceBooks: PriceBookShelf = .shipped,
    ledger: LedgerConfiguration, snapshots: SnapshotPolicy = SnapshotPolicy(),
    connections: ConnectionLimits = ConnectionLimits(), drainTimeout: TimeSpan = .seconds(30)
  ) {
    self.host = host
    self.port = port
    self.transport = transport
    self.priceBooks = priceBooks
    self.ledger = ledger
    self.snapshots = snapshots
    self.connections = connections
    self.drainTimeout = drainTimeout
  }
}

/// The bounds of connections, each with its own refusal.
package struct ConnectionLimits: Hashable, Sendable {
  /// Connections at once; one more is closed before its handshake.
  package var connectionsMax: Int
  /// Handshakes under way at once.
  package var handshakesMax: Int
  /// From accept to HELLO.
  package var helloTimeout: TimeSpan
  /// Calls in flight on one connection, announced in WELCOME.
  package var callsInFlight: Int
  /// Bytes of a frame after its header, announced in WELCOME.
  package var frameBytes: Int
  /// Items of a batch call, announced in WELCOME.
  package var batchItems: Int
  /// Bytes that may wait for a slow reader before its connection is closed.
  package var outboundBytes: Int
  /// The longest deadline that is taken; longer ones are cut to it.
  package var deadlineMax: TimeSpan
  /// Pings may not come more often, on average.
  package var pingIntervalMin: TimeSpan
  /// PING, CANCEL, CREDIT and SETTINGS frames a second before a connection is closed for a flood.
  package var controlFramesPerSecond: Int
  /// Without any frame for so long, a connection is pinged; without an answer for as long again, closed.
  package var idleTimeout: TimeSpan
  /// After about so long a connection is drained, so that load spreads over restarted servers; zero: never.
  package var ageMax: TimeSpan

  package init(
    connectionsMax: Int = 10_000, handshakesMax: Int = 512, helloTimeout: TimeSpan = .seconds(10),
    callsInFlight: Int = Limits.callsInFlightMax, frameBytes: Int = Limits.frameBytesMax,
    batchItems: Int = Limits.batchItemsMax, outboundBytes: Int = Limits.outboundBytesMax,
    deadlineMax: TimeSpan = .minutes(5), pingIntervalMin: TimeSpan = .seconds(5), controlFramesPerSecond: Int = 10_000,
    idleTimeout: TimeSpan = .minutes(2), ageMax: TimeSpan = .zero
  ) {
    self.connectionsMax = connectionsMax
    self.handshakesMax = handshakesMax
    self.helloTimeout = helloTimeout
    self.callsInFlight = callsInFlight
    self.frameBytes = frameBytes
    self.batchItems = batchItems
    self.outboundBytes = outboundBytes
    self.deadlineMax = deadlineMax
    self.pingIntervalMin = pingIntervalMin
    self.controlFramesPerSecond = controlFramesPerSecond
    self.idleTimeout = idleTimeout
    self.ageMax = ageMax
  }
}
