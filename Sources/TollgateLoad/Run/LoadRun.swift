// A whole run: connect, prepare, drive or search, check the money, clean up, report.

internal import NIOCore
internal import TollgateLoadReport
internal import TollgateTLS
internal import TollgateValues
internal import TollgateWire

/// What a run needs besides its plan.
struct RunSettings: Sendable {
  var connector: Connector
  var plan = LoadPlan()
  /// Whole credits that each account gets; nil: plenty.
  var grantCredits: Int?
  /// Whether the accounts are taken as they are, without a look if nothing is checked either.
  var isPrepared = false
  var cleansUp = false
  var serverPID: Int?
  var search: SearchPlan?
  /// Whether the harness's own limit is measured when it may be what was in the way.
  var calibrates = false
  /// The command line, for the report.
  var arguments: [String] = []
}

/// Hears how a run goes on.
protocol RunObserver: Sendable {
  func say(_ line: String)
  func progress(_ what: String, _ done: Int, of total: Int)
  func interval(_ interval: Interval, _ meter: Meter, _ phase: RunPhase)
}

/// Where a run stands.
struct RunPhase: Sendable {
  /// What is done, as `authorize-capture, closed loop`.
  var title: String
  /// As `warm-up` or `step at 40,000/s`.
  var name: String
  /// Seconds of it that are over, and all of them where an end is known.
  var elapsed: Double
  var total: Double?
}

/// A run and what it found.
struct LoadRun {
  let settings: RunSettings
  let observer: any RunObserver
  let stop: StopSignal

  /// - Returns: The report; also of a run that could not go on, once it had begun to measure: see its `failure`.
  /// - Throws: `LoadFailure`, if nothing was measured; whatever happens, connections and threads are gone afterwards.
  func run() async throws -> RunReport {
    guard !stop.isStopped else { throw stop.failure(while: "beginning") }
    let harness = try await Harness(connector: settings.connector, threads: settings.plan.threads)
    var report: RunReport
    var verdict: Verdict
    do {
      (report, verdict) = try await run(harness)
      await harness.shutDown()
    } catch {
      await harness.shutDown()
      throw error
    }
    if settings.calibrates, verdict.wantsNullRate, report.failure == nil, !stop.isStopped {
      observer.say("measuring what the harness drives against a null server")
      verdict.nullRate = await Calibration.quickRate(settings.plan, stop: stop)
      report.bottleneck = verdict.bottleneck
    }
    return report
  }

  private func run(_ harness: Harness) async throws -> (RunReport, Verdict) {
    var plan = settings.plan
    let loadBefore = Host.loadAverage
    let welcome = try await harness.breakable("connecting", stop) {
      try await harness.connect(plan.connections)
      return try await harness.welcome()
    }
    try judgeRole(welcome, plan)
    let before = try await harness.breakable("preparing accounts", stop) { try await prepare(harness, plan) }
    var search: RunReport.Search?
    let measurement: Measurement
    if let wanted = settings.search {
      (plan, measurement, search) = try await find(harness, plan, wanted)
    } else {
      measurement = try await drive(harness, plan, "measuring")
    }
    let writer = ReportWriter(settings: settings, plan: plan, welcome: welcome, loadBefore: loadBefore)
    var report = writer.report(of: measurement)
    report.search = search
    var book = measurement.book
    if plan.checksMoney { await check(harness, plan, before, &book, measurement, &report) }
    if settings.cleansUp { await cleanUp(harness, plan, book, &report) }
    return (report, Verdict(plan: plan, measurement: measurement))
  }

  /// Checks the money as far as the server lets us; what was measured is reported in any case.
  private func check(
    _ harness: Harness, _ plan: LoadPlan, _ before: [Standing], _ book: inout Book, _ measurement: Measurement,
    _ report: inout RunReport
  ) async {
    var plan = plan
    // Whoever waited for the server to come back does not wait as long again.
    if case .away = measurement.failure { plan.patienceSeconds = min(plan.patienceSeconds, 5) }
    do {
      report.money = try await harness.breakable("reading balances", stop) {
        try await audit(harness, plan, before, &book, measurement)
      }
    } catch {
      report.failure = report.failure ?? "the money could not be checked: \(error)"
      if case LoadFailure.away = error {
        report.moneyNotChecked = "server away"
      } else {
        report.moneyNotChecked = "\(error)"
      }
    }
  }

  private func cleanUp(_ harness: Harness, _ plan: LoadPlan, _ book: Book, _ report: inout RunReport) async {
    guard report.failure == nil else { return report.notes.append("Nothing was cleaned up.") }
    do {
      report.notes.append(
        try await harness.breakable("cleaning up", stop) { try await cleanUp(harness, plan, book) })
    } catch {
      report.failure = "cleaning up failed: \(error)"
    }
  }

  func drive(_ harness: Harness, _ plan: LoadPlan, _ phase: String) async throws -> Measurement {
    let title = plan.mix.description + (plan.pace == .closed ? ", closed loop" : ", open loop")
    let drive = Drive(harness: harness, plan: plan, serverPID: settings.serverPID, stop: stop) { interval, meter in
      var now = RunPhase(title: title, name: phase, elapsed: interval.start + interval.seconds, total: nil)
      if interval.start < 0 {
        (now.name, now.elapsed, now.total) = ("warm-up", now.elapsed + plan.warmUpSeconds, plan.warmUpSeconds)
      } else if case .seconds(let seconds) = plan.length {
        now.total = seconds
      }
      observer.interval(interval, meter, now)
    }
    return try await drive.run()
  }

