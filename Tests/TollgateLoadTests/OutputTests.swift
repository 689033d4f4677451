// What a run is told about its output is judged before it begins.

import ArgumentParser
import Foundation
import Testing

@testable import TollgateLoad

struct OutputTests {
  @Test func filesThatCannotBeWrittenAreRefusedAtOnce() throws {
    for option in ["--json", "--html", "--hdr-log"] {
      for path in ["/nowhere/at/all/run", FileManager.default.temporaryDirectory.path, ""] {
        #expect(throws: (any Error).self, "\(path)") { try OutputOptions.parse([option, path]) }
      }
    }
    let folder = FileManager.default.temporaryDirectory.path
    let options = try OutputOptions.parse(["--json", "-", "--html", folder + "/run.html", "--hdr-log", "/dev/null"])
    #expect(options.json == "-")
  }

  @Test func thresholdsAreReadBeforeTheRun() throws {
    #expect(try OutputOptions.parse(["--assert", "p99<5ms", "--assert", "errors==0"]).assertions().count == 2)
    #expect(throws: (any Error).self) { try OutputOptions.parse(["--assert", "p99"]) }
    #expect(throws: (any Error).self) { try CompareCommand.parse(["a.json", "b.json", "--fail-if", "p99>10"]) }
    #expect(
      try CompareCommand.parse(["a.json", "b.json", "--fail-if", "p99>+10%", "--fail-if", "rate<-5%"]).limits.count == 2
    )
  }
}
