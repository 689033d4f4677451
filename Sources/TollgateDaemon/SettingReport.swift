// The settings in words: for `--print-config`, and for the part of --help that names them all.

extension SettingValues {
  /// A table of every setting, its value, and who said so.
  package var report: String {
    let rows = Setting.all.map { setting in
      let entry = self[setting]
      return [setting.name, entry.value.map { "\($0)" } ?? "", "\(entry.origin)"]
    }
    return table([["setting", "value", "from"]] + rows)
  }
}

extension Setting {
  /// Every setting with its meaning, default, flag and environment name.
  package static var manual: String {
    all.map { setting in
      let standard = setting.standard.flatMap { $0.isEmpty ? nil : $0 } ?? "none"
      let lines =
        wrapped(setting.help) + wrapped("expected \(setting.kind.expectation); default \(standard)")
        + ["--\(setting.flag), \(setting.environmentName)"]
      return "  \(setting.name)\n" + lines.map { "      " + $0 }.joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

/// A text in lines that still fit when they are indented.
func wrapped(_ text: String, width: Int = 72) -> [String] {
  var lines: [String] = []
  for word in text.split(separator: " ") {
    if let last = lines.last, last.count + 1 + word.count <= width {
      lines[lines.count - 1] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}

/// Columns as wide as their widest cell.
func table(_ rows: [[String]]) -> String {
  let columns = rows.first?.count ?? 0
  let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    var line = ""
    for (column, cell) in row.enumerated() {
      line += cell
      if column < columns - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
    }
    return line
  }.joined(separator: "\n")
}
