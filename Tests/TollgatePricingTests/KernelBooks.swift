// Price books that lead the kernel along each of its paths, as edits of the shipped one.

import Testing
import TollgatePricing

/// A book and how it should fit the lanes of a vector kernel.
struct KernelBook: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var fit: LaneFit
  var book: PriceBook

  private init(_ description: String, _ fit: LaneFit, _ edits: [(String, String)] = []) throws {
    testDescription = description
    self.fit = fit
    book = try BookText.shipped(edits)
  }

  private static let quantum = "\"quantum\": 0.5"
  private static let largest = "{ \"maxSide\": 2048, \"draft\": 8, \"standard\": 10, \"high\": 12 }"
  private static let smallest = "{ \"maxSide\": 512, \"draft\": 1, \"standard\": 1.5, \"high\": 2 }"
  private static let advanced = "\"name\": \"advanced\", \"multiplier\": 1.5"
  private static let studio = "{ \"number\": 1, \"name\": \"studio\""
  private static let blocks = "\"add\": 0.5, \"perStarted\": 10"
  private static let conflicts =
    "[\"upscale2x\", \"upscale4x\"],\n    [\"preview\", \"upscale2x\"],\n    [\"preview\", \"upscale4x\"]"

  /// Throws if an edit has nothing to replace, or makes no valid book.
  static func all() throws -> [KernelBook] {
    try [
      KernelBook("shipped", .quickLanes),
      KernelBook("quarters of credits", .lanes, [(quantum, "\"quantum\": 0.25")]),
      KernelBook("whole credits", .quickLanes, [(quantum, "\"quantum\": 1")]),
      KernelBook("two tiers", .quickLanes, [(smallest + ",", ""), (",\n    " + largest, "")]),
      KernelBook("no conflicts", .quickLanes, [(conflicts, "")]),
      KernelBook("features not offered", .quickLanes, [("{ \"add\": 3 }", "null"), ("{ \"multiply\": 1.5 }", "null")]),
      KernelBook("sparse models", .quickLanes, [(studio, "{ \"number\": 1000, \"name\": \"studio\"")]),
      KernelBook("the last model", .quickLanes, [(studio, "{ \"number\": 65535, \"name\": \"studio\"")]),
      KernelBook("steps one by one", .lanes, [(blocks, "\"add\": 0.5, \"perStarted\": 1")]),
      KernelBook("free steps", .quickLanes, [(blocks, "\"add\": 0, \"perStarted\": 7")]),
      KernelBook("many steps", .quickLanes, [("\"steps\": 150", "\"steps\": 60000")]),
      KernelBook("large step blocks", .lanes, [(blocks, "\"add\": 0.5, \"perStarted\": 300")]),
      KernelBook("many images", .quickLanes, [("\"images\": 256", "\"images\": 65535")]),
      KernelBook("sides off the grid", .lanes, [("\"maxSide\": 768", "\"maxSide\": 767")]),
      KernelBook("the largest side", .lanes, [("\"maxSide\": 2048", "\"maxSide\": 65535")]),
      KernelBook(
        "eight tiers", .lanes,
        [
          (
            smallest,
            (1...5).map { "{ \"maxSide\": \($0 * 100), \"draft\": \($0), \"standard\": 1.5, \"high\": 2 }" }
              .joined(separator: ",")
          )
        ]),
      KernelBook("multipliers of tenths", .lanes, [(advanced, "\"name\": \"advanced\", \"multiplier\": 1.2")]),
      KernelBook(
        "dear prices in cents", .lanes, [(quantum, "\"quantum\": 0.01"), ("\"standard\": 4", "\"standard\": 7")]),
      KernelBook("the finest quantum", .words, [(quantum, "\"quantum\": 0.000001")]),
      KernelBook("prices in fine steps", .words, [("\"standard\": 1.5", "\"standard\": 1.234567")]),
      KernelBook(
        "nine tiers", .words,
        [
          (
            smallest,
            (1...6).map { "{ \"maxSide\": \($0 * 80), \"draft\": \($0), \"standard\": 1.5, \"high\": 2 }" }
              .joined(separator: ",")
          )
        ]),
      KernelBook("many ControlNets", .words, [("\"controlNets\": 4", "\"controlNets\": 60")]),
      KernelBook(
        "beyond words", .scalar,
        [
          ("\"images\": 256", "\"images\": 65535"), ("\"high\": 12", "\"high\": 1000000"),
          ("\"multiply\": 1.5", "\"multiply\": 999"),
          ("\"premium\", \"multiplier\": 2", "\"premium\", \"multiplier\": 999.999999"),
        ]),
    ]
  }

  /// One for each path, for tests that try every value: in debug, all books would take minutes.
  static func exhaustive() throws -> [KernelBook] {
    let names = ["shipped", "eight tiers", "prices in fine steps"]
    return try all().filter { names.contains($0.testDescription) }
  }
}
