// From a file's row to a request: the same names and readers as the options of the single commands.

internal import TollgateClient

/// Rows of `authorize --batch`.
enum SpendRow {
  static let fields = [
    "account", "size", "width", "height", "model", "quality", "count", "steps", "controlNets", "features", "amount",
    "quote", "project", "member", "lifetime", "id",
  ]

  /// What stands in for fields that a row leaves empty.
  struct Defaults {
    var account: AccountID?
    var project: ProjectID?
    var member: MemberID?
    var lifetime: TimeSpan?
  }

  static func request(_ row: FileRow, defaults: Defaults, models: Models) throws(ParseProblem) -> SpendRequest {
    guard let account: AccountID = try row.read("account", Parse.identifier) ?? defaults.account else {
      throw ParseProblem("account is missing: give it in the row or on the command line")
    }
    return SpendRequest(
      account: account, spend: try spend(row, models),
      quote: try row.read("quote", Parse.identifier) ?? .zero,
      project: try row.read("project", Parse.identifier) ?? defaults.project ?? .zero,
      member: try row.read("member", Parse.identifier) ?? defaults.member ?? .zero,
      lifetime: try row.read("lifetime", Parse.positiveTimeSpan) ?? defaults.lifetime ?? .zero,
      id: try row.read("id", Parse.identifier))
  }

  private static func spend(_ row: FileRow, _ models: Models) throws(ParseProblem) -> Spend {
    let jobFields = ["size", "width", "height", "model", "quality", "count", "steps", "controlNets", "features"]
    if let amount = try row.read("amount", Parse.positiveAmount) {
      if let other = jobFields.first(where: { row.text($0) != nil }) {
        throw ParseProblem("amount and \(other) exclude each other: a row is a job or an amount")
      }
      return .amount(amount)
    }
    return .job(try job(row, models))
  }

  /// The job of a row.
  static func job(_ row: FileRow, _ models: Models) throws(ParseProblem) -> Job {
    let size = try size(row)
    return Job(
      width: size.width, height: size.height,
      steps: try row.read("steps") { try Parse.number($0, 0...UInt16.max) } ?? 0,
      count: try row.read("count") { try Parse.number($0, 1...UInt16.max) } ?? 1,
      model: try row.read("model") { try models.number(of: $0) } ?? 0,
      quality: try row.read("quality", quality) ?? .standard,
      controlNets: try row.read("controlNets") { try Parse.number($0, 0...UInt8.max) } ?? 0,
      features: try row.read("features", features) ?? [])
  }

  private static func size(_ row: FileRow) throws(ParseProblem) -> Size {
    let width = try row.read("width") { try Parse.number($0, 1...UInt16.max) }
    let height = try row.read("height") { try Parse.number($0, 1...UInt16.max) }
    switch (try row.read("size", Parse.size), width, height) {
    case (let size?, nil, nil): return size
    case (nil, let width?, let height?): return Size(width: width, height: height)
    case (nil, nil, nil): throw ParseProblem("size is missing: give size, or width and height, or an amount")
    default: throw ParseProblem("give size, or both width and height")
    }
  }

  private static func quality(_ text: String) throws -> Job.Quality {
    guard let quality = Quality(rawValue: text) else { throw ParseProblem("expected one of \(Quality.list)") }
    return quality.quality
  }

  /// Several features stand with spaces, semicolons or plus signs between them.
  private static func features(_ text: String) throws -> Job.Features {
    let names = text.split { $0 == " " || $0 == ";" || $0 == "+" || $0 == "|" }
    return try Job.Features(
      names.map { name in
        guard let feature = Feature(rawValue: String(name)) else {
          throw ParseProblem("\(name) is no feature: features are \(Feature.list)")
        }
        return feature.feature
      })
  }
}

/// Rows of `capture --batch`.
enum CaptureRow {
  static let fields = ["hold", "amount", "images", "close", "allowExcess", "id"]

  static func request(_ row: FileRow) throws(ParseProblem) -> CaptureRequest {
    guard let hold: HoldID = try row.read("hold", Parse.identifier) else { throw ParseProblem("hold is missing") }
    let amount = try row.read("amount", Parse.amount)
    let images = try row.read("images") { try Parse.number($0, 1...UInt16.max) }
    if amount != nil, images != nil { throw ParseProblem("amount and images exclude each other") }
    let take: Take = amount.map { .amount($0) } ?? images.map { .images($0) } ?? .all
    return CaptureRequest(
      hold: hold, take: take, closes: try row.read("close", Parse.flag) ?? (take == .all),
      allowsExcess: try row.read("allowExcess", Parse.flag) ?? false, id: try row.read("id", Parse.identifier))
  }
}
