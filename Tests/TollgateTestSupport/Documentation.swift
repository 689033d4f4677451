// The repository's documents as tests read them: what they say of a program must be what the program does.

internal import Foundation

package enum Documentation {
  /// A file of the repository, as `docs/load.md`.
  package static func text(_ path: String) throws -> String {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// Every `--flag` that a text names.
  package static func flags(in text: some StringProtocol) -> Set<String> {
    var flags: Set<String> = []
    for word in text.split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) }) {
      // A row of dashes is a line of a table.
      guard word.hasPrefix("--"), word.dropFirst(2).first?.isLetter == true else { continue }
      flags.insert(String(word))
    }
    return flags
  }

  /// The flags that a command's help lists as its own, not those that its sentences name.
  package static func flags(definedIn help: String) -> Set<String> {
    help.split(separator: "\n").filter { $0.hasPrefix("  -") }.reduce(into: []) { flags, line in
      // Names end where the explanation begins.
      let names = line.dropFirst(2).firstRange(of: "  ").map { line[..<$0.lowerBound] } ?? line
      flags.formUnion(Documentation.flags(in: names))
    }
  }

  /// The command lines of a document's examples that begin with a program, as words; `…` stands for `rest`.
  package static func examples(of program: String, in text: String, rest: [String]) -> [[String]] {
    text.split(separator: "\n").compactMap { line in
      let bare = line.drop { $0 == " " }
      guard line.hasPrefix("  "), bare.hasPrefix(program + " ") else { return nil }
      return words(String(bare)).dropFirst().flatMap { $0 == "…" ? rest : [$0] }
    }
  }

  /// The words of a shell's line up to a comment, a pipe or a redirection.
  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    var (word, isQuoted) = (String?.none, false)
    for character in line + " " {
      if character == "'" {
        isQuoted.toggle()
        word = word ?? ""
      } else if character == " ", !isQuoted {
        if let word, ["#", "|", ">", "&"].contains(word) { return words }
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words
  }
}
