// How fast a snapshot is written: so slowly that calls do not feel it, unless somebody waits for its end.

internal import Dispatch

/// The rule: after each chunk the snapshot's thread rests for `spacing` times as long as the chunk took, so that it has a
/// quarter of a core and of the disk; for `restMax` at most, however slow the disk is. A drain ends all rests.
final class SnapshotPace: Sendable {
  static let spacing = 3
  static let restMax = Duration.milliseconds(20)

  /// Signalled once and for ever by a drain.
  private let hurried = DispatchSemaphore(value: 0)

  /// From now on nobody rests.
  func hurry() { hurried.signal() }

  /// Blocks for the rest that is due after work of such a length.
  func rest(after work: Duration) {
    let rest = min(work * SnapshotPace.spacing, SnapshotPace.restMax)
    if hurried.wait(timeout: .now() + rest / .seconds(1)) == .success { hurried.signal() }
  }
}
