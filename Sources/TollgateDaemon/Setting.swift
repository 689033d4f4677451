// One setting: its name in the file, in the environment and on the command line, what it may be, and what it is by default.

package import TollgateValues

/// A row of the table in `Setting+Table.swift`. Everything that is said about a setting is derived from it.
package struct Setting: Hashable, Sendable {
  /// The name in the file, with dots between objects: `connections.helloTimeout`.
  package let name: String
  package let kind: Kind
  /// The default as it would be written; nil where there is none.
  package let standard: String?
  /// What it decides, in one sentence without a full stop.
  package let help: String

  /// What a value may be.
  package enum Kind: Hashable, Sendable {
    case text
    /// Relative to the working directory, or to the configuration file's directory if it stands there.
    case path
    case paths
    case whole(ClosedRange<Int>)
    case span(ClosedRange<TimeSpan>)
    case choice([String])
  }

  package init(_ name: String, _ kind: Kind, standard: String? = nil, _ help: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.help = help
  }

  /// The steps from the file's outermost object.
  package var components: [String] { name.split(separator: ".").map(String.init) }

  /// `TOLLGATED_CONNECTIONS_HELLO_TIMEOUT`
  package var environmentName: String {
    Setting.environmentPrefix + words.map { $0.uppercased() }.joined(separator: "_")
  }

  /// `connections-hello-timeout`, without the leading dashes.
  package var flag: String { words.joined(separator: "-") }

  package static let environmentPrefix = "TOLLGATED_"

  /// The words of the name in lower case: borders are dots and humps.
  private var words: [String] {
    var words = [""]
    for character in name {
      if character == "." {
        words.append("")
      } else if character.isUppercase {
        words.append(character.lowercased())
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words
  }
}

/// What a setting is.
package enum SettingValue: Hashable, Sendable, CustomStringConvertible {
  case text(String)
  case texts([String])
  case whole(Int)
  case span(TimeSpan)

  package var description: String {
    switch self {
    case .text(let text): text
    case .texts(let texts): texts.joined(separator: ",")
    case .whole(let number): "\(number)"
    case .span(let span): "\(span)"
    }
  }
}

extension Setting.Kind {
  /// What would be right, for messages.
  package var expectation: String {
    switch self {
    case .text: "a text that is not empty"
    case .path: "a path"
    case .paths: "a list of paths"
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .span(let range):
      "a time from \(range.lowerBound) to \(range.upperBound), written like 250ms, 30s, 15m, 1h30m or 2d"
    case .choice(let names): names.count == 2 ? "\(names[0]) or \(names[1])" : "one of \(names.joined(separator: ", "))"
    }
  }

  /// The value that a text stands for, or nil if it is none of this kind.
  package func value(of text: String) -> SettingValue? {
    switch self {
    case .text, .path: text.isEmpty ? nil : .text(text)
    case .paths: value(of: text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    case .whole: Int(text).flatMap(value(of:))
    case .span(let range): TimeSpan(written: text).flatMap { range.contains($0) ? .span($0) : nil }
    case .choice(let names): names.contains(text) ? .text(text) : nil
    }
  }

  package func value(of number: Int) -> SettingValue? {
    guard case .whole(let range) = self, range.contains(number) else { return nil }
    return .whole(number)
  }

  package func value(of texts: [String]) -> SettingValue? {
    guard case .paths = self, !texts.contains("") else { return nil }
    return .texts(texts)
  }
}

extension TimeSpan {
  /// Reads what `description` writes: whole numbers with units, the larger ones first: `1h30m`, `250ms`. A zero is `0s`.
  package init?(written text: String) {
    let units: [(name: String, nanoseconds: Int64)] = [
      ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
      ("ms", 1_000_000), ("us", 1_000), ("µs", 1_000), ("ns", 1),
    ]
    var rest = Substring(text)
    var total: Int64 = 0
    var smallest = Int64.max
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(letters.count)
      guard let count = Int64(digits), let unit = units.first(where: { $0.name == letters }),
        unit.nanoseconds < smallest
      else { return nil }
      smallest = unit.nanoseconds
      let (product, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
      let (sum, overflowOfSum) = total.addingReportingOverflow(product)
      guard !overflow, !overflowOfSum else { return nil }
      total = sum
    }
    guard smallest != .max else { return nil }
    self.init(nanoseconds: total)
  }
}
