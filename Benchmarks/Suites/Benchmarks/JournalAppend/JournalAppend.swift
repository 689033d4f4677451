// One durable commit to a new SQLite file: how long records of 1, 8 and 64 KiB wait for their sync. The disk's mood decides.

internal import Benchmark
internal import Foundation
internal import TollgateJournal
internal import TollgateSQLite
internal import TollgateValues
internal import Workloads

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .processor], warmupIterations: 20, maxDuration: .seconds(3),
    maxIterations: 100_000)
  for kibibytes in [1, 8, 64] {
    let bench = AppendBench(bytes: kibibytes << 10)
    Benchmark("journal.commit of \(kibibytes) KiB, synced") { benchmark in
      do {
        let (journal, record) = try bench.next()
        let before = processorNanoseconds()
        benchmark.startMeasurement()
        try journal.append(record)
        benchmark.stopMeasurement()
        benchmark.measurement(.processor, processorNanoseconds() - before)
      } catch {
        benchmark.error("\(error)")
      }
    }
  }
}

/// Of all threads of this process; the runner's own metric counts in hundredths of a second.
private func processorNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

extension BenchmarkMetric {
  static var processor: BenchmarkMetric {
    .custom("Processor nanoseconds a commit", polarity: .prefersSmaller, useScalingFactor: false)
  }
}

/// Records of one size, and a journal in a new file that takes them. `Benchmarks/Suites/run` makes and removes the directory.
private final class AppendBench {
  private let bytes: Int
  private var open: (journal: SQLiteJournal, records: RecordSource)?

  init(bytes: Int) { self.bytes = bytes }

  /// The next record; it is the journal's turn to append it.
  func next() throws -> (SQLiteJournal, EncodedRecord) {
    let (journal, records) = try open ?? begin()
    return (journal, records.next(bytes: bytes))
  }

  private func begin() throws -> (SQLiteJournal, RecordSource) {
    let folder =
      ProcessInfo.processInfo.environment["TOLLGATE_BENCHMARK_DIRECTORY"] ?? FileManager.default.temporaryDirectory.path
    var generator = SystemRandomNumberGenerator()
    let metadata = JournalMetadata.new(created: .epoch, using: &generator)
    let journal = try SQLiteJournal(
      path: "\(folder)/append-\(bytes)-\(UUID()).db", options: .init(metadataOfNew: { metadata }))
    let records = RecordSource(after: .start(of: metadata))
    // Opens and funds the accounts, which no commit of the measured size does.
    try journal.append(records.next(bytes: 0))
    open = (journal, records)
    return (journal, records)
  }
}
