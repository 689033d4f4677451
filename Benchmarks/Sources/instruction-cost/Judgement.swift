// Holds what was measured against the thresholds: prints a table, and says what is wrong and what to do about it.

internal import FoundationEssentials

struct Judgement {
  private let dumps: [Dump]
  private let thresholds: Thresholds
  private let file: String
  private let times: [String: Double]
  private let isUpdate: Bool
  private let isPartial: Bool
  /// Below this share of its threshold, a case has become so much cheaper that the threshold should follow.
  private static let tighten = 0.9
  /// Allocations an operation that are noise: a buffer that grew once in thousands of operations.
  private static let allocationSlack = 0.01

  init(_ arguments: inout Arguments) throws {
    isUpdate = arguments.flag("--update")
    let only = try arguments.value("--only")
    var directories: [String] = []
    while let directory = try arguments.value("--dumps") { directories.append(directory) }
    guard !directories.isEmpty, let file = try arguments.value("--thresholds") else {
      throw UsageError(text: Main.usage)
    }
    times = try arguments.value("--times").map(Judgement.times) ?? [:]
    try arguments.end()
    self.file = file
    isPartial = only != nil
    dumps = try Dump.cheapest(in: directories)
    guard !dumps.isEmpty else { throw MeasurementError(description: "callgrind wrote no case into \(directories[0])") }
    let exists = FileManager.default.fileExists(atPath: file)
    thresholds = exists || !isUpdate ? try Thresholds(contentsOf: file) : Thresholds()
  }

  private static func times(_ file: String) throws -> [String: Double] {
    let text = String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
    var times: [String: Double] = [:]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      if fields.count == 2 { times[String(fields[0])] = Double(fields[1]) }
    }
    return times
  }

  /// Whether nothing costs more than it may.
  func run() throws -> Bool {
    printTable()
    if isUpdate {
      try update()
      return true
    }
    let current = Thresholds.current
    guard (thresholds.toolchain, thresholds.architecture) == current else {
      print(
        """
        check: not judged: \(file) is for Swift \(thresholds.toolchain) on \(thresholds.architecture), this is Swift \
        \(current.toolchain) on \(current.architecture).
        """)
      return true
    }
    let problems = dumps.flatMap(problems) + missing()
    for problem in problems { print("check: \(problem)") }
    if !problems.isEmpty {
      print("check: if that is the price of something worth it, commit it: Benchmarks/check --update")
    } else {
      advise()
      print("check: \(dumps.count) cases cost no more than they may.")
    }
    return problems.isEmpty
  }

  private func threshold(_ dump: Dump) -> Thresholds.Case? { thresholds.cases.first { $0.name == dump.name } }

  private func printTable() {
    printRow("case", ["instructions", "committed", "ratio", "allocations", "committed", "ns (info)"])
    for dump in dumps {
      let committed = threshold(dump)
      printRow(
        dump.name,
        [
          decimal(dump.instructionsPerOperation, 1),
          committed.map { decimal($0.instructionsPerOperation, 1) } ?? "none",
          committed.map { decimal(dump.instructionsPerOperation / $0.instructionsPerOperation, 3) } ?? "–",
          decimal(dump.allocationsPerOperation, 3), committed.map { decimal($0.allocationsPerOperation, 3) } ?? "none",
          times[dump.name].map { decimal($0, 1) } ?? "–",
        ])
    }
  }

  private func printRow(_ name: String, _ fields: [String]) {
    let padded = fields.map { String(repeating: " ", count: max(0, 13 - $0.count)) + $0 }
    print(name + String(repeating: " ", count: max(0, 34 - name.count)) + padded.joined())
  }

  private func problems(_ dump: Dump) -> [String] {
    guard let committed = threshold(dump) else {
      return ["\(dump.name) has no threshold yet: Benchmarks/check --update"]
    }
    let factor = 1 + committed.tolerancePercent / 100
    var problems: [String] = []
    if dump.instructionsPerOperation > committed.instructionsPerOperation * factor {
      problems.append(
        """
        \(dump.name) costs \(decimal(dump.instructionsPerOperation, 1)) instructions an operation; committed are \
        \(decimal(committed.instructionsPerOperation, 1)), at most \(decimal(committed.tolerancePercent, 1)) % more
        """)
    }
    if dump.allocationsPerOperation > committed.allocationsPerOperation * factor + Judgement.allocationSlack {
      problems.append(
        """
        \(dump.name) allocates \(decimal(dump.allocationsPerOperation, 3)) times an operation; committed are \
        \(decimal(committed.allocationsPerOperation, 3))
        """)
    }
    return problems
  }

  private func missing() -> [String] {
    guard !isPartial else { return [] }
    return thresholds.cases.filter { one in !dumps.contains { $0.name == one.name } }.map {
      "\($0.name) has a threshold but was not measured; if the case is gone: Benchmarks/check --update"
    }
  }

  private func advise() {
    let cheaper = dumps.filter { dump in
      threshold(dump).map { dump.instructionsPerOperation < $0.instructionsPerOperation * Judgement.tighten } ?? false
    }
    guard !cheaper.isEmpty else { return }
    print("check: cheaper than committed: \(cheaper.map(\.name).joined(separator: ", ")).")
    print("check: so that it stays so, tighten the thresholds: Benchmarks/check --update")
  }

  /// Writes what was measured; tolerances that somebody set stay, and so do cases that were not run on purpose.
  private func update() throws {
    var new = Thresholds()
    new.cases = dumps.map { dump in
      Thresholds.Case(
        name: dump.name, instructionsPerOperation: dump.instructionsPerOperation,
        allocationsPerOperation: dump.allocationsPerOperation,
        tolerancePercent: threshold(dump)?.tolerancePercent ?? Thresholds.usualTolerance)
    }
    if isPartial {
      let measured = new.cases
      new.cases = thresholds.cases.map { old in measured.first { $0.name == old.name } ?? old }
      new.cases += measured.filter { one in !thresholds.cases.contains { $0.name == one.name } }
    }
    try new.write(to: file)
    print("check: wrote \(file)")
  }
}

extension Dump {
  var instructionsPerOperation: Double { Double(instructions) / Double(operations) }
  var allocationsPerOperation: Double { Double(allocations) / Double(operations) }
}
