// The committed thresholds: what each case may cost, and the circumstances under which that was measured.

internal import FoundationEssentials

struct Thresholds: Codable {
  /// Swift's version: another compiler makes other code, so figures are only held against those of the same one.
  var toolchain: String
  var architecture: String
  var cases: [Case]

  struct Case: Codable {
    var name: String
    var instructionsPerOperation: Double
    var allocationsPerOperation: Double
    /// By how many per cent both may be exceeded.
    var tolerancePercent: Double
  }

  static let usualTolerance = 5.0

  static var current: (toolchain: String, architecture: String) {
    #if compiler(>=6.4)
      let toolchain = "6.4 or later"
    #elseif compiler(>=6.3)
      let toolchain = "6.3"
    #else
      let toolchain = "6.2"
    #endif
    #if arch(x86_64)
      return (toolchain, "x86_64")
    #elseif arch(arm64)
      return (toolchain, "arm64")
    #else
      return (toolchain, "other")
    #endif
  }

  init(contentsOf file: String) throws {
    self = try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: URL(filePath: file)))
  }

  init() {
    (toolchain, architecture) = Thresholds.current
    cases = []
  }

  /// Written by hand rather than by the encoder: one line a case, so that a change shows as a line.
  func write(to file: String) throws {
    var lines = [
      "{", "  \"toolchain\": \"\(toolchain)\",", "  \"architecture\": \"\(architecture)\",", "  \"cases\": [",
    ]
    for (index, one) in cases.enumerated() {
      lines.append(
        "    { \"name\": \"\(one.name)\", \"instructionsPerOperation\": \(decimal(one.instructionsPerOperation, 1)), "
          + "\"allocationsPerOperation\": \(decimal(one.allocationsPerOperation, 3)), "
          + "\"tolerancePercent\": \(decimal(one.tolerancePercent, 1)) }\(index + 1 < cases.count ? "," : "")")
    }
    lines += ["  ]", "}", ""]
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
  }
}

/// A number with so many decimals.
func decimal(_ value: Double, _ decimals: Int) -> String {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let digits = String(Int64((value * scale).rounded()).magnitude)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return (value * scale <= -0.5 ? "-" : "") + padded.dropLast(decimals) + (decimals > 0 ? "." : "")
    + padded.suffix(decimals)
}
