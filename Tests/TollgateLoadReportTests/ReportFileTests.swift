// Reports as files: they come back as they were, and what is no report says what it is instead.

import Foundation
import Testing
import TollgateLoadReport
import TollgateTestSupport

struct ReportFileTests {
  @Test func aReportReadsBackAsItWasWritten() throws {
    for report in [SampleReport.make(seconds: 10), SampleReport.full] {
      #expect(try RunReport(json: report.json()) == report)
    }
  }

  @Test func theKeysOfTheFileAreThoseOfTheDocumentation() throws {
    let object = try JSONSerialization.jsonObject(with: SampleReport.full.json()) as? [String: Any]
    let keys = [
      "assertions", "bottleneck", "configuration", "format", "heatMap", "latency", "machine", "money", "notes",
      "operations", "processor", "search", "series", "server", "startedAt", "statuses", "tool", "totals", "version",
    ]
    #expect(object?.keys.sorted() == keys)
    #expect(object?["format"] as? String == "tollgate-load-report" && object?["version"] as? Int == 1)
  }

  private func problem(_ text: String) -> String {
    do throws(RunReport.FileError) {
      _ = try RunReport(json: Data(text.utf8))
      return "none"
    } catch { return error.description }
  }

  /// The JSON of a short report with one piece replaced.
  private func changed(_ old: String, _ new: String) throws -> String {
    let text = String(decoding: try SampleReport.make(seconds: 3).json(), as: UTF8.self)
    #expect(text.contains(old))
    return text.replacingOccurrences(of: old, with: new)
  }

  @Test func whatIsNoReportSaysSo() throws {
    #expect(problem("") == "no report of tollgate-load: no JSON")
    #expect(problem("[1]") == "no report of tollgate-load:  is of the wrong kind")
    #expect(problem("{}") == "no report of tollgate-load: .format is missing")
    #expect(problem(#"{"format":"wrk","version":1}"#) == "no report of tollgate-load: its format is “wrk”")
    #expect(
      problem(#"{"format":"tollgate-load-report","version":2}"#)
        == "a report of version 2; this program reads version 1. Read it with the tollgate-load that wrote it")
    #expect(problem(#"{"format":"tollgate-load-report","version":1}"#) == "damaged: .tool is missing")
  }

  @Test func whatDoesNotFitTogetherIsDamage() throws {
    #expect(
      problem(try changed(#""connections":16"#, #""connections":"16""#))
        == "damaged: .configuration.connections is of the wrong kind")
    #expect(
      problem(try changed(#""loop":"closed""#, #""loop":"round""#))
        == "damaged: .configuration.loop has no value that fits")
    #expect(
      problem(try changed(#""histogram":"HIST"#, #""histogram":"HISS"#)).hasPrefix("damaged: latency: its histogram: "))
    #expect(
      problem(try changed(#""statusNames":["#, #""statusNames":["more","#))
        == "damaged: series: a point counts 3 statuses, not 4")
    for wrong in [599, 601] {
      #expect(
        problem(try changed(#""count":600,"#, #""count":\#(wrong),"#))
          == "damaged: operations.authorize: its histogram counts something else")
    }
    #expect(problem(try changed(#""columns":[["#, #""columns":[[],["#)) == "damaged: heatMap: 4 columns for 3 points")
  }

  @Test func aFileThatIsMissingIsNamed() {
    #expect(throws: RunReport.FileError.self) { try RunReport(file: "/nowhere/report.json") }
    do throws(RunReport.FileError) { _ = try RunReport(file: "/nowhere/report.json") } catch {
      #expect(error.description.hasPrefix("/nowhere/report.json: cannot be read"))
    }
  }

  @Test func mutatedReportsNeverTrapNeitherReadNorShown() throws {
    var generator = SeededGenerator()
    let original = Array(try SampleReport.make(seconds: 4, callsPerSecond: 50).json())
    let reference = SampleReport.make(seconds: 4)
    let numbers = [
      "0", "-1", "9223372036854775807", "18446744073709551615", "1e300", "-1e300", "5e-324", "null", "\"\"",
    ]
    var survivors = 0
    for _ in 0..<80 {
      var bytes = original
      // Half of the mutants replace a number, which survives the parser more often than a broken byte does.
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        guard Bool.random(using: &generator) else {
          bytes[at] = UInt8.random(in: 32...126, using: &generator)
          continue
        }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let start = bytes[at...].firstIndex(of: UInt8(ascii: ":")), start + 1 < bytes.count,
          digits.contains(bytes[start + 1])
        else { continue }
        let end = bytes[(start + 1)...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? bytes.count
        let number = numbers[Int.random(in: 0..<numbers.count, using: &generator)]
        bytes.replaceSubrange((start + 1)..<end, with: Array(number.utf8))
      }
      guard let report = try? RunReport(json: Data(bytes)) else { continue }
      survivors += 1
      #expect(!report.summary().isEmpty && !report.html().isEmpty, "\(generator.recipe)")
      #expect(!Comparison(before: reference, after: report).text().isEmpty, "\(generator.recipe)")
    }
    #expect(survivors > 2, "\(generator.recipe)")
  }

  @Test func aNumberThatIsNotFiniteIsNotWritten() {
    var report = SampleReport.make(seconds: 2)
    report.totals.seconds = .infinity
    #expect(throws: RunReport.FileError.self) { try report.json() }
  }
}
