// What was counted: operations, refusals and latencies. Lives on the one event loop.

import NIOCore
import TollgateWire

final class Tally: @unchecked Sendable {
  fileprivate var operations = 0
  fileprivate var denied = 0
  fileprivate var failed = 0
  fileprivate var latencies = Latencies()

  func record(_ nanoseconds: UInt64, _ status: StatusCode) {
    operations += 1
    if status != .ok {
      if status == .failedPrecondition { denied += 1 } else { failed += 1 }
    }
    latencies.record(nanoseconds)
  }
}

/// The tally and the server's CPU time at one moment.
struct Sample: Sendable {
  var at: NIODeadline
  var operations: Int
  var denied: Int
  var failed: Int
  var latencies: Latencies
  var serverCPU: Double?

  static func take(on loop: any EventLoop, _ tally: Tally, _ pid: Int?) async throws -> Sample {
    let cpu = pid.flatMap { cpuSeconds(of: $0) }
    return try await loop.submit {
      Sample(
        at: .now(), operations: tally.operations, denied: tally.denied, failed: tally.failed,
        latencies: tally.latencies, serverCPU: cpu)
    }.get()
  }
}

/// A histogram with buckets of 1/16 of their value: errors below 7 %.
struct Latencies: Sendable {
  private var counts = [UInt64](repeating: 0, count: 64 * 16)
  private(set) var max: UInt64 = 0

  mutating func record(_ nanoseconds: UInt64) {
    counts[Latencies.bucket(nanoseconds)] += 1
    if nanoseconds > max { max = nanoseconds }
  }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= 16 else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount
    return (exponent - 3) * 16 + Int(value >> UInt64(exponent - 4) & 15)
  }

  private static func upperBound(_ bucket: Int) -> UInt64 {
    guard bucket >= 16 else { return UInt64(bucket) }
    let exponent = bucket / 16 + 3
    return (16 + UInt64(bucket % 16) + 1) << UInt64(exponent - 4)
  }

  /// What was recorded since an earlier copy; `max` stays that of all.
  func subtracting(_ earlier: Latencies) -> Latencies {
    var difference = self
    for index in counts.indices { difference.counts[index] -= earlier.counts[index] }
    return difference
  }

  func value(at share: Double) -> UInt64 {
    let total = counts.reduce(0, +)
    let rank = UInt64((Double(total) * share).rounded(.up))
    var seen: UInt64 = 0
    for (bucket, count) in counts.enumerated() {
      seen += count
      if seen >= rank, count > 0 { return Latencies.upperBound(bucket) }
    }
    return 0
  }
}
