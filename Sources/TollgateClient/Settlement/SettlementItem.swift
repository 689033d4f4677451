// A capture or void that must reach the gate, and its 80 bytes in the settlement file.

internal import TollgateValues

/// What is kept and repeated, always with the same id, so that it happens once.
struct SettlementItem: Hashable, Sendable {
  enum Action: Hashable, Sendable {
    case void
    case capture(take: Take, closes: Bool, allowsExcess: Bool)
  }

  var id: RequestID
  var hold: HoldID
  var action: Action
  /// Not repeated after this instant of the gate's clock.
  var keepUntil: Instant

  init(id: RequestID, hold: HoldID, action: Action, keepUntil: Instant) {
    self.id = id
    self.hold = hold
    self.action = action
    self.keepUntil = keepUntil
  }

  /// The call that settles it.
  var request: PipelinedRequest {
    switch action {
    case .void: .void(hold, id: id)
    case .capture(let take, let closes, let allowsExcess):
      .capture(CaptureRequest(hold: hold, take: take, closes: closes, allowsExcess: allowsExcess, id: id))
    }
  }
}

/// A record of the settlement file: all have the same length, so that a damaged one costs only itself.
enum SettlementRecord: Hashable, Sendable {
  case added(SettlementItem)
  case settled(RequestID)

  /// Bytes of a record: 64 of fields, 16 of checksum.
  static let bytes = 80
  private static let fieldBytes = 64
  private static let addedKind: UInt8 = 1
  private static let settledKind: UInt8 = 2

  var encoded: [UInt8] {
    var writer = ByteWriter(reserving: SettlementRecord.bytes)
    switch self {
    case .added(let item):
      writer.write(SettlementRecord.addedKind)
      item.write(to: &writer)
    case .settled(let id):
      writer.write(SettlementRecord.settledKind)
      writer.write(id)
    }
    writer.write(raw: [UInt8](repeating: 0, count: SettlementRecord.fieldBytes - writer.count))
    let checksum = Checksum.over(writer.bytes)
    writer.write(checksum.high)
    writer.write(checksum.low)
    return writer.bytes
  }

  /// The record of 80 bytes, or nil if they are damaged.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == SettlementRecord.bytes else { return nil }
    let fields = Array(bytes.prefix(SettlementRecord.fieldBytes))
    let checksum = Checksum.over(fields)
    var tail = ByteReader(Array(bytes.suffix(16)))
    guard (try? tail.read(UInt64.self)) == checksum.high, (try? tail.read(UInt64.self)) == checksum.low else {
      return nil
    }
    guard let record = try? SettlementRecord(fields: fields) else { return nil }
    self = record
  }

  private init?(fields: [UInt8]) throws(ByteReaderError) {
    var reader = ByteReader(fields)
    switch try reader.read(UInt8.self) {
    case SettlementRecord.addedKind:
      guard let item = try SettlementItem(from: &reader) else { return nil }
      self = .added(item)
    case SettlementRecord.settledKind: self = .settled(try reader.read())
    default: return nil
    }
  }
}

extension SettlementItem {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.write(id)
    writer.write(hold)
    writer.write(keepUntil)
    switch action {
    case .void: writer.write(UInt8(0))
    case .capture(let take, let closes, let allowsExcess):
      writer.write(UInt8(1))
      writer.write(take.wireKind)
      writer.write(closes)
      writer.write(allowsExcess)
      writer.write(take.wireValue)
    }
  }

  fileprivate init?(from reader: inout ByteReader) throws(ByteReaderError) {
    id = try reader.read()
    hold = try reader.read()
    keepUntil = try reader.readInstant()
    switch try reader.read(UInt8.self) {
    case 0: action = .void
    case 1:
      let kind: UInt8 = try reader.read()
      let closes = try reader.readBool()
      let allowsExcess = try reader.readBool()
      guard let take = Take(wireKind: kind, value: try reader.read()) else { return nil }
      action = .capture(take: take, closes: closes, allowsExcess: allowsExcess)
    default: return nil
    }
  }
}
