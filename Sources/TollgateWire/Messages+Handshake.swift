// The first frame each way. The layout of HELLO and WELCOME never changes, it may only grow at its end.

package import TollgateValues

/// HELLO: the client's first frame, the message being the frame's block.
package struct Hello: WireMessage {
  /// The bytes `tollgate`: what speaks another protocol is found out at once.
  package var magic: UInt64
  /// The lowest minor version of the protocol that the client speaks.
  package var minorMin: UInt16
  /// The highest minor version of the protocol that the client speaks.
  package var minorMax: UInt16
  /// The features that the client knows, one a bit.
  package var features: UInt64
  /// The longest frame that the client takes, in bytes after the header; 0 means the protocol's maximum.
  package var frameBytes: UInt32
  /// How many calls the client would like to have in flight; 0 leaves it to the server.
  package var callsInFlight: UInt32
  /// The client's clock: for the log only, never for a decision.
  package var clientTime: Instant
  /// The client's program.
  package var clientName: String
  /// The version of the client's program.
  package var clientVersion: String

  package init(
    magic: UInt64 = Hello.magicValue, minorMin: UInt16 = 0, minorMax: UInt16 = 0, features: UInt64 = 0,
    frameBytes: UInt32 = 0, callsInFlight: UInt32 = 0, clientTime: Instant = .epoch, clientName: String,
    clientVersion: String
  ) {
    self.magic = magic
    self.minorMin = minorMin
    self.minorMax = minorMax
    self.features = features
    self.frameBytes = frameBytes
    self.callsInFlight = callsInFlight
    self.clientTime = clientTime
    self.clientName = clientName
    self.clientVersion = clientVersion
  }
}

extension Hello {
  package static var rootBytes: Int { 56 }

