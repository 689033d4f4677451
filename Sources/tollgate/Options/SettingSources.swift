// Where settings come from: flag before environment before file before default; each value remembers its source.

internal import Configuration
internal import Foundation

/// A setting that may come from a flag, the environment or the file.
struct Setting: Hashable {
  /// As in the file: `serverName`.
  var name: String
  /// As on the command line: `--server-name`.
  var flag: String
  /// What the file holds.
  var kind: Kind
  /// What would be right.
  var rule: String

  enum Kind { case text, path, number, flag }

  /// As in the environment: `TOLLGATE_SERVER_NAME`.
  var variable: String { "TOLLGATE_" + flag.dropFirst(2).uppercased().replacing("-", with: "_") }
}

/// A setting's value as text, and where it was found.
struct SettingValue: Hashable {
  var text: String
  var source: String
}

/// The sources of settings, read once.
struct SettingSources {
  private let environment: EnvironmentVariablesProvider
  private let variables: [String: String]
  private let file: JSONSnapshot?
  /// The file that was read, or nil if there is none.
  let filePath: String?
  private let fileFields: Set<String>

  /// Reads the environment and the file.
  /// - Parameters:
  ///   - given: `--config`; nil takes TOLLGATE_CONFIG, or else the default file if it exists.
  init(environment variables: [String: String], given: String?) throws(Failure) {
    // An empty variable is as good as none, as in other programs.
    self.variables = variables.filter { !$0.value.isEmpty }
    environment = EnvironmentVariablesProvider(environmentVariables: self.variables)
    let path = given ?? self.variables["TOLLGATE_CONFIG"]
    let defaultPath = SettingSources.defaultPath(self.variables)
    guard let path = path ?? (defaultPath.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }) else {
      (file, filePath, fileFields) = (nil, nil, [])
      return
    }
    let expanded = SettingSources.expanded(path, self.variables)
    let bytes = try InputFile.read(expanded, bytesMax: 1 << 20, purpose: "configuration file")
    (file, fileFields) = try SettingSources.parse(bytes, path: expanded)
    filePath = expanded
  }

  /// `$XDG_CONFIG_HOME/tollgate/config.json`, by default in `~/.config`.
  static func defaultPath(_ variables: [String: String]) -> String? {
    if let base = variables["XDG_CONFIG_HOME"], base.hasPrefix("/") { return base + "/tollgate/config.json" }
    return variables["HOME"].map { $0 + "/.config/tollgate/config.json" }
  }

  /// A path with `~/` in its place.
  static func expanded(_ path: String, _ variables: [String: String]) -> String {
    guard path.hasPrefix("~/"), let home = variables["HOME"] else { return path }
    return home + path.dropFirst()
  }

  private static func parse(_ bytes: [UInt8], path: String) throws(Failure) -> (JSONSnapshot, Set<String>) {
    do {
      let snapshot = try JSONSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
      let fields = try JSONDecoder().decode([String: Ignored].self, from: Data(bytes))
      return (snapshot, Set(fields.keys))
    } catch {
      throw .usage("the configuration file \(path) is not a JSON object of settings: \(InputFile.reason(error))")
    }
  }

  /// Throws if the file names something that is no setting.
  func refuseUnknown(among known: [Setting]) throws(Failure) {
    let unknown = fileFields.subtracting(known.map(\.name)).sorted()
    guard let first = unknown.first, let filePath else { return }
    let names = known.map(\.name).joined(separator: ", ")
    throw .usage("\"\(first)\" in \(filePath) is no setting: settings are \(names)")
  }

  /// A setting's value by precedence, or nil if nobody set it.
  func value(_ setting: Setting, flag: String?) throws(Failure) -> SettingValue? {
    if let flag { return SettingValue(text: flag, source: setting.flag) }
    if let result = try? environment.value(forKey: ["tollgate", setting.name].key, type: .string),
      let value = result.value, case .string(let text) = value.content
    {
      return SettingValue(text: text, source: result.encodedKey)
    }
    return try fileValue(setting)
  }

  private func fileValue(_ setting: Setting) throws(Failure) -> SettingValue? {
    guard let file, let filePath else { return nil }
    let source = "\"\(setting.name)\" in \(filePath)"
    let type: ConfigType =
      switch setting.kind {
      case .text, .path: .string
      case .number: .int
      case .flag: .bool
      }
    do {
      guard let content = try file.value(forKey: [setting.name].key, type: type).value?.content else { return nil }
      switch content {
      case .string(let text):
        return SettingValue(text: setting.kind == .path ? besideFile(text, filePath) : text, source: source)
      case .int(let number): return SettingValue(text: String(number), source: source)
      case .bool(let flag): return SettingValue(text: String(flag), source: source)
      default: return nil
      }
    } catch {
      throw .usage("\(source) is wrong: \(setting.rule)")
    }
  }

  /// Relative paths of the file are meant from where the file is.
  private func besideFile(_ path: String, _ filePath: String) -> String {
    let path = SettingSources.expanded(path, variables)
    guard !path.hasPrefix("/"), let slash = filePath.lastIndex(of: "/") else { return path }
    return filePath[...slash] + path
  }
}

extension [String] {
  fileprivate var key: AbsoluteConfigKey { AbsoluteConfigKey(self) }
}

/// Any JSON value, passed over: only the names of fields are wanted.
private struct Ignored: Decodable {
  init(from decoder: any Decoder) {}
}
