// JSON for programs: fields in a fixed order, amounts as decimal strings, nothing that depends on a hash table.

internal import TollgateValues

/// A value to print. Objects keep their order.
indirect enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case array([JSON])
  case object([Field])

  /// One member of an object.
  struct Field: Hashable, Sendable {
    var name: String
    var value: JSON
  }

  static func object(_ fields: KeyValuePairs<String, JSON>) -> JSON {
    .object(fields.map { Field(name: $0.key, value: $0.value) })
  }

  static func number(_ value: some BinaryInteger) -> JSON { .integer(Int64(clamping: value)) }
  static func credits(_ amount: Credits) -> JSON { .string(amount.description) }
  static func credits(_ amount: Credits?) -> JSON { amount.map { .credits($0) } ?? .null }
  /// Null for the id of zeros, which means none.
  static func id(_ id: some Identifier) -> JSON { id.isZero ? .null : .string(id.description) }
  /// Null for the end and the beginning of time.
  static func instant(_ instant: Instant) -> JSON {
    instant == .never || instant == .distantPast ? .null : .string(instant.description)
  }

  /// The fields of an object, and others after them.
  func adding(_ more: [Field]) -> JSON {
    guard case .object(let fields) = self else { return self }
    return .object(fields + more)
  }

  /// The value of an object's field.
  subscript(name: String) -> JSON? {
    guard case .object(let fields) = self else { return nil }
    return fields.first { $0.name == name }?.value
  }
}

extension JSON {
  /// On one line.
  var line: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// Indented by two spaces a level.
  var pretty: String {
    var text = ""
    write(to: &text, indentation: 0)
    return text
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .string(let value): JSON.quote(value, to: &text)
    case .array(let values):
      JSON.list(values, "[", "]", to: &text, indentation) { $0.write(to: &$1, indentation: $2) }
    case .object(let fields):
      JSON.list(fields, "{", "}", to: &text, indentation) { field, text, indentation in
        JSON.quote(field.name, to: &text)
        text += indentation == nil ? ":" : ": "
        field.value.write(to: &text, indentation: indentation)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, to text: inout String, _ indentation: Int?,
    _ write: (Element, inout String, Int?) -> Void
  ) {
    text += open
    let inner = indentation.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      write(element, &text, inner)
    }
    if let indentation, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indentation) }
    text += close
  }

  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case let scalar where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
