// The HdrHistogram log: a text file of histograms by interval, which HistogramLogAnalyzer and its kin read.

internal import Foundation

/// Writes a log of version 1.3, one line an interval and tag.
package struct HdrLogWriter {
  /// Why a log cannot be written.
  package struct WriteError: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  private let handle: FileHandle
  private let path: String

  /// Begins a log in a new file, in place of what stood there.
  ///
  /// - Parameter startedAt: what intervals count from, in seconds since 1970.
  package init(path: String, tool: String, startedAt: Double) throws(WriteError) {
    self.path = path
    guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path)
    else { throw WriteError(description: "\(path): cannot be written") }
    self.handle = handle
    try write(Self.header(tool: tool, startedAt: startedAt))
  }

  /// Adds one interval of one kind of call; a histogram without values is left out.
  ///
  /// - Parameters:
  ///   - tag: the kind of call; commas and spaces, which the format has no place for, become `_`.
  ///   - start: in seconds since `startedAt`.
  package func append(tag: String, start: Double, seconds: Double, _ histogram: LatencyHistogram) throws(WriteError) {
    guard !histogram.isEmpty else { return }
    try write(Self.line(tag: tag, start: start, seconds: seconds, histogram))
  }

  /// Ends the log.
  package func close() throws(WriteError) {
    do { try handle.close() } catch {
      throw WriteError(description: "\(path): cannot be written: \(reason(of: error))")
    }
  }

  private func write(_ text: String) throws(WriteError) {
    do { try handle.write(contentsOf: Data(text.utf8)) } catch {
      throw WriteError(description: "\(path): cannot be written: \(reason(of: error))")
    }
  }

  /// The lines before the first interval.
  static func header(tool: String, startedAt: Double) -> String {
    let formatter = ISO8601DateFormatter()
    let start = decimal(startedAt)
    return """
      #[Logged with \(tool.printable)]
      #[Histogram log format version 1.3]
      #[StartTime: \(start) (seconds since epoch), \(formatter.string(from: Date(timeIntervalSince1970: startedAt)))]
      #[BaseTime: \(start) (seconds since epoch)]
      #[MaxValueDivisor: 1000000.0]
      "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

      """
  }

  /// One interval. Its maximum stands in milliseconds, as the header's divisor says.
  static func line(tag: String, start: Double, seconds: Double, _ histogram: LatencyHistogram) -> String {
    let safe = String(tag.map { $0.isNameLike || $0 == "." ? $0 : "_" })
    let prefix = safe.isEmpty ? "" : "Tag=\(safe),"
    let most = decimal(Double(histogram.max) / 1e6)
    return "\(prefix)\(decimal(start)),\(decimal(seconds)),\(most),\(histogram.base64())\n"
  }

  private static func decimal(_ number: Double) -> String {
    number.isFinite ? String(format: "%.3f", number) : "0.000"
  }
}
