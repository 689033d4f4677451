// What kept a run from being faster: the server, the harness itself, or what was asked for. It rests on what was measured of both
// sides, and says "unclear" where that does not tell them apart.

internal import TollgateLoadReport

struct Verdict {
  /// The thread of each side that had the least time to spare; nil where the system does not tell.
  var harness: ThreadShare?
  var server: ThreadShare?
  /// Of an open loop with one rate, that rate.
  var asked: Double?
  var isOpen: Bool
  var rate: Double
  /// Units that were due and never begun.
  var backlog: Int
  /// How late one due unit in a hundred began though there was room for it, in nanoseconds; nil without any.
  var lag: UInt64?
  /// What the harness drives against a null server, where that is known.
  var nullRate: Double?
  /// Whether anything was measured.
  var hasMeasured: Bool

  /// A thread that runs, or waits for a core, for more of its time than this has none left.
  static let busyShare = 0.9
  /// From here on a side counts as the limit if the other one has half of its time left.
  static let muchShare = 0.7
  static let idleShare = 0.5
  /// Due units that begin later than this, though there is room, are the harness's fault, in nanoseconds.
  static let lagMax: UInt64 = 2_000_000
  /// A run above this share of what the harness reaches against a null server is at the harness's limit.
  static let nullShare = 0.8

  var bottleneck: RunReport.Bottleneck? {
    guard hasMeasured else { return nil }
    var bottleneck = judged
    bottleneck.nullServerRate = nullRate
    return bottleneck
  }

  /// Whether the rate against a null server would tell more.
  var wantsNullRate: Bool {
    guard nullRate == nil, let place = bottleneck?.place else { return false }
    return place == .harness || place == .unclear
  }

  private var judged: RunReport.Bottleneck {
    if let nullRate, nullRate > 0, rate > Verdict.nullShare * nullRate {
      let reached = Units.percent(rate / nullRate)
      return .init(
        place: .harness,
        reason:
          "this is \(reached) of what the harness drives against a server that does nothing: the server may be faster")
    }
    if let lag, lag > Verdict.lagMax {
      return .init(
        place: .harness,
        reason: "of the units that were due, one in a hundred began \(Units.duration(lag)) late though "
          + "there was room: the harness does not get the processor in time, and its latencies are too high\(both)")
    }
    if isOpen, backlog == 0, asked.map({ rate > 0.97 * $0 }) ?? true {
      return .init(place: .request, reason: "the rate that was asked for was reached")
    }
    return busier
  }

  /// Who had no time left, if that can be told.
  private var busier: RunReport.Bottleneck {
    let (ours, theirs) = (harness?.wanted, server?.wanted)
    if isLimit(theirs, beside: ours), let server {
      return .init(place: .server, reason: "the server was busy: \(describe("its busiest thread", server))\(missed)")
    }
    if isLimit(ours, beside: theirs), let harness {
      return .init(
        place: .harness,
        reason:
          "\(describe("a thread of the harness", harness))\(theirs == nil ? "" : ", the server's less"): the server may be "
          + "faster than this; give the harness more --threads, or cores of its own")
    }
    guard let ours, let theirs else {
      return .init(
        place: .unclear,
        reason: "the processor time of \(theirs == nil ? "the server" : "the harness") cannot be read here\(both)")
    }
    if max(ours, theirs) > Verdict.muchShare {
      return .init(place: .unclear, reason: "server and harness were near their limits alike\(both)")
    }
    return .init(
      place: .concurrency,
      reason:
        "neither the server nor the harness was at its limit\(both): more calls in flight may bring more, up to what "
        + "the server's disk does")
  }

  /// Whether a side that wanted so much of its time is the limit.
  private func isLimit(_ side: Double?, beside other: Double?) -> Bool {
    guard let side else { return false }
    // A side without time left is the limit, unless the other one is known to have none either.
    if side > Verdict.busyShare { return other.map { $0 <= Verdict.busyShare } ?? true }
    return side > Verdict.muchShare && other.map { $0 < Verdict.idleShare } ?? false
  }

  private var missed: String { isOpen ? "; it did not keep up with what was due" : "" }

  /// Both sides in parentheses, as far as they are known.
  private var both: String {
    let parts = [
      server.map { describe("the server's busiest thread", $0) }, harness.map { describe("the harness's", $0) },
    ].compactMap { $0 }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  private func describe(_ who: String, _ share: ThreadShare) -> String {
    var text = "\(who) used \(Units.percent(share.busy)) of a core"
    if let waiting = share.waiting, waiting > 0.05 {
      text += " and waited \(Units.percent(waiting)) of the time for one"
    }
    return text
  }
}

extension Verdict {
  init(plan: LoadPlan, measurement: Measurement) {
    let lags = measurement.meter.lag
    var (asked, isOpen) = (Double?.none, false)
    if case .open(let schedule, _) = plan.pace {
      isOpen = true
      asked = schedule.steps.count == 1 ? schedule.highest : nil
    }
    self.init(
      harness: measurement.busiestHarness, server: measurement.busiestServer, asked: asked, isOpen: isOpen,
      rate: measurement.rate, backlog: measurement.backlog, lag: lags.count > 0 ? lags.percentile(99) : nil,
      hasMeasured: measurement.seconds > 0 && measurement.meter.calls > 0)
  }
}
