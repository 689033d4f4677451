// The circumstances of the run on its page: settings, machine, processor time, and the command line.

extension Page {
  var circumstances: String {
    let lists = [("Load", load), ("Machine", machine), ("Processes", processes)]
    let tables = lists.map { title, fields in
      "<div class=\"card\"><h2>\(title)</h2>\n\(Markup.table([], fields.filter { !$0[1].isEmpty }, leftColumns: 2))</div>\n"
    }
    var text = "<section class=\"cards\">\n\(tables.joined())</section>\n"
    if !report.configuration.arguments.isEmpty {
      let words = report.configuration.arguments.map(Page.quoted).joined(separator: " ")
      text += "<section class=\"card\"><h2>Command line</h2>\n<pre>\(words.escaped)</pre></section>\n"
    }
    let format = "\(RunReport.formatName) \(report.version)"
    return text + "<footer class=\"dim\">\(report.tool.escaped) · data of this page: --json (\(format))</footer>\n"
  }

  private var load: [[String]] {
    let shown = report.configuration
    let mix =
      shown.scenario.contains("=")
      ? "" : shown.mix.map { "\($0.name) \(Units.short($0.weight))" }.joined(separator: ", ")
    let loop =
      switch shown.loop {
      case .closed: "closed"
      case .constant: "open, constant arrivals"
      case .poisson: "open, Poisson arrivals"
      }
    let length = shown.durationSeconds.map(Units.time) ?? shown.count.map { Units.count($0) + " operations" } ?? ""
    let fields = [
      ["Scenario", shown.scenario], ["Mix", mix], ["Loop", loop],
      ["Intended rate", shown.intendedRate.map(Units.rate) ?? ""], ["Connections", Units.count(shown.connections)],
      ["In flight on each", Units.count(shown.inFlight)], ["Threads", Units.count(shown.threads)],
      ["Batch", shown.batch > 1 ? Units.count(shown.batch) : ""], ["TLS", shown.isTLS ? "yes" : "no"],
      ["Warm-up", Units.time(shown.warmUpSeconds)], ["Length", length], ["Accounts", Units.count(shown.accounts)],
      ["Skew", shown.skew], ["Faults", shown.faults.isEmpty ? "none" : shown.faults], ["Seed", String(shown.seed)],
    ]
    return fields + shown.more.map { [$0.name, $0.value] }
  }

  private var machine: [[String]] {
    let shown = report.machine
    let loads = [shown.loadBefore, shown.loadAfter].map { $0.map { Units.fixed($0, 2) } ?? "–" }
    return [
      ["Host", shown.host], ["Processor", shown.processor], ["Cores", Units.count(shown.cores)],
      ["Memory", shown.memory > 0 ? Units.bytes(shown.memory) : ""], ["System", shown.system],
      ["Load before, after", loads == ["–", "–"] ? "" : loads.joined(separator: ", ")],
    ]
  }

  private var processes: [[String]] {
    [
      ["Server", report.server.version], ["Address", report.server.address], ["TLS", report.server.tls],
      ["Server process", report.server.pid.map(String.init) ?? ""],
      ["Server used", report.processor.server.map(report.processorText) ?? ""],
      ["Server memory", report.server.memory.map(Units.bytes) ?? ""],
      ["Harness used", report.processor.harness.map(report.processorText) ?? ""],
      ["Calls sent", Units.count(report.totals.sent)], ["Calls answered", Units.count(report.totals.calls)],
      ["Operations", Units.count(report.totals.operations)], ["Denials", Units.count(report.totals.denials)],
      ["Never answered", Units.count(report.totals.unanswered)], ["Sent again", Units.count(report.totals.retries)],
    ]
  }

  /// A word as a shell would need it.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=,@+%".contains($0)) }
    return isPlain
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
