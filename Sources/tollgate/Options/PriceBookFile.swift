// A price book from a file, with the mistakes that it may have as a failure that lists them.

internal import Foundation
internal import TollgatePricing

enum PriceBookFile {
  /// Reads and validates a price book.
  static func load(_ path: String) throws(Failure) -> PriceBook {
    let bytes = try InputFile.read(path, bytesMax: PriceBook.Bounds.fileBytesMax, purpose: "price book")
    do {
      return try PriceBook.parse(bytes, fileName: path)
    } catch {
      throw failure(error, path)
    }
  }

  private static func failure(_ problems: PriceBookProblems, _ path: String) -> Failure {
    let count = problems.problems.count + problems.omitted
    var failure = Failure.usage(
      "\(path) is no valid price book: \(count) mistake\(count == 1 ? "" : "s")\n\(problems)")
    failure.kind = "priceBookInvalid"
    failure.details = [
      .init(
        name: "problems",
        value: .array(
          problems.problems.map { problem in
            .object([
              "file": .string(problem.fileName), "line": .number(problem.line), "column": .number(problem.column),
              "field": problem.field.isEmpty ? .null : .string(problem.field), "message": .string(problem.message),
            ])
          })), .init(name: "omitted", value: .number(problems.omitted)),
    ]
    return failure
  }
}

/// The environment of this process.
enum CurrentEnvironment {
  static var variables: [String: String] { ProcessInfo.processInfo.environment }
}
