// A job as options, and the price book that turns a model's name into its number, offline.

internal import ArgumentParser
internal import TollgateClient
internal import TollgatePricing
internal import TollgateValues

/// The features of a job by the names that people type.
enum Feature: String, CaseIterable, ExpressibleByArgument {
  case imageToImage = "image-to-image"
  case inpainting
  case upscale2x = "upscale-2x"
  case upscale4x = "upscale-4x"
  case faceRestoration = "face-restoration"
  case backgroundRemoval = "background-removal"
  case priorityQueue = "priority-queue"
  case preview

  /// The job's bit.
  var feature: Job.Features {
    switch self {
    case .imageToImage: .imageToImage
    case .inpainting: .inpainting
    case .upscale2x: .upscale2x
    case .upscale4x: .upscale4x
    case .faceRestoration: .faceRestoration
    case .backgroundRemoval: .backgroundRemoval
    case .priorityQueue: .priorityQueue
    case .preview: .preview
    }
  }

  static let list = allCases.map(\.rawValue).joined(separator: ", ")

  /// The features of a set, by name; bits without a name as `bit 12`.
  static func names(of features: Job.Features) -> [String] {
    (0..<32).filter { features.rawValue >> UInt32($0) & 1 == 1 }.map { bit in
      allCases.first { $0.feature.rawValue == 1 << UInt32(bit) }?.rawValue ?? "bit \(bit)"
    }
  }
}

/// The qualities by the names that people type.
enum Quality: String, CaseIterable, ExpressibleByArgument {
  case draft, standard, high

  var quality: Job.Quality {
    switch self {
    case .draft: .draft
    case .standard: .standard
    case .high: .high
    }
  }

  static let list = allCases.map(\.rawValue).joined(separator: ", ")

  /// A quality's name, or its number.
  static func name(of quality: Job.Quality) -> String {
    allCases.first { $0.quality == quality }?.rawValue ?? "quality \(quality.rawValue)"
  }
}

/// What to render. Everything is optional here, because an amount may stand in a job's place.
struct JobOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Pixels of an image: 1024x768, or 1024 for a square.", valueName: "width x height"),
    transform: Parse.size)
  var size: Size?

  @Option(
    help: ArgumentHelp("Pixels across, with --height, in place of --size.", valueName: "pixels"),
    transform: { try Parse.number($0, 1...UInt16.max) })
  var width: UInt16?

  @Option(
    help: ArgumentHelp("Pixels down, with --width, in place of --size.", valueName: "pixels"),
    transform: { try Parse.number($0, 1...UInt16.max) })
  var height: UInt16?

  @Option(
    help: ArgumentHelp(
      "The model by its name in the price book, or by its number (default: 0).", valueName: "name|number"),
    completion: .custom { _, _, _ in Models.completions })
  var model: String?

  @Option(
    help: ArgumentHelp("How carefully (default: standard).", valueName: "quality"),
    completion: .list(Quality.allCases.map(\.rawValue)))
  var quality: Quality?

  @Option(
    help: ArgumentHelp("Images (default: 1).", valueName: "images"),
    transform: { try Parse.number($0, 1...UInt16.max) })
  var count: UInt16?

  @Option(
    help: ArgumentHelp("Sampling steps (default: what the price book includes).", valueName: "steps"),
    transform: { try Parse.number($0, 1...UInt16.max) })
  var steps: UInt16?

  @Option(
    help: ArgumentHelp("ControlNets used (default: 0).", valueName: "number"),
    transform: { try Parse.number($0, 0...UInt8.max) })
  var controlNets: UInt8?

  @Option(
    name: .customLong("feature"),
    help: ArgumentHelp("A feature used; may be repeated.", valueName: "feature"),
    completion: .list(Feature.allCases.map(\.rawValue)))
  var features: [Feature] = []

  @Option(
    help: ArgumentHelp(
      "The price book that knows the models' names (default: the one that ships; TOLLGATE_PRICE_BOOK).",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var priceBook: String?

  func validate() throws {
    if size != nil, width != nil || height != nil { throw ValidationError("Give --size, or --width and --height.") }
    if (width == nil) != (height == nil) { throw ValidationError("--width and --height belong together.") }
  }

  /// Whether anything of a job is given.
  var isGiven: Bool {
    size != nil || width != nil || model != nil || quality != nil || count != nil || steps != nil
      || controlNets != nil || !features.isEmpty
  }

  /// The job; nil if there is no size.
  func job(_ settings: Settings) throws(Failure) -> Job? {
    var size = size
    if let width, let height { size = Size(width: width, height: height) }
    guard let size else { return nil }
    return Job(
      width: size.width, height: size.height, steps: steps ?? 0, count: count ?? 1,
      model: try model.map { name throws(Failure) in try Models(settings).number(of: name) } ?? 0,
      quality: quality?.quality ?? .standard, controlNets: controlNets ?? 0,
      features: Job.Features(features.map(\.feature)))
  }

  /// The job, which there must be.
  func requiredJob(_ settings: Settings) throws(Failure) -> Job {
    guard let job = try job(settings) else {
      throw .usage("say what to render: --size 1024x1024, with --model, --quality and --count as needed")
    }
    return job
  }
}

/// The models' names, as a price book on this machine has them.
struct Models {
  let book: PriceBook
  private let bookName: String

  /// The price book of the settings, or the one that ships.
  init(_ settings: Settings) throws(Failure) {
    if let path = settings.priceBookPath {
      book = try PriceBookFile.load(path)
      bookName = path
    } else {
      book = .shipped
      bookName = "the price book that ships"
    }
  }

  /// The number of a model; a number stands for itself, and is judged by the gate.
  func number(of name: String) throws(Failure) -> UInt16 {
    if let number = UInt16(name) { return number }
    if let model = book.terms.models.first(where: { $0.name == name }) { return model.number }
    let lower = name.lowercased()
    let similar = book.terms.models.filter { $0.name.lowercased() == lower }
    if similar.count == 1 { return similar[0].number }
    let known = book.terms.models.map { "\($0.name) (\($0.number))" }.joined(separator: ", ")
    throw .usage("no model is called \"\(name)\" in \(bookName): models are \(known)")
  }

  /// A model for people: `studio` if the price book is this one, else `model 1`.
  func name(of model: UInt16, priceBook: UInt32) -> String {
    guard priceBook == book.number, let known = book.model(model) else { return "model \(model)" }
    return known.name
  }

  /// What the shell offers for `--model`.
  static var completions: [String] {
    let settings = try? Settings(ConnectionFlags(), config: nil, environment: CurrentEnvironment.variables)
    let book = settings.flatMap { try? Models($0).book } ?? .shipped
    return book.terms.models.map(\.name)
  }
}
