// Tables and texts for terminals: columns aligned, control characters made visible, lines cut to a width.

/// Rows of cells, aligned.
package struct TextTable {
  private var rows: [[String]] = []
  /// How many columns from the left are aligned left; the others are numbers.
  private let leftColumns: Int
  /// Whether the last column is text too.
  private let endsLeft: Bool

  package init(_ titles: [String], leftColumns: Int = 1, endsLeft: Bool = false) {
    rows = titles.isEmpty ? [] : [titles]
    self.leftColumns = leftColumns
    self.endsLeft = endsLeft
  }

  package mutating func add(_ cells: [String]) { rows.append(cells.map(\.printable)) }

  /// The lines, each ended; `indent` before each.
  package func text(indent: String = "") -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isLeft = column < leftColumns || endsLeft && column == columns - 1
        line += (column == 0 ? "" : "  ") + (isLeft ? cell + space : space + cell)
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

extension String {
  /// The text without anything that a terminal would obey.
  package var printable: String {
    guard unicodeScalars.contains(where: \.isObeyed) else { return self }
    return unicodeScalars.map { $0.isObeyed ? "\\u{\(String($0.value, radix: 16))}" : String($0) }.joined()
  }
}

extension Unicode.Scalar {
  /// Control characters, and those that turn the direction of writing around.
  fileprivate var isObeyed: Bool {
    value < 0x20 || (0x7F...0x9F).contains(value) || (0x2028...0x202E).contains(value)
      || (0x2066...0x2069).contains(value)
  }
}
