// The pieces of work that are measured, apart from who measures them: instructions by callgrind, or time by a benchmark runner.

internal import TollgateValues

/// One piece of work, in rounds that are alike.
package protocol Workload: AnyObject {
  /// Layer and work, as thresholds name it.
  var name: String { get }
  /// What a round counts for: messages, commands, jobs.
  var operationsPerRound: Int { get }
  /// Makes everything that the next `rounds` rounds consume; never measured.
  func prepare(rounds: Int)
  /// Does the work; each round that was prepared once.
  func run(rounds: Int)
}

/// All of them. What is stateful is made when it is asked for, and shared where it is large.
package struct Workloads {
  /// Accounts of the ledger's cases.
  package var accounts: Int
  /// Directory of development certificates; without it there are no TLS cases.
  package var certificates: String?

  package init(accounts: Int = 100_000, certificates: String? = nil) {
    self.accounts = accounts
    self.certificates = certificates
  }

  /// The workloads, in the order in which they are printed.
  package func all() throws -> [any Workload] {
    let bank = Bank(accounts: accounts)
    var all: [any Workload] = CodecWorkload.all()
    all += [AuthorizeWorkload(bank), CaptureWorkload(bank), RecordWorkload()]
    all += GateWorkload.all(accounts: accounts)
    all += PricingWorkload.all()
    if let certificates { all += try TLSWorkload.all(certificates: certificates) }
    return all
  }
}

/// Commands of a batch, messages of a read.
package let batchSize = 64

/// Keeps the optimizer from dropping work whose result nobody reads.
@inline(never)
package func consume<Value>(_ value: Value) {}

/// The same pseudo-random numbers in every run.
struct Dice {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func roll(_ bound: UInt64) -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state % bound
  }
}

/// Request ids in a row, all of the instant that a workload plays at.
struct IDs {
  var now: Instant
  private var counter: UInt64 = 0

  init(now: Instant) { self.now = now }

  mutating func next() -> RequestID {
    counter &+= 1
    return RequestID(at: now, randomness: (counter, counter &* 0x9E37_79B9_7F4A_7C15))
  }
}

extension Instant {
  /// 1 January 2026: when every workload begins.
  static let start = Instant(nanoseconds: 1_767_225_600_000_000_000)
}
