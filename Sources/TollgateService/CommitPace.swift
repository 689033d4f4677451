// When the record at hand goes to the journal: at once while there is time, after a pause while commits follow each other.

/// A commit costs the same whether it holds one command or a hundred, so a busy gate lets its record fill for a moment.
///
/// The rule: commits begin at least `pause` apart, which is `spacing` times what a commit took lately, and at most
/// `pauseMax`. A record does not wait for that if
/// - so few commands come that a pause would hardly gather any (fewer than `gainMin`), or
/// - it holds as many commands as the fullest of the last records: then everybody who calls is waiting already, and no
///   more will come before somebody is answered, or
/// - it holds `plenty`, beyond which a commit's cost is shared by enough.
///
/// So a caller that is alone never waits, nor do few; and where answers wait at all, it is for 2 ms at most.
/// Times are nanoseconds of a clock that never jumps.
struct CommitPace: Hashable, Sendable {
  /// From the begin of one commit to that of the next, in durations of a commit: the journal's share is a quarter then.
  static let spacing: Int64 = 4
  /// The longest pause, however slow the disk is.
  static let pauseMax: Int64 = 2_000_000
  /// Commands that a pause must be expected to gather.
  static let gainMin: Int64 = 16
  /// Commands that are enough for one commit.
  static let plenty = 256
  /// After so many commits the fullest record is forgotten, at the latest after twice as many.
  static let memory = 16

  /// Means over some eight commits: how long one took, from one begin to the next, and its commands in 1/64.
  private var duration: Int64 = 0
  private var interval: Int64 = 0
  private var commands: Int64 = 0
  private var began: Int64 = 0
  /// The most commands in one of the last records, and of those before them.
  private var fullest = 0
  private var fullestBefore = 0
  private var count = 0

  /// How long a record of so many commands should still wait; zero or less: not at all. The clock is read where that matters.
  func wait(with commands: Int, at now: () -> Int64) -> Int64 {
    guard commands < CommitPace.plenty, commands < max(fullest, fullestBefore) else { return 0 }
    let pause = min(CommitPace.spacing * duration, CommitPace.pauseMax)
    guard self.commands * pause / CommitPace.fraction >= CommitPace.gainMin * interval else { return 0 }
    return began + pause - now()
  }

  /// A record of so many commands goes to the journal.
  mutating func began(with commands: Int, at now: Int64) {
    if count == CommitPace.memory { (fullestBefore, fullest, count) = (fullest, 0, 0) }
    fullest = max(fullest, commands)
    count += 1
    interval = CommitPace.mean(interval, bounded(now - began))
    began = now
    self.commands = CommitPace.mean(self.commands, Int64(min(commands, 1 << 20)) * CommitPace.fraction)
  }

  /// The commit that began last is durable, after so long.
  mutating func ended(after duration: Int64) { self.duration = CommitPace.mean(self.duration, bounded(duration)) }

  private static let fraction: Int64 = 64

  private static func mean(_ old: Int64, _ new: Int64) -> Int64 { old == 0 ? new : old + (new - old) / 8 }

  /// Ten milliseconds without a commit say no more than an hour: a gate that becomes busy is known as such soon.
  private func bounded(_ span: Int64) -> Int64 { min(max(span, 0), 10_000_000) }
}
