// A little JSON for the golden vectors: written with its members in order, compared without regard to it.

import Foundation

indirect enum JSONValue: Hashable {
  case number(UInt64)
  case text(String)
  case flag(Bool)
  case list([JSONValue])
  case object([String: JSONValue], order: [String])

  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(Dictionary(members, uniquingKeysWith: { first, _ in first }), order: members.map(\.0))
  }

  static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.number(let one), .number(let other)): one == other
    case (.text(let one), .text(let other)): one == other
    case (.flag(let one), .flag(let other)): one == other
    case (.list(let one), .list(let other)): one == other
    case (.object(let one, _), .object(let other, _)): one == other
    default: false
    }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(compact) }

  subscript(key: String) -> JSONValue? {
    if case .object(let members, _) = self { members[key] } else { nil }
  }

  var string: String? { if case .text(let text) = self { text } else { nil } }
  var number: UInt64? { if case .number(let number) = self { number } else { nil } }
  var elements: [JSONValue]? { if case .list(let elements) = self { elements } else { nil } }

  /// On one line.
  var compact: String {
    switch self {
    case .number(let number): String(number)
    case .text(let text): JSONValue.quoted(text)
    case .flag(let flag): flag ? "true" : "false"
    case .list(let elements): "[" + elements.map(\.compact).joined(separator: ", ") + "]"
    case .object(let members, let order):
      "{" + order.map { "\(JSONValue.quoted($0)): \(members[$0]?.compact ?? "")" }.joined(separator: ", ") + "}"
    }
  }

  /// Indented, except for what fits a line.
  func pretty(_ indent: String = "") -> String {
    if compact.count + indent.count <= 110 { return compact }
    let inner = indent + "  "
    switch self {
    case .list(let elements):
      return "[\n" + elements.map { inner + $0.pretty(inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members, let order):
      let lines = order.map { "\(inner)\(JSONValue.quoted($0)): \(members[$0]?.pretty(inner) ?? "")" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    default: return compact
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped)\""
  }

  /// Reads JSON; nil for what is none, or has null, fractions or negative numbers, which vectors never have.
  init?(parsing data: Data) {
    guard let object = try? JSONSerialization.jsonObject(with: data) else { return nil }
    self.init(any: object)
  }

  private init?(any value: Any) {
    switch value {
    case let text as String: self = .text(text)
    case let number as NSNumber:
      self = isBoolean(number) ? .flag(number.boolValue) : .number(number.uint64Value)
    case let list as [Any]: self = .list(list.compactMap { JSONValue(any: $0) })
    case let members as [String: Any]:
      self = .object(
        members.sorted { $0.key < $1.key }.compactMap { key, value in JSONValue(any: value).map { (key, $0) } })
    default: return nil
    }
  }
}

private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
