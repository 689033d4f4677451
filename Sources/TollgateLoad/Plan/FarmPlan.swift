// The render farm: jobs that take their time, workers that send heartbeats, and some that die with a hold in their hands.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

package struct FarmPlan: Hashable, Sendable {
  /// How long jobs take.
  package var durations = Durations.exponential(mean: 2)
  /// How long a hold lives without a heartbeat, in seconds.
  package var lifetimeSeconds = 10.0
  /// A heartbeat comes so often, in seconds.
  package var heartbeatSeconds = 3.0
  /// The probability that a worker dies before its job is done.
  package var crashRate = 0.0

  package init() {}

  /// Authorize, capture, and the heartbeats in between; a dead worker's share is left out of account.
  var operationsPerJob: Double { 2 + durations.mean / heartbeatSeconds }

  /// A distribution of durations, in seconds.
  package enum Durations: Hashable, Sendable, CustomStringConvertible {
    case constant(Double)
    case exponential(mean: Double)
    /// `sigma` is that of the logarithm.
    case logNormal(mean: Double, sigma: Double)

    package var mean: Double {
      switch self {
      case .constant(let mean), .exponential(let mean), .logNormal(let mean, _): mean
      }
    }

    /// Reads `exponential:2s`, `lognormal:2s:0.8` or `constant:500ms`.
    package init(parsing text: String) throws(PlanProblem) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 2, let mean = parseSeconds(parts[1]), mean > 0 else {
        throw PlanProblem("'\(text)' is no distribution; write exponential:2s, lognormal:2s:0.8 or constant:2s")
      }
      switch (parts[0], parts.count) {
      case ("constant", 2): self = .constant(mean)
      case ("exponential", 2): self = .exponential(mean: mean)
      case ("lognormal", 2): self = .logNormal(mean: mean, sigma: 1)
      case ("lognormal", 3):
        guard let sigma = Double(parts[2]), sigma >= 0, sigma <= 5 else {
          throw PlanProblem("the sigma '\(parts[2])' must be a number from 0 to 5")
        }
        self = .logNormal(mean: mean, sigma: sigma)
      default:
        throw PlanProblem("'\(text)' is no distribution; write exponential:2s, lognormal:2s:0.8 or constant:2s")
      }
    }

    /// Draws one, in nanoseconds; never more than a day.
    func next(_ random: inout RunRandom) -> UInt64 {
      let seconds: Double
      switch self {
      case .constant(let value): seconds = value
      case .exponential(let mean): seconds = -log(random.positiveUnit()) * mean
      case .logNormal(let mean, let sigma):
        let normal = (-2 * log(random.positiveUnit())).squareRoot() * cos(2 * Double.pi * random.unit())
        seconds = mean * exp(sigma * normal - sigma * sigma / 2)
      }
      return UInt64(min(seconds, 86_400) * 1e9)
    }

    package var description: String {
      switch self {
      case .constant(let value): "constant:\(short(value))s"
      case .exponential(let mean): "exponential:\(short(mean))s"
      case .logNormal(let mean, let sigma): "lognormal:\(short(mean))s:\(short(sigma))"
      }
    }
  }
}

/// Reads `10s`, `500ms`, `2m`, `50us` or `1.5h` as seconds; a number alone is seconds.
package func parseSeconds(_ text: some StringProtocol) -> Double? {
  // Parts of a second divide, so that 50us is the nearest number to 0.00005 and not a product that misses it.
  let units: [(name: String, times: Double, parts: Double)] = [
    ("ms", 1, 1e3), ("us", 1, 1e6), ("µs", 1, 1e6), ("ns", 1, 1e9), ("s", 1, 1), ("m", 60, 1), ("h", 3_600, 1),
  ]
  for unit in units where text.hasSuffix(unit.name) {
    return seconds(text.dropLast(unit.name.count)).flatMap { bounded($0 * unit.times / unit.parts) }
  }
  return seconds(text).flatMap(bounded)
}

private func seconds(_ text: some StringProtocol) -> Double? {
  Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
}
private func bounded(_ seconds: Double) -> Double? { seconds <= 1e7 ? seconds : nil }

/// Reads `200k`, `1.5M` or `5000`.
package func parseCount(_ text: some StringProtocol) -> Double? {
  let factor: Double = text.hasSuffix("k") || text.hasSuffix("K") ? 1e3 : text.hasSuffix("M") ? 1e6 : 1
  guard let value = Double(factor == 1 ? Substring(text) : Substring(text.dropLast())) else { return nil }
  let product = value * factor
  return product.isFinite && product >= 0 && product <= 1e12 ? product : nil
}
