// What kept a run from being faster: the server, the harness itself, or what was asked for.

internal import TollgateLoadReport

struct Verdict {
  var plan: LoadPlan
  var measurement: Measurement

  /// A thread that uses more of its core than this has no time left.
  static let busyShare = 0.9
  /// Due units that begin later than this, though there is room, are the harness's fault, in nanoseconds.
  static let lagMax: UInt64 = 2_000_000

  var bottleneck: RunReport.Bottleneck? {
    guard measurement.seconds > 0, measurement.meter.calls > 0 else { return nil }
    let lag = measurement.meter.lag
    if measurement.busiest > Verdict.busyShare {
      return .init(
        place: .harness,
        reason:
          "a thread of the harness used \(Units.percent(measurement.busiest)) of its core: the server may be faster "
          + "than this; give the harness more --threads, or cores of its own")
    }
    if lag.count > 0, lag.percentile(99) > Verdict.lagMax {
      return .init(
        place: .harness,
        reason: "of the units that were due, one in a hundred began \(Units.duration(lag.percentile(99))) late though "
          + "there was room: the harness does not get the processor in time, and its latencies are too high")
    }
    let serverCores = measurement.serverCPU.map { $0 / measurement.seconds }
    if case .open(let schedule, _) = plan.pace {
      let asked = schedule.steps.count == 1 ? schedule.highest : nil
      if measurement.backlog == 0, asked.map({ measurement.rate > 0.97 * $0 }) ?? true {
        return .init(place: .request, reason: "the rate that was asked for was reached")
      }
      return .init(
        place: .server, reason: "the server did not keep up with the rate that was asked for" + cores(serverCores))
    }
    guard let serverCores else { return nil }
    if serverCores > Verdict.busyShare {
      return .init(place: .server, reason: "the server was busy" + cores(serverCores))
    }
    return .init(
      place: .concurrency,
      reason:
        "neither the server\(cores(serverCores)) nor the harness was at its limit: more calls in flight may bring "
        + "more, up to what the server's disk does")
  }

  private func cores(_ cores: Double?) -> String {
    cores.map { " (it used \(Units.percent($0)) of a core)" } ?? ""
  }
}
