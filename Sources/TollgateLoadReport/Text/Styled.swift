// Colour on terminals that welcome it.

/// How text is emphasized.
package struct Paint: Sendable {
  /// Whether colours are written at all.
  package var isOn: Bool

  package init(isOn: Bool) { self.isOn = isOn }

  /// Whether colours are welcome: on a terminal that knows them, unless NO_COLOR is set (no-color.org).
  package init(isTerminal: Bool, environment: [String: String]) {
    isOn = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  package enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  package func callAsFunction(_ text: String, _ style: Style) -> String {
    isOn && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
