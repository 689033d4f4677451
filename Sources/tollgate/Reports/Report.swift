// What a command has to say, twice: as text for people and as JSON for programs.

internal import TollgateClient
internal import TollgateValues

/// One result.
struct Report {
  /// For people: whole lines.
  var text: String
  /// For programs.
  var json: JSON
}

/// An accepted answer with the id that it was asked under.
struct Accepted<Value: Sendable>: Sendable {
  var value: Value
  var id: RequestID
  var replayed: Bool

  /// The fields that every mutating command's JSON ends with.
  var fields: [JSON.Field] {
    [.init(name: "id", value: .id(id)), .init(name: "replayed", value: .bool(replayed))]
  }

  /// A report of the answer; people are told if it is an old one.
  func report(_ fields: [(name: String, value: String)], _ json: KeyValuePairs<String, JSON>) -> Report {
    let replay = replayed ? [("replayed", "yes: this is the answer to an earlier request with the id \(id)")] : []
    return Report(text: FieldList.render(fields + replay), json: JSON.object(json).adding(self.fields))
  }
}

extension Credits {
  /// `24 credits`, `1 credit`.
  var inWords: String { "\(self) credit\(microcredits == Credits.microcreditsPerCredit ? "" : "s")" }
}

/// Micro-dollars as people write dollars: `$9.90`.
func dollars(_ microdollars: Int64) -> String {
  var text = Credits(microcredits: microdollars).description
  if let point = text.firstIndex(of: ".") {
    if text.distance(from: point, to: text.endIndex) == 2 { text += "0" }
  } else {
    text += ".00"
  }
  return "$" + text
}

extension Identifier {
  /// For people: nothing for the id of zeros.
  var ifAny: String { isZero ? "" : description }
}

extension JSON {
  /// A job's parameters; null where an amount stood in its place.
  static func job(_ job: Job) -> JSON {
    guard job.count > 0 else { return .null }
    return .object([
      "width": .number(job.width), "height": .number(job.height), "count": .number(job.count),
      "model": .number(job.model), "quality": .string(Quality.name(of: job.quality)), "steps": .number(job.steps),
      "controlNets": .number(job.controlNets),
      "features": .array(Feature.names(of: job.features).map { .string($0) }),
    ])
  }
}

extension Models {
  /// A job in a few words: `4 × 1024×1024 standard studio, preview`; nothing where an amount stood in its place.
  func inWords(_ job: Job, priceBook: UInt32) -> String {
    guard job.count > 0 else { return "" }
    var words =
      "\(job.count) × \(job.width)×\(job.height) \(Quality.name(of: job.quality)) "
      + name(of: job.model, priceBook: priceBook)
    if job.steps > 0 { words += ", \(job.steps) steps" }
    if job.controlNets > 0 { words += ", \(job.controlNets) ControlNets" }
    return ([words] + Feature.names(of: job.features)).joined(separator: ", ")
  }
}
