// The summary that a run prints at its end.

extension RunReport {
  /// The report for people, in lines of at most about 110 columns.
  package func summary(_ paint: Paint = Paint(isOn: false)) -> String {
    var text = headline(paint) + "\n" + latencyTable(paint)
    if !statuses.isEmpty { text += "\n" + statusTable(paint) }
    if let search { text += "\n" + searchTable(search, paint) }
    text += "\n" + verdicts(paint)
    if !assertions.isEmpty { text += "\n" + assertionTable(paint) }
    for note in notes { text += "note        \(Self.wrapped(note.printable))\n" }
    return text
  }

  /// What was done, in a few words: `authorize-capture, closed loop, 16 × 64, TLS`.
  package var shape: String {
    let shown = configuration
    let rate = search == nil ? shown.intendedRate.map { " at " + Units.rate($0) } ?? "" : ""
    let loop =
      switch shown.loop {
      case .closed: "closed loop"
      case .constant: "open loop\(rate), constant arrivals"
      case .poisson: "open loop\(rate), Poisson arrivals"
      }
    var words = [shown.scenario, loop, "\(shown.connections) × \(shown.inFlight) in flight"]
    if let search { words.insert("search for \(search.bound)", at: 1) }
    if shown.batch > 1 { words.append("batches of \(Units.count(shown.batch))") }
    words.append(shown.isTLS ? "TLS" : "no TLS")
    words.append("\(Units.count(shown.accounts)) accounts, \(shown.skew)")
    if !shown.faults.isEmpty { words.append("faults: \(shown.faults)") }
    return words.joined(separator: ", ").printable
  }

  private func headline(_ paint: Paint) -> String {
    let intended = configuration.intendedRate.map { " of \(Units.rate($0)) intended" } ?? ""
    var text = paint(shape, .bold) + "\n\n"
    text += "rate        " + paint(Units.rate(totals.rate), .bold) + intended
    if totals.hasBatches { text += " in \(Units.rate(totals.callRate)) calls" }
    text += "\noperations  \(Units.count(totals.operations)) in \(Units.time(totals.seconds))\n"
    let failed = totals.errors &+ totals.unanswered
    if failed > 0 {
      let silent = totals.unanswered > 0 ? ", \(Units.count(totals.unanswered)) never answered" : ""
      let parts = "\(Units.count(totals.errors)) failed\(silent)"
      text += "errors      " + paint("\(parts) (\(Units.percent(totals.errorShare)))", .red) + "\n"
    } else {
      text += "errors      none\n"
    }
    if let failure { text += "failure     " + paint(Self.wrapped(failure.printable), .red) + "\n" }
    if totals.denials > 0 { text += "denials     \(Units.count(totals.denials))\n" }
    if totals.retries > 0 { text += "retries     \(Units.count(totals.retries)) calls sent again under their id\n" }
    return text
  }

  private func latencyTable(_ paint: Paint) -> String {
    var table = TextTable(["latency", "calls", "p50", "p90", "p99", "p99.9", "p99.99", "max", "mean"])
    func row(_ name: String, _ summary: LatencySummary) {
      let times = [summary.p50, summary.p90, summary.p99, summary.p999, summary.p9999, summary.max]
      table.add([name, Units.count(summary.count)] + times.map(Units.duration) + [Units.duration(summary.mean)])
    }
    if operations.count != 1 { row("all", latency) }
    for operation in operations { row(operation.name, operation.latency) }
    return table.text()
  }

  private func statusTable(_ paint: Paint) -> String {
    let all = statuses.reduce(0.0) { $0 + Double($1.count) }
    var table = TextTable(["status", "answers", "share"])
    for status in statuses.prefix(20) {
      let name = status.isError ? status.name + " (error)" : status.name
      table.add([name, Units.count(status.count), Units.percent(all > 0 ? Double(status.count) / all : 0)])
    }
    let rest = statuses.count > 20 ? "and \(statuses.count - 20) more\n" : ""
    return table.text() + rest
  }

