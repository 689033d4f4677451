// Limits on what may change between two runs, `p99>+10%`.

/// A change that fails a comparison.
package struct RegressionLimit: Equatable, Sendable {
  /// Why a text is no limit; the description shows the grammar.
  package struct ParseError: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  /// What may be written, for help texts and errors.
  package static let grammar = """
    FIGURE>+PERCENT% or FIGURE<-PERCENT%, as p99>+10%, rate<-5%, cpu>+3%, errors>+0%
      fails if the figure of B lies more than so many per cent above (below) that of A; the figures are those of --assert
    """

  package let text: String
  package let metric: Metric
  /// The change as a share; positive fails above, negative below.
  package let share: Double
  /// Whether a growth fails.
  package let isGrowth: Bool

  /// Reads a limit; spaces do not matter, and `+` may be left out.
  package init(_ text: String) throws(ParseError) {
    let written = text.filter { !$0.isWhitespace }
    let refusal = ParseError(description: "“\(text.prefix(60))” is no limit. Write \(RegressionLimit.grammar)")
    guard let start = written.firstIndex(where: { $0 == "<" || $0 == ">" }), written.hasSuffix("%"),
      let metric = Metric(name: String(written[..<start]))
    else { throw refusal }
    let isGrowth = written[start] == ">"
    var number = written[written.index(after: start)...].dropLast()
    let sign = number.first
    if sign == "+" || sign == "-" || sign == "−" { number = number.dropFirst() }
    // A growth below zero, or a fall above it, would fail every run that changed nothing.
    guard isGrowth ? sign != "-" && sign != "−" : sign == "-" || sign == "−", let value = Metric.decimal(number) else {
      throw refusal
    }
    self.text = written
    self.metric = metric
    self.isGrowth = isGrowth
    share = isGrowth ? value / 100 : -value / 100
  }

  /// Whether the comparison stays within the limit. What was not measured in both does not; nor what grew from nothing.
  package func judge(_ comparison: Comparison) -> AssertionResult {
    guard let before = metric.value(in: comparison.before), let after = metric.value(in: comparison.after) else {
      return AssertionResult(assertion: text, found: "not measured in both", held: false)
    }
    let row = Comparison.Row(metric: metric, before: before, after: after)
    let words = "\(metric.text(before)) → \(metric.text(after))"
    guard let change = row.change else {
      return AssertionResult(assertion: text, found: words, held: !isGrowth || after <= before)
    }
    let fails = isGrowth ? change > share : change < share
    return AssertionResult(assertion: text, found: "\(words), \(Units.change(change))", held: !fails)
  }
}
