// Columns that come as bytes are the columns of their jobs.

import Testing
import TollgateTestSupport
import TollgateValues

@testable import TollgatePricing

@Suite struct JobColumnsTests {
  @Test func bytesOfColumnsAreTheirRows() {
    var random = SeededGenerator()
    var (columns, expected) = (JobColumns(), JobColumns())
    for rows in [0, 1, 3, 100] {
      let jobs = (0..<rows).map { _ in
        Job(
          width: .random(in: 0 ... .max, using: &random), height: .random(in: 0 ... .max, using: &random),
          steps: .random(in: 0 ... .max, using: &random), count: .random(in: 0 ... .max, using: &random),
          model: .random(in: 0 ... .max, using: &random),
          quality: .init(rawValue: .random(in: 0 ... .max, using: &random)), controlNets: 0,
          features: .init(rawValue: .random(in: 0 ... .max, using: &random)))
      }
      for job in jobs { expected.append(job) }
      // Each column begins at an odd byte, as it may in a message; that of the ControlNets, all zero, is left out.
      var bytes: [UInt8] = []
      func column<Value: FixedWidthInteger>(_ value: (Job) -> Value) -> Range<Int> {
        bytes.append(7)
        if bytes.count % 2 == 0 { bytes.append(7) }
        let start = bytes.count
        for job in jobs { withUnsafeBytes(of: value(job).littleEndian) { bytes.append(contentsOf: $0) } }
        return start..<bytes.count
      }
      let places = [
        column(\.width), column(\.height), column(\.steps), column(\.count), column(\.model),
        column(\.quality.rawValue), column(\.features.rawValue),
      ]
      let all = bytes.span.bytes
      columns.append(
        rows: rows, widths: all.extracting(places[0]), heights: all.extracting(places[1]),
        steps: all.extracting(places[2]), images: all.extracting(places[3]), models: all.extracting(places[4]),
        qualities: all.extracting(places[5]), controlNets: all.extracting(0..<0), features: all.extracting(places[6]))
    }
    #expect(columns.count == expected.count)
    for row in 0..<columns.count { #expect(columns[row] == expected[row], "\(random.recipe)") }
  }
}
