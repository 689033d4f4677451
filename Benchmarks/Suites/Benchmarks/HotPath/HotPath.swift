// Codec, ledger, journal records, gate, pricing and TLS: the same workloads whose instructions Benchmarks/check counts, in time.

internal import Benchmark
internal import Foundation
internal import Workloads

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .perOperation], warmupIterations: 3, maxDuration: .seconds(2),
    maxIterations: 10_000)
  // `Benchmarks/Suites/run` makes certificates and says where; without it there are no TLS cases.
  let certificates = ProcessInfo.processInfo.environment["TOLLGATE_BENCHMARK_CERTIFICATES"]
  do {
    for workload in try Workloads(certificates: certificates).all() { register(workload) }
  } catch {
    print("the TLS workloads cannot be made: \(error)")
  }
}

/// An iteration is so many rounds that reading the clock does not count.
private func register(_ workload: any Workload) {
  let rounds = max(1, 4_096 / workload.operationsPerRound)
  Benchmark(workload.name) { benchmark in
    workload.prepare(rounds: rounds)
    benchmark.startMeasurement()
    let elapsed = ContinuousClock().measure { workload.run(rounds: rounds) }
    benchmark.stopMeasurement()
    let nanoseconds = elapsed.components.seconds * 1_000_000_000 + elapsed.components.attoseconds / 1_000_000_000
    benchmark.measurement(.perOperation, Int(nanoseconds) * 1_000 / (rounds * workload.operationsPerRound))
  }
}

extension BenchmarkMetric {
  /// The runner knows whole numbers only, and a message takes a few nanoseconds.
  static var perOperation: BenchmarkMetric {
    .custom("Picoseconds an operation", polarity: .prefersSmaller, useScalingFactor: false)
  }
}
