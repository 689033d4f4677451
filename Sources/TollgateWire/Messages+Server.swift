// What a server says of itself: information and health.

package import TollgateValues

/// A message without fields.
package struct EmptyMessage: WireMessage {

  package init() {
  }
}

extension EmptyMessage {
  package static var rootBytes: Int { 0 }

  package static let layout = MessageLayout(
    "EmptyMessage", bytes: rootBytes, "A message without fields.",
    [])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
  }
}

/// Who serves.
package struct ServerInfoReply: WireMessage {
  /// The server's clock now.
  package var serverTime: Instant
  /// When this process began to serve.
  package var startedAt: Instant
  /// The price book in force.
  package var book: UInt32
  /// The shard served.
  package var shard: UInt32
  /// From when that price book applies.
  package var bookAppliesFrom: Instant
  /// The instance: a new id at each start.
  package var instance: InstanceID
  /// Batches that were made durable since the journal began.
  package var commits: UInt64
  /// The version of the server's program.
  package var version: String
  /// The kind of journal: `memory`, `sqlite`.
  package var journal: String

  package init(
    serverTime: Instant, startedAt: Instant, book: UInt32, shard: UInt32 = 0, bookAppliesFrom: Instant,
    instance: InstanceID, commits: UInt64, version: String, journal: String
  ) {
    self.serverTime = serverTime
    self.startedAt = startedAt
    self.book = book
    self.shard = shard
    self.bookAppliesFrom = bookAppliesFrom
    self.instance = instance
    self.commits = commits
    self.version = version
    self.journal = journal
  }
}

extension ServerInfoReply {
  package static var rootBytes: Int { 72 }

  package static let layout = MessageLayout(
    "ServerInfoReply", bytes: rootBytes, "Who serves.",
    [
      FieldLayout(0, .instant, "serverTime", "The server's clock now."),
      FieldLayout(8, .instant, "startedAt", "When this process began to serve."),
      FieldLayout(16, .u32, "book", "The price book in force."),
      FieldLayout(20, .u32, "shard", "The shard served."),
      FieldLayout(24, .instant, "bookAppliesFrom", "From when that price book applies."),
      FieldLayout(32, .id, "instance", "The instance: a new id at each start."),
      FieldLayout(48, .u64, "commits", "Batches that were made durable since the journal began."),
      FieldLayout(56, .text, "version", "The version of the server's program."),
      FieldLayout(64, .text, "journal", "The kind of journal: `memory`, `sqlite`."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.serverTime = root.instant(at: 0)
    self.startedAt = root.instant(at: 8)
    self.book = root.u32(at: 16)
    self.shard = root.u32(at: 20)
    self.bookAppliesFrom = root.instant(at: 24)
    self.instance = root.id(at: 32)
    self.commits = root.u64(at: 48)
    self.version = try message.text(root, at: 56, &cursor)
    self.journal = try message.text(root, at: 64, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(serverTime, at: root)
    writer.put(startedAt, at: root + 8)
    writer.put(book, at: root + 16)
    writer.put(shard, at: root + 20)
    writer.put(bookAppliesFrom, at: root + 24)
    writer.put(instance, at: root + 32)
    writer.put(commits, at: root + 48)
    writer.text(version, at: root + 56)
    writer.text(journal, at: root + 64)
  }

  package var tailBytesMax: Int { version.utf8.count + journal.utf8.count }
}

/// Asks for the health of a service.
package struct HealthRequest: WireMessage {
  /// `ledger`, or empty for the whole server.
  package var service: String

  package init(service: String) {
    self.service = service
  }
}

extension HealthRequest {
  package static var rootBytes: Int { 8 }

  package static let layout = MessageLayout(
    "HealthRequest", bytes: rootBytes, "Asks for the health of a service.",
    [
      FieldLayout(0, .text, "service", "`ledger`, or empty for the whole server.")
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.service = try message.text(root, at: 0, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.text(service, at: root)
  }

  package var tailBytesMax: Int { service.utf8.count }
}

/// The health of a service.
package struct HealthReply: WireMessage {
  /// A `HealthStatus`.
  package var status: UInt8
  /// Since when.
  package var since: Instant

  package init(status: UInt8, since: Instant) {
    self.status = status
    self.since = since
  }
}

extension HealthReply {
  package static var rootBytes: Int { 16 }

  package static let layout = MessageLayout(
    "HealthReply", bytes: rootBytes, "The health of a service.",
    [
      FieldLayout(0, .u8, "status", "A `HealthStatus`."),
      FieldLayout(1, .zero(7), "reserved", ""),
      FieldLayout(8, .instant, "since", "Since when."),
    ])

  @inline(__always)
  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.status = root.u8(at: 0)
    try root.requireZero(at: 1, count: 7)
    self.since = root.instant(at: 8)
  }

  @inline(__always)
  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(status, at: root)
    writer.put(since, at: root + 8)
  }
}
