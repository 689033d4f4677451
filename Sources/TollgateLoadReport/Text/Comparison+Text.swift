// The comparison for people.

extension Comparison {
  /// A table of the figures, then what is unlike, what else differs, and a verdict.
  package func text(names: (before: String, after: String) = ("A", "B"), _ paint: Paint = Paint(isOn: false)) -> String
  {
    var text = "A  \(names.before.printable)\n   \(before.shape)\nB  \(names.after.printable)\n   \(after.shape)\n\n"
    text += table(paint) + "\n"
    for line in unlike { text += paint("not alike: ", .yellow) + line.printable + "\n" }
    for line in changed { text += "differs:   \(line.printable)\n" }
    for line in doubts { text += paint("doubtful:  ", .yellow) + line.printable + "\n" }
    return text + paint("verdict:   ", .bold) + verdict.printable + "\n"
  }

  private func table(_ paint: Paint) -> String {
    var table = TextTable(["figure", "A", "B", "change", ""], endsLeft: true)
    for row in rows where row.before != nil || row.after != nil {
      let title = row.metric == .cpu ? "server cpu/op" : row.metric == .harnessCPU ? "harness cpu/op" : row.metric.name
      table.add([title, row.metric.text(row.before), row.metric.text(row.after), change(row), mark(row)])
    }
    let lines = table.text().split(separator: "\n").map(String.init)
    // Colour comes after the alignment, whose widths it would spoil.
    return lines.map { line in
      let style: Paint.Style? = line.hasSuffix("  better") ? .green : line.hasSuffix("  worse") ? .red : nil
      return (style.map { paint(line, $0) } ?? line) + "\n"
    }.joined()
  }

  private func change(_ row: Row) -> String {
    if let change = row.change { return Units.change(change) }
    guard let before = row.before, let after = row.after else { return "" }
    return after > before ? "new" : ""
  }

  private func mark(_ row: Row) -> String {
    switch row.verdict {
    case .better: "better"
    case .worse: "worse"
    case .same, .unknown: ""
    }
  }

  /// One sentence.
  package var verdict: String {
    let telling: [Metric] = [.rate, .percentile(99, operation: nil), .cpu]
    let said = telling.compactMap { metric -> String? in
      guard let row = rows.first(where: { $0.metric == metric }), let change = row.change else { return nil }
      let name = metric == .cpu ? "server CPU an operation" : metric.name
      return row.verdict == .same ? "\(name) the same" : "\(name) \(Units.change(change))"
    }
    let errors = rows.first { $0.metric == .errors }.flatMap { row in row.verdict == .worse ? "more errors" : nil }
    let text = (said + [errors].compactMap { $0 }).joined(separator: ", ")
    let start = isAlike ? "" : "the runs are not alike, so the figures do not answer which is better; "
    return start + (text.isEmpty ? "nothing to compare" : "B against A: \(text)")
  }
}
