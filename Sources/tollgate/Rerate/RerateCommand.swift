// `tollgate rerate`: what a file of jobs would cost under one price book or two.

internal import ArgumentParser
internal import Foundation
internal import TollgatePricing

struct RerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerate", abstract: "Prices a file of jobs under one price book or two, offline.",
    discussion: """
      Says what the jobs of a file would cost, by tier, quality and model, and with two books the difference. The file is \
      CSV with a line of field names, or the binary form of docs/jobs-format.md, which is mapped and priced in place.

      Example: tollgate rerate jobs.csv --book pricebook-1.json --book pricebook-2.json
      """,
    subcommands: [RerateJobsCommand.self, ConvertJobsCommand.self], defaultSubcommand: RerateJobsCommand.self)
}

struct RerateJobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "Prices the jobs of a file; what rerate does unless told otherwise.",
    discussion: """
      Totals are grouped by the tiers of the first book. Jobs that a book has no price for are counted by reason, and are \
      no error. Rows that are no jobs are one: nothing is reported then, unless --skip-invalid leaves them out.

      Example: tollgate rerate jobs.tgj --book pricebook-1.json --book pricebook-2.json --json
      """)

  @OptionGroup var input: JobsInputOptions

  @Option(
    name: .customLong("book"),
    help: ArgumentHelp(
      "A price book; give a second one to compare (default: the one that ships).", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var books: [String] = []

  @Option(
    help: ArgumentHelp("Threads that price, 1 to 256 (default: one for each processor).", valueName: "count"),
    transform: { try Parse.number($0, 1...256) })
  var threads: Int?

  @Option(
    help: ArgumentHelp("The instructions to price with, for measurements (default: the best).", valueName: "level"),
    completion: .list(PricingLevel.available.map(\.rawValue)))
  var level: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard books.count <= 2 else { throw ValidationError("Give --book once or twice.") }
  }

  func run() async throws {
    let loaded = try books.map { path throws(Failure) in try PriceBookFile.load(path) }
    let books = loaded.isEmpty ? [.shipped] : loaded
    let level: PricingLevel
    do {
      level = try self.level.map { name throws(PricingLevelError) in try PricingLevel(named: name) } ?? .best
    } catch {
      throw Failure.usage("\(error)")
    }
    let file = try FileBytes(input.file, purpose: "file of jobs")
    let rerating = try Rerating(
      books: books, level: level, threads: threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount))
    let result = try await rerating.run(file, csv: input.csvRules(books[0]))
    output.print(RerateReport(file: file.name, books: books, groups: rerating.groups, result: result).report)
  }
}

struct ConvertJobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Turns a CSV file of jobs into the binary form.",
    discussion: """
      The output is replaced if it exists, and only once all of it is written.

      Example: tollgate rerate convert jobs.csv jobs.tgj
      """)

  @OptionGroup var input: JobsInputOptions

  @Argument(
    help: ArgumentHelp("The binary file to write.", valueName: "output"), completion: .file(extensions: ["tgj"]))
  var target: String

  @Option(
    name: .customLong("book"),
    help: ArgumentHelp("The price book that knows the models' names (default: the one that ships).", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var book: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let book = try self.book.map { path throws(Failure) in try PriceBookFile.load(path) } ?? .shipped
    let file = try FileBytes(input.file, purpose: "file of jobs")
    guard !file.isBinaryJobs else { throw Failure.usage("\(file.name) is a binary file of jobs already") }
    let progress = ByteProgress("convert", total: file.bytes.count)
    let csv = try JobCSV(file, rules: input.csvRules(book))
    var jobs = JobColumns()
    var skipped = 0
    for chunk in csv.chunks {
      let part = csv.parse(chunk)
      try csv.judge(part, chunk)
      jobs.append(contentsOf: part.jobs)
      skipped += part.skipped
      progress.show(chunk.upperBound)
    }
    progress.clear()
    try JobsWriter.write(jobs, to: target)
    output.print(
      Report(
        text:
          "\(target): \(jobs.count) job\(jobs.count == 1 ? "" : "s")\(skipped > 0 ? ", \(skipped) rows skipped" : "")\n",
        json: .object([
          "file": .string(target), "jobs": .number(jobs.count), "skippedRows": .number(skipped),
        ])))
  }
}

/// The file of jobs, and how its rows are read.
struct JobsInputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The file of jobs, CSV or binary; - is standard input, as CSV.", valueName: "jobs"),
    completion: .file(extensions: ["csv", "tgj"]))
  var file: String

  @Flag(help: "Leave out rows of CSV that are no jobs, and say how many.")
  var skipInvalid = false

  @Flag(help: "Take no notice of columns of CSV that say nothing about a job.")
  var ignoreColumns = false

  func csvRules(_ book: PriceBook) -> JobCSV.Rules {
    JobCSV.Rules(
      models: Dictionary(book.terms.models.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first }),
      skipsInvalid: skipInvalid, ignoresColumns: ignoreColumns)
  }
}
