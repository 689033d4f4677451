// Reads jobs from CSV, chunk by chunk, so that several threads can: no text is made of a field unless it is a name.

internal import TollgatePricing
internal import TollgateValues

/// A CSV file of jobs whose line of field names has been read.
struct JobCSV: Sendable {
  /// How rows are read.
  struct Rules: Sendable {
    /// Numbers by name.
    var models: [String: UInt16]
    var skipsInvalid: Bool
    var ignoresColumns: Bool
  }

  /// What a column says.
  enum Field: String, CaseIterable, Sendable {
    case size, width, height, model, quality, count, steps, controlNets, features

    /// The field of a column's name; letter case, dashes and underscores do not matter.
    init?(column: String) {
      let plain = column.lowercased().filter { $0 != "-" && $0 != "_" }
      guard let field = Field.allCases.first(where: { $0.rawValue.lowercased() == plain }) else { return nil }
      self = field
    }
  }

  static let chunkBytes = 4 << 20
  static let problemsMax = 20

  private let file: FileBytes
  private let rules: Rules
  /// By column; nil for one that is ignored.
  private let columns: [Field?]
  /// Where the rows begin.
  private let start: Int

  init(_ file: FileBytes, rules: Rules) throws(Failure) {
    (self.file, self.rules) = (file, rules)
    let hasMark = file.bytes.prefix(3).elementsEqual([0xEF, 0xBB, 0xBF])
    let begin = hasMark ? 3 : 0
    let end = file.bytes[begin...].firstIndex(of: UInt8(ascii: "\n")) ?? file.bytes.count
    guard end > begin, end - begin <= 1 << 16, let line = String(validating: file.bytes[begin..<end], as: UTF8.self)
    else {
      throw .usage("\(file.name):1: expected a line of field names, such as width,height,model,quality,count")
    }
    columns = try JobCSV.fields(line, file.name, rules)
    start = min(end + 1, file.bytes.count)
  }

  private static func fields(_ line: String, _ name: String, _ rules: Rules) throws(Failure) -> [Field?] {
    var columns: [Field?] = []
    for part in line.split(separator: ",", omittingEmptySubsequences: false) {
      let text = part.filter { $0 != "\"" && $0 != "\r" && $0 != " " }
      let field = Field(column: text)
      if let field, columns.contains(field) {
        throw .usage("\(name):1: the column \(field.rawValue) appears a second time")
      }
      guard field != nil || rules.ignoresColumns else {
        let known = Field.allCases.map(\.rawValue)
        let hint = nearestName(to: text, among: known).map { "did you mean \"\($0)\"?" }
        throw .usage(
          "\(name):1: \"\(text)\" is no field of a job; \(hint ?? "fields are \(known.joined(separator: ", "))")",
          remedies: ["--ignore-columns: takes no notice of other columns"])
      }
      columns.append(field)
    }
    let sides = columns.contains(.width) && columns.contains(.height)
    guard columns.contains(.size) != sides, sides || !(columns.contains(.width) || columns.contains(.height)) else {
      throw .usage("\(name):1: expected a column size, or columns width and height")
    }
    return columns
  }

  /// Pieces of the file that end with a line's end.
  var chunks: [Range<Int>] {
    var chunks: [Range<Int>] = []
    var begin = start
    while begin < file.bytes.count {
      let near = min(begin + JobCSV.chunkBytes, file.bytes.count)
      let end =
        near == file.bytes.count
        ? near : (file.bytes[near...].firstIndex(of: UInt8(ascii: "\n")) ?? file.bytes.count - 1) + 1
      chunks.append(begin..<end)
      begin = end
    }
    return chunks
  }

  /// What came of a chunk.
  struct Part: Sendable {
    var jobs = JobColumns()
    var skipped = 0
    /// The first rows that are no jobs: lines count from the chunk's first as 0.
    var problems: [(line: Int, message: String)] = []
  }

  /// The jobs of a chunk.
  func parse(_ chunk: Range<Int>) -> Part {
    var part = Part()
    let row = JobRow(columns: columns, models: rules.models)
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[chunk])
    var (begin, line) = (0, 0)
    while begin < bytes.count {
      var end = begin
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let next = end + 1
      if end > begin, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      if end > begin {
        do throws(ParseProblem) {
          part.jobs.append(try row.read(UnsafeRawBufferPointer(rebasing: bytes[begin..<end])))
        } catch {
          part.skipped += 1
          if part.problems.count < JobCSV.problemsMax { part.problems.append((line, error.description)) }
        }
      }
      (begin, line) = (next, line + 1)
    }
    return part
  }

  /// Throws what is wrong with a part, unless such rows are skipped.
  func judge(_ part: Part, _ chunk: Range<Int>) throws(Failure) {
    guard part.skipped > 0, !rules.skipsInvalid else { return }
    // Lines are counted only now that somebody wants to know.
    var first = 1
    for byte in file.bytes[..<chunk.lowerBound] where byte == UInt8(ascii: "\n") { first += 1 }
    var lines = part.problems.map { "\(file.name):\(first + $0.line): \($0.message)" }
    if part.skipped > part.problems.count { lines.append("… and \(part.skipped - part.problems.count) more") }
    var failure = Failure.usage(
      "some rows are no jobs\n" + lines.joined(separator: "\n"), remedies: ["--skip-invalid: leaves such rows out"])
    failure.kind = "jobsInvalid"
    failure.details = [
      .init(
        name: "problems",
        value: .array(
          part.problems.map { .object(["line": .number(first + $0.line), "message": .string($0.message)]) }))
    ]
    throw failure
  }
}
