// The strict reader's tools: each takes a field, or says what is wrong with it and goes on, so that one run finds all
// mistakes of a file.

internal import TollgateValues

/// An object's fields by name, once unknown and duplicate ones have been reported.
struct FileFields {
  var path: String
  var place: FilePlace
  var nodes: [String: JSONNode]

  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// Collects what is wrong with one file.
struct PriceBookReader {
  private let fileName: String
  private var problems: [PriceBookProblem] = []
  private(set) var problemCount = 0

  init(fileName: String) { self.fileName = fileName }

  /// All problems so far, in the file's order.
  var report: PriceBookProblems {
    let sorted = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    return PriceBookProblems(problems: sorted, omitted: problemCount - problems.count)
  }

  mutating func report(_ path: String, _ place: FilePlace, _ message: String) {
    problemCount += 1
    guard problems.count < PriceBook.Bounds.problemsMax else { return }
    problems.append(
      PriceBookProblem(
        fileName: fileName, line: place.line, column: place.column, field: path, message: message))
  }

  private mutating func report(_ path: String, _ node: JSONNode, expected: String) {
    report(path, node.place, "expected \(expected); found \(PriceBookReader.shown(node.value))")
  }

  /// A value as it stands in messages, long ones cut.
  private static func shown(_ value: JSONNode.Value) -> String {
    func clipped(_ text: String) -> String {
      let clean = String(String.UnicodeScalarView(text.unicodeScalars.prefix(40).map { $0.value < 0x20 ? "?" : $0 }))
      return clean.unicodeScalars.count < text.unicodeScalars.count ? clean + "…" : clean
    }
    switch value {
    case .null: return "null"
    case .bool(let flag): return flag ? "true" : "false"
    case .number(let text): return clipped(text)
    case .string(let text): return "\"\(clipped(text))\""
    case .array: return "a list"
    case .object: return "an object"
    }
  }

  /// An object of exactly the `required` fields.
  mutating func object(_ node: JSONNode, _ path: String, required: [String], optional: [String] = []) -> FileFields? {
    guard case .object(let members) = node.value else {
      report(path, node, expected: "an object")
      return nil
    }
    var fields = FileFields(path: path, place: node.place, nodes: [:])
    let known = required + optional
    for member in members {
      guard known.contains(member.key) else {
        reportUnknown(member, in: fields, known: known)
        continue
      }
      guard fields.nodes[member.key] == nil else {
        report(fields.path(of: member.key), member.place, "appears a second time")
        continue
      }
      fields.nodes[member.key] = member.node
    }
    for name in required where fields.nodes[name] == nil {
      report(fields.path(of: name), node.place, "is missing")
    }
    return fields
  }

  private mutating func reportUnknown(_ member: JSONNode.Member, in fields: FileFields, known: [String]) {
    let key = PriceBookReader.shown(.string(member.key)).dropFirst().dropLast()
    // Looking for a near name costs time, which a file full of nonsense need not have.
    guard problemCount < PriceBook.Bounds.problemsMax else { return report("", member.place, "unknown field") }
    let candidates = known.filter { fields.nodes[$0] == nil }
    let hint = nearestName(to: member.key, among: candidates).map { "did you mean \"\($0)\"?" }
    report(
      fields.path(of: String(key)), member.place,
      "unknown field; \(hint ?? "known fields are \(known.joined(separator: ", "))")")
  }

  /// The elements of a list that must hold from `range.lowerBound` to `range.upperBound` of them.
  mutating func list(_ fields: FileFields, _ name: String, count range: ClosedRange<Int>, of what: String) -> [JSONNode]
  {
    guard let node = fields.nodes[name] else { return [] }
    guard case .array(let elements) = node.value else {
      report(fields.path(of: name), node, expected: "a list of \(what)")
      return []
    }
    guard range.contains(elements.count) else {
      let bounds = "\(range.lowerBound) to \(range.upperBound)"
      report(fields.path(of: name), node.place, "expected \(bounds) \(what); found \(elements.count)")
      return []
    }
    return elements
  }

  /// A name that people read: not empty, bounded, without control characters.
  mutating func name(_ fields: FileFields, _ name: String) -> String? {
    guard let node = fields.nodes[name] else { return nil }
    let bytesMax = PriceBook.Bounds.nameBytesMax
    guard case .string(let text) = node.value, (1...bytesMax).contains(text.utf8.count),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else {
      report(fields.path(of: name), node, expected: "a text of 1 to \(bytesMax) bytes without control characters")
      return nil
    }
    return text
  }

  mutating func integer(_ fields: FileFields, _ name: String, _ range: ClosedRange<UInt64>) -> UInt64? {
    guard let node = fields.nodes[name] else { return nil }
    guard case .number(let text) = node.value, let value = wholeNumber(of: text), range.contains(value) else {
      report(fields.path(of: name), node, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return value
  }

  mutating func instant(_ fields: FileFields, _ name: String) -> Instant? {
    guard let node = fields.nodes[name] else { return nil }
    guard case .string(let text) = node.value, let value = TollgatePricing.instant(of: text) else {
      report(fields.path(of: name), node, expected: "an instant in UTC such as \"2026-01-01T00:00:00Z\"")
      return nil
    }
    return value
  }

  mutating func credits(
    _ fields: FileFields, _ name: String, max: UInt64 = PriceBook.Bounds.priceMax, orZero: Bool = false
  ) -> Credits? {
    decimal(fields, name, kind: "credits", example: "4 or 2.5", max: max, orZero: orZero)
      .map { Credits(microcredits: Int64($0)) }
  }

  mutating func multiplier(_ fields: FileFields, _ name: String) -> PriceBook.Multiplier? {
    decimal(
      fields, name, kind: "a multiplier", example: "2 or 1.5", max: PriceBook.Bounds.multiplierMax, orZero: false
    ).map(PriceBook.Multiplier.init(millionths:))
  }

  private mutating func decimal(
    _ fields: FileFields, _ name: String, kind: String, example: String, max: UInt64, orZero: Bool
  ) -> UInt64? {
    guard let node = fields.nodes[name] else { return nil }
    var text: String?
    if case .number(let number) = node.value { text = number }
    if case .string(let string) = node.value { text = string }
    guard let value = text.flatMap(millionths(of:)) else {
      report(fields.path(of: name), node, expected: "\(kind) with at most 6 decimals, such as \(example)")
      return nil
    }
    guard value <= max * 1_000_000, value > 0 || orZero else {
      report(fields.path(of: name), node, expected: "\(kind) \(orZero ? "from 0" : "above 0 and") up to \(max)")
      return nil
    }
    return value
  }
}
