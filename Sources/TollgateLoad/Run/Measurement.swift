// One drive at one pace: warm-up, the measured part in intervals, and the drain until everything is answered.

internal import NIOCore
internal import TollgateLoadReport
internal import TollgateValues

/// What came of a drive.
struct Measurement {
  /// All of the measured part.
  var meter = Meter()
  var seconds = 0.0
  /// Seconds since 1970.
  var startedAt = 0.0
  var series = SeriesRecorder()
  var serverCPU: Double?
  var harnessCPU = 0.0
  /// The busiest thread of either side; nil where the system does not tell.
  var busiestHarness: ThreadShare?
  var busiestServer: ThreadShare?
  var book = Book(accounts: 0)
  var doubtful: [CallRecord] = []
  var unanswered = 0
  /// Calls that the server put off until the end.
  var putOff = 0
  /// Units that were due and never begun.
  var backlog = 0
  var wasStopped = false
  /// What ended it before its time; all that was measured until then is here.
  var failure: LoadFailure?
  /// Seconds of silence after which it was ended, with calls in flight that nobody answered.
  var silence: Double?

  var rate: Double { seconds > 0 ? Double(answeredInTime) / seconds : 0 }
  /// Operations that were answered before the measured part ended.
  var answeredInTime: UInt64 = 0
}

/// Drives the threads of a harness through one measurement.
struct Drive {
  var harness: Harness
  var plan: LoadPlan
  var serverPID: Int?
  var stop: StopSignal
  /// Hears of each interval as it ends.
  var observe: (Interval, Meter) -> Void

  private static let intervalSeconds = 0.25

  func run() async throws -> Measurement {
    var result = Measurement()
    result.book = Book(accounts: plan.checksMoney ? plan.accounts : 0)
    let begin = MonotonicClock.now + 2_000_000
    let threads = harness.shards.count
    var times: [ThreadTime] = []
    for shard in harness.shards {
      let plan = plan
      let began = try await shard.run { shard -> ThreadTime in
        let driver = LoadDriver(plan: plan, shard: shard)
        if plan.warmUpSeconds == 0 { driver.bound(threads: threads, end: Drive.end(of: plan, from: begin)) }
        shard.driver = driver
        driver.begin(at: begin, threads: threads)
        return ThreadTime.current
      }
      times.append(began)
    }
    do {
      try await measure(from: begin, times, &result)
    } catch {
      _ = try? await finish(&result)
      throw error
    }
    try await finish(&result)
    return result
  }

  /// When the measured part ends; never, where operations are counted.
  private static func end(of plan: LoadPlan, from measured: UInt64) -> UInt64 {
    guard case .seconds(let seconds) = plan.length else { return .max }
    return measured + UInt64(seconds * 1e9)
  }

  /// The empty meters that go round, and when each thread gave one away last.
  private struct Rounds {
    var spare: [Meter]
    var at: [UInt64]
    var times: [ThreadTime]
    var serverCPU: Double?
    /// The last answer before a silence that ended the measurement.
    var lastAnswer: UInt64?
  }

  /// What is compared with at the end of the measured part.
  private struct Start {
    var at: UInt64
    var times: [ThreadTime]
    var serverCPU: Double?
    var serverThreads: [Int: ThreadTime]
    var serverThreadsAt: UInt64
  }

