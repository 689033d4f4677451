// What one operation costs in instructions and allocations: runs the workloads under callgrind, and judges what came out.

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

@main
struct Main {
  static let usage = """
    Usage: instruction-cost run [--list] [--only TEXT] [--certificates DIR] [--accounts N]
           instruction-cost judge --dumps DIR [--dumps DIR]... --thresholds FILE [--times FILE] [--only TEXT] [--update]

    run does each case's work: under callgrind it dumps what each case cost, otherwise it prints nanoseconds an operation.
    judge reads callgrind's dumps and holds each case's cheapest run against the committed thresholds. Benchmarks/check calls both.
    Exit status: 0 all well, 1 something costs more than its threshold allows, 64 wrong usage, 70 it could not be measured.
    """

  static func main() {
    do {
      var arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
      switch arguments.command {
      case "run": try Measurement(&arguments).run()
      case "judge": exit(try Judgement(&arguments).run() ? 0 : 1)
      default: throw UsageError(text: usage)
      }
    } catch let error as UsageError {
      complain(error.text)
      exit(64)
    } catch {
      complain("instruction-cost: \(error)")
      exit(70)
    }
  }

  private static func complain(_ text: String) {
    var bytes = Array((text + "\n").utf8)
    _ = write(2, &bytes, bytes.count)
  }
}

struct UsageError: Error { var text: String }

/// What cannot be measured, and why.
struct MeasurementError: Error, CustomStringConvertible { var description: String }

/// The command line: a command, and options that are taken out one by one.
struct Arguments {
  let command: String
  private var rest: [String]

  init(_ all: [String]) throws {
    guard let first = all.first, first != "--help" else { throw UsageError(text: Main.usage) }
    command = first
    rest = Array(all.dropFirst())
  }

  mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  mutating func value(_ name: String) throws -> String? {
    guard let index = rest.firstIndex(of: name) else { return nil }
    guard index + 1 < rest.count else { throw UsageError(text: "instruction-cost: \(name) needs a value") }
    let value = rest[index + 1]
    rest.removeSubrange(index...index + 1)
    return value
  }

  /// Refuses what nobody took.
  func end() throws {
    if let first = rest.first { throw UsageError(text: "instruction-cost: there is no option \(first)\n\(Main.usage)") }
  }
}
