// The result: one row for each size of the ledger, as a table for people or as JSON.

/// What one size of the ledger costs.
struct Row {
  var accounts: Int
  var lots: Int
  /// Nanoseconds an operation.
  var authorize = 0.0
  var capture = 0.0
  /// Nanoseconds of the longest batch.
  var longestAuthorizes = 0.0
  var longestCaptures = 0.0
  var memory: MemoryCost?
  var snapshot: SnapshotCost?

  init(accounts: Int, lots: Int) {
    self.accounts = accounts
    self.lots = lots
  }

  private var cells: [(name: String, unit: String, value: Double?)] {
    [
      ("accounts", "", Double(accounts)), ("lots", "each", Double(lots)), ("authorize", "ns", authorize),
      ("capture", "ns", capture), ("longest", "authorizes µs", longestAuthorizes / 1e3),
      ("longest", "captures µs", longestCaptures / 1e3), ("account", "bytes", memory?.account),
      ("hold", "bytes", memory?.hold), ("id", "bytes", memory?.remembered),
      ("encode", "ms", snapshot.map { $0.encode * 1e3 }), ("decode", "ms", snapshot.map { $0.decode * 1e3 }),
      ("snapshot", "MB", snapshot.map { Double($0.bytes) / 1e6 }),
      ("snapshot", "ids", snapshot.map { Double($0.requests) }),
      ("after freeze", "µs", snapshot.map { $0.firstBatch / 1e3 }),
    ]
  }

  static func table(_ rows: [Row]) -> String {
    guard let first = rows.first else { return "" }
    let lines =
      [first.cells.map(\.name), first.cells.map(\.unit)]
      + rows.map { $0.cells.map { cell in cell.value.map { String(Int($0.rounded())) } ?? "–" } }
    let widths = first.cells.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      zip(line, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ") + "\n"
    }.joined()
  }

  static func json(_ rows: [Row]) -> String {
    let objects = rows.map { row in
      let fields = row.cells.map { cell in
        let key = (cell.unit.isEmpty ? cell.name : cell.name + " " + cell.unit).replacing(" ", with: "_").replacing(
          "µs", with: "us")
        return "\"\(key)\": \(cell.value.map { String($0) } ?? "null")"
      }
      return "  {\(fields.joined(separator: ", "))}"
    }
    return "{\"rows\": [\n\(objects.joined(separator: ",\n"))\n]}\n"
  }
}