  private func measure(from begin: UInt64, _ times: [ThreadTime], _ result: inout Measurement) async throws {
    let measured = begin + UInt64(plan.warmUpSeconds * 1e9)
    var rounds = Rounds(
      spare: harness.shards.map { _ in Meter() }, at: harness.shards.map { _ in begin },
      times: times, serverCPU: serverPID.flatMap { ServerProcess.cpuSeconds(of: $0) })
    // Without a warm-up everything counts: a sample of what came before could hold the first operations.
    if plan.warmUpSeconds > 0 { try await watch(until: measured, zero: measured, &rounds, counts: false, &result) }
    let start = Start(
      at: rounds.at.min() ?? measured, times: rounds.times, serverCPU: rounds.serverCPU,
      serverThreads: serverPID.map { ServerProcess.threads(of: $0) } ?? [:], serverThreadsAt: MonotonicClock.now)
    result.startedAt = MonotonicClock.wallSeconds
    let end = Drive.end(of: plan, from: measured)
    if plan.warmUpSeconds > 0 {
      let threads = harness.shards.count
      for shard in harness.shards {
        try await shard.run { ($0.driver as? LoadDriver)?.bound(threads: threads, end: end) }
      }
    }
    if result.failure == nil { try await watch(until: end, zero: measured, &rounds, counts: true, &result) }
    let last = min(MonotonicClock.now, end)
    for shard in harness.shards { try await shard.run { ($0.driver as? LoadDriver)?.stop(at: last) } }
    conclude(rounds, since: start, &result)
    // Where a silence ended it, that was waited for already.
    if result.silence == nil { try await drain(&rounds, &result) }
  }

  /// Sums up the measured part.
  private func conclude(_ rounds: Rounds, since start: Start, _ result: inout Measurement) {
    let end = max(rounds.at.max() ?? start.at, start.at)
    // What was waited for in vain is not the server's rate, and nobody was busy then.
    let span = max(min(end, rounds.lastAnswer ?? .max), start.at) - start.at
    let silence = end - start.at - span
    result.seconds = Double(span) / 1e9
    result.answeredInTime = result.meter.operations
    result.serverCPU = rounds.serverCPU.flatMap { after in start.serverCPU.map { after - $0 } }
    for (after, before) in zip(rounds.times, start.times) {
      result.harnessCPU += Double(after.used - min(after.used, before.used)) / 1e9
    }
    result.busiestHarness =
      zip(rounds.times, start.times).map { $0.share(since: $1, of: span) }.busiest
    guard let serverPID else { return }
    let serverSpan = MonotonicClock.now - start.serverThreadsAt
    result.busiestServer =
      ServerProcess.threads(of: serverPID).compactMap { thread, after in
        start.serverThreads[thread].map { after.share(since: $0, of: serverSpan - min(serverSpan, silence)) }
      }.busiest
  }

  /// Takes intervals until a moment, or until the operations are used up.
  private func watch(
    until end: UInt64, zero: UInt64, _ rounds: inout Rounds, counts: Bool, _ result: inout Measurement
  ) async throws {
    while true {
      let now = MonotonicClock.now
      if now >= end { return }
      let interval = min(UInt64(Drive.intervalSeconds * 1e9), max(end - now, 1))
      try await Task.sleep(for: .nanoseconds(Int64(interval)))
      let isFinished = try await take(zero: zero, &rounds, counts: counts, &result)
      if counts, isFinished || result.silence != nil { return }
      if result.failure != nil { return }
      if stop.isStopped {
        result.wasStopped = true
        return
      }
    }
  }

  /// Takes one interval of all threads; returns whether all bounded operations are done.
  private func take(
    zero: UInt64, _ rounds: inout Rounds, counts: Bool, _ result: inout Measurement
  ) async throws -> Bool {
    let before = rounds.at.min() ?? zero
    let (sum, samples, cpu) = try await collect(&rounds)
    result.failure = result.failure ?? samples.compactMap(\.failure).first
    let isFinished = samples.allSatisfy(\.isFinished)
    // Threads that are done were done at their last answer; the interval ends with the last of them.
    let at = (isFinished ? rounds.at.max() : rounds.at.min()) ?? before
    let server = serverPID.flatMap { ServerProcess.cpuSeconds(of: $0) }
    let used = server.flatMap { after in rounds.serverCPU.map { after - $0 } }
    rounds.serverCPU = server
    let interval = Interval(
      start: (Double(before) - Double(zero)) / 1e9, seconds: Double(at - before) / 1e9, calls: sum.calls,
      operations: sum.operations, errors: sum.errors, statuses: sum.namedStatuses,
      inFlight: samples.reduce(0) { $0 + $1.callsInFlight }, backlog: samples.reduce(0) { $0 + $1.backlog },
      intendedRate: intendedRate(at: at, zero: zero), serverProcessor: used, harnessProcessor: cpu,
      latency: sum.latency)
    if counts {
      result.meter.merge(sum)
      result.series.append(interval)
    }
    observe(interval, sum)
    if counts { judgeSilence(samples, &rounds, &result) }
    return isFinished
  }

