// The log: one line an event to stderr, as text for people or JSON for programs, with a level that SIGHUP can change.

internal import Foundation
package import Logging
internal import Synchronization
internal import TollgateValues

package enum LogFormat: String, Sendable {
  case text, json
}

/// What all loggers of the process share.
package final class LogSink: Sendable {
  private let least: Mutex<Logger.Level>
  private let format: LogFormat
  private let write: @Sendable ([UInt8]) -> Swift.Void

  /// - Parameter write: Takes one line with its end; by default it goes to stderr at once, unbuffered.
  package init(
    level: Logger.Level, format: LogFormat, write: @escaping @Sendable ([UInt8]) -> Swift.Void = LogSink.toStandardError
  ) {
    least = Mutex(level)
    self.format = format
    self.write = write
  }

  /// The least level that is logged.
  package var level: Logger.Level {
    get { least.withLock { $0 } }
    set { least.withLock { $0 = newValue } }
  }

  /// A logger that writes here.
  package func logger(_ label: String) -> Logger { Logger(label: label) { _ in LogLine(sink: self) } }

  fileprivate func write(_ event: LogEvent, _ metadata: [(String, String)]) {
    let instant = Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e6) * 1_000)
    let line =
      switch format {
      case .text: LogSink.text(event, metadata, at: instant)
      case .json: LogSink.json(event, metadata, at: instant)
      }
    write(Array((line + "\n").utf8))
  }

  /// `2026-11-22T15:04:05.25Z info serving address=127.0.0.1:7420`
  private static func text(_ event: LogEvent, _ metadata: [(String, String)], at instant: Instant) -> String {
    var line = "\(instant) \(event.level) \(oneLine(event.message.description))"
    for (name, value) in metadata {
      let needsQuotes = value.isEmpty || value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0.value < 0x20 }
      line += " \(name)=\(needsQuotes ? quoted(value) : value)"
    }
    return line
  }

  private static func json(_ event: LogEvent, _ metadata: [(String, String)], at instant: Instant) -> String {
    let fixed = [("time", "\(instant)"), ("level", "\(event.level)"), ("message", event.message.description)]
    let fields = (fixed + metadata.filter { name, _ in !fixed.contains { $0.0 == name } })
    return "{" + fields.map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
  }

  private static func oneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
  }

  /// A JSON string; what comes from peers can neither end the line nor hide in it.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// Writes to stderr; a log that nobody takes is no reason to stop.
  package static let toStandardError: @Sendable ([UInt8]) -> Swift.Void = { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(2, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}

/// One logger's handler.
private struct LogLine: LogHandler {
  let sink: LogSink
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  /// Read at every call, so that a reload changes loggers that exist.
  var logLevel: Logger.Level {
    get { sink.level }
    set { sink.level = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let given = metadata.merging(event.metadata ?? [:]) { $1 }
    sink.write(event, given.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
  }
}
