// What a run shows while it goes on: one block that is drawn over itself on a terminal, plain lines elsewhere.

/// Where a run stands.
package struct LiveState: Sendable {
  /// What is done, as `authorize-capture, closed loop`.
  package var title: String
  /// As `warm-up`, `measuring` or `step 3: 40,000/s`.
  package var phase: String
  /// Seconds of the phase that are over, and all of them; nil where no end is known.
  package var elapsed: Double
  package var total: Double?
  /// The newest interval.
  package var interval: Interval
  /// Answers by status since the measured part began.
  package var statuses: [RunReport.Status]

  package init(
    title: String, phase: String, elapsed: Double, total: Double?, interval: Interval,
    statuses: [RunReport.Status] = []
  ) {
    self.title = title
    self.phase = phase
    self.elapsed = elapsed
    self.total = total
    self.interval = interval
    self.statuses = statuses
  }
}

/// Turns states into text; the caller writes it. Intervals may come often: the block smooths nothing and hides nothing.
package struct LiveProgress: Sendable {
  /// What the text is for.
  package enum Kind: Equatable, Sendable {
    /// A terminal so many columns wide.
    case block(width: Int)
    /// A file or pipe: one line each so many seconds.
    case lines(everySeconds: Double)
  }

  private let kind: Kind
  private let paint: Paint
  /// Lines of the block that stand on the terminal.
  private var drawn = 0
  private var phase: String?
  private var gathered: Interval?
  /// The latest rates and 99th percentiles, for the small charts.
  private var rates: [Double] = []
  private var tails: [Double] = []

  private static let historyMax = 40

  package init(_ kind: Kind, paint: Paint) {
    self.kind = kind
    self.paint = paint
  }

  /// What to write for the next interval; empty if nothing is due.
  package mutating func show(_ state: LiveState) -> String {
    if phase != state.phase {
      phase = state.phase
      (rates, tails, gathered) = ([], [], nil)
    }
    remember(state.interval)
    switch kind {
    case .block(let width):
      let lines = block(state).map { paint.cut($0, to: max(20, width - 1)) }
      let text = erase() + lines.map { $0 + "\n" }.joined()
      drawn = lines.count
      return text
    case .lines(let everySeconds):
      let whole = gather(state.interval)
      guard whole.seconds >= everySeconds * 0.98 else { return "" }
      gathered = nil
      return line(state, whole) + "\n"
    }
  }

  /// What to write before other text, and at the end: the block goes away.
  package mutating func clear() -> String {
    defer { drawn = 0 }
    return erase()
  }

  private func erase() -> String { drawn > 0 ? "\u{1B}[\(drawn)A\r\u{1B}[J" : "" }

  private mutating func remember(_ interval: Interval) {
    rates.append(interval.rate)
    tails.append(Double(interval.latency.percentile(99)))
    if rates.count > Self.historyMax {
      rates.removeFirst()
      tails.removeFirst()
    }
  }

  /// Joins intervals until a line is due.
  private mutating func gather(_ next: Interval) -> Interval {
    guard var whole = gathered else {
      gathered = next
      return next
    }
    whole.seconds += next.seconds
    whole.calls &+= next.calls
    whole.operations &+= next.operations
    whole.errors &+= next.errors
    (whole.inFlight, whole.backlog, whole.intendedRate) = (next.inFlight, next.backlog, next.intendedRate)
    whole.serverProcessor = whole.serverProcessor.flatMap { old in next.serverProcessor.map { old + $0 } }
    whole.harnessProcessor = whole.harnessProcessor.flatMap { old in next.harnessProcessor.map { old + $0 } }
    whole.latency.merge(next.latency)
    gathered = whole
    return whole
  }
}

