// The hand-written codec against its twin that knows only the tables of fields, with random values in every field.

import NIOCore
import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

@Suite struct TwinTests {
  @Test func tablesHaveNoGapsAndFieldsAreAligned() {
    for layout in MessageLayout.all {
      var end = 0
      for field in layout.fields {
        #expect(field.offset == end, "\(layout.name).\(field.name)")
        end += field.type.bytes
        let alignment = Self.alignment(field.type)
        #expect(field.offset % alignment == 0, "\(layout.name).\(field.name) at \(field.offset)")
      }
      #expect(end == layout.rootBytes, "\(layout.name)")
      #expect(layout.rootBytes % 8 == 0)
    }
    #expect(Set(MessageLayout.all.map(\.name)).count == MessageLayout.all.count)
  }

  private static func alignment(_ type: FieldType) -> Int {
    switch type {
    case .u8, .bool, .zero: 1
    case .u16: 2
    case .u32, .text, .list, .column: 4
    default: 8
    }
  }

  @Test func codecAgreesWithTheTables() throws {
    var random = SeededGenerator()
    for type in MessageLayout.messages + MessageLayout.elements {
      for _ in 0..<40 { try check(type, using: &random) }
    }
  }

  private func check<Message: WireMessage>(_ type: Message.Type, using random: inout SeededGenerator) throws {
    #expect(Message.layout.rootBytes == Message.rootBytes)
    let bytes = tableBytes(Message.layout, using: &random)
    let message = try Message(message: bytes.span.bytes, rootBytes: Message.rootBytes)
    #expect(mirrorJSON(message) == tableJSON(Message.layout, bytes), "\(type) \(hex(bytes)) \(random.recipe)")
    #expect(encoded(message) == bytes, "\(type) \(random.recipe)")
  }

  @Test func detailsAgreeWithTheTables() throws {
    var random = SeededGenerator()
    for (type, layout) in Detail.layouts {
      for _ in 0..<40 {
        let bytes = tableBytes(layout, using: &random)
        let detail = try #require(try Detail(type: type, message: bytes.span.bytes, rootBytes: layout.rootBytes))
        #expect(mirrorJSON(detail) == tableJSON(layout, bytes), "\(type) \(random.recipe)")
        #expect(detail.rootBytes == layout.rootBytes)
        #expect(layout.rootBytes <= DetailArea.bytes, "a batch's result must be able to carry it")
        let carried = try #require(try Detail(type: type, area: detail.area))
        #expect(carried.area == detail.area)
        #expect(carried.type == type)
      }
    }
  }

  @Test func reservedBytesAreChecked() throws {
    var random = SeededGenerator()
    for type in MessageLayout.messages + MessageLayout.elements {
      let bytes = tableBytes(type.layout, using: &random)
      for field in type.layout.fields {
        guard case .zero(let count) = field.type else { continue }
        for index in 0..<count {
          var changed = bytes
          changed[field.offset + index] = 1 << UInt8.random(in: 0..<8, using: &random)
          let error = #expect(throws: WireError.self, "\(type) at \(field.offset + index) \(random.recipe)") {
            try decodeAny(type, changed)
          }
          #expect(error?.problem == .reservedNotZero)
        }
      }
    }
  }
}

/// The bytes of a message as our encoder writes it.
func encoded(_ message: some WireMessage) -> [UInt8] {
  let room = type(of: message).rootBytes + message.tailBytesMax
  return [UInt8](unsafeUninitializedCapacity: room) { memory, count in
    var writer = MessageWriter(UnsafeMutableRawBufferPointer(memory), rootBytes: type(of: message).rootBytes)
    message.encode(into: &writer, at: 0)
    count = writer.end
  }
}

/// Decodes a message whose root has the size of ours, or another.
@discardableResult
func decodeAny<Message: WireMessage>(
  _ type: Message.Type, _ bytes: [UInt8], rootBytes: Int? = nil
) throws(WireError) -> Message {
  try Message(message: bytes.span.bytes, rootBytes: rootBytes ?? Message.rootBytes)
}
