// What rerating found, for people and programs: totals, by tier, quality and model, refusals, and the difference.

internal import TollgatePricing
internal import TollgateValues

/// The totals of one or two books, ready to be shown.
struct RerateReport {
  private let file: String
  private let books: [PriceBook]
  private let groups: JobGroups
  private let result: Rerating.Result

  init(file: String, books: [PriceBook], groups: JobGroups, result: Rerating.Result) {
    (self.file, self.books, self.groups, self.result) = (file, books, groups, result)
  }

  private var tally: JobTally { result.tally }

  /// A row of totals: its name, and each book's total.
  private struct Line {
    var name: String
    var totals: [JobTotal]
    var isEmpty: Bool { totals.allSatisfy { $0.jobs == 0 } }
  }

  var report: Report {
    Report(text: text, json: json)
  }

  private var text: String {
    var parts = [
      FieldList.render(
        [("jobs", "\(tally.jobs) in \(file)"), ("skipped rows", result.skipped > 0 ? "\(result.skipped)" : "")]
          + zip(["book A", "book B"], books).map { ($0, $1.oneLine) })
    ]
    parts.append(table("ALL", [Line(name: "total", totals: tally.books.map(\.total))]))
    parts += sections.map { table($0.title.uppercased(), $0.lines) }
    if !refusals.isEmpty {
      parts.append(
        Table.render(
          [.init("NO PRICE")] + names.map { .init($0, .right) },
          refusals.map { [$0.name] + $0.counts.map { "\($0)" } }))
    }
    return parts.joined(separator: "\n")
  }

  private var names: [String] { books.count == 1 ? ["JOBS"] : ["JOBS A", "JOBS B"] }

  private func table(_ title: String, _ lines: [Line]) -> String {
    guard books.count == 2 else {
      return Table.render(
        [.init(title), .init("JOBS", .right), .init("CREDITS", .decimal)],
        lines.map { [$0.name, "\($0.totals[0].jobs)", $0.totals[0].credits] })
    }
    return Table.render(
      [
        .init(title), .init("JOBS A", .right), .init("CREDITS A", .decimal), .init("JOBS B", .right),
        .init("CREDITS B", .decimal), .init("DIFFERENCE", .decimal), .init("%", .decimal),
      ],
      lines.map { line in
        let (a, b) = (line.totals[0], line.totals[1])
        return [
          line.name, "\(a.jobs)", a.credits, "\(b.jobs)", b.credits, b.difference(from: a), b.percent(of: a) ?? "",
        ]
      })
  }

  /// The groupings, without lines of nothing.
  private var sections: [(title: String, key: String, lines: [Line])] {
    let tiers = groups.tierSides.map { "up to \($0)×\($0)" } + ["no tier"]
    let models = groups.models.map { number in
      books.compactMap { $0.model(number)?.name }.first.map { "\(number) \($0)" } ?? "\(number)"
    }
    return [
      ("tier", "tiers", lines(tiers) { $0.tier }),
      ("quality", "qualities", lines(Quality.allCases.map(\.rawValue) + ["other"]) { $0.quality }),
      ("model", "models", lines(models + ["no model"]) { $0.model }),
    ]
  }

  private func lines(
    _ names: [String], _ part: ((tier: Int, quality: Int, model: Int)) -> Int
  ) -> [Line] {
    var lines = names.map { Line(name: $0, totals: books.map { _ in JobTotal() }) }
    for group in 0..<groups.count {
      let index = part(groups.parts(of: group))
      for book in books.indices { lines[index].totals[book] += tally.books[book].groups[group] }
    }
    return lines.filter { !$0.isEmpty }
  }

  private var refusals: [(name: String, counts: [UInt64])] {
    PriceRefusal.allCases.compactMap { refusal in
      let counts = tally.books.map { $0.refusals[Int(refusal.rawValue)] }
      return counts.allSatisfy { $0 == 0 } ? nil : ("\(refusal)", counts)
    }
  }

  private var json: JSON {
    .object(
      [
        .init(name: "file", value: .string(file)), .init(name: "jobs", value: .number(tally.jobs)),
        .init(name: "skippedRows", value: .number(result.skipped)),
        .init(name: "priceBooks", value: .array(books.map { .number($0.number) })),
        .init(name: "total", value: object(Line(name: "", totals: tally.books.map(\.total)), named: false)),
      ]
        + sections.map { section in
          .init(name: section.key, value: .array(section.lines.map { object($0, named: true) }))
        } + [
          .init(
            name: "refusals",
            value: .array(
              refusals.map { .object(["reason": .string($0.name), "jobs": .array($0.counts.map { .number($0) })]) }))
        ])
  }

  private func object(_ line: Line, named: Bool) -> JSON {
    var fields: [JSON.Field] = named ? [.init(name: "name", value: .string(line.name))] : []
    fields.append(.init(name: "jobs", value: .array(line.totals.map { .number($0.jobs) })))
    fields.append(.init(name: "credits", value: .array(line.totals.map { .string($0.credits) })))
    if line.totals.count == 2 {
      fields.append(.init(name: "difference", value: .string(line.totals[1].difference(from: line.totals[0]))))
      fields.append(
        .init(name: "percent", value: line.totals[1].percent(of: line.totals[0]).map { .string($0) } ?? .null))
    }
    return .object(fields)
  }
}

extension JobTotal {
  /// Decimal credits of any size.
  var credits: String { JobTotal.text(microcredits) }

  /// How much more than another, with a sign.
  func difference(from other: JobTotal) -> String {
    microcredits >= other.microcredits
      ? (microcredits == other.microcredits ? "" : "+") + JobTotal.text(microcredits - other.microcredits)
      : "-" + JobTotal.text(other.microcredits - microcredits)
  }

  /// How much more than another in percent, with two decimals and a sign; nil where the other is nothing.
  func percent(of other: JobTotal) -> String? {
    guard other.microcredits > 0 else { return nil }
    let isMore = microcredits >= other.microcredits
    let difference = isMore ? microcredits - other.microcredits : other.microcredits - microcredits
    // Hundredths of a percent, rounded to the nearest; amounts of 2^110 µcr leave room for the factor.
    let hundredths = (difference * 10_000 + other.microcredits / 2) / other.microcredits
    let decimals = String(hundredths % 100)
    let sign = hundredths == 0 ? "" : isMore ? "+" : "-"
    return "\(sign)\(hundredths / 100).\(decimals.count == 1 ? "0" : "")\(decimals)"
  }

  private static func text(_ microcredits: UInt128) -> String {
    let whole = microcredits / 1_000_000
    let rest = Credits(microcredits: Int64(microcredits % 1_000_000)).description.dropFirst()
    return "\(whole)\(rest)"
  }
}
