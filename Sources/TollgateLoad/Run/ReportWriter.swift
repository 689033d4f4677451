// Turns a measurement into the report that everything else reads.

internal import TollgateLoadReport
internal import TollgateWire

struct ReportWriter {
  var settings: RunSettings
  var plan: LoadPlan
  var welcome: Welcome?
  var loadBefore: Double?

  func report(of measurement: Measurement) -> RunReport {
    let meter = measurement.meter
    let (series, heatMap) = measurement.series.finished()
    var report = RunReport(
      tool: "tollgate-load \(LoadVersion.current)", startedAt: measurement.startedAt, configuration: configuration,
      machine: Host.machine(loadBefore: loadBefore), server: server,
      totals: RunReport.Totals(
        seconds: measurement.seconds, sent: meter.sent, calls: meter.calls, operations: measurement.answeredInTime,
        errors: meter.errors, denials: meter.denialCount, unanswered: UInt64(measurement.unanswered),
        retries: meter.retries),
      latency: LatencySummary(meter.latency), operations: operations(meter), statuses: statuses(meter),
      series: series, heatMap: heatMap,
      processor: processor(measurement), failure: measurement.failure.map { "\($0)" })
    report.bottleneck = Verdict(plan: plan, measurement: measurement).bottleneck
    report.notes = notes(measurement)
    return report
  }

  private var configuration: RunReport.Configuration {
    var (loop, rate) = (RunReport.Loop.closed, Double?.none)
    if case .open(let schedule, let arrivals) = plan.pace {
      loop = arrivals == .constant ? .constant : .poisson
      rate = schedule.steps.count == 1 ? schedule.highest : nil
    }
    var (seconds, count) = (Double?.none, UInt64?.none)
    switch plan.length {
    case .seconds(let value): seconds = value
    case .operations(let value): count = UInt64(value)
    }
    let parts = plan.mix.parts.map { RunReport.MixPart(name: $0.scenario.name, weight: $0.weight) }
    return RunReport.Configuration(
      arguments: settings.arguments, scenario: plan.mix.description, mix: parts.count > 1 ? parts : [], loop: loop,
      intendedRate: rate, connections: plan.connections, inFlight: plan.inFlight, threads: plan.threads,
      batch: plan.mix.contains(.batch) ? plan.batchItems : 1, isTLS: settings.connector.tls != nil,
      warmUpSeconds: plan.warmUpSeconds, durationSeconds: seconds, count: count, accounts: plan.accounts,
      skew: plan.skew.description, seed: plan.seed, faults: plan.faults.description, more: more)
  }

  private var more: [RunReport.NamedValue] {
    guard plan.mix.contains(.renderFarm) else { return [] }
    return [
      .init(name: "job durations", value: plan.farm.durations.description),
      .init(name: "hold lifetime", value: "\(short(plan.farm.lifetimeSeconds))s"),
      .init(name: "heartbeat", value: "\(short(plan.farm.heartbeatSeconds))s"),
      .init(name: "crash rate", value: short(plan.farm.crashRate)),
    ]
  }

  private var server: RunReport.Server {
    RunReport.Server(
      address: settings.connector.address,
      version: welcome.map { "\($0.serverName) \($0.serverVersion)" } ?? "", pid: settings.serverPID,
      tls: settings.connector.tls == nil ? "" : "TLS 1.3",
      memory: settings.serverPID.flatMap { ServerProcess.memory(of: $0) })
  }

  private func processor(_ measurement: Measurement) -> RunReport.Processor {
    var processor = RunReport.Processor(server: measurement.serverCPU, harness: measurement.harnessCPU)
    (processor.serverBusiest, processor.serverWaiting) = (
      measurement.busiestServer?.busy, measurement.busiestServer?.waiting
    )
    (processor.harnessBusiest, processor.harnessWaiting) = (
      measurement.busiestHarness?.busy, measurement.busiestHarness?.waiting
    )
    return processor
  }

  private func operations(_ meter: Meter) -> [RunReport.Operation] {
    CallKind.allCases.compactMap { kind in
      let counted = meter.kinds[Int(kind.rawValue)]
      guard counted.calls > 0 else { return nil }
      return RunReport.Operation(
        name: kind.name, calls: counted.calls, operations: counted.operations, errors: counted.errors,
        latency: LatencySummary(counted.latency))
    }
  }

