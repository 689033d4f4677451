// Batch files: CSV with a line of field names, or JSON Lines. Every row is judged before any is sent.

internal import Foundation

/// One row of a file: texts by the names of fields.
struct FileRow {
  /// Where it stands in the file, from 1.
  var line: Int
  var values: [String: String]

  /// A field's text; nil if it is missing or empty.
  func text(_ field: String) -> String? {
    guard let text = values[field], !text.isEmpty else { return nil }
    return text
  }

  /// A field's value; a mistake names the field.
  func read<Value>(_ field: String, _ parse: (String) throws -> Value) throws(ParseProblem) -> Value? {
    guard let text = text(field) else { return nil }
    do {
      return try parse(text)
    } catch {
      throw ParseProblem("\(field) is \"\(text)\": \((error as? Failure)?.message ?? "\(error)")")
    }
  }
}

/// A request, and the line that it came from.
struct BatchRow<Request> {
  var line: Int
  var request: Request
}

enum BatchFile {
  static let rowsMax = 1_000_000
  static let problemsMax = 20

  /// The requests of a file; all mistakes are reported together.
  static func read<Request>(
    _ path: String, fields: [String], make: (FileRow) throws(ParseProblem) -> Request
  ) throws(Failure) -> [BatchRow<Request>] {
    let bytes = try InputFile.read(path, bytesMax: InputFile.batchBytesMax, purpose: "batch file")
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(path) is not UTF-8") }
    return try read(text: text, name: path == "-" ? "standard input" : path, fields: fields, make: make)
  }

  static func read<Request>(
    text: String, name: String, fields: [String], make: (FileRow) throws(ParseProblem) -> Request
  ) throws(Failure) -> [BatchRow<Request>] {
    var problems: [(line: Int, message: String)] = []
    let content = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let isJSON = content.first { !$0.isWhitespace } == "{"
    let rows = isJSON ? jsonRows(content, fields, &problems) : csvRows(content, fields, &problems)
    var requests: [BatchRow<Request>] = []
    for row in rows {
      do throws(ParseProblem) {
        requests.append(BatchRow(line: row.line, request: try make(row)))
      } catch {
        problems.append((row.line, error.description))
      }
    }
    if rows.count > rowsMax { problems.append((rows.count, "at most \(rowsMax) rows are read")) }
    if rows.isEmpty, problems.isEmpty { problems.append((1, "there are no rows")) }
    guard problems.isEmpty else { throw failure(problems, name) }
    return requests
  }

  private static func failure(_ problems: [(line: Int, message: String)], _ name: String) -> Failure {
    let sorted = problems.sorted { $0.line < $1.line }
    var lines = sorted.prefix(problemsMax).map { "\(name):\($0.line): \($0.message)" }
    if sorted.count > problemsMax { lines.append("… and \(sorted.count - problemsMax) more") }
    var failure = Failure.usage("nothing was sent, because of mistakes in the file\n" + lines.joined(separator: "\n"))
    failure.kind = "batchInvalid"
    failure.details = [
      .init(
        name: "problems",
        value: .array(
          sorted.prefix(problemsMax).map { .object(["line": .number($0.line), "message": .string($0.message)]) }))
    ]
    return failure
  }

  /// The known field that a name stands for: `control-nets`, `control_nets` and `controlNets` are one.
  private static func field(_ name: String, _ fields: [String]) -> String? {
    let bare = name.filter { $0 != "-" && $0 != "_" && !$0.isWhitespace }.lowercased()
    return fields.first { $0.lowercased() == bare }
  }

  private static func unknown(_ name: String, _ fields: [String]) -> String {
    "\"\(name)\" is no field: fields are \(fields.joined(separator: ", "))"
  }
}

// MARK: JSON Lines

extension BatchFile {
  private static func jsonRows(
    _ text: String, _ fields: [String], _ problems: inout [(line: Int, message: String)]
  ) -> [FileRow] {
    let decoder = JSONDecoder()
    var rows: [FileRow] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { !$0.isWhitespace }) {
      do {
        let cells = try decoder.decode([String: Cell].self, from: Data(line.utf8))
        var row = FileRow(line: index + 1, values: [:])
        for (name, cell) in cells.sorted(by: { $0.key < $1.key }) {
          guard let field = field(name, fields) else {
            problems.append((index + 1, unknown(name, fields)))
            continue
          }
          row.values[field] = cell.text
        }
        rows.append(row)
      } catch {
        problems.append(
          (index + 1, "expected an object of texts, numbers and true or false: \(InputFile.reason(error))"))
      }
    }
    return rows
  }

  /// A JSON value as text. Numbers are decimals, never floating point.
  private struct Cell: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        text = ""
      } else if let value = try? container.decode(Bool.self) {
        text = String(value)
      } else if let value = try? container.decode(String.self) {
        text = value
      } else if let values = try? container.decode([String].self) {
        text = values.joined(separator: " ")
      } else {
        text = try container.decode(Decimal.self).description
      }
    }
  }
}

// MARK: CSV

extension BatchFile {
  private static func csvRows(
    _ text: String, _ fields: [String], _ problems: inout [(line: Int, message: String)]
  ) -> [FileRow] {
    var scanner = CSVScanner(text)
    guard let header = scanner.next() else { return [] }
    let names = header.cells.map { name -> String? in
      let known = field(name, fields)
      if known == nil { problems.append((header.line, unknown(name, fields))) }
      return known
    }
    guard problems.isEmpty else { return [] }
    guard Set(names).count == names.count else {
      problems.append((header.line, "a field is named twice"))
      return []
    }
    var rows: [FileRow] = []
    while let record = scanner.next() {
      guard record.cells.count == names.count else {
        problems.append(
          (record.line, "expected \(names.count) fields, as in the first line; found \(record.cells.count)"))
        continue
      }
      var row = FileRow(line: record.line, values: [:])
      for (name, cell) in zip(names, record.cells) {
        if let name { row.values[name] = cell.trimmed }
      }
      rows.append(row)
    }
    if scanner.isUnclosed { problems.append((scanner.line, "a quoted field has no end")) }
    return rows
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

/// Reads CSV as RFC 4180 has it: quoted fields may hold commas, line ends and doubled quotes. Empty lines are skipped.
struct CSVScanner {
  private let bytes: [UInt8]
  private var position = 0
  /// The line in hand, from 1.
  private(set) var line = 1
  /// Whether the text ended inside of quotes.
  private(set) var isUnclosed = false

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next record and the line that it begins on.
  mutating func next() -> (line: Int, cells: [String])? {
    while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D { skipLineEnd() }
    guard position < bytes.count else { return nil }
    let start = line
    var cells: [String] = []
    while true {
      cells.append(cell())
      guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
      position += 1
    }
    if position < bytes.count { skipLineEnd() }
    return (start, cells)
  }

  private mutating func skipLineEnd() {
    if bytes[position] == 0x0A { line += 1 }
    position += 1
  }

  /// What stands up to the next comma or line's end.
  private mutating func bare() -> String {
    let start = position
    while position < bytes.count, ![0x0A, 0x0D, UInt8(ascii: ",")].contains(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func cell() -> String {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return bare() }
    position += 1
    var cell: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        // What stands behind the quotes belongs to the field, so that a mistake there is seen where the field is judged.
        guard position < bytes.count, bytes[position] == byte else {
          return String(decoding: cell, as: UTF8.self) + bare()
        }
        position += 1
      } else if byte == 0x0A {
        line += 1
      }
      cell.append(byte)
    }
    isUnclosed = true
    return String(decoding: cell, as: UTF8.self)
  }
}
