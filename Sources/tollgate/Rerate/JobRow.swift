// One row of CSV as a job, from bytes.

internal import TollgateValues

/// Reads rows of the same columns, one after the other.
struct JobRow {
  private let columns: [JobCSV.Field?]
  private let models: [String: UInt16]

  init(columns: [JobCSV.Field?], models: [String: UInt16]) {
    (self.columns, self.models) = (columns, models)
  }

  /// The job of a line, which has at least one byte and no line's end. Fields that are left empty, or at the end out, have
  /// their defaults; what the price book would refuse is not refused here.
  func read(_ line: UnsafeRawBufferPointer) throws(ParseProblem) -> Job {
    var job = Job(width: 0, height: 0)
    var hasSize = false
    var begin = 0
    var index = 0
    while begin <= line.count {
      var end = begin
      while end < line.count, line[end] != UInt8(ascii: ",") { end += 1 }
      guard index < columns.count else { throw ParseProblem("expected \(columns.count) fields; found more") }
      let field = JobRow.trimmed(UnsafeRawBufferPointer(rebasing: line[begin..<end]))
      if let column = columns[index], !field.isEmpty {
        try set(column, field, &job)
        hasSize = hasSize || column == .size || column == .width
      }
      (begin, index) = (end + 1, index + 1)
    }
    guard hasSize else { throw ParseProblem("there is no size") }
    return job
  }

  private func set(_ column: JobCSV.Field, _ field: UnsafeRawBufferPointer, _ job: inout Job) throws(ParseProblem) {
    switch column {
    case .size: (job.width, job.height) = try JobRow.size(field)
    case .width: job.width = try JobRow.number(field, column)
    case .height: job.height = try JobRow.number(field, column)
    case .count: job.count = try JobRow.number(field, column)
    case .steps: job.steps = try JobRow.number(field, column)
    case .controlNets: job.controlNets = try JobRow.number(field, column)
    case .model: job.model = try model(field)
    case .quality: job.quality = try JobRow.quality(field)
    case .features: job.features = try JobRow.features(field)
    }
  }

  /// Without spaces around it, and without quotation marks around that.
  private static func trimmed(_ field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (begin, end) = (0, field.count)
    while begin < end, field[begin] == UInt8(ascii: " ") { begin += 1 }
    while end > begin, field[end - 1] == UInt8(ascii: " ") { end -= 1 }
    if end - begin >= 2, field[begin] == UInt8(ascii: "\""), field[end - 1] == UInt8(ascii: "\"") {
      (begin, end) = (begin + 1, end - 1)
    }
    return UnsafeRawBufferPointer(rebasing: field[begin..<end])
  }

  /// Digits alone, up to seven of them; nil for anything else.
  private static func digits(_ field: UnsafeRawBufferPointer) -> UInt32? {
    guard !field.isEmpty, field.count <= 7 else { return nil }
    var number: UInt32 = 0
    for byte in field {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      number = number * 10 + UInt32(digit)
    }
    return number
  }

  private static func number<Number: FixedWidthInteger>(
    _ field: UnsafeRawBufferPointer, _ column: JobCSV.Field
  ) throws(ParseProblem) -> Number {
    guard let digits = digits(field), let number = Number(exactly: digits) else {
      throw ParseProblem("\(column.rawValue) is \"\(text(field))\": expected a whole number from 0 to \(Number.max)")
    }
    return number
  }

  private static func text(_ field: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: field.prefix(40), as: UTF8.self)
    return field.count > 40 ? text + "…" : text
  }

  /// `1024x768`, or `1024` for a square.
  private static func size(_ field: UnsafeRawBufferPointer) throws(ParseProblem) -> (UInt16, UInt16) {
    let cross = field.firstIndex { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }
    let width = digits(UnsafeRawBufferPointer(rebasing: field[..<(cross ?? field.count)]))
    let height = cross.map { digits(UnsafeRawBufferPointer(rebasing: field[($0 + 1)...])) } ?? width
    guard let width, let height, let across = UInt16(exactly: width), let down = UInt16(exactly: height) else {
      throw ParseProblem("size is \"\(text(field))\": expected pixels such as 1024x768, or 1024 for a square")
    }
    return (across, down)
  }

  private func model(_ field: UnsafeRawBufferPointer) throws(ParseProblem) -> UInt16 {
    if let number = JobRow.digits(field) {
      guard let model = UInt16(exactly: number) else { throw ParseProblem("model is \(number): at most \(UInt16.max)") }
      return model
    }
    let name = String(decoding: field, as: UTF8.self)
    guard let model = models[name] else {
      let known = models.sorted { $0.value < $1.value }.map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
      throw ParseProblem("model is \"\(JobRow.text(field))\": models of the first price book are \(known)")
    }
    return model
  }

  private static func quality(_ field: UnsafeRawBufferPointer) throws(ParseProblem) -> Job.Quality {
    if let number = digits(field), let raw = UInt8(exactly: number) { return Job.Quality(rawValue: raw) }
    guard let quality = Quality(rawValue: String(decoding: field, as: UTF8.self)) else {
      throw ParseProblem("quality is \"\(text(field))\": expected \(Quality.list), or a number")
    }
    return quality.quality
  }

  /// Names with spaces, semicolons or plus signs between them, or the set as a number.
  private static func features(_ field: UnsafeRawBufferPointer) throws(ParseProblem) -> Job.Features {
    if let number = digits(field) { return Job.Features(rawValue: number) }
    var features: Job.Features = []
    for name in String(decoding: field, as: UTF8.self).split(whereSeparator: { " ;+|".contains($0) }) {
      guard let feature = Feature(rawValue: String(name)) else {
        throw ParseProblem("features name \"\(name.prefix(40))\": features are \(Feature.list)")
      }
      features.insert(feature.feature)
    }
    return features
  }
}
