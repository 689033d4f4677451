// The messages: fixed layouts, encoded by hand. Kinder to gRPC than protobuf, whose cost is thus left out.

internal import GRPCCore
internal import TollgateValues

enum Method {
  static let authorize = MethodDescriptor(fullyQualifiedService: "tollgate.Peer", method: "Authorize")
  static let capture = MethodDescriptor(fullyQualifiedService: "tollgate.Peer", method: "Capture")
}

/// Either request: what it is about (an account or a hold), its own id, and an amount in µcr.
struct Request: Sendable {
  var subject: (UInt64, UInt64)
  var id: RequestID
  var amount: Int64
}

/// What came of it: whether it was granted, and the amount.
struct Reply: Sendable {
  var isGranted: Bool
  var amount: Int64
}

struct WrongLength: Error {}

struct RequestCoder: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: Request) throws -> Bytes {
    var bytes = Bytes(repeating: 0, count: 40)
    bytes.withUnsafeMutableBytes { memory in
      let words = [
        message.subject.0, message.subject.1, message.id.high, message.id.low, UInt64(bitPattern: message.amount),
      ]
      for (index, word) in words.enumerated() {
        memory.storeBytes(of: word.littleEndian, toByteOffset: index * 8, as: UInt64.self)
      }
    }
    return bytes
  }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Request {
    guard bytes.count == 40 else { throw WrongLength() }
    return bytes.withUnsafeBytes { memory in
      func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return Request(
        subject: (word(0), word(1)), id: RequestID(high: word(2), low: word(3)), amount: Int64(bitPattern: word(4)))
    }
  }
}

struct ReplyCoder: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: Reply) throws -> Bytes {
    var bytes = Bytes(repeating: 0, count: 9)
    bytes.withUnsafeMutableBytes { memory in
      memory.storeBytes(of: message.isGranted ? 1 : 0, as: UInt8.self)
      memory.storeBytes(of: message.amount.littleEndian, toByteOffset: 1, as: Int64.self)
    }
    return bytes
  }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Reply {
    guard bytes.count == 9 else { throw WrongLength() }
    return bytes.withUnsafeBytes { memory in
      Reply(
        isGranted: memory[0] == 1,
        amount: Int64(littleEndian: memory.loadUnaligned(fromByteOffset: 1, as: Int64.self)))
    }
  }
}