  package static let layout = MessageLayout(
    "Hello", bytes: rootBytes, "HELLO: the client's first frame, the message being the frame's block.",
    [
      FieldLayout(0, .u64, "magic", "The bytes `tollgate`: what speaks another protocol is found out at once."),
      FieldLayout(8, .u16, "minorMin", "The lowest minor version of the protocol that the client speaks."),
      FieldLayout(10, .u16, "minorMax", "The highest minor version of the protocol that the client speaks."),
      FieldLayout(12, .zero(4), "reserved", ""),
      FieldLayout(16, .u64, "features", "The features that the client knows, one a bit."),
      FieldLayout(
        24, .u32, "frameBytes",
        "The longest frame that the client takes, in bytes after the header; 0 means the protocol's maximum."),
      FieldLayout(
        28, .u32, "callsInFlight", "How many calls the client would like to have in flight; 0 leaves it to the server."),
      FieldLayout(32, .instant, "clientTime", "The client's clock: for the log only, never for a decision."),
      FieldLayout(40, .text, "clientName", "The client's program."),
      FieldLayout(48, .text, "clientVersion", "The version of the client's program."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.magic = root.u64(at: 0)
    self.minorMin = root.u16(at: 8)
    self.minorMax = root.u16(at: 10)
    try root.requireZero(at: 12, count: 4)
    self.features = root.u64(at: 16)
    self.frameBytes = root.u32(at: 24)
    self.callsInFlight = root.u32(at: 28)
    self.clientTime = root.instant(at: 32)
    self.clientName = try message.text(root, at: 40, &cursor)
    self.clientVersion = try message.text(root, at: 48, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(magic, at: root)
    writer.put(minorMin, at: root + 8)
    writer.put(minorMax, at: root + 10)
    writer.put(features, at: root + 16)
    writer.put(frameBytes, at: root + 24)
    writer.put(callsInFlight, at: root + 28)
    writer.put(clientTime, at: root + 32)
    writer.text(clientName, at: root + 40)
    writer.text(clientVersion, at: root + 48)
  }

  package var tailBytesMax: Int { clientName.utf8.count + clientVersion.utf8.count }
}

/// WELCOME: the server's first frame; from it a client configures itself.
package struct Welcome: WireMessage {
  /// The bytes `tollgate`.
  package var magic: UInt64
  /// The minor version that both speak from here on.
  package var minor: UInt16
  /// The role that the server sees in the client's certificate.
  package var role: UInt8
  /// The features that both know, one a bit.
  package var features: UInt64
  /// The connection's number, for logs on both sides.
  package var connection: UInt64
  /// The server's clock at this moment: the base of the offset with which ids are made.
  package var serverTime: Instant
  /// The longest frame that the server takes, in bytes after the header.
  package var frameBytes: UInt32
  /// Calls in flight on this connection at most.
  package var callsInFlight: UInt32
  /// Items of a batch call at most.
  package var batchItems: UInt32
  /// Items of one page of a list at most.
  package var pageItems: UInt32
  /// Bytes of a frame's metadata at most.
  package var metadataBytes: UInt32
  /// Bytes of any text at most.
  package var textBytes: UInt32
  /// The longest timeout; a longer one is cut to it.
  package var deadlineMax: TimeSpan
  /// Pings closer together than this are a breach.
  package var pingIntervalMin: TimeSpan
  /// How long an id is remembered: older ids are refused.
  package var dedupWindow: TimeSpan
  /// How far an id's time may lie in the server's future.
  package var futureSkew: TimeSpan
  /// Without a frame for this long the server pings, for twice as long it closes; 0 means never.
  package var idleTimeout: TimeSpan
  /// The server's program.
  package var serverName: String
  /// The version of the server's program.
  package var serverVersion: String
  /// The identity that the server sees: the URI of the client's certificate.
  package var identity: String
  /// The methods served, with the message versions that the server speaks.
  package var methods: [MethodVersions]

  package init(
    magic: UInt64 = Hello.magicValue, minor: UInt16 = 0, role: UInt8, features: UInt64 = 0, connection: UInt64,
    serverTime: Instant, frameBytes: UInt32 = UInt32(Limits.frameBytesMax),
    callsInFlight: UInt32 = UInt32(Limits.callsInFlightMax), batchItems: UInt32 = UInt32(Limits.batchItemsMax),
    pageItems: UInt32 = UInt32(Limits.pageItemsMax), metadataBytes: UInt32 = UInt32(Limits.metadataBytesMax),
    textBytes: UInt32 = UInt32(Limits.textBytesMax), deadlineMax: TimeSpan, pingIntervalMin: TimeSpan,
    dedupWindow: TimeSpan = Limits.dedupWindowDefault, futureSkew: TimeSpan = Limits.dedupFutureSkew,
    idleTimeout: TimeSpan = .zero, serverName: String, serverVersion: String, identity: String,
    methods: [MethodVersions]
  ) {
    self.magic = magic
    self.minor = minor
    self.role = role
    self.features = features
    self.connection = connection
    self.serverTime = serverTime
    self.frameBytes = frameBytes
    self.callsInFlight = callsInFlight
    self.batchItems = batchItems
    self.pageItems = pageItems
    self.metadataBytes = metadataBytes
    self.textBytes = textBytes
    self.deadlineMax = deadlineMax
    self.pingIntervalMin = pingIntervalMin
    self.dedupWindow = dedupWindow
    self.futureSkew = futureSkew
    self.idleTimeout = idleTimeout
    self.serverName = serverName
    self.serverVersion = serverVersion
    self.identity = identity
    self.methods = methods
  }
}

extension Welcome {
  package static var rootBytes: Int { 144 }

  package static let layout = MessageLayout(
    "Welcome", bytes: rootBytes, "WELCOME: the server's first frame; from it a client configures itself.",
    [
      FieldLayout(0, .u64, "magic", "The bytes `tollgate`."),
      FieldLayout(8, .u16, "minor", "The minor version that both speak from here on."),
      FieldLayout(10, .u8, "role", "The role that the server sees in the client's certificate."),
      FieldLayout(11, .zero(5), "reserved", ""),
      FieldLayout(16, .u64, "features", "The features that both know, one a bit."),
      FieldLayout(24, .u64, "connection", "The connection's number, for logs on both sides."),
      FieldLayout(
        32, .instant, "serverTime", "The server's clock at this moment: the base of the offset with which ids are made."
      ),
      FieldLayout(40, .u32, "frameBytes", "The longest frame that the server takes, in bytes after the header."),
      FieldLayout(44, .u32, "callsInFlight", "Calls in flight on this connection at most."),
      FieldLayout(48, .u32, "batchItems", "Items of a batch call at most."),
      FieldLayout(52, .u32, "pageItems", "Items of one page of a list at most."),
      FieldLayout(56, .u32, "metadataBytes", "Bytes of a frame's metadata at most."),
      FieldLayout(60, .u32, "textBytes", "Bytes of any text at most."),
      FieldLayout(64, .span, "deadlineMax", "The longest timeout; a longer one is cut to it."),
      FieldLayout(72, .span, "pingIntervalMin", "Pings closer together than this are a breach."),
      FieldLayout(80, .span, "dedupWindow", "How long an id is remembered: older ids are refused."),
      FieldLayout(88, .span, "futureSkew", "How far an id's time may lie in the server's future."),
      FieldLayout(
        96, .span, "idleTimeout",
        "Without a frame for this long the server pings, for twice as long it closes; 0 means never."),
      FieldLayout(104, .text, "serverName", "The server's program."),
      FieldLayout(112, .text, "serverVersion", "The version of the server's program."),
      FieldLayout(120, .text, "identity", "The identity that the server sees: the URI of the client's certificate."),
      FieldLayout(
        128, .list("MethodVersions"), "methods", "The methods served, with the message versions that the server speaks."
      ),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.magic = root.u64(at: 0)
    self.minor = root.u16(at: 8)
    self.role = root.u8(at: 10)
    try root.requireZero(at: 11, count: 5)
    self.features = root.u64(at: 16)
    self.connection = root.u64(at: 24)
    self.serverTime = root.instant(at: 32)
    self.frameBytes = root.u32(at: 40)
    self.callsInFlight = root.u32(at: 44)
    self.batchItems = root.u32(at: 48)
    self.pageItems = root.u32(at: 52)
    self.metadataBytes = root.u32(at: 56)
    self.textBytes = root.u32(at: 60)
    self.deadlineMax = root.span(at: 64)
    self.pingIntervalMin = root.span(at: 72)
    self.dedupWindow = root.span(at: 80)
    self.futureSkew = root.span(at: 88)
    self.idleTimeout = root.span(at: 96)
    self.serverName = try message.text(root, at: 104, &cursor)
    self.serverVersion = try message.text(root, at: 112, &cursor)
    self.identity = try message.text(root, at: 120, &cursor)
    self.methods = try message.list(root, at: 128, max: WireLimits.methodsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(magic, at: root)
    writer.put(minor, at: root + 8)
    writer.put(role, at: root + 10)
    writer.put(features, at: root + 16)
    writer.put(connection, at: root + 24)
    writer.put(serverTime, at: root + 32)
    writer.put(frameBytes, at: root + 40)
    writer.put(callsInFlight, at: root + 44)
    writer.put(batchItems, at: root + 48)
    writer.put(pageItems, at: root + 52)
    writer.put(metadataBytes, at: root + 56)
    writer.put(textBytes, at: root + 60)
    writer.put(deadlineMax, at: root + 64)
    writer.put(pingIntervalMin, at: root + 72)
    writer.put(dedupWindow, at: root + 80)
    writer.put(futureSkew, at: root + 88)
    writer.put(idleTimeout, at: root + 96)
    writer.text(serverName, at: root + 104)
    writer.text(serverVersion, at: root + 112)
    writer.text(identity, at: root + 120)
    writer.list(methods, at: root + 128, max: WireLimits.methodsMax)
  }

  package var tailBytesMax: Int {
    serverName.utf8.count + serverVersion.utf8.count + identity.utf8.count + MessageWriter.listBytesMax(methods)
  }
}

/// A row of WELCOME's table of methods.
package struct MethodVersions: WireMessage {
  /// The method's number.
  package var method: UInt16
  /// The lowest message version spoken.
  package var versionMin: UInt16
  /// The highest message version spoken.
  package var versionMax: UInt16

  package init(method: UInt16, versionMin: UInt16, versionMax: UInt16) {
    self.method = method
    self.versionMin = versionMin
    self.versionMax = versionMax
  }
}

extension MethodVersions {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "MethodVersions", bytes: rootBytes, "A row of WELCOME's table of methods.",
    [
      FieldLayout(0, .u16, "method", "The method's number."),
      FieldLayout(2, .u16, "versionMin", "The lowest message version spoken."),
      FieldLayout(4, .u16, "versionMax", "The highest message version spoken."),
      FieldLayout(6, .zero(2), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.method = root.u16(at: 0)
    self.versionMin = root.u16(at: 2)
    self.versionMax = root.u16(at: 4)
    try root.requireZero(at: 6, count: 2)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(method, at: root)
    writer.put(versionMin, at: root + 2)
    writer.put(versionMax, at: root + 4)
  }
}

extension Hello {
  /// The bytes `tollgate`, read as a little-endian number.
  package static let magicValue: UInt64 = 0x6574_6167_6C6C_6F74

  /// Refuses a HELLO or WELCOME of something else.
  package static func requireMagic(_ magic: UInt64) throws(WireError) {
    guard magic == magicValue else { throw WireError(.magicWrong, at: FrameHeader.bytes, value: magic) }
  }
}
