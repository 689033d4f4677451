// Reads what callgrind wrote about one case: instructions in total, and how often memory was asked for.

internal import FoundationEssentials

/// One dump of callgrind.
struct Dump {
  let name: String
  let operations: Int
  let instructions: Int
  let allocations: Int

  /// What asks for memory. `calloc` and its like do not call `malloc` by its name, so that nothing counts twice.
  private static let allocators: Set<Substring> = [
    "malloc", "calloc", "realloc", "reallocarray", "posix_memalign", "aligned_alloc", "memalign",
  ]

  /// Each case's cheapest run of several, in the order of the first: what disturbs a count only adds to it.
  static func cheapest(in directories: [String]) throws -> [Dump] {
    let runs = try directories.map(all)
    guard !runs.isEmpty else { return [] }
    let others = runs.dropFirst().joined()
    return runs[0].map { dump in
      others.reduce(dump) { $1.name == $0.name && $1.instructions < $0.instructions ? $1 : $0 }
    }
  }

  /// The dumps of a run in the order of their cases; the file that callgrind writes at the end is none of them.
  static func all(in directory: String) throws -> [Dump] {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory)
    let numbered = files.compactMap { file in file.split(separator: ".").last.flatMap { Int($0) }.map { ($0, file) } }
    return try numbered.sorted { $0.0 < $1.0 }.compactMap { try Dump(file: "\(directory)/\($0.1)") }
  }

  /// Nil if the file is no case's.
  private init?(file: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    let trigger = "desc: Trigger: Client Request: "
    var label: [Substring] = []
    var total: Int?
    var calls = CallCounter()
    for line in text.split(separator: "\n") {
      if line.hasPrefix(trigger) {
        label = line.dropFirst(trigger.count).split(separator: " ")
      } else if line.hasPrefix("summary:") || line.hasPrefix("totals:") {
        total = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      } else {
        calls.read(line)
      }
    }
    guard label.count == 2, let operations = Int(label[1]) else { return nil }
    guard let total else { throw MeasurementError(description: "\(file) has no total") }
    name = String(label[0])
    self.operations = operations
    instructions = total
    allocations = Dump.allocators.reduce(0) { $0 + (calls.counts[String($1)] ?? 0) }
  }

  /// Counts calls by the name of who is called. Names are written out once, `(number) name`, and are numbers from then on.
  private struct CallCounter {
    var counts: [String: Int] = [:]
    private var names: [Substring: String] = [:]
    private var callee = ""

    mutating func read(_ line: Substring) {
      if line.hasPrefix("cfn=") {
        callee = name(line.dropFirst(4))
      } else if line.hasPrefix("fn=") {
        _ = name(line.dropFirst(3))
      } else if line.hasPrefix("calls=") {
        let count = line.dropFirst(6).split(separator: " ").first.flatMap { Int($0) } ?? 0
        counts[callee, default: 0] += count
      }
    }

    private mutating func name(_ text: Substring) -> String {
      guard let close = text.firstIndex(of: ")") else { return String(text) }
      let number = text[...close]
      let written = text[text.index(after: close)...].drop { $0 == " " }
      // A recursive call's name ends in 'DEPTH.
      if !written.isEmpty { names[number] = String(written.prefix { $0 != "'" }) }
      return names[number] ?? ""
    }
  }
}