  private func searchTable(_ search: Search, _ paint: Paint) -> String {
    var table = TextTable(
      ["intended", "reached", "p50", "p99", "p99.9", "max", "errors", "verdict"], leftColumns: 0, endsLeft: true)
    for step in search.steps {
      let times = [step.p50, step.p99, step.p999, step.max].map(Units.duration)
      let verdict = step.passed ? "kept" : "missed: \(step.reason)"
      table.add([Units.rate(step.intendedRate), Units.rate(step.rate)] + times + [Units.count(step.errors), verdict])
    }
    let capacity = search.capacity.map { Units.rate($0) } ?? "none of the rates tried"
    return table.text() + "capacity    " + paint(capacity, .bold) + " with \(search.bound.printable)\n"
  }

  private func verdicts(_ paint: Paint) -> String {
    var text = ""
    if let server = processor.server, totals.seconds > 0 {
      text += "server      \(processorText(server))"
      text += self.server.memory.map { ", \(Units.bytes($0)) of memory" } ?? ""
      text += "\n"
    }
    if let harness = processor.harness, totals.seconds > 0 { text += "harness     \(processorText(harness))\n" }
    if let bottleneck {
      let line = Self.wrapped("\(bottleneck.place.rawValue): \(bottleneck.reason)".printable)
      text += "bottleneck  " + (bottleneck.place == .harness ? paint(line, .yellow) : line) + "\n"
      if let rate = bottleneck.nullServerRate {
        text += "            against a null server this harness drives \(Units.rate(rate))\n"
      }
    }
    if let money { text += "money       " + moneyText(money, paint) }
    if let moneyNotChecked {
      text += "money       " + paint(Self.wrapped("not checked: \(moneyNotChecked)".printable), .red) + "\n"
    }
    return text
  }

  /// The sentence in lines of at most 96 columns behind the names.
  private static func wrapped(_ text: String) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + word.count > 96 {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = last.isEmpty ? String(word) : last + " " + word
      }
    }
    return lines.joined(separator: "\n            ")
  }

  /// `1.43 cores, 812 ns an operation`.
  func processorText(_ seconds: Double) -> String {
    let cores = totals.seconds > 0 ? "\(Units.fixed(seconds / totals.seconds, 2)) cores" : ""
    guard totals.operations > 0 else { return cores }
    return cores + ", \(Units.duration(seconds * 1e9 / Double(totals.operations))) an operation"
  }

  private func moneyText(_ money: MoneyCheck, _ paint: Paint) -> String {
    let unsure = money.uncertain > 0 ? ", \(Units.count(money.uncertain)) uncertain" : ""
    guard !money.agrees else {
      return paint("nothing lost or doubled", .green)
        + ": \(Units.count(money.accounts)) accounts agree\(unsure), \(Units.credits(money.captured)) credits captured\n"
    }
    let text = paint(money.disagreement, .red) + ", of \(Units.count(money.accounts)) accounts\(unsure)\n"
    var table = TextTable(["account", "figure", "expected", "found", "difference"], leftColumns: 2)
    for wrong in money.discrepancies.prefix(20) {
      let difference = wrong.found.subtractingReportingOverflow(wrong.expected).partialValue
      table.add([wrong.account, wrong.figure] + [wrong.expected, wrong.found, difference].map(Units.credits))
    }
    return text + table.text(indent: "            ")
  }

  private func assertionTable(_ paint: Paint) -> String {
    let width = assertions.map { $0.assertion.count }.max() ?? 0
    return assertions.map { result in
      let verdict = result.held ? paint("held  ", .green) : paint("FAILED", .red)
      let space = String(repeating: " ", count: width - result.assertion.count)
      return "assert      \(verdict)  \(result.assertion.printable)\(space)  found \(result.found.printable)\n"
    }.joined()
  }
}
