// The configuration file: JSON whose every leaf must be a known setting, remembered with its line for messages.

internal import Configuration
internal import TollgatePricing

/// A file that was read: what swift-configuration looks values up in, and where each stands.
struct ConfigurationFile {
  var path: String
  /// Nil if the file could not be read at all.
  var snapshot: (any ConfigSnapshot)?
  var leaves: [String: Leaf] = [:]
  var problems: [SettingProblem] = []

  struct Leaf {
    var line: Int
    /// As messages show it.
    var found: String
    /// Whether it has the JSON type of its setting.
    var fits: Bool
  }

  static let bytesMax = 1 << 20

  /// Reads the file; what is wrong with it is in `problems`.
  init(path: String) {
    self.path = path
    do throws(FileProblem) {
      let bytes = try readFile(path, bytesMax: ConfigurationFile.bytesMax)
      if read(bytes) { look(into: bytes) }
    } catch {
      report(1, nil, "the configuration file \(error)")
    }
  }

  /// Hands the text to swift-configuration. What it cannot take (a list of mixed things) has been found not to fit already.
  private mutating func look(into bytes: [UInt8]) {
    do {
      snapshot = try JSONSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
    } catch  where leaves.values.allSatisfy(\.fits) && problems.isEmpty {
      report(1, nil, "\(error)")
    } catch {
      snapshot = nil
    }
  }

  /// Judges the text; false if there is nothing to look up in it.
  private mutating func read(_ bytes: [UInt8]) -> Bool {
    do throws(JSONSyntaxError) {
      let node = try JSONParser.parse(bytes)
      guard case .object = node.value else {
        report(node.place.line, nil, "expected an object of settings; found \(describe(node))")
        return false
      }
      walk(node, "")
      return true
    } catch {
      report(error.place.line, nil, "not JSON: \(error.message) (column \(error.place.column))")
      return false
    }
  }

  private mutating func report(_ line: Int, _ setting: Setting?, _ message: String) {
    problems.append(SettingProblem(setting, .file(path, line: line), message))
  }

  /// Takes note of every leaf; refuses unknown names, names given twice, and groups that are no objects.
  private mutating func walk(_ node: JSONNode, _ prefix: String) {
    guard case .object(let members) = node.value else {
      return report(node.place.line, nil, "\(prefix): expected an object of settings; found \(describe(node))")
    }
    for member in members {
      let name = prefix.isEmpty ? member.key : "\(prefix).\(member.key)"
      if let setting = Setting.all.first(where: { $0.name == name }) {
        if leaves[name] != nil { report(member.place.line, setting, "given twice in this file") }
        leaves[name] = Leaf(
          line: member.node.place.line, found: describe(member.node), fits: member.node.fits(setting.kind))
      } else if Setting.all.contains(where: { $0.name.hasPrefix(name + ".") }) {
        walk(member.node, name)
      } else {
        report(member.place.line, nil, ConfigurationFile.unknown(name, among: Setting.all.map(\.name)))
      }
    }
  }

  /// The message about a name that no setting has.
  static func unknown(_ name: String, among known: [String]) -> String {
    let nearest = nearestName(to: name, among: known).map { "; did you mean \($0)?" }
    return "there is no setting \(shown(name))\(nearest ?? "; tollgated --help lists all")"
  }
}

extension JSONNode {
  fileprivate func fits(_ kind: Setting.Kind) -> Bool {
    switch (kind, value) {
    case (.whole, .number), (.text, .string), (.path, .string), (.span, .string), (.choice, .string): true
    case (.paths, .array(let items)):
      items.allSatisfy { item in
        if case .string = item.value { true } else { false }
      }
    default: false
    }
  }
}

private func describe(_ node: JSONNode) -> String {
  switch node.value {
  case .null: "null"
  case .bool(let flag): "\(flag)"
  case .number(let text): text
  case .string(let text): shown(text)
  case .array: "a list"
  case .object: "an object"
  }
}
