// A snapshot is written slowly, but nobody who ends a server waits for that.

import Testing

@testable import TollgateService

@Suite struct SnapshotPaceTests {
  /// With rests it would take minutes.
  @Test(.timeLimit(.minutes(1)))
  func `After a drain has begun a snapshot never rests`() {
    let pace = SnapshotPace()
    pace.hurry()
    for _ in 0..<20_000 { pace.rest(after: .seconds(1)) }
  }

  /// With whole rests it would take a minute and a half.
  @Test(.timeLimit(.minutes(1)))
  func `A rest is short, however long the work was`() {
    let pace = SnapshotPace()
    for work in [Duration.zero, .seconds(-1)] { pace.rest(after: work) }
    for _ in 0..<30 { pace.rest(after: .seconds(1)) }
  }
}
