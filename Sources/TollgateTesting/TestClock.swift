// The time of a gate in a test: it stands still until the test moves it.

internal import Synchronization
internal import TollgateService
public import TollgateValues

/// A clock that only moves when it is told to. The gate and its clients read it, so that a test can let a hold expire
/// without waiting.
public final class TestClock: Sendable {
  private let instant: Mutex<Instant>

  /// A clock that shows this instant.
  public init(_ start: Instant) { instant = Mutex(start) }

  /// What the clock shows.
  public var now: Instant { instant.withLock { $0 } }

  /// Lets time pass. A gate's clock never runs backwards: a negative span has no effect on what it decides.
  public func advance(by span: TimeSpan) { instant.withLock { $0 = $0.advanced(by: span) } }
}

extension TestClock: TimeSource {
  package func wall() -> Int64 { now.nanoseconds }
  package func monotonic() -> Int64 { now.nanoseconds }
}
