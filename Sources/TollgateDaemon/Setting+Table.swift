// Every setting of tollgated, in the order in which --help and --print-config show them.

internal import TollgateServer
internal import TollgateService
internal import TollgateTLS
internal import TollgateValues

extension Setting {
  package static let listenHost = Setting(
    "listen.host", .text, standard: "127.0.0.1", "address or name to listen on; 0.0.0.0 or :: for every one")
  package static let listenPort = Setting(
    "listen.port", .whole(0...65_535), standard: "7420", "port to listen on; 0 lets the system choose one")

  package static let journalKind = Setting(
    "journal.kind", .choice(["sqlite", "memory"]), standard: "sqlite",
    "where the journal lives; memory forgets everything at exit, and is taken only as a flag")
  package static let journalPath = Setting(
    "journal.path", .path,
    "the SQLite file of the journal, made if it is missing, in a directory that exists; snapshots lie beside it"
  )
  package static let journalLogBytes = Setting(
    "journal.logBytes", .whole(1 << 20...1 << 32), standard: "8388608",
    "bytes of write-ahead log after which they are moved into the file")

  package static let transport = Setting(
    "transport", .choice(["tls", "plaintext"]), standard: "tls",
    "plaintext is for trials: on loopback only, every peer has plaintext.role")
  package static let plaintextRole = Setting(
    "plaintext.role", .choice(["worker", "billing", "auditor", "admin"]),
    "the role of every peer with transport plaintext; must be given then")
  package static let tlsCertificate = Setting(
    "tls.certificate", .path, "PEM file: the server's certificate, then its intermediates; no default")
  package static let tlsKey = Setting(
    "tls.key", .path, "PEM file: the certificate's private key, without a passphrase; no default")
  package static let tlsTrustRoots = Setting(
    "tls.trustRoots", .path, "PEM file: the authorities that may vouch for clients; no default")
  package static let tlsTrustDomain = Setting(
    "tls.trustDomain", .text, standard: "tollgate.dev",
    "trust domain of the clients' URIs, spiffe://DOMAIN/tollgate/ROLE/NAME; the default is for development")
  package static let tlsSessionLifetime = Setting(
    "tls.sessionLifetime", .span(.seconds(1) ... .days(7)),
    standard: standard(.seconds(Int64(TLSPolicy.sessionLifetimeSeconds))),
    "how long a client may resume a session without showing its certificate again")

  package static let pricingBooks = Setting(
    "pricing.books", .paths, standard: "", "price books, with commas between them; none: the book that ships")

  package static let ledgerDedupWindow = Setting(
    "ledger.dedupWindow", .span(.seconds(1)...Limits.dedupWindowMax), standard: standard(Limits.dedupWindowDefault),
    "how long a request's id is remembered")
  package static let ledgerFutureSkew = Setting(
    "ledger.futureSkew", .span(.seconds(1) ... .hours(1)), standard: standard(Limits.dedupFutureSkew),
    "how far an id's time may lie in the future")
  package static let ledgerOpenHoldsMax = Setting(
    "ledger.openHoldsMax", .whole(1...10_000_000), standard: "10000",
    "open holds of one account")
  package static let ledgerRememberedMax = Setting(
    "ledger.rememberedMax", .whole(1_000...500_000_000), standard: "20000000",
    "requests remembered at once, some 100 bytes of memory each")
  package static let ledgerLateCaptureWindow = Setting(
    "ledger.lateCaptureWindow", .span(.zero ... .hours(48)), standard: standard(Limits.lateCaptureWindow),
    "how long an expired hold is kept for a late capture")

  package static let snapshotsCommands = Setting(
    "snapshots.commands", .whole(1_000...1_000_000_000), standard: "\(SnapshotPolicy().commandsMax)",
    "commands between snapshots, which bound a recovery's time; thrice as many at most where snapshots take long")

