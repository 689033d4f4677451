// Reports as JSON: one line a report, and reading that judges everything before it is believed.

package import Foundation

extension RunReport {
  /// Why a file is no report that this program reads, in a sentence.
  package struct FileError: Error, Equatable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
  }

  /// The largest file that is read: a report is well below a megabyte.
  package static let fileSizeMax = 64 << 20

  /// The report as JSON, keys in alphabetical order.
  ///
  /// - Throws: `FileError` if a number is not finite.
  package func json() throws(FileError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self) + Data("\n".utf8)
    } catch {
      throw FileError("the report cannot be written as JSON: \(Self.explain(error))")
    }
  }

  /// Reads a report.
  ///
  /// - Throws: `FileError`, whatever the bytes are.
  package init(json: Data) throws(FileError) {
    guard json.count <= Self.fileSizeMax else { throw FileError("larger than \(Self.fileSizeMax >> 20) MiB") }
    let decoder = JSONDecoder()
    let envelope: Envelope
    do {
      envelope = try decoder.decode(Envelope.self, from: json)
    } catch {
      throw FileError("no report of tollgate-load: \(Self.explain(error))")
    }
    guard envelope.format == Self.formatName else {
      throw FileError("no report of tollgate-load: its format is “\(envelope.format.prefix(40))”")
    }
    guard envelope.version == Self.currentVersion else {
      throw FileError(
        "a report of version \(envelope.version); this program reads version \(Self.currentVersion). "
          + "Read it with the tollgate-load that wrote it")
    }
    do {
      self = try decoder.decode(RunReport.self, from: json)
    } catch {
      throw FileError("damaged: \(Self.explain(error))")
    }
    if let problem = damage() { throw FileError("damaged: \(problem)") }
  }

  /// Reads a report from a file.
  ///
  /// - Throws: `FileError`, which names the file.
  package init(file path: String) throws(FileError) {
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      data = try handle.read(upToCount: Self.fileSizeMax + 1) ?? Data()
    } catch {
      throw FileError("\(path): cannot be read: \(reason(of: error))")
    }
    do {
      try self.init(json: data)
    } catch {
      throw FileError("\(path): \(error.description)")
    }
  }

  private struct Envelope: Decodable {
    var format: String
    var version: Int
  }

  /// What is wrong inside, although the types are right.
  private func damage() -> String? {
    for point in series.points where point.statuses.count != series.statusNames.count {
      return "series: a point counts \(point.statuses.count) statuses, not \(series.statusNames.count)"
    }
    guard heatMap.columns.isEmpty || heatMap.columns.count == series.points.count else {
      return "heatMap: \(heatMap.columns.count) columns for \(series.points.count) points"
    }
    guard heatMap.columns.allSatisfy({ $0.count == heatMap.bounds.count }) else {
      return "heatMap: a column has not one count for each bound"
    }
    guard zip(heatMap.bounds, heatMap.bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return "heatMap: its bounds do not ascend"
    }
    for (name, summary) in [("latency", latency)] + operations.map({ ("operations.\($0.name)", $0.latency) }) {
      do {
        let histogram = try summary.decoded()
        guard histogram.count == summary.count else { return "\(name): its histogram counts something else" }
      } catch {
        return "\(name): its histogram: \(error)"
      }
    }
    return nil
  }

  /// What a decoder or encoder complained about, with the place.
  private static func explain(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
    case DecodingError.typeMismatch(_, let context): "\(place(context.codingPath)) is of the wrong kind"
    case DecodingError.valueNotFound(_, let context): "\(place(context.codingPath)) is null"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\(place(context.codingPath)) has no value that fits"
    case DecodingError.dataCorrupted: "no JSON"
    case EncodingError.invalidValue(_, let context): "\(place(context.codingPath)) is not finite"
    default: reason(of: error)
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue.prefix(60))" }.joined()
  }
}
