// Which account a call is for: all alike, or few of them much more often, as in life.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How the load is spread over the accounts.
package enum Skew: Hashable, Sendable {
  case uniform
  /// The account of rank k is chosen in proportion to 1 / k^exponent; the exponent is above 0.
  case zipf(exponent: Double)
}

/// Draws account numbers from 0 on, in constant time and memory however many accounts there are.
///
/// Zipf by rejection from the integral of the density (W. Hörmann and G. Derflinger, "Rejection-inversion to generate
/// variates from monotone discrete distributions", 1996): no table of millions of weights, and hardly a rejection.
package struct AccountSampler: Sendable {
  private let count: UInt64
  private let exponent: Double
  private let integralLow: Double
  private let integralHigh: Double
  private let squeeze: Double

  package init(accounts: Int, skew: Skew) {
    count = UInt64(max(1, accounts))
    guard case .zipf(let exponent) = skew else {
      (exponent, integralLow, integralHigh, squeeze) = (0, 0, 0, 0)
      return
    }
    self.exponent = exponent
    integralLow = AccountSampler.integral(1.5, exponent) - 1
    integralHigh = AccountSampler.integral(Double(count) + 0.5, exponent)
    squeeze = 2 - AccountSampler.inverse(AccountSampler.integral(2.5, exponent) - pow(2, -exponent), exponent)
  }

  @inline(__always)
  func next(_ random: inout RunRandom) -> UInt32 {
    if exponent == 0 { return UInt32(truncatingIfNeeded: random.below(count)) }
    return zipf(&random)
  }

  private func zipf(_ random: inout RunRandom) -> UInt32 {
    while true {
      let area = integralHigh + random.unit() * (integralLow - integralHigh)
      let point = AccountSampler.inverse(area, exponent)
      let rank = min(max((point + 0.5).rounded(.down), 1), Double(count))
      if rank - point <= squeeze || area >= AccountSampler.integral(rank + 0.5, exponent) - pow(rank, -exponent) {
        return UInt32(truncatingIfNeeded: UInt64(rank) - 1)
      }
    }
  }

  /// The integral of x^-exponent, without loss of digits where the exponent is near 1.
  private static func integral(_ x: Double, _ exponent: Double) -> Double {
    let logarithm = log(x)
    return relativeExponential((1 - exponent) * logarithm) * logarithm
  }

  private static func inverse(_ area: Double, _ exponent: Double) -> Double {
    let scaled = max(-1, area * (1 - exponent))
    return exp(relativeLogarithm(scaled) * area)
  }

  /// (e^x - 1) / x
  private static func relativeExponential(_ x: Double) -> Double {
    abs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2 * (1 + x / 3 * (1 + x / 4))
  }

  /// log(1 + x) / x
  private static func relativeLogarithm(_ x: Double) -> Double {
    abs(x) > 1e-8 ? log1p(x) / x : 1 - x * (1.0 / 2 - x * (1.0 / 3 - x / 4))
  }
}