  package static let drainTimeout = Setting(
    "drainTimeout", .span(.zero ... .hours(1)), standard: "30s",
    "how long SIGTERM waits for calls and connections to end")
  package static let readyFile = Setting(
    "readyFile", .path, "file that is written, with the address, when calls are served, and removed at the end")
  package static let logLevel = Setting(
    "log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), standard: "info",
    "what is logged to stderr at least")
  package static let logFormat = Setting(
    "log.format", .choice(["text", "json"]), standard: "text", "one line an event, for people or for programs")

  package static let all: [Setting] =
    [listenHost, listenPort, transport, plaintextRole]
    + [tlsCertificate, tlsKey, tlsTrustRoots, tlsTrustDomain, tlsSessionLifetime]
    + [journalKind, journalPath, journalLogBytes, snapshotsCommands, pricingBooks]
    + [ledgerDedupWindow, ledgerFutureSkew, ledgerOpenHoldsMax, ledgerRememberedMax, ledgerLateCaptureWindow]
    + connections + [drainTimeout, readyFile, logLevel, logFormat]

  static func standard(_ span: TimeSpan) -> String { "\(span)" }
}

/// The bounds of connections: those of `ConnectionLimits`, whose defaults they take.
extension Setting {
  private static let limits = ConnectionLimits()

  package static let connectionsMax = Setting(
    "connections.max", .whole(1...1_000_000), standard: "\(limits.connectionsMax)", "connections at once")
  package static let connectionsHandshakes = Setting(
    "connections.handshakes", .whole(1...100_000), standard: "\(limits.handshakesMax)",
    "connections at once that have not said HELLO yet")
  package static let connectionsHelloTimeout = Setting(
    "connections.helloTimeout", .span(.milliseconds(100) ... .minutes(5)), standard: standard(limits.helloTimeout),
    "how long a new connection may take until its HELLO")
  package static let connectionsCallsInFlight = Setting(
    "connections.callsInFlight", .whole(1...Limits.callsInFlightMax), standard: "\(limits.callsInFlight)",
    "calls in flight on one connection")
  package static let connectionsFrameBytes = Setting(
    "connections.frameBytes", .whole(16 << 10...Limits.frameBytesMax), standard: "\(limits.frameBytes)",
    "bytes of one frame after its header")
  package static let connectionsBatchItems = Setting(
    "connections.batchItems", .whole(1...Limits.batchItemsMax), standard: "\(limits.batchItems)",
    "items of one batch call; 128 bytes of frameBytes each")
  package static let connectionsOutboundBytes = Setting(
    "connections.outboundBytes", .whole(64 << 10...Limits.outboundBytesMax), standard: "\(limits.outboundBytes)",
    "bytes that may wait for a slow reader before its connection is closed; more than frameBytes")
  package static let connectionsDeadlineMax = Setting(
    "connections.deadlineMax", .span(.seconds(1) ... .hours(1)), standard: standard(limits.deadlineMax),
    "the longest deadline of a call; longer ones are cut to it")
  package static let connectionsPingIntervalMin = Setting(
    "connections.pingIntervalMin", .span(.milliseconds(100) ... .hours(1)), standard: standard(limits.pingIntervalMin),
    "clients are asked not to ping more often; less than idleTimeout")
  package static let connectionsControlFrames = Setting(
    "connections.controlFramesPerSecond", .whole(10...1_000_000), standard: "\(limits.controlFramesPerSecond)",
    "PING, CANCEL, CREDIT and SETTINGS frames a second before a connection is closed for a flood")
  package static let connectionsIdleTimeout = Setting(
    "connections.idleTimeout", .span(.zero ... .days(1)), standard: standard(limits.idleTimeout),
    "a silent connection is pinged after this, closed after as long again; 0s never")
  package static let connectionsAgeMax = Setting(
    "connections.ageMax", .span(.zero ... .days(365)), standard: standard(limits.ageMax),
    "a connection is drained after about this, so that load spreads over servers; 0s never")

  package static let connections = [
    connectionsMax, connectionsHandshakes, connectionsHelloTimeout, connectionsCallsInFlight, connectionsFrameBytes,
    connectionsBatchItems, connectionsOutboundBytes, connectionsDeadlineMax, connectionsPingIntervalMin,
    connectionsControlFrames, connectionsIdleTimeout, connectionsAgeMax,
  ]
}
