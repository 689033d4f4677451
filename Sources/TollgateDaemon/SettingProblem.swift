// What is wrong with the settings, said so that an operator can mend it: which, from where, what is wrong, what is right.

/// Where a value comes from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
  case flag(String)
  case environment(String)
  /// A file, and the line in it.
  case file(String, line: Int)
  case standard
  /// Nobody gave it and there is no default.
  case nowhere

  package var description: String {
    switch self {
    case .flag(let flag): "--\(flag)"
    case .environment(let name): name
    case .file(let path, let line): "\(path):\(line)"
    case .standard: "default"
    case .nowhere: "not given"
    }
  }
}

/// One thing that stops the start.
package struct SettingProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The setting's name in the file; nil where none is concerned.
  package var setting: String?
  package var origin: SettingOrigin
  package var message: String

  package init(_ setting: Setting?, _ origin: SettingOrigin, _ message: String) {
    self.setting = setting?.name
    self.origin = origin
    self.message = message
  }

  /// `listen.port (--listen-port): expected a whole number from 0 to 65535; found "http"`
  package var description: String {
    setting.map { "\($0) (\(origin)): \(message)" } ?? "\(origin): \(message)"
  }
}

/// A value as it stands in messages: quoted, without control characters, long ones cut.
func shown(_ text: String) -> String {
  let clean = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { $0.value < 0x20 ? "?" : $0 }))
  return "\"" + (clean.unicodeScalars.count < text.unicodeScalars.count ? clean + "…" : clean) + "\""
}
