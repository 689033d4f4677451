// Text that is safe inside HTML, SVG and inline JSON.

internal import Foundation

extension String {
  /// The text as content or as a quoted attribute.
  var escaped: String {
    var text = ""
    for character in printable.unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

enum Markup {
  /// A coordinate with one decimal, as `12.5`.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let text = String(format: "%.1f", value)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// A value as JSON within a script element: nothing in it can end the element.
  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "null" }
    return String(decoding: data, as: UTF8.self)
      .replacingOccurrences(of: "<", with: "\\u003c").replacingOccurrences(of: "&", with: "\\u0026")
      .replacingOccurrences(of: "\u{2028}", with: "\\u2028").replacingOccurrences(of: "\u{2029}", with: "\\u2029")
  }

  /// A table whose first columns are text and the others numbers.
  static func table(_ titles: [String], _ rows: [[String]], leftColumns: Int = 1) -> String {
    func cell(_ text: String, _ column: Int, _ tag: String) -> String {
      "<\(tag)\(column < leftColumns ? "" : " class=\"n\"")>\(text.escaped)</\(tag)>"
    }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.enumerated().map { cell($0.element, $0.offset, tag) }.joined() + "</tr>\n"
    }
    let head = titles.isEmpty ? "" : "<thead>\(row(titles, "th"))</thead>\n"
    return
      "<div class=\"scroll\"><table>\n\(head)<tbody>\n\(rows.map { row($0, "td") }.joined())</tbody></table></div>\n"
  }
}
