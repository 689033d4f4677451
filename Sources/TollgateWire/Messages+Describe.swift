// What a server says of its methods and messages.

/// The methods and messages that the server speaks.
package struct DescribeReply: WireMessage {
  /// The methods.
  package var methods: [MethodDescription]
  /// The messages.
  package var messages: [MessageDescription]

  package init(methods: [MethodDescription], messages: [MessageDescription]) {
    self.methods = methods
    self.messages = messages
  }
}

extension DescribeReply {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "DescribeReply", bytes: rootBytes, "The methods and messages that the server speaks.",
    [
      FieldLayout(0, .list("MethodDescription"), "methods", "The methods."),
      FieldLayout(16, .list("MessageDescription"), "messages", "The messages."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.methods = try message.list(root, at: 0, max: WireLimits.methodsMax, &cursor)
    self.messages = try message.list(root, at: 16, max: WireLimits.messagesMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.list(methods, at: root, max: WireLimits.methodsMax)
    writer.list(messages, at: root + 16, max: WireLimits.messagesMax)
  }

  package var tailBytesMax: Int { MessageWriter.listBytesMax(methods) + MessageWriter.listBytesMax(messages) }
}

/// A method, described.
package struct MethodDescription: WireMessage {
  /// The method's number.
  package var method: UInt16
  /// The lowest message version spoken.
  package var versionMin: UInt16
  /// The highest message version spoken.
  package var versionMax: UInt16
  /// The roles that may call it: bit r set for role r.
  package var roles: UInt16
  /// 0 unary, 1 batch, 2 stream.
  package var kind: UInt8
  /// Whether it changes the ledger and so needs an idempotency id.
  package var mutates: Bool
  /// The method's name.
  package var name: String
  /// The name of its request message.
  package var request: String
  /// The name of its reply message; of a stream, of its items.
  package var reply: String

  package init(
    method: UInt16, versionMin: UInt16, versionMax: UInt16, roles: UInt16, kind: UInt8, mutates: Bool, name: String,
    request: String, reply: String
  ) {
    self.method = method
    self.versionMin = versionMin
    self.versionMax = versionMax
    self.roles = roles
    self.kind = kind
    self.mutates = mutates
    self.name = name
    self.request = request
    self.reply = reply
  }
}

extension MethodDescription {
  package static var rootBytes: Int { 40 }

  package static let layout = MessageLayout(
    "MethodDescription", bytes: rootBytes, "A method, described.",
    [
      FieldLayout(0, .u16, "method", "The method's number."),
      FieldLayout(2, .u16, "versionMin", "The lowest message version spoken."),
      FieldLayout(4, .u16, "versionMax", "The highest message version spoken."),
      FieldLayout(6, .u16, "roles", "The roles that may call it: bit r set for role r."),
      FieldLayout(8, .u8, "kind", "0 unary, 1 batch, 2 stream."),
      FieldLayout(9, .bool, "mutates", "Whether it changes the ledger and so needs an idempotency id."),
      FieldLayout(10, .zero(6), "reserved", ""),
      FieldLayout(16, .text, "name", "The method's name."),
      FieldLayout(24, .text, "request", "The name of its request message."),
      FieldLayout(32, .text, "reply", "The name of its reply message; of a stream, of its items."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.method = root.u16(at: 0)
    self.versionMin = root.u16(at: 2)
    self.versionMax = root.u16(at: 4)
    self.roles = root.u16(at: 6)
    self.kind = root.u8(at: 8)
    self.mutates = try root.bool(at: 9)
    try root.requireZero(at: 10, count: 6)
    self.name = try message.text(root, at: 16, &cursor)
    self.request = try message.text(root, at: 24, &cursor)
    self.reply = try message.text(root, at: 32, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(method, at: root)
    writer.put(versionMin, at: root + 2)
    writer.put(versionMax, at: root + 4)
    writer.put(roles, at: root + 6)
    writer.put(kind, at: root + 8)
    writer.put(mutates, at: root + 9)
    writer.text(name, at: root + 16)
    writer.text(request, at: root + 24)
    writer.text(reply, at: root + 32)
  }

  package var tailBytesMax: Int { name.utf8.count + request.utf8.count + reply.utf8.count }
}

/// A message, described.
package struct MessageDescription: WireMessage {
  /// The message's name.
  package var name: String
  /// Bytes of its root.
  package var rootBytes: UInt32
  /// The fields of its root.
  package var fields: [FieldDescription]

  package init(name: String, rootBytes: UInt32, fields: [FieldDescription]) {
    self.name = name
    self.rootBytes = rootBytes
    self.fields = fields
  }
}

extension MessageDescription {
  package static var rootBytes: Int { 32 }

  package static let layout = MessageLayout(
    "MessageDescription", bytes: rootBytes, "A message, described.",
    [
      FieldLayout(0, .text, "name", "The message's name."),
      FieldLayout(8, .u32, "rootBytes", "Bytes of its root."),
      FieldLayout(12, .zero(4), "reserved", ""),
      FieldLayout(16, .list("FieldDescription"), "fields", "The fields of its root."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.name = try message.text(root, at: 0, &cursor)
    self.rootBytes = root.u32(at: 8)
    try root.requireZero(at: 12, count: 4)
    self.fields = try message.list(root, at: 16, max: WireLimits.fieldsMax, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.text(name, at: root)
    writer.put(rootBytes, at: root + 8)
    writer.list(fields, at: root + 16, max: WireLimits.fieldsMax)
  }

  package var tailBytesMax: Int { name.utf8.count + MessageWriter.listBytesMax(fields) }
}

/// A field of a message's root, described.
package struct FieldDescription: WireMessage {
  /// Where it begins, in bytes from the root's start.
  package var offset: UInt32
  /// How long it is.
  package var bytes: UInt32
  /// Its name.
  package var name: String
  /// Its type, as PROTOCOL.md names it.
  package var type: String

  package init(offset: UInt32, bytes: UInt32, name: String, type: String) {
    self.offset = offset
    self.bytes = bytes
    self.name = name
    self.type = type
  }
}

extension FieldDescription {
  package static var rootBytes: Int { 24 }

  package static let layout = MessageLayout(
    "FieldDescription", bytes: rootBytes, "A field of a message's root, described.",
    [
      FieldLayout(0, .u32, "offset", "Where it begins, in bytes from the root's start."),
      FieldLayout(4, .u32, "bytes", "How long it is."),
      FieldLayout(8, .text, "name", "Its name."),
      FieldLayout(16, .text, "type", "Its type, as PROTOCOL.md names it."),
    ])

  package init(root: RawSpan, message: RawSpan, cursor: inout TailCursor) throws(WireError) {
    self.offset = root.u32(at: 0)
    self.bytes = root.u32(at: 4)
    self.name = try message.text(root, at: 8, &cursor)
    self.type = try message.text(root, at: 16, &cursor)
  }

  package func encode(into writer: inout MessageWriter, at root: Int) {
    writer.put(offset, at: root)
    writer.put(bytes, at: root + 4)
    writer.text(name, at: root + 8)
    writer.text(type, at: root + 16)
  }

  package var tailBytesMax: Int { name.utf8.count + type.utf8.count }
}
