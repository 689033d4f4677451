// Does the work of each case, so often that what surrounds it does not count.

internal import CCallgrind
internal import Workloads

struct Measurement {
  private let workloads: [any Workload]
  private let isList: Bool

  init(_ arguments: inout Arguments) throws {
    isList = arguments.flag("--list")
    let only = try arguments.value("--only")
    let certificates = try arguments.value("--certificates")
    let accounts = try arguments.value("--accounts").map { text in
      guard let count = Int(text), count > 0 else {
        throw UsageError(text: "instruction-cost: --accounts needs a number")
      }
      return count
    }
    try arguments.end()
    workloads = try Workloads(accounts: accounts ?? 100_000, certificates: certificates).all().filter {
      only.map($0.name.contains) ?? true
    }
    guard !workloads.isEmpty else { throw UsageError(text: "instruction-cost: no case's name contains \(only ?? "")") }
  }

  func run() throws {
    if isList {
      for workload in workloads { print(workload.name) }
    } else if callgrind_is_running() {
      for workload in workloads { count(workload) }
    } else {
      for workload in workloads { time(workload) }
      // The script that builds this looks for the line.
      if !callgrind_is_known() { print("# built without valgrind's header") }
    }
  }

  /// Under callgrind: what the rounds cost goes into a file of its own, `NAME OPERATIONS` in its description. What a first
  /// round costs once (symbols that are looked up, memory that grows) is left out.
  private func count(_ workload: any Workload) {
    let rounds = max(1, 8_192 / workload.operationsPerRound)
    warmUp(workload)
    workload.prepare(rounds: rounds)
    let label = "\(workload.name) \(rounds * workload.operationsPerRound)"
    label.withCString { label in
      callgrind_start()
      callgrind_zero()
      workload.run(rounds: rounds)
      callgrind_dump(label)
      callgrind_stop()
    }
  }

  /// Without callgrind: the median of some rounds' nanoseconds an operation, for information.
  private func time(_ workload: any Workload) {
    let rounds = max(1, 32_768 / workload.operationsPerRound)
    warmUp(workload)
    let clock = ContinuousClock()
    let times = (0..<9).map { _ in
      workload.prepare(rounds: rounds)
      let elapsed = clock.measure { workload.run(rounds: rounds) }
      let nanoseconds = Double(elapsed.components.seconds) * 1e9 + Double(elapsed.components.attoseconds) / 1e9
      return nanoseconds / Double(rounds * workload.operationsPerRound)
    }
    print(workload.name, times.sorted()[times.count / 2])
  }

  private func warmUp(_ workload: any Workload) {
    workload.prepare(rounds: 4)
    workload.run(rounds: 4)
  }
}