  /// Answers by status; denials by what was denied, in place of their status.
  private func statuses(_ meter: Meter) -> [RunReport.Status] {
    var rows: [RunReport.Status] = meter.namedStatuses.map { name, count in
      RunReport.Status(name: name, count: count, isError: ReportWriter.isFailure(name))
    }
    for (number, count) in meter.denials {
      let name = "denied: \(DetailType(rawValue: number).name)"
      rows.append(RunReport.Status(name: name, count: count, isError: false))
    }
    return rows.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
  }

  /// Whether a status is never the business's own answer.
  static func isFailure(_ name: String) -> Bool { StatusCode.failureNames.contains(name) }

  private func notes(_ measurement: Measurement) -> [String] {
    var notes: [String] = []
    if measurement.wasStopped { notes.append("The run was ended early by a signal.") }
    if measurement.backlog > 0 {
      notes.append(
        "\(Units.count(measurement.backlog)) units were due and never begun, as calls in flight were at their limit: "
          + "the server did not keep up, and latencies are too good without them.")
    }
    if measurement.failure != nil {
      notes.append("The run ended before its time; the figures are of what was measured until then.")
    }
    if let silence = measurement.silence {
      notes.append(
        "The run was ended as no call was answered for \(short(silence)) s though some were in flight; the time measured "
          + "ends with the last answer.")
    }
    if measurement.unanswered > 0 {
      let bound = measurement.failure == nil ? " within \(short(plan.drainSeconds)) s" : ""
      notes.append("\(Units.count(measurement.unanswered)) calls were not answered\(bound).")
    }
    if measurement.putOff > 0 {
      notes.append("\(Units.count(measurement.putOff)) calls were put off by the server until the end.")
    }
    let (drops, duplicates) = (measurement.meter.drops, measurement.meter.duplicates)
    if drops > 0 {
      notes.append(
        "\(Units.count(drops)) connections were dropped on purpose, \(Units.count(measurement.meter.retries)) calls sent again."
      )
    }
    if duplicates > 0 {
      notes.append(
        "\(Units.count(duplicates)) answered calls were repeated under their ids and their answers compared.")
    }
    return notes
  }
}

/// The harness's own version.
package enum LoadVersion {
  package static let current = "0.1.0"
}

extension Skew: CustomStringConvertible {
  package var description: String {
    switch self {
    case .uniform: "uniform"
    case .zipf(let exponent): "zipf \(short(exponent))"
    }
  }
}

extension FaultPlan: CustomStringConvertible {
  package var description: String {
    var parts: [String] = []
    if dropRate > 0 { parts.append("drop \(short(dropRate)) an answer") }
    if dropEverySeconds > 0 { parts.append("drop every \(short(dropEverySeconds)) s") }
    if duplicateRate > 0 { parts.append("duplicate \(short(duplicateRate))") }
    return parts.joined(separator: ", ")
  }
}

extension Connector {
  var address: String {
    switch target {
    case .address(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .socket: "in process"
    }
  }
}

extension StatusCode {
  /// Statuses that are never the business's own answer.
  static let failureNames: Set<String> = Set(
    [
      StatusCode.cancelled, .unknown, .invalidArgument, .deadlineExceeded, .permissionDenied, .unimplemented, .internal,
      .unavailable, .dataLoss, .unauthenticated,
    ].map { $0.description.lowercased() })
}

extension DetailType {
  /// A refusal in words, for the table of statuses.
  var name: String {
    let names: [DetailType: String] = [
      .accountUnknown: "account unknown", .accountFrozen: "account frozen", .accountClosed: "account closed",
      .holdUnknown: "hold unknown", .holdExpired: "hold expired", .holdEnded: "hold ended",
      .priceRefused: "price refused", .tooManyOpenHolds: "too many open holds", .tooManyLots: "too many lots",
      .insufficientCredits: "insufficient credits", .exhausted: "ledger full", .idOutsideWindow: "id outside window",
      .payloadConflict: "payload conflict",
    ]
    return names[self] ?? "detail \(rawValue)"
  }
}
