// `tollgate pricebook`: validates, shows and applies price books, offline.

internal import ArgumentParser
internal import TollgateClient
internal import TollgatePricing

struct PriceBookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pricebook", abstract: "Validates, shows and applies price books, offline.",
    discussion: """
      docs/price-book.md describes the file.

      Example: tollgate pricebook show --source > pricebook-2.json
      """,
    subcommands: [ValidateCommand.self, ShowCommand.self, PriceCommand.self])
}

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Checks price books, and lists all mistakes by line and field.",
    discussion: """
      Several books are also checked against each other, as a gate that keeps them does: no number twice, and a higher \
      number applies later. The exit status is 2 if anything is wrong.

      Example: tollgate pricebook validate pricebook-*.json
      """)

  @Argument(
    help: ArgumentHelp("The files to check.", valueName: "file"), completion: .file(extensions: ["json"]))
  var files: [String]

  @OptionGroup var output: OutputOptions

  func run() async throws {
    var books: [PriceBook] = []
    var failures: [Failure] = []
    for file in files {
      do throws(Failure) { books.append(try PriceBookFile.load(file)) } catch { failures.append(error) }
    }
    if let failure = Failure.all(failures) { throw failure }
    do { _ = try PriceBookShelf(books) } catch { throw Failure.usage("\(error)") }
    output.print(
      Report(
        text: zip(files, books).map { "\($0): valid: \($1.oneLine)\n" }.joined(),
        json: .object(["books": .array(zip(files, books).map { $1.summary(file: $0) })])))
  }
}

extension Failure {
  /// Several failures as one; nil if there are none.
  static func all(_ failures: [Failure]) -> Failure? {
    guard var first = failures.first else { return nil }
    first.message = failures.map(\.message).joined(separator: "\n")
    first.details = [
      .init(name: "files", value: .array(failures.map { .object($0.details) }))
    ]
    return failures.count == 1 ? failures[0] : first
  }
}

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a price book: prices by tier and quality, models, features.",
    discussion: """
      Without a file, the book that ships is shown.

      Example: tollgate pricebook show pricebook-2.json
      """)

  @Argument(
    help: ArgumentHelp("The price book; the one that ships if left out.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var file: String?

  @Flag(help: "Print the file itself, to start one's own from.")
  var source = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let book = try file.map { file throws(Failure) in try PriceBookFile.load(file) } ?? .shipped
    guard source else { return output.print(book.report) }
    let bytes = try file.map { file throws(Failure) in
      try InputFile.read(file, bytesMax: PriceBook.Bounds.fileBytesMax, purpose: "price book")
    }
    Console.output.write(String(decoding: bytes ?? PriceBook.shippedFile, as: UTF8.self))
  }
}

struct PriceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "Prices a job with a price book on this machine, step by step.",
    discussion: """
      The gate's own price comes from tollgate quote; the two agree if the price book does. With --available, it also \
      says what would fit into so many credits.

      Example: tollgate pricebook price --size 1024 --model studio --count 4 --available 14
      """)

  @OptionGroup(title: "Job") var job: JobOptions

  @Option(
    help: ArgumentHelp("Say what fits into so many credits.", valueName: "credits"), transform: Parse.amount)
  var available: Credits?

  @OptionGroup var file: ConfigOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let settings = try Settings(
      ConnectionFlags(priceBook: job.priceBook), config: file.config, environment: CurrentEnvironment.variables)
    let book = try Models(settings).book
    output.print(try book.report(of: try job.requiredJob(settings), available: available))
  }
}
