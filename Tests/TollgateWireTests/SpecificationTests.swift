// PROTOCOL.md prints the tables of the code: between its marks stands exactly what the layouts say, and every number that
// it lists is one that the code knows. TOLLGATE_WRITE_VECTORS=1 fills the marks anew.

import Foundation
import Testing
import TollgateValues

@testable import TollgateWire

@Suite struct SpecificationTests {
  static let file = protocolFolder.appending(path: "PROTOCOL.md")

  /// The text with every part between `<!-- … -->` and `<!-- end -->` made anew; and the marks that were found.
  static func filled(_ text: String) -> (text: String, marks: Set<String>) {
    var lines: [String] = []
    var marks = Set<String>()
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line == "<!-- end -->" { isInside = false }
      if !isInside { lines.append(line) }
      if line.hasPrefix("<!-- "), line != "<!-- end -->" {
        let mark = String(line.dropFirst(5).dropLast(4))
        marks.insert(mark)
        lines += content(mark)
        isInside = true
      }
    }
    return (lines.joined(separator: "\n"), marks)
  }

  static func content(_ mark: String) -> [String] {
    let words = mark.split(separator: " ").map(String.init)
    switch words[0] {
    case "layout": return layoutTable(words[1])
    case "method": return methodTables(words[1])
    case "methods": return methodList()
    case "details": return details()
    default: return ["MISSING mark \(mark)"]
    }
  }

  static func layoutTable(_ name: String) -> [String] {
    guard let layout = layoutsByName[name] else { return ["MISSING message \(name)"] }
    let intro = ["", "**\(name)**, root \(layout.rootBytes) bytes. \(layout.summary)", ""]
    guard !layout.fields.isEmpty else { return intro }
    let rows = layout.fields.map { "| \($0.offset) | \($0.type.name) | \($0.name) | \($0.summary) |" }
    return intro + ["| offset | type | name | meaning |", "|---|---|---|---|"] + rows + [""]
  }

  /// The tables of a method's messages and of the structs in them, as far as no earlier method has shown them.
  static func methodTables(_ name: String) -> [String] {
    guard let row = Method.table.first(where: { $0.name == name }) else { return ["MISSING method \(name)"] }
    let roles = [Role.worker, .billing, .auditor, .admin].filter { row.roles.contains($0) }.map(\.name)
    let names = ownLayouts(row)
    let shown = { (type: any WireMessage.Type) in type.layout.name }
    return [
      "",
      "Number \(row.method.rawValue), message version \(row.versionMin), \(row.kind)\(row.mutates ? ", with an id" : "")."
        + " Roles: \(roles.joined(separator: ", ")). Request: \(shown(row.request)). Reply: \(shown(row.reply)).",
    ] + names.flatMap { layoutTable($0) } + (names.isEmpty ? [""] : [])
  }

  static func ownLayouts(_ row: MethodRow) -> [String] {
    var seen = Set(["EmptyMessage"])
    for earlier in Method.table where earlier.method.rawValue < row.method.rawValue {
      for type in [earlier.request, earlier.reply] { seen.formUnion(withElements(type.layout.name)) }
    }
    var names: [String] = []
    for type in [row.request, row.reply] {
      for name in withElements(type.layout.name) where seen.insert(name).inserted { names.append(name) }
    }
    return names
  }

  static func withElements(_ name: String) -> [String] {
    [name]
      + (layoutsByName[name]?.fields ?? []).flatMap { field in
        if case .list(let element) = field.type { withElements(element) } else { [String]() }
      }
  }

  static func methodList() -> [String] {
    ["", "| number | name | kind | id | w b a A | request | reply |", "|---|---|---|---|---|---|---|"]
      + Method.table.map { row in
        let roles = [Role.worker, .billing, .auditor, .admin].map { row.roles.contains($0) ? "x" : "-" }
        return "| \(row.method.rawValue) | \(row.name) | \(row.kind) | \(row.mutates ? "id" : "") "
          + "| \(roles.joined(separator: " ")) | \(row.request.layout.name) | \(row.reply.layout.name) |"
      } + [""]
  }

  private static func lowerCamel(_ name: Substring) -> String { name.prefix(1).lowercased() + name.dropFirst() }

  static func details() -> [String] {
    ["", "| number | detail | root | meaning |", "|---|---|---|---|"]
      + Detail.layouts.map { type, layout in
        let fields = layout.fields.map { field in
          if case .zero(let count) = field.type {
            "\(field.offset) zero[\(count)]"
          } else {
            "\(field.offset) \(field.type.name) \(field.name)"
          }
        }
        let root = fields.isEmpty ? "empty" : fields.joined(separator: ", ")
        return
          "| \(type.rawValue) | \(lowerCamel(layout.name.dropLast("Detail".count))) | \(root) | \(layout.summary) |"
      } + [""]
  }

  @Test func tablesAreThoseOfTheCode() throws {
    let text = String(decoding: try Data(contentsOf: Self.file), as: UTF8.self)
    let (expected, marks) = Self.filled(text)
    if writesVectors { try Data(expected.utf8).write(to: Self.file) }
    let isCurrent = writesVectors || text == expected
    #expect(isCurrent, "PROTOCOL.md is behind the code: run the tests with TOLLGATE_WRITE_VECTORS=1")
    #expect(!expected.contains("MISSING "))
    for row in Method.table { #expect(marks.contains("method \(row.name)")) }
    for type in MessageLayout.messages + MessageLayout.elements where type.layout.name != "EmptyMessage" {
      #expect(expected.contains("**\(type.layout.name)**"), "\(type) is not described")
    }
  }

  @Test func everyProblemAndTypeIsListed() throws {
    let text = String(decoding: try Data(contentsOf: Self.file), as: UTF8.self)
    for problem in WireError.Problem.allCases where problem.rawValue >= 32 {
      #expect(text.contains("| \(problem.rawValue) |") && text.contains("\(problem)"), "\(problem)")
    }
    for problem in WireError.Problem.allCases { #expect(text.contains("\(problem)"), "\(problem)") }
    for (type, message) in AnyFrame.blockMessages {
      #expect(type.blockBytesMin == message.rootBytes)
      #expect(text.contains("| 0x0\(type.rawValue) |") || type.rawValue >= 0x10)
    }
  }
}
