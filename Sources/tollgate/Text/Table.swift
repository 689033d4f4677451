// Tables for people: aligned by what stands on the screen, amounts by their decimal point, printable in chunks.

/// A table whose rows may come in chunks; its columns only ever grow.
struct Table {
  /// How a column stands.
  enum Alignment {
    case left
    case right
    /// Amounts: their decimal points stand below each other.
    case decimal
  }

  /// A column's title and alignment.
  struct Column {
    var title: String
    var alignment: Alignment
    init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  let columns: [Column]
  private var widths: [Int]
  /// Of decimal columns: how many characters stand behind the whole number.
  private var fractions: [Int]
  private var hasHeader = false

  init(_ columns: [Column]) {
    self.columns = columns
    widths = columns.map { $0.title.displayWidth }
    fractions = columns.map { _ in 0 }
  }

  /// The whole table.
  static func render(_ columns: [Column], _ rows: [[String]]) -> String {
    var table = Table(columns)
    return table.render(rows)
  }

  /// The next rows, each ending a line; the titles stand before the first.
  mutating func render(_ rows: [[String]]) -> String {
    let rows = rows.map { row in columns.indices.map { $0 < row.count ? row[$0].printable : "" } }
    for row in rows { measureFractions(row) }
    let cells = rows.map { row in row.indices.map { padFraction(row[$0], $0) } }
    for row in cells {
      for index in columns.indices { widths[index] = max(widths[index], row[index].displayWidth) }
    }
    var text = ""
    if !hasHeader {
      hasHeader = true
      text += line(columns.map(\.title))
    }
    for row in cells { text += line(row) }
    return text
  }

  private mutating func measureFractions(_ row: [String]) {
    for index in columns.indices where columns[index].alignment == .decimal {
      fractions[index] = max(fractions[index], Table.fraction(row[index]))
    }
  }

  /// Characters from the decimal point on.
  private static func fraction(_ cell: String) -> Int {
    cell.firstIndex(of: ".").map { cell.distance(from: $0, to: cell.endIndex) } ?? 0
  }

  private func padFraction(_ cell: String, _ index: Int) -> String {
    guard columns[index].alignment == .decimal, !cell.isEmpty else { return cell }
    return cell + String(repeating: " ", count: fractions[index] - Table.fraction(cell))
  }

  private func line(_ cells: [String]) -> String {
    var text = ""
    for (index, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: max(0, widths[index] - cell.displayWidth))
      if index > 0 { text += "  " }
      text += columns[index].alignment == .left ? cell + space : space + cell
    }
    while text.last == " " { text.removeLast() }
    return text + "\n"
  }
}

/// Names and values below each other.
enum FieldList {
  /// `name   value` lines; empty values are left out.
  static func render(_ fields: KeyValuePairs<String, String>) -> String {
    render(fields.map { ($0.key, $0.value) })
  }

  /// `name   value` lines; empty values are left out.
  static func render(_ fields: [(name: String, value: String)]) -> String {
    let shown = fields.filter { !$0.value.isEmpty }
    let width = shown.map { $0.name.displayWidth }.max() ?? 0
    return shown.map { field in
      field.name + String(repeating: " ", count: width - field.name.displayWidth + 2) + field.value.printable + "\n"
    }.joined()
  }
}
