// What every setting is, and who said so: flag over environment over file over default, by way of swift-configuration.

internal import Configuration
internal import Foundation
package import TollgateValues

/// The settings of one start, each with its origin.
package struct SettingValues: Sendable {
  package struct Entry: Hashable, Sendable {
    package var value: SettingValue?
    package var origin: SettingOrigin
  }

  private var entries: [String: Entry] = [:]

  package subscript(_ setting: Setting) -> Entry {
    entries[setting.name] ?? Entry(value: nil, origin: .nowhere)
  }

  /// A text or path; nil if nobody gave it.
  package func text(_ setting: Setting) -> String? {
    if case .text(let text)? = self[setting].value { text } else { nil }
  }

  package func texts(_ setting: Setting) -> [String] {
    if case .texts(let texts)? = self[setting].value { texts } else { [] }
  }

  /// A number; settings that are numbers have a default.
  package func whole(_ setting: Setting) -> Int {
    guard case .whole(let number)? = self[setting].value else { preconditionFailure("\(setting.name) is no number") }
    return number
  }

  /// A time; settings that are times have a default.
  package func span(_ setting: Setting) -> TimeSpan {
    guard case .span(let span)? = self[setting].value else { preconditionFailure("\(setting.name) is no time") }
    return span
  }
}

extension SettingValues {
  /// Finds every setting's value.
  ///
  /// - Parameters:
  ///   - flags: What the command line gave, by setting.
  ///   - environment: The process's environment; names that begin with `TOLLGATED_` must be known ones.
  ///   - file: The path that `--config` gave; nil leaves it to `TOLLGATED_CONFIG`.
  /// - Returns: The values, with defaults where something is wrong, and everything that is wrong.
  package static func load(
    flags: [Setting: String], environment: [String: String], file: String? = nil
  ) -> (values: SettingValues, problems: [SettingProblem]) {
    var problems: [SettingProblem] = []
    var sources = [Source(flags: flags), Source(environment: environment, &problems)]
    if let path = file ?? environment[configName] {
      let file = ConfigurationFile(path: path)
      problems += file.problems
      sources.append(Source(file))
    }
    var values = SettingValues()
    for setting in Setting.all {
      let entry = sources.lazy.compactMap { $0.look(up: setting) }.first
      let standard = setting.standard.flatMap { $0.isEmpty ? .texts([]) : setting.kind.value(of: $0) }
      switch entry {
      case nil: values.entries[setting.name] = Entry(value: standard, origin: standard == nil ? .nowhere : .standard)
      case .success(let entry)?: values.entries[setting.name] = entry
      case .failure(let problem)?:
        problems.append(problem)
        values.entries[setting.name] = Entry(value: standard, origin: problem.origin)
      }
    }
    return (values, problems)
  }

  /// The environment's name for the configuration file itself.
  package static let configName = Setting.environmentPrefix + "CONFIG"
}

/// One place that may give values, as a snapshot of swift-configuration and what messages need to know about it.
private struct Source {
  var snapshot: (any ConfigSnapshot)?
  var origin: (Setting) -> SettingOrigin
  /// The value as it was found, for messages; nil if this source does not have it.
  var found: (Setting) -> String?
  /// Whether the value has the right shape to be asked for.
  var fits: (Setting) -> Bool = { _ in true }
  /// What relative paths are relative to; empty: the working directory.
  var directory = ""

  init(flags: [Setting: String]) {
    let values = flags.map { setting, text in (AbsoluteConfigKey(setting.components), setting.content(of: text)) }
    snapshot = InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: values)).snapshot()
    origin = { .flag($0.flag) }
    found = { setting in flags[setting].map(shown) }
  }

  init(environment: [String: String], _ problems: inout [SettingProblem]) {
    let prefix = Setting.environmentPrefix
    let ours = environment.filter { $0.key.hasPrefix(prefix) && $0.key != SettingValues.configName }
    let known = Set(Setting.all.map(\.environmentName))
    for name in ours.keys.sorted() where !known.contains(name) {
      let message = ConfigurationFile.unknown(name, among: known.sorted() + [SettingValues.configName])
      problems.append(SettingProblem(nil, .environment(name), message))
    }
    let bare = ours.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
    snapshot = EnvironmentVariablesProvider(environmentVariables: Dictionary(uniqueKeysWithValues: bare)).snapshot()
    origin = { .environment($0.environmentName) }
    found = { setting in ours[setting.environmentName].map(shown) }
  }

  init(_ file: ConfigurationFile) {
    snapshot = file.snapshot
    origin = { .file(file.path, line: file.leaves[$0.name]?.line ?? 1) }
    found = { file.leaves[$0.name]?.found }
    fits = { file.leaves[$0.name]?.fits ?? true }
    directory = URL(fileURLWithPath: file.path).deletingLastPathComponent().relativePath
  }

  /// The setting's value here; nil if this source says nothing about it.
  func look(up setting: Setting) -> Result<SettingValues.Entry, SettingProblem>? {
    guard let found = found(setting) else { return nil }
    let origin = origin(setting)
    let key = AbsoluteConfigKey(setting.components)
    guard fits(setting), let snapshot,
      let content = try? snapshot.value(forKey: key, type: setting.type).value?.content,
      let value = setting.value(of: content)
    else {
      return .failure(SettingProblem(setting, origin, "expected \(setting.kind.expectation); found \(found)"))
    }
    return .success(SettingValues.Entry(value: placed(value, setting.kind), origin: origin))
  }

  /// Paths of a file are relative to its directory.
  private func placed(_ value: SettingValue, _ kind: Setting.Kind) -> SettingValue {
    func place(_ path: String) -> String {
      path.hasPrefix("/") || directory.isEmpty || directory == "." ? path : directory + "/" + path
    }
    switch (kind, value) {
    case (.path, .text(let path)): return .text(place(path))
    case (.paths, .texts(let paths)): return .texts(paths.map(place))
    default: return value
    }
  }
}

extension Setting {
  fileprivate var type: ConfigType {
    switch kind {
    case .whole: .int
    case .paths: .stringArray
    case .text, .path, .span, .choice: .string
    }
  }

  /// A flag's text as swift-configuration wants it; what is no number stays a text, which the look-up then refuses.
  fileprivate func content(of text: String) -> ConfigValue {
    switch kind {
    case .whole: ConfigValue(Int(text).map(ConfigContent.int) ?? .string(text), isSecret: false)
    case .paths:
      ConfigValue(
        .stringArray(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)), isSecret: false)
    case .text, .path, .span, .choice: ConfigValue(.string(text), isSecret: false)
    }
  }

  fileprivate func value(of content: ConfigContent) -> SettingValue? {
    switch content {
    case .string(let text): kind.value(of: text)
    case .int(let number): kind.value(of: number)
    case .stringArray(let texts): kind.value(of: texts)
    default: nil
    }
  }
}
