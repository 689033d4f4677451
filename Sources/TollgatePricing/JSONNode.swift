// A small strict JSON reader that keeps the line and column of every value, so that a wrong price can be pointed at.
// Numbers stay text: an amount never passes through floating point.

/// Where something stands in a file, both counted from 1; the column counts bytes.
package struct FilePlace: Hashable, Sendable {
  package var line: Int
  package var column: Int
}

/// A JSON value and where it begins.
package struct JSONNode {
  package var place: FilePlace
  package var value: Value

  package indirect enum Value {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([JSONNode])
    /// In the file's order, duplicates included.
    case object([Member])
  }

  package struct Member {
    package var key: String
    package var place: FilePlace
    package var node: JSONNode
  }
}

/// The first place where a text is not JSON.
package struct JSONSyntaxError: Error, Hashable {
  package var place: FilePlace
  package var message: String
}

/// Reads one JSON value (RFC 8259) that fills the whole text. Never traps; nesting is bounded.
package struct JSONParser {
  static let depthMax = 16

  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  package static func parse(_ bytes: [UInt8]) throws(JSONSyntaxError) -> JSONNode {
    var parser = JSONParser(bytes: bytes)
    let node = try parser.readValue(depth: 0)
    parser.skipSpace()
    guard parser.offset == bytes.count else { throw parser.expected("the end of the file") }
    return node
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var place: FilePlace { FilePlace(line: line, column: offset - lineStart + 1) }
  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func expected(_ what: String) -> JSONSyntaxError {
    let found: String
    switch current {
    case nil: found = "the end of the file"
    case .some(let byte) where byte > 0x20 && byte < 0x7F: found = "'\(Character(Unicode.Scalar(byte)))'"
    case .some(0x0A), .some(0x0D): found = "the end of the line"
    case .some(let byte): found = "byte \(byte)"
    }
    return JSONSyntaxError(place: place, message: "expected \(what); found \(found)")
  }

  private mutating func skipSpace() {
    while let byte = current {
      switch byte {
      case 0x20, 0x09, 0x0D: offset += 1
      case 0x0A:
        offset += 1
        line += 1
        lineStart = offset
      default: return
      }
    }
  }

  /// Steps over `byte`, if it comes next.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    offset += 1
    return true
  }

  private mutating func readValue(depth: Int) throws(JSONSyntaxError) -> JSONNode {
    skipSpace()
    let place = place
    guard depth < JSONParser.depthMax else {
      throw JSONSyntaxError(place: place, message: "nested deeper than \(JSONParser.depthMax) levels")
    }
    guard let byte = current else { throw expected("a value") }
    switch byte {
    case UInt8(ascii: "{"): return JSONNode(place: place, value: .object(try readMembers(depth: depth)))
    case UInt8(ascii: "["): return JSONNode(place: place, value: .array(try readElements(depth: depth)))
    case UInt8(ascii: "\""): return JSONNode(place: place, value: .string(try readString()))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSONNode(place: place, value: .number(try readNumber()))
    case UInt8(ascii: "t"): return JSONNode(place: place, value: try readWord("true", .bool(true)))
    case UInt8(ascii: "f"): return JSONNode(place: place, value: try readWord("false", .bool(false)))
    case UInt8(ascii: "n"): return JSONNode(place: place, value: try readWord("null", .null))
    default: throw expected("a value")
    }
  }

  private mutating func readWord(_ word: StaticString, _ value: JSONNode.Value) throws(JSONSyntaxError)
    -> JSONNode.Value
  {
    let text = Array(word.description.utf8)
    guard bytes[offset...].starts(with: text) else { throw expected("a value") }
    offset += text.count
    return value
  }

  private mutating func readMembers(depth: Int) throws(JSONSyntaxError) -> [JSONNode.Member] {
    offset += 1
    var members: [JSONNode.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    while true {
      skipSpace()
      let place = place
      guard current == UInt8(ascii: "\"") else { throw expected("a field name in quotation marks") }
      let key = try readString()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw expected("':' after a field name") }
      members.append(JSONNode.Member(key: key, place: place, node: try readValue(depth: depth + 1)))
      skipSpace()
      if take(UInt8(ascii: "}")) { return members }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or '}' after a field") }
    }
  }

  private mutating func readElements(depth: Int) throws(JSONSyntaxError) -> [JSONNode] {
    offset += 1
    var elements: [JSONNode] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try readValue(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or ']' after an element") }
    }
  }

  private mutating func readNumber() throws(JSONSyntaxError) -> String {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try readDigits() }
    if take(UInt8(ascii: ".")) { try readDigits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try readDigits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func readDigits() throws(JSONSyntaxError) {
    let start = offset
    while let byte = current, isDigit(byte) { offset += 1 }
    guard offset > start else { throw expected("a digit") }
  }

  private mutating func readString() throws(JSONSyntaxError) -> String {
    let place = place
    offset += 1
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONSyntaxError(place: place, message: "a text that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): text += try readEscape()
      case 0..<0x20: throw expected("'\"' at the end of a text")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw expected("'\"' at the end of a text")
  }

  private mutating func readEscape() throws(JSONSyntaxError) -> [UInt8] {
    let place = place
    offset += 1
    guard let byte = current else { throw expected("an escaped character") }
    let plain: [UInt8: UInt8] = [
      UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
      UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]
    if let character = plain[byte] {
      offset += 1
      return [character]
    }
    guard take(UInt8(ascii: "u")) else { throw expected("one of \" \\ / b f n r t u after a backslash") }
    var code = try readHexadecimal()
    if code >> 10 == 0xD800 >> 10, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      let low = try readHexadecimal()
      // Anything but a low surrogate leaves a code that is no scalar, and so is refused below.
      if low >> 10 == 0xDC00 >> 10 { code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF }
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONSyntaxError(place: place, message: "an escape that is half of a surrogate pair")
    }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func readHexadecimal() throws(JSONSyntaxError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw expected("four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
