// The codec's honest twin: reads and makes messages by the tables of fields alone, byte by byte, without the codec.

import TollgateTestSupport
import TollgateValues

@testable import TollgateWire

/// Layouts by name.
let layoutsByName = Dictionary(MessageLayout.all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

/// Reads the fields of the root at `root`.
func tableJSON(_ layout: MessageLayout, _ message: [UInt8], root: Int = 0) -> JSONValue {
  func number(_ offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(message[offset + $1]) }
  }
  var members: [(String, JSONValue)] = []
  for field in layout.fields {
    let at = root + field.offset
    let value: JSONValue
    switch field.type {
    case .u8, .u16, .u32: value = .number(number(at, field.type.bytes))
    case .u64: value = .text(String(number(at, 8)))
    case .i64, .credits, .instant, .span: value = .text(String(Int64(bitPattern: number(at, 8))))
    case .bool: value = .flag(message[at] == 1)
    case .id: value = .text(uuidText(Array(message[at..<at + 16])))
    case .detail: value = .text(hex(Array(message[at..<at + 32])))
    case .job:
      value = .object([
        ("width", .number(number(at, 2))), ("height", .number(number(at + 2, 2))),
        ("steps", .number(number(at + 4, 2))), ("count", .number(number(at + 6, 2))),
        ("model", .number(number(at + 8, 2))), ("quality", .number(number(at + 10, 1))),
        ("controlNets", .number(number(at + 11, 1))), ("features", .number(number(at + 12, 4))),
      ])
    case .text:
      let start = Int(number(at, 4))
      value = .text(String(decoding: message[start..<start + Int(number(at + 4, 4))], as: UTF8.self))
    case .list(let name):
      let (start, count, stride) = (Int(number(at, 4)), Int(number(at + 4, 4)), Int(number(at + 8, 4)))
      value = .list((0..<count).map { tableJSON(layoutsByName[name]!, message, root: start + $0 * stride) })
    case .column(let type):
      let (start, count) = (Int(number(at, 4)), Int(number(at + 4, 4)))
      let cell = MessageLayout("cell", bytes: type.field.bytes, "", [FieldLayout(0, type.field, "value", "")])
      value = .list((0..<count).map { tableJSON(cell, message, root: start + $0 * type.field.bytes)["value"]! })
    case .zero: continue
    }
    members.append((field.name, value))
  }
  return .object(members)
}

private func uuidText(_ bytes: [UInt8]) -> String {
  var text = hex(bytes)
  for position in [20, 16, 12, 8] { text.insert("-", at: text.index(text.startIndex, offsetBy: position)) }
  return text
}

/// Makes a message with random values in every field, in the order in which our encoder lays it out.
func tableBytes(_ layout: MessageLayout, using random: inout SeededGenerator) -> [UInt8] {
  var message = [UInt8](repeating: 0, count: layout.rootBytes)
  fill(layout, at: 0, in: &message, using: &random)
  return message
}

private func fill(_ layout: MessageLayout, at root: Int, in message: inout [UInt8], using random: inout SeededGenerator)
{
  func put(_ number: Int, _ offset: Int) {
    for index in 0..<4 { message[offset + index] = UInt8(number >> (8 * index) & 0xFF) }
  }
  let rows = Int.random(in: 0...5, using: &random)
  for field in layout.fields {
    let at = root + field.offset
    switch field.type {
    case .zero: continue
    case .column(let type):
      guard rows > 0 else { continue }
      message += [UInt8](repeating: 0, count: -message.count & 7)
      put(message.count, at)
      put(rows, at + 4)
      message += (0..<rows * type.field.bytes).map { _ in UInt8.random(in: 0...255, using: &random) }
    case .bool: message[at] = UInt8.random(in: 0...1, using: &random)
    case .text:
      let texts = ["", "a", "refund of ticket 7", "größer als ½", String(repeating: "x", count: 100)]
      let text = Array(texts.randomElement(using: &random)!.utf8)
      guard !text.isEmpty else { continue }
      put(message.count, at)
      put(text.count, at + 4)
      message += text
    case .list(let name):
      let element = layoutsByName[name]!
      let count = Int.random(in: 0...3, using: &random)
      guard count > 0 else { continue }
      message += [UInt8](repeating: 0, count: -message.count & 7)
      let start = message.count
      put(start, at)
      put(count, at + 4)
      put(element.rootBytes, at + 8)
      message += [UInt8](repeating: 0, count: count * element.rootBytes)
      for index in 0..<count { fill(element, at: start + index * element.rootBytes, in: &message, using: &random) }
    default:
      for index in 0..<field.type.bytes { message[at + index] = UInt8.random(in: 0...255, using: &random) }
    }
  }
}
