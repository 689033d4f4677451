// HdrHistogram's encoding and log: what another implementation wrote reads here, and no bytes trap.

import Foundation
import Testing
import TollgateTestSupport

@testable import TollgateLoadReport

struct HistogramEncodingTests {
  private func random(_ generator: inout SeededGenerator) -> LatencyHistogram {
    var histogram = LatencyHistogram()
    for _ in 0..<Int.random(in: 0...400, using: &generator) {
      let value = UInt64.random(in: 0...(1 << UInt64.random(in: 0...41, using: &generator)), using: &generator)
      histogram.record(value, times: UInt64.random(in: 1...(1 << 40), using: &generator))
    }
    return histogram
  }

  @Test func whatIsEncodedDecodesToTheSameCounts() throws {
    var generator = SeededGenerator()
    for _ in 0..<30 {
      let histogram = random(&generator)
      let text = try LatencyHistogram(base64: histogram.base64())
      let plain = try LatencyHistogram(encoded: histogram.encoded())
      #expect(text.counts == histogram.counts && plain.counts == histogram.counts, "\(generator.recipe)")
      #expect(text.count == histogram.count, "\(generator.recipe)")
    }
  }

  /// Written by hdrhistogram 0.10.8 of PyPI: 1 ×1, 2047 ×2, 2048 ×1, 5000 ×3, 1 ms ×1,000, 1 s ×1, 1 h ×1.
  @Test func whatThePythonImplementationWroteReadsHere() throws {
    let histogram = try LatencyHistogram(
      base64: "HISTFAAAADZ4nJNpmSzMwMAgygABzFCaEch0M9ixgMH+A1SA6ac8C9NBYbbfVRf4F85nZFq/h5EJAPbNC2A=")
    #expect(histogram.count == 1_009)
    var found: [[UInt64]] = []
    histogram.forEachSlot { values, count in found.append([values.lowerBound, count]) }
    let slots: [UInt64] = [1, 2_047, 2_048, 5_000, 999_936, 999_817_216, 3_599_592_521_728]
    #expect(zip(found, slots).allSatisfy { $0[0] <= $1 && $1 <= $0[0] + $0[0] / 1_000 })
    #expect(found.map { $0[1] } == [1, 2, 1, 3, 1_000, 1, 1])
    var own = LatencyHistogram()
    let values: [(UInt64, UInt64)] = [
      (1, 1), (2_047, 2), (2_048, 1), (5_000, 3), (1_000_000, 1_000), (1_000_000_000, 1), (LatencyHistogram.longest, 1),
    ]
    for (value, times) in values { own.record(value, times: times) }
    #expect(own.counts == histogram.counts)
  }

  @Test func damagedBytesAreRefusedAndNeverTrap() {
    var generator = SeededGenerator()
    for _ in 0..<300 {
      var histogram = LatencyHistogram()
      for _ in 0..<20 { histogram.record(UInt64.random(in: 0...5_000_000, using: &generator)) }
      var bytes = histogram.encoded()
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
      _ = try? LatencyHistogram(encoded: bytes)
    }
    for _ in 0..<60 {
      var text = Array(random(&generator).base64().utf8)
      text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 32...126, using: &generator)
      _ = try? LatencyHistogram(base64: String(decoding: text, as: UTF8.self))
    }
  }

  @Test func whatIsNoHistogramSaysWhy() {
    func why(_ text: String) -> String? {
      do throws(LatencyHistogram.EncodingError) {
        _ = try LatencyHistogram(base64: text)
        return nil
      } catch { return error.description }
    }
    #expect(why("§") == "not base64")
    #expect(why("") == "not a compressed histogram, version 2")
    #expect(why("HISTFAAAAAE=") == "its length is wrong")
  }

  @Test func theLogIsTheFormatOfHdrHistogram() throws {
    var histogram = LatencyHistogram()
    histogram.record(2_500_000, times: 3)
    let header = HdrLogWriter.header(tool: "tollgate-load 0.1.0", startedAt: 1_795_373_602.5)
    #expect(
      header == """
        #[Logged with tollgate-load 0.1.0]
        #[Histogram log format version 1.3]
        #[StartTime: 1795373602.500 (seconds since epoch), 2026-11-22T18:53:22Z]
        #[BaseTime: 1795373602.500 (seconds since epoch)]
        #[MaxValueDivisor: 1000000.0]
        "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"

        """)
    let line = HdrLogWriter.line(tag: "authorize batch,1", start: 1.25, seconds: 0.25, histogram)
    #expect(line == "Tag=authorize_batch_1,1.250,0.250,2.500,\(histogram.base64())\n")
  }

  @Test func aLogFileHoldsEveryIntervalThatCountedSomething() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).hlog").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let log = try HdrLogWriter(path: path, tool: "test", startedAt: 5)
    var histogram = LatencyHistogram()
    try log.append(tag: "a", start: 0, seconds: 1, histogram)
    for second in 1...3 {
      histogram.record(UInt64(second) * 1_000_000)
      try log.append(tag: "a", start: Double(second), seconds: 1, histogram)
    }
    try log.close()
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter {
      $0.hasPrefix("Tag=a,")
    }
    let counts = try lines.map { line in
      try LatencyHistogram(base64: String(line.split(separator: ",").last ?? "")).count
    }
    #expect(counts == [1, 2, 3])
    #expect(throws: HdrLogWriter.WriteError.self) {
      try HdrLogWriter(path: "/nowhere/at/all.hlog", tool: "test", startedAt: 0)
    }
  }
}
