// What the two ends of a connection say to each other apart from calls.

package import TollgateValues

/// PING, and PONG with the same eight bytes.
package struct Ping: WireMessage {
  /// Eight bytes that PONG returns.
  package var token: UInt64

  package init(token: UInt64) {
    self.token = token
  }
}

extension Ping {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "Ping", bytes: rootBytes, "PING, and PONG with the same eight bytes.",
    [
      FieldLayout(0, .u64, "token", "Eight bytes that PONG returns.")
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.token = root.u64(at: 0)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(token, at: root)
  }
}

/// GOAWAY: the server (or client) drains; calls up to `lastCall` are still answered.
package struct GoAway: WireMessage {
  /// The highest call id that was accepted and will be answered; all ones in the first notice.
  package var lastCall: UInt64
  /// How long calls in flight are still answered, in milliseconds.
  package var graceMilliseconds: UInt32
  /// Why: a `GoAwayReason`.
  package var reason: UInt16
  /// For people.
  package var message: String

  package init(lastCall: UInt64, graceMilliseconds: UInt32, reason: UInt16, message: String = "") {
    self.lastCall = lastCall
    self.graceMilliseconds = graceMilliseconds
    self.reason = reason
    self.message = message
  }
}

extension GoAway {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "GoAway", bytes: rootBytes, "GOAWAY: the server (or client) drains; calls up to `lastCall` are still answered.",
    [
      FieldLayout(
        0, .u64, "lastCall", "The highest call id that was accepted and will be answered; all ones in the first notice."
      ),
      FieldLayout(8, .u32, "graceMilliseconds", "How long calls in flight are still answered, in milliseconds."),
      FieldLayout(12, .u16, "reason", "Why: a `GoAwayReason`."),
      FieldLayout(14, .zero(2), "reserved", ""),
      FieldLayout(16, .text, "message", "For people."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.lastCall = root.u64(at: 0)
    self.graceMilliseconds = root.u32(at: 8)
    self.reason = root.u16(at: 12)
    try root.requireZero(at: 14, count: 2)
    self.message = try message.text(root, at: 16, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(lastCall, at: root)
    writer.put(graceMilliseconds, at: root + 8)
    writer.put(reason, at: root + 12)
    writer.text(message, at: root + 16)
  }

  package var tailBytesMax: Int { message.utf8.count }
}

/// CONN_ERROR: the last frame before the sender closes, after a breach.
package struct ConnectionError: WireMessage {
  /// What was breached: a `ConnectionErrorCode`.
  package var code: UInt16
  /// The highest call id that was accepted; calls above it were not processed.
  package var lastCall: UInt64
  /// For people.
  package var message: String

  package init(code: UInt16, lastCall: UInt64 = 0, message: String = "") {
    self.code = code
    self.lastCall = lastCall
    self.message = message
  }
}

extension ConnectionError {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "ConnectionError", bytes: rootBytes, "CONN_ERROR: the last frame before the sender closes, after a breach.",
    [
      FieldLayout(0, .u16, "code", "What was breached: a `ConnectionErrorCode`."),
      FieldLayout(2, .zero(6), "reserved", ""),
      FieldLayout(8, .u64, "lastCall", "The highest call id that was accepted; calls above it were not processed."),
      FieldLayout(16, .text, "message", "For people."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.code = root.u16(at: 0)
    try root.requireZero(at: 2, count: 6)
    self.lastCall = root.u64(at: 8)
    self.message = try message.text(root, at: 16, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(code, at: root)
    writer.put(lastCall, at: root + 8)
    writer.text(message, at: root + 16)
  }

  package var tailBytesMax: Int { message.utf8.count }
}

/// SETTINGS: the server changes limits in force; zero leaves a limit as it is.
package struct Settings: WireMessage {
  /// Calls in flight at most.
  package var callsInFlight: UInt32
  /// Items of a batch call at most.
  package var batchItems: UInt32
  /// The longest timeout.
  package var deadlineMax: TimeSpan
  /// Pings closer together than this are a breach.
  package var pingIntervalMin: TimeSpan

  package init(
    callsInFlight: UInt32 = 0, batchItems: UInt32 = 0, deadlineMax: TimeSpan = .zero,
    pingIntervalMin: TimeSpan = .zero
  ) {
    self.callsInFlight = callsInFlight
    self.batchItems = batchItems
    self.deadlineMax = deadlineMax
    self.pingIntervalMin = pingIntervalMin
  }
}

extension Settings {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "Settings", bytes: rootBytes, "SETTINGS: the server changes limits in force; zero leaves a limit as it is.",
    [
      FieldLayout(0, .u32, "callsInFlight", "Calls in flight at most."),
      FieldLayout(4, .u32, "batchItems", "Items of a batch call at most."),
      FieldLayout(8, .span, "deadlineMax", "The longest timeout."),
      FieldLayout(16, .span, "pingIntervalMin", "Pings closer together than this are a breach."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.callsInFlight = root.u32(at: 0)
    self.batchItems = root.u32(at: 4)
    self.deadlineMax = root.span(at: 8)
    self.pingIntervalMin = root.span(at: 16)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(callsInFlight, at: root)
    writer.put(batchItems, at: root + 4)
    writer.put(deadlineMax, at: root + 8)
    writer.put(pingIntervalMin, at: root + 16)
  }
}

/// CANCEL: the caller no longer waits; the call still gets its one RESPONSE. Never moves credits.
package struct Cancel: WireMessage {
  /// Why: a `CancelReason`.
  package var reason: UInt16

  package init(reason: UInt16 = 0) {
    self.reason = reason
  }
}

extension Cancel {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "Cancel", bytes: rootBytes,
    "CANCEL: the caller no longer waits; the call still gets its one RESPONSE. Never moves credits.",
    [
      FieldLayout(0, .u16, "reason", "Why: a `CancelReason`."),
      FieldLayout(2, .zero(6), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.reason = root.u16(at: 0)
    try root.requireZero(at: 2, count: 6)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(reason, at: root)
  }
}

/// CREDIT: the caller can take so many more items of a stream.
package struct Credit: WireMessage {
  /// Additional items, from 1.
  package var items: UInt32

  package init(items: UInt32) {
    self.items = items
  }
}

extension Credit {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "Credit", bytes: rootBytes, "CREDIT: the caller can take so many more items of a stream.",
    [
      FieldLayout(0, .u32, "items", "Additional items, from 1."),
      FieldLayout(4, .zero(4), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.items = root.u32(at: 0)
    try root.requireZero(at: 4, count: 4)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(items, at: root)
  }
}

/// UNIMPLEMENTED: the answer to a call frame of an unknown type.
package struct Unimplemented: WireMessage {
  /// The type that was not understood.
  package var frameType: UInt8

  package init(frameType: UInt8) {
    self.frameType = frameType
  }
}

extension Unimplemented {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "Unimplemented", bytes: rootBytes, "UNIMPLEMENTED: the answer to a call frame of an unknown type.",
    [
      FieldLayout(0, .u8, "frameType", "The type that was not understood."),
      FieldLayout(1, .zero(7), "reserved", ""),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.frameType = root.u8(at: 0)
    try root.requireZero(at: 1, count: 7)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(frameType, at: root)
  }
}
