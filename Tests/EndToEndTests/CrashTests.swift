// A short crash test; scripts/crash-test runs the long one.

import EndToEndSupport
import Testing
import TollgateTestSupport

@Suite struct CrashTests {
  @Test func killedUnderLoadNothingAcknowledgedIsLostChangedOrDoubled() async throws {
    let generator = SeededGenerator()
    var test = CrashTest(rounds: 3, seed: generator.seed)
    test.loadMax = .milliseconds(300)
    let summary = try await test.run { _ in }
    #expect(summary.discrepancies.isEmpty, "\(generator.recipe): \(summary.discrepancies.prefix(10))")
    #expect(summary.rounds == 3)
    #expect(summary.acknowledged > 0, "\(generator.recipe)")
  }
}
