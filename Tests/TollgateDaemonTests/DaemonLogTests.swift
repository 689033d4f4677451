// The log's lines: one an event, whatever a peer has put into it.

import Foundation
import Logging
import Synchronization
import Testing

@testable import TollgateDaemon

private final class Lines: Sendable {
  let all = Mutex<[String]>([])

  func sink(_ format: LogFormat, _ level: Logger.Level = .info) -> LogSink {
    LogSink(level: level, format: format) { bytes in
      self.all.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
    }
  }

  var last: String { all.withLock { $0.last ?? "" } }
  var count: Int { all.withLock { $0.count } }
}

@Suite struct DaemonLogTests {
  @Test func textIsOneLineWithItsFactsInOrder() {
    let lines = Lines()
    lines.sink(.text).logger("test").info(
      "it\nserves", metadata: ["b": "two words", "a": "1", "c": "", "d": "say \"x\"\n2026 critical forged"])
    let parts = lines.last.split(separator: " ", maxSplits: 1)
    #expect(parts[0].hasSuffix("Z"))
    #expect(
      parts[1] == #"info it serves a=1 b="two words" c="" d="say \"x\"\n2026 critical forged""# + "\n")
  }

  @Test func jsonIsAnObjectALine() throws {
    let lines = Lines()
    lines.sink(.json).logger("test").error("bad \"thing\"", metadata: ["peer": "a\\b\u{1}\u{7f}\n", "level": "forged"])
    #expect(lines.last.filter { $0 == "\n" }.count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(lines.last.utf8)) as? [String: String]
    #expect(object?["level"] == "error")
    #expect(object?["message"] == "bad \"thing\"")
    #expect(object?["peer"] == "a\\b\u{1}\u{7f}\n")
    #expect(object?.count == 4)
  }

  @Test func theLevelCanChangeUnderLoggersThatExist() {
    let lines = Lines()
    let sink = lines.sink(.text)
    let logger = sink.logger("test")
    logger.debug("unheard")
    #expect(lines.count == 0)
    sink.level = .debug
    logger.debug("heard")
    #expect(lines.count == 1)
    sink.level = .error
    logger.warning("unheard")
    #expect(lines.count == 1)
  }
}
