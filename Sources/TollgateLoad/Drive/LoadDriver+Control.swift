// What the program asks of a thread's load while it runs, and how it ends it.

internal import TollgateLoadReport
internal import TollgateValues
internal import TollgateWire

/// What one thread did since it was last asked.
struct ShardSample: Sendable {
  var meter: Meter
  /// When it was taken, by the monotonic clock.
  var at: UInt64
  var callsInFlight: Int
  var backlog: Int
  /// Processor time of the thread since it began.
  var time: ThreadTime
  var isIdle: Bool
  /// All operations that were asked for, by number, are done.
  var isFinished: Bool
  /// Calls are in flight, and none was answered since this moment, by the monotonic clock; nil while answers come.
  var silentSince: UInt64?
  var failure: LoadFailure?
}

/// What is left of one thread's load when it has ended.
struct ShardRemains: Sendable {
  var book: Book
  var doubtful: [CallRecord]
  /// Calls that were never answered.
  var unanswered: [CallRecord]
  /// Calls that the server put off until the end.
  var putOff: Int
  /// Units that were due and never begun.
  var backlog: Int
}

/// Finds out from samples how long nothing was answered.
struct Silence {
  private var answers: UInt64 = 0
  private var since: UInt64?

  /// Takes a sample; returns the moment from which on every sample saw calls in flight and no answer.
  mutating func note(answers now: UInt64, inFlight: Int, at moment: UInt64) -> UInt64? {
    if inFlight == 0 || now != answers {
      since = nil
    }
    if inFlight > 0, since == nil { since = moment }
    answers = now
    return since
  }
}

/// Finds out from samples how long a server has put calls off and done none.
struct Standstill {
  private var done: UInt64 = 0
  private var putOffs: UInt64 = 0
  private var since: UInt64?

  /// Takes a sample; returns the moment of the first put-off after which no call was done.
  mutating func note(done now: UInt64, putOffs: UInt64, at moment: UInt64) -> UInt64? {
    if now != done { since = nil }
    if since == nil, putOffs != self.putOffs { since = moment }
    (done, self.putOffs) = (now, putOffs)
    return since
  }
}

extension LoadDriver {
  /// Gives the meter away for an empty one.
  func exchange(_ empty: Meter) -> ShardSample {
    let full = meter
    meter = empty
    let isFinished = budget <= 0 && unitsLive == 0 && isIdle
    let now = MonotonicClock.now
    judgeStandstill(at: now)
    return ShardSample(
      meter: full, at: isFinished ? shard.now : now, callsInFlight: callsInFlight, backlog: backlog,
      time: ThreadTime.current, isIdle: isIdle, isFinished: isFinished,
      silentSince: silence.note(answers: answers, inFlight: callsInFlight, at: now), failure: failure)
  }

  /// A server that only ever says "later" is as good as away.
  private func judgeStandstill(at now: UInt64) {
    let since = standstill.note(done: answers &- putOffs, putOffs: putOffs, at: now)
    guard let since, now - since > UInt64(plan.patienceSeconds * 1e9) else { return }
    failure = failure ?? .putOff(putOffStatus, seconds: plan.patienceSeconds)
  }

  /// The measured part begins: how much is asked for in it.
  func bound(threads: Int, end: UInt64) {
    if case .operations(let count) = plan.length { budget = Double(count) / Double(threads) }
    // The schedule of an open loop ends by itself, to the nanosecond.
    if case .open = plan.pace { recordsUntil = end }
  }

  /// The measured part ends at a moment: what was due before goes on, nothing else begins.
  func stop(at moment: UInt64) {
    isStopping = true
    recordsUntil = min(recordsUntil, moment)
    abandonJobs()
  }

  /// Ends the load as it stands.
  func finish() -> ShardRemains {
    isStopping = true
    recordsUntil = 0
    abandonJobs()
    let waiting = backlog
    shard.driver = ConnectionDriver()
    var unanswered = parked.flatMap { $0 }
    for connection in shard.connections { unanswered += connection.abandonCalls() }
    unanswered.removeAll { $0.expected != 0 }
    for record in unanswered where record.kind.mutates { doubt(record) }
    let putOff = delayed.all
    for record in putOff where record.mustBeLookedAt { doubt(record) }
    return ShardRemains(
      book: book, doubtful: doubtful, unanswered: unanswered, putOff: putOff.count, backlog: waiting)
  }
}

extension LoadFailure {
  /// For so long, no call had an answer but to try again later.
  static func putOff(_ status: StatusCode, seconds: Double) -> LoadFailure {
    .away("the server put every call off for \(short(seconds)) s, the last one with \(status)")
  }
}