  /// Says at once what would be refused a million times.
  private func judgeRole(_ welcome: Welcome?, _ plan: LoadPlan) throws {
    guard let welcome else { return }
    let role = Role(rawValue: welcome.role)
    for method in methodsNeeded(plan) {
      guard let row = method.row, !row.roles.contains(role) else { continue }
      throw LoadFailure.failed(
        "the server sees the role \(role.name) in our certificate (\(welcome.identity)), which may not call \(row.name); "
          + "use a certificate of the role admin, which may call everything")
    }
  }

  private func methodsNeeded(_ plan: LoadPlan) -> [Method] {
    var methods: [Method] = settings.isPrepared ? [] : [.openAccount, .grant]
    if plan.checksMoney { methods.append(.balance) }
    if settings.cleansUp { methods += [.void, .setAccountState] }
    for part in plan.mix.parts {
      switch part.scenario {
      case .authorizeCapture: methods += [.authorize, .capture]
      case .authorizeVoid: methods += [.authorize, .void]
      case .batch: methods += [.authorizeBatch, .captureBatch]
      case .charge: methods += [.charge]
      case .quote: methods += [.quote]
      case .balance: methods += [.balance]
      case .renderFarm: methods += [.authorize, .capture, .extend]
      }
    }
    return methods
  }

  // MARK: Money

  /// The accounts' standing at the begin; empty where nobody asks.
  private func prepare(_ harness: Harness, _ plan: LoadPlan) async throws -> [Standing] {
    if settings.isPrepared, !plan.checksMoney { return [] }
    let (count, total) = (harness.shards.count, plan.accounts)
    let fund = Funding(accounts: total, credits: settings.grantCredits, isPrepared: settings.isPrepared)
    let begin = MonotonicClock.now
    let parts = try await harness.bulk(
      patience: plan.patienceSeconds,
      progress: { observer.progress("preparing accounts", $0, of: total) },
      make: {
        PreparationDriver(
          shard: $0, plan: plan, funding: fund, range: Harness.range(total, $0.index, of: count))
      },
      result: { ($0.standings, $0.opened, $0.granted) })
    let seconds = Double(MonotonicClock.now - begin) / 1e9
    let (opened, granted) = parts.reduce((0, 0)) { ($0.0 + $1.1, $0.1 + $1.2) }
    observer.say(
      "accounts: \(Units.count(total)) (\(Units.count(opened)) opened, \(Units.count(granted)) granted credits) in "
        + Units.time(seconds))
    return parts.flatMap(\.0)
  }

  private func audit(
    _ harness: Harness, _ plan: LoadPlan, _ before: [Standing], _ book: inout Book, _ measurement: Measurement
  ) async throws -> RunReport.MoneyCheck {
    let begin = MonotonicClock.now
    let uncertain = try await resolve(harness, measurement.doubtful, patience: plan.patienceSeconds, &book)
    let (count, total) = (harness.shards.count, plan.accounts)
    let parts = try await harness.bulk(
      patience: plan.patienceSeconds,
      progress: { observer.progress("reading balances", $0, of: total) },
      make: { BalanceDriver(shard: $0, plan: plan, range: Harness.range(total, $0.index, of: count)) },
      result: { $0.standings })
    let audit = MoneyAudit(
      plan: plan, before: before, after: parts.flatMap { $0 }, book: book, uncertain: uncertain)
    return audit.check(seconds: Double(MonotonicClock.now - begin) / 1e9)
  }

  /// Reads the holds of calls whose outcome is unknown; returns the accounts of which even they do not tell.
  private func resolve(
    _ harness: Harness, _ doubtful: [CallRecord], patience: Double, _ book: inout Book
  ) async throws -> Set<UInt32> {
    guard !doubtful.isEmpty else { return [] }
    observer.say("reading \(Units.count(doubtful.count)) holds whose end nobody told")
    let count = harness.shards.count
    let findings = try await harness.bulk(
      patience: patience, progress: nil,
      make: { shard -> HoldDriver in
        let share = doubtful.enumerated().filter { $0.offset % count == shard.index }.map(\.element)
        return HoldDriver(shard: shard, calls: share)
      },
      result: { $0.findings }
    ).flatMap { $0 }
    return Set(findings.compactMap { book.enter($0) })
  }

  private func cleanUp(_ harness: Harness, _ plan: LoadPlan, _ book: Book) async throws -> String {
    let (count, total, holds) = (harness.shards.count, plan.accounts, book.open)
    var (voided, closed, left) = (0, 0, 0)
    for closes in [false, true] {
      let parts = try await harness.bulk(
        patience: plan.patienceSeconds,
        progress: { observer.progress("cleaning up", $0, of: closes ? total : holds.count) },
        make: { shard -> CleanUpDriver in
          let share = closes ? [] : holds.enumerated().filter { $0.offset % count == shard.index }.map(\.element)
          return CleanUpDriver(
            shard: shard, plan: plan, holds: share, range: Harness.range(total, shard.index, of: count),
            closes: closes)
        },
        result: { ($0.voided, $0.closed, $0.left) })
      for part in parts { (voided, closed, left) = (voided + part.0, closed + part.1, left + part.2) }
    }
    var text = "Cleaned up: \(Units.count(closed)) accounts closed, \(Units.count(voided)) holds voided."
    if left > 0 {
      text += " \(Units.count(left)) accounts have holds of an earlier run and stay open until these expire."
    }
    return text + " Closed accounts and their entries stay in the server's books."
  }
}