  /// Takes a sample of every thread.
  ///
  /// - Returns: What all of them counted together, the samples, whose meters are used again, and the seconds of processor time.
  private func collect(_ rounds: inout Rounds) async throws -> (Meter, [ShardSample], Double) {
    let sum = Meter()
    var (samples, cpu) = ([ShardSample](), 0.0)
    for (index, shard) in harness.shards.enumerated() {
      let empty = rounds.spare[index]
      let sample = try await shard.run { shard -> ShardSample in
        guard let driver = shard.driver as? LoadDriver else { throw LoadFailure.failed("the load has ended") }
        return driver.exchange(empty)
      }
      sum.merge(sample.meter)
      samples.append(sample)
      cpu += Double(sample.time.used &- rounds.times[index].used) / 1e9
      (rounds.at[index], rounds.times[index]) = (max(rounds.at[index], sample.at), sample.time)
      sample.meter.reset()
      rounds.spare[index] = sample.meter
    }
    return (sum, samples, cpu)
  }

  /// Where operations are counted, nothing but this bounds how long calls are waited for that nobody answers.
  private func judgeSilence(_ samples: [ShardSample], _ rounds: inout Rounds, _ result: inout Measurement) {
    guard case .operations = plan.length else { return }
    let (now, patience) = (MonotonicClock.now, UInt64(plan.drainSeconds * 1e9))
    let isOver = samples.allSatisfy { sample in
      sample.isFinished || sample.silentSince.map { now > $0 &+ patience } ?? false
    }
    guard isOver, samples.contains(where: { !$0.isFinished }) else { return }
    result.silence = plan.drainSeconds
    rounds.lastAnswer = samples.compactMap { $0.isFinished ? $0.at : $0.silentSince }.max()
  }

  private func intendedRate(at now: UInt64, zero: UInt64) -> Double? {
    guard case .open(let schedule, _) = plan.pace else { return nil }
    let begin = zero - UInt64(plan.warmUpSeconds * 1e9)
    return schedule.rate(at: now > begin ? now - begin : 0)
  }

  /// Waits for the answers to what was due before the end; their latencies count, their number no more for the rate.
  private func drain(_ rounds: inout Rounds, _ result: inout Measurement) async throws {
    let deadline = MonotonicClock.now + UInt64(plan.drainSeconds * 1e9)
    while MonotonicClock.now < deadline {
      var isIdle = true
      for (index, shard) in harness.shards.enumerated() {
        let empty = rounds.spare[index]
        let sample = try await shard.run { ($0.driver as? LoadDriver)?.exchange(empty) }
        guard let sample else { continue }
        result.failure = result.failure ?? sample.failure
        result.meter.merge(sample.meter)
        sample.meter.reset()
        rounds.spare[index] = sample.meter
        // What waits for a server that is away is not waited for again.
        let isIdleThere = result.failure == nil ? sample.isIdle && sample.backlog == 0 : sample.callsInFlight == 0
        isIdle = isIdle && isIdleThere
      }
      if isIdle { return }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private func finish(_ result: inout Measurement) async throws {
    for shard in harness.shards {
      guard let remains = try await shard.run({ ($0.driver as? LoadDriver)?.finish() }) else { continue }
      result.book.merge(remains.book)
      result.doubtful += remains.doubtful
      result.unanswered += remains.unanswered.count
      result.putOff += remains.putOff
      result.backlog += remains.backlog
    }
  }
}
