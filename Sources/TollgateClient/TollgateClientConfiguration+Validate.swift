// Judges a configuration once, before anything starts, and says everything that is wrong in one error.

internal import TollgateValues

extension TollgateClientConfiguration {
  /// Throws one error that names every wrong setting and what would be right.
  public func validate() throws(TollgateError) {
    let problems = endpointProblems + timeProblems + numberProblems
    guard problems.isEmpty else {
      throw TollgateError(
        code: .invalidConfiguration, message: problems.joined(separator: "; "), outcome: .notProcessed)
    }
  }

  private var endpointProblems: [String] {
    var problems: [String] = []
    if endpoints.isEmpty { problems.append("endpoints is empty: give at least one host and port") }
    for endpoint in endpoints {
      if endpoint.host.isEmpty { problems.append("an endpoint has no host") }
      if !(1...65_535).contains(endpoint.port) {
        problems.append("port \(endpoint.port) of \(endpoint.host) is outside of 1 to 65535")
      }
      if security == .plaintextOnLoopback, !endpoint.isLoopback {
        problems.append(
          "plain text to \(endpoint) is refused: use TLS, or 127.0.0.1, ::1 or localhost for development")
      }
    }
    if case .tls(let files) = security {
      for (name, path) in [
        ("certificateChain", files.certificateChain), ("privateKey", files.privateKey),
        ("trustRoots", files.trustRoots),
      ] where path.isEmpty {
        problems.append("tls.\(name) is empty: give the path of a PEM file")
      }
    }
    return problems
  }

  private var timeProblems: [String] {
    let positive: [(String, Duration?)] = [
      ("callTimeout", callTimeout), ("connectTimeout", connectTimeout), ("keepalive.interval", keepalive.interval),
      ("keepalive.timeout", keepalive.timeout), ("keepalive.tcpUserTimeout", keepalive.tcpUserTimeout),
      ("backoff.initial", backoff.initial), ("nameRefreshInterval", nameRefreshInterval),
      ("settlement.interval", settlement?.interval),
    ]
    var problems = positive.compactMap { name, value in
      value.map { $0 <= .zero } == true ? "\(name) is \(value ?? .zero): it must be above zero" : nil
    }
    if drainTimeout < .zero { problems.append("drainTimeout is \(drainTimeout): it must not be negative") }
    if retry.initialDelay < .zero { problems.append("retry.initialDelay is negative") }
    if backoff.maximum < backoff.initial {
      problems.append("backoff.maximum \(backoff.maximum) is below backoff.initial \(backoff.initial)")
    }
    if let settlement, settlement.keepFor <= .zero { problems.append("settlement.keepFor must be above zero") }
    return problems
  }

  private var numberProblems: [String] {
    var problems: [String] = []
    func check<Number: Comparable>(_ name: String, _ value: Number, _ range: ClosedRange<Number>) {
      if !range.contains(value) {
        problems.append("\(name) is \(value): it must be from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    check("connections", connections, 1...64)
    check("callsInFlightMax", callsInFlightMax, 1...Limits.callsInFlightMax)
    check("waitingCallsMax", waitingCallsMax, 1...1_000_000)
    check("backoff.factor", backoff.factor, 1...10)
    check("backoff.jitter", backoff.jitter, 0...1)
    check("retry.attemptsMax", retry.attemptsMax, 1...10)
    check("retry.budget", retry.budget, 1...1_000_000)
    check("retry.budgetPerSuccess", retry.budgetPerSuccess, 0...1)
    if let settlement { check("settlement.itemsMax", settlement.itemsMax, 1...10_000_000) }
    check("bytes of clientName", clientName.utf8.count, 0...64)
    check("bytes of clientVersion", clientVersion.utf8.count, 0...64)
    return problems
  }
}

extension TollgateClientConfiguration.Endpoint {
  /// Whether the host can only be this machine: names are not looked up for this.
  package var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
