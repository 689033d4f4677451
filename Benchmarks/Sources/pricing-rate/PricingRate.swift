// How many jobs a second the pricing kernel prices at each level, and what memcpy does with the same bytes in the same run.

import ArgumentParser
import TollgatePricing
import TollgateValues

@main
struct PricingRate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pricing-rate", abstract: "The pricing kernel's rates, and files of random jobs.",
    subcommands: [MeasureCommand.self, GenerateCommand.self], defaultSubcommand: MeasureCommand.self)
}

struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Price columns of random jobs at every level that this CPU can run, and copy as many bytes beside it.",
    discussion: """
      A job moves 12 bytes: ten are read and two are written. The roofline is memcpy moving as many, six read and six
      written, measured in turns with the kernel. Rates are medians over the rounds, with the best in brackets.
      """)

  @Option(help: "A pricing level; all that the CPU can run if left out.") var level: String?
  @Option(help: "A price book's file; the one that ships if left out.") var book: String?
  @Option(help: "Rows of the batch that fits the first-level cache.") var smallRows = 2_048
  @Option(help: "Rows of the batch that fits the second-level cache.") var mediumRows = 49_152
  @Option(help: "Rows of the batch in memory.") var largeRows = 1 << 25
  @Option(help: "Seconds for each measurement.") var seconds = 0.5
  @Option(help: "Jobs of a hundred that have no price.") var invalid = 2
  @Option(help: "What the random jobs begin with.") var seed: UInt64 = 1

  func validate() throws {
    guard (1...1 << 28).contains(smallRows), (1...1 << 28).contains(mediumRows), (1...1 << 28).contains(largeRows)
    else {
      throw ValidationError("rows must be from 1 to \(1 << 28)")
    }
    guard seconds > 0, seconds <= 60 else { throw ValidationError("--seconds must be above 0, up to 60") }
    guard (0...100).contains(invalid) else { throw ValidationError("--invalid must be from 0 to 100") }
  }

  func run() throws {
    let book = try priceBook()
    let levels: [PricingLevel]
    do {
      levels = try level.map { [try PricingLevel(named: $0)] } ?? PricingLevel.available
    } catch let error as PricingLevelError {
      throw ValidationError(error.description)
    }
    print("level     rows      fit                  G jobs/s (best)   GB/s    memcpy GB/s   of memcpy")
    for rows in [smallRows, mediumRows, largeRows] {
      let jobs = RandomJobs(seed: seed, invalidPercent: invalid).columns(rows)
      for level in levels {
        // One job after the other takes minutes over a batch in memory, and its rate does not depend on the batch.
        if level == .scalar, rows == largeRows, rows > 1 << 20 { continue }
        let pricer = try KernelPricer(book, level: level)
        print(Comparison(jobs, pricer, seconds: seconds).line(level, rows, pricer.fit))
      }
    }
  }

  private func priceBook() throws -> PriceBook {
    guard let path = book else { return .shipped }
    do {
      return try PriceBook.parse(try readFile(path), fileName: path)
    } catch let problems as PriceBookProblems {
      throw ValidationError(problems.description)
    }
  }
}

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Write a binary file of random jobs, for tollgate rerate.")

  @Argument(help: "The file to write.") var file: String
  @Option(help: "Its jobs.") var rows = 100_000_000
  @Option(help: "Jobs of a hundred that have no price.") var invalid = 2
  @Option(help: "What the random jobs begin with.") var seed: UInt64 = 1

  func validate() throws {
    guard (0...1 << 32).contains(rows) else { throw ValidationError("--rows must be from 0 to \(1 << 32)") }
    guard (0...100).contains(invalid) else { throw ValidationError("--invalid must be from 0 to 100") }
  }

  func run() throws {
    let output = try OutputFile(file)
    try RandomJobs(seed: seed, invalidPercent: invalid).columns(rows).writeFile { (bytes) throws(any Error) in
      try output.write(bytes)
    }
  }
}
