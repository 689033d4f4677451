// What is wrong with a price book's file, said so that an operator can mend it: file, line, field, expected, found.

/// One thing that is wrong.
package struct PriceBookProblem: Hashable, Sendable, CustomStringConvertible {
  package var fileName: String
  /// From 1.
  package var line: Int
  /// From 1, in bytes.
  package var column: Int
  /// As `tiers[2].standard`; empty where the text is not JSON, or for the file as a whole.
  package var field: String
  package var message: String

  /// `pricebook.json:14: tiers[2].standard: expected …; found "4,0"`, or with the column where there is no field.
  package var description: String {
    field.isEmpty ? "\(fileName):\(line):\(column): \(message)" : "\(fileName):\(line): \(field): \(message)"
  }
}

/// Everything that is wrong with a file, up to `PriceBook.Bounds.problemsMax` problems, in the file's order.
package struct PriceBookProblems: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one.
  package var problems: [PriceBookProblem]
  /// How many more there were.
  package var omitted: Int

  /// One line a problem.
  package var description: String {
    let lines = problems.map(\.description) + (omitted > 0 ? ["… and \(omitted) more"] : [])
    return lines.joined(separator: "\n")
  }
}

/// The known name that a misspelt one most likely stands for: few edits away, letter case aside.
package func nearestName(to name: String, among known: [String]) -> String? {
  let clipped = Array(name.lowercased().utf8.prefix(64))
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(clipped, Array(candidate.lowercased().utf8))
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  guard let best, best.distance <= max(2, best.name.utf8.count / 3) else { return nil }
  return best.name
}

/// Insertions, deletions and replacements from one text to another (Levenshtein), row by row.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var row = Array(0...right.count)
  for (index, leftByte) in left.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for (column, rightByte) in right.enumerated() {
      let replaced = diagonal + (leftByte == rightByte ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
    }
  }
  return row[right.count]
}
