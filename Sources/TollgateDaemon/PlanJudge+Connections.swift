// The bounds of connections: their relations to each other, and to the files that the system lets this process open.

internal import Foundation
internal import TollgateServer
internal import TollgateValues

extension PlanJudge {
  /// Descriptors that are no connections: the journal's files, epoll, timers, the log.
  private static let descriptorsReserved = 64

  /// Bytes that an item of a batch may take, as `Limits.areConsistent` has it.
  private static let itemBytes = 128

  mutating func connections() -> ConnectionLimits {
    let limits = ConnectionLimits(
      connectionsMax: descriptorsFor(values.whole(.connectionsMax)),
      handshakesMax: values.whole(.connectionsHandshakes), helloTimeout: values.span(.connectionsHelloTimeout),
      callsInFlight: values.whole(.connectionsCallsInFlight), frameBytes: values.whole(.connectionsFrameBytes),
      batchItems: values.whole(.connectionsBatchItems), outboundBytes: values.whole(.connectionsOutboundBytes),
      deadlineMax: values.span(.connectionsDeadlineMax), pingIntervalMin: values.span(.connectionsPingIntervalMin),
      controlFramesPerSecond: values.whole(.connectionsControlFrames),
      idleTimeout: values.span(.connectionsIdleTimeout),
      ageMax: values.span(.connectionsAgeMax))
    let itemBytes = limits.batchItems * PlanJudge.itemBytes
    if itemBytes > limits.frameBytes {
      reportPair(
        .connectionsBatchItems, .connectionsFrameBytes,
        "a batch of connections.batchItems, \(limits.batchItems), can need \(itemBytes) bytes: it must fit into"
          + " connections.frameBytes, \(limits.frameBytes)")
    }
    if limits.outboundBytes <= limits.frameBytes {
      reportPair(
        .connectionsOutboundBytes, .connectionsFrameBytes,
        "connections.outboundBytes, \(limits.outboundBytes), must be more than connections.frameBytes, \(limits.frameBytes)"
      )
    }
    if limits.idleTimeout > .zero, limits.pingIntervalMin >= limits.idleTimeout {
      reportPair(
        .connectionsPingIntervalMin, .connectionsIdleTimeout,
        "connections.pingIntervalMin, \(limits.pingIntervalMin), must be less than connections.idleTimeout, \(limits.idleTimeout)"
      )
    }
    return limits
  }

  /// Reports two settings that do not fit each other at the one that somebody has written.
  private mutating func reportPair(_ first: Setting, _ second: Setting, _ message: String) {
    report(values[first].origin == .standard ? second : first, message)
  }

  /// Raises the limit of open files as far as the system allows, and judges whether it suffices.
  private mutating func descriptorsFor(_ connections: Int) -> Int {
    let wanted = rlim_t(connections + PlanJudge.descriptorsReserved)
    var limit = rlimit()
    #if os(Linux)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard getrlimit(resource, &limit) == 0 else { return connections }
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(wanted, limit.rlim_max)
      guard setrlimit(resource, &limit) == 0, getrlimit(resource, &limit) == 0 else { return connections }
    }
    guard limit.rlim_cur < wanted else { return connections }
    let possible = max(1, Int(limit.rlim_cur) - PlanJudge.descriptorsReserved)
    if values[.connectionsMax].origin == .standard {
      warnings.append("connections.max is \(possible): the system lets this process open \(limit.rlim_cur) files")
    } else {
      report(
        .connectionsMax,
        "\(connections) connections need \(wanted) open files, the system allows \(limit.rlim_cur): raise the limit (ulimit -n) or take \(possible) or fewer"
      )
    }
    return possible
  }
}
