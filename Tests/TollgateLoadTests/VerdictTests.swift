// Who is blamed: tables of what was measured of both sides, and what must follow from it.

import Testing
import TollgateLoadReport

@testable import TollgateLoad

struct VerdictTests {
  /// A closed loop that measured something, with shares of time: ran, waited for a core.
  private func closed(
    harness: (Double, Double)?, server: (Double, Double)?, nullRate: Double? = nil
  ) -> Verdict {
    Verdict(
      harness: harness.map { ThreadShare(busy: $0.0, waiting: $0.1) },
      server: server.map { ThreadShare(busy: $0.0, waiting: $0.1) }, isOpen: false, rate: 100_000, backlog: 0,
      nullRate: nullRate, hasMeasured: true)
  }

  @Test func theSideWithoutTimeLeftIsTheLimit() {
    let rows: [(harness: (Double, Double)?, server: (Double, Double)?, place: RunReport.Bottleneck.Place)] = [
      ((0.40, 0), (0.95, 0), .server),
      ((0.95, 0), (0.40, 0), .harness),
      // A debug harness on a shared core: it ran for only 55 %, but wanted to all the time.
      ((0.55, 0.42), (0.45, 0.10), .harness),
      ((0.30, 0.05), (0.60, 0.35), .server),
      ((0.95, 0), nil, .harness),
      ((0.96, 0), (0.94, 0), .unclear),
      ((0.50, 0.45), (0.55, 0.42), .unclear),
      ((0.30, 0), (0.75, 0), .server),
      ((0.75, 0), (0.30, 0), .harness),
      ((0.60, 0), (0.75, 0), .unclear),
      ((0.80, 0), (0.75, 0), .unclear),
      ((0.30, 0), (0.40, 0), .concurrency),
      ((0.30, 0), nil, .unclear),
      (nil, nil, .unclear),
    ]
    for row in rows {
      let found = closed(harness: row.harness, server: row.server).bottleneck
      #expect(found?.place == row.place, "\(row): \(found?.reason ?? "nothing")")
      #expect(found?.reason.isEmpty == false)
    }
  }

  @Test func theReasonSaysWhatWasMeasured() {
    let found = closed(harness: (0.55, 0.42), server: (0.45, 0)).bottleneck
    #expect(
      found?.reason.hasPrefix("a thread of the harness used 55.0 % of a core and waited 42.0 % of the time for one")
        == true)
    let unclear = closed(harness: (0.80, 0), server: (0.75, 0)).bottleneck
    #expect(unclear?.reason.contains("used 75.0 % of a core, the harness's used 80.0 %") == true)
  }

  @Test func theRateAgainstANullServerSettlesIt() {
    #expect(closed(harness: (0.80, 0), server: (0.75, 0)).wantsNullRate)
    #expect(!closed(harness: (0.30, 0), server: (0.95, 0)).wantsNullRate)
    // 100,000 of 110,000 a second: that is the harness, whatever the processor says.
    let near = closed(harness: (0.80, 0), server: (0.75, 0), nullRate: 110_000)
    #expect(near.bottleneck?.place == .harness && near.bottleneck?.nullServerRate == 110_000)
    #expect(near.bottleneck?.reason.hasPrefix("this is 90.9 % of what") == true)
    let far = closed(harness: (0.80, 0), server: (0.75, 0), nullRate: 1_000_000)
    #expect(far.bottleneck?.place == .unclear && !far.wantsNullRate)
  }

  @Test func openLoopsAreJudgedByTheirScheduleFirst() {
    var verdict = closed(harness: (0.30, 0), server: (0.95, 0))
    (verdict.isOpen, verdict.asked) = (true, 100_000)
    #expect(verdict.bottleneck?.place == .request)
    verdict.lag = 3_000_000
    #expect(verdict.bottleneck?.place == .harness)
    verdict.lag = 300_000
    verdict.backlog = 5
    #expect(verdict.bottleneck?.place == .server)
    // What was due did not begin, and the server had time: the harness that had none is why.
    (verdict.harness, verdict.server) = (ThreadShare(busy: 0.97), ThreadShare(busy: 0.5))
    #expect(verdict.bottleneck?.place == .harness)
    verdict.hasMeasured = false
    #expect(verdict.bottleneck == nil)
  }

  @Test func threadTimesAreReadAndCompared() throws {
    let before = try #require(ThreadTime(schedstat: "1000000 200000 17\n"))
    let after = try #require(ThreadTime(schedstat: "1500000 300000 20\n"))
    #expect(after.share(since: before, of: 1_000_000) == ThreadShare(busy: 0.5, waiting: 0.1))
    #expect(before.share(since: after, of: 1_000_000) == ThreadShare(busy: 0, waiting: 0))
    #expect(ThreadTime(used: 5).share(since: before, of: 0) == ThreadShare())
    for text in ["", "5", "x 5 1", "-1 5 1"] { #expect(ThreadTime(schedstat: text) == nil) }
    let shares = [ThreadShare(busy: 0.5, waiting: 0.1), ThreadShare(busy: 0.3, waiting: 0.6), ThreadShare(busy: 0.8)]
    #expect(shares.busiest == ThreadShare(busy: 0.3, waiting: 0.6))
    #expect([ThreadShare]().busiest == nil)
  }

  @Test func aSilenceLastsFromTheFirstSampleThatSawIt() {
    var silence = Silence()
    let rows: [(answers: UInt64, inFlight: Int, at: UInt64, since: UInt64?)] = [
      (0, 0, 1, nil), (5, 8, 2, 2), (5, 8, 3, 2), (5, 8, 9, 2), (6, 8, 10, 10), (6, 0, 11, nil), (6, 1, 12, 12),
      (6, 1, 13, 12),
    ]
    for row in rows {
      #expect(silence.note(answers: row.answers, inFlight: row.inFlight, at: row.at) == row.since, "\(row)")
    }
  }
}