extension LiveProgress {
  private func block(_ state: LiveState) -> [String] {
    let interval = state.interval
    let values = interval.latency.percentiles([50, 99])
    let intended = interval.intendedRate.map { "   intended " + Units.rate($0) } ?? ""
    var lines = [paint(state.title.printable, .bold), bar(state)]
    lines.append(
      "rate       " + paint(Self.pad(Units.rate(interval.rate), 12), .bold) + "  " + Self.sparkline(rates) + intended)
    lines.append(
      "latency    p50 \(Self.pad(Units.duration(values[0]), 8)) p99 \(Self.pad(Units.duration(values[1]), 8)) "
        + "max \(Self.pad(Units.duration(interval.latency.max), 8))  p99 \(Self.sparkline(tails))")
    let backlog = interval.backlog > 0 ? "   backlog " + paint(Units.count(interval.backlog), .yellow) : ""
    lines.append("in flight  \(Units.count(interval.inFlight))\(backlog)")
    lines.append("processor  \(processor(interval))")
    lines.append("status     \(statuses(state))")
    return lines
  }

  private func bar(_ state: LiveState) -> String {
    let name = Self.pad(state.phase.printable, 9)
    guard let total = state.total, total > 0, state.elapsed.isFinite else {
      return "\(name)  \(Units.time(max(0, state.elapsed)))"
    }
    let share = min(1, max(0, state.elapsed / total))
    let filled = Int((share * 30).rounded(.down))
    let bar = String(repeating: "█", count: filled) + paint(String(repeating: "░", count: 30 - filled), .dim)
    let left = max(0, total - state.elapsed)
    return "\(name)  \(bar)  \(Units.time(max(0, state.elapsed))) of \(Units.time(total)), \(Units.time(left)) left"
  }

  private func processor(_ interval: Interval) -> String {
    let server = interval.serverCores.map { "server \(Units.fixed($0, 2)) cores" } ?? "server unknown"
    let each = interval.serverProcessor.flatMap { used in
      interval.operations > 0 ? ", \(Units.duration(used * 1e9 / Double(interval.operations))) an operation" : nil
    }
    let harness = interval.harnessCores.map { "   harness \(Units.fixed($0, 2)) cores" } ?? ""
    return server + (each ?? "") + harness
  }

  private func statuses(_ state: LiveState) -> String {
    guard !state.statuses.isEmpty else { return "none yet" }
    return state.statuses.prefix(6).map { status in
      let text = "\(status.name.printable) \(Units.count(status.count))"
      return status.isError ? paint(text, .red) : text
    }.joined(separator: "   ")
  }

  private func line(_ state: LiveState, _ interval: Interval) -> String {
    let values = interval.latency.percentiles([50, 99])
    var text = "\(state.phase.printable) \(Units.time(max(0, state.elapsed)))"
    text += state.total.map { " of \(Units.time($0))" } ?? ""
    text += ": \(Units.rate(interval.rate)), p50 \(Units.duration(values[0])), p99 \(Units.duration(values[1]))"
    text += ", max \(Units.duration(interval.latency.max)), in flight \(Units.count(interval.inFlight))"
    if interval.backlog > 0 { text += ", backlog \(Units.count(interval.backlog))" }
    if let cores = interval.serverCores { text += ", server \(Units.fixed(cores, 2)) cores" }
    if interval.errors > 0 { text += ", errors \(Units.count(interval.errors))" }
    return text
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Bars from zero to the highest value.
  static func sparkline(_ values: [Double]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    guard let most = values.max(), most > 0, most.isFinite else { return "" }
    return String(
      values.map { value in
        let level = value.isFinite && value > 0 ? Int((value / most * 7).rounded()) : 0
        return bars[min(7, max(0, level))]
      })
  }
}

extension Paint {
  /// The text within so many columns; colours count none and are ended.
  func cut(_ text: String, to width: Int) -> String {
    var (kept, columns, isCode) = ("", 0, false)
    for character in text {
      if character == "\u{1B}" { isCode = true }
      if !isCode {
        columns += 1
        if columns > width { return isOn ? kept + "\u{1B}[0m" : kept }
      }
      kept.append(character)
      if isCode, character == "m" { isCode = false }
    }
    return kept
  }
}
