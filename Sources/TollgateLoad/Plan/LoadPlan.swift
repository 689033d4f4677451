// Everything that a run shall do, as plain values: the command line fills it in, tests fill it in by hand.

package import TollgateValues

package struct LoadPlan: Sendable {
  package var connections = 16
  /// Units at once on each connection; of an open loop, the most that may be.
  package var inFlight = 64
  package var threads = 1
  package var pace = Pace.closed
  package var mix = Mix(.authorizeCapture)
  package var accounts = 100_000
  package var skew = Skew.uniform
  /// Names the accounts, and repeats every random choice.
  package var seed: UInt64 = 0
  /// Items of a batch call.
  package var batchItems = 100
  package var job = Job(width: 512, height: 512, count: 1, quality: .draft)
  /// How long holds live that are settled at once; zero: as long as the server likes.
  package var holdLifetime = TimeSpan.zero
  package var farm = FarmPlan()
  package var faults = FaultPlan()
  package var warmUpSeconds = 2.0
  package var length = Length.seconds(10)
  /// Whether the harness keeps a book and compares it.
  package var checksMoney = true
  /// How long calls in flight may take to be answered at the end; where operations are counted, how long there may be no
  /// answer at all.
  package var drainSeconds = 10.0
  /// How long a connection may stay broken, or a server silent that is asked for balances, until that ends the run.
  package var patienceSeconds = 30.0
  /// Due arrivals are looked for so often, in nanoseconds, and leave together.
  package var tick: UInt64 = 100_000

  package init() {}

  package enum Length: Hashable, Sendable {
    case seconds(Double)
    /// Operations in all.
    case operations(Int)
  }

  /// Operations that a unit of a scenario is expected to be.
  func operations(of scenario: Scenario) -> Double {
    switch scenario {
    case .authorizeCapture, .authorizeVoid: 2
    case .charge, .quote, .balance: 1
    case .batch: Double(2 * batchItems)
    case .renderFarm: farm.operationsPerJob
    }
  }

  /// Operations that a unit of the mix is expected to be.
  package var operationsPerUnit: Double { mix.mean(operations) }

  /// The account of a number: the seed names the family, and numbers are scattered over it.
  package func account(_ number: UInt32) -> AccountID {
    AccountID(high: RunRandom.mix(seed &+ 0x746F_6C6C), low: RunRandom.mix(UInt64(number) &+ 1))
  }
}

/// When units begin.
package enum Pace: Hashable, Sendable {
  /// As soon as one before them has ended.
  case closed
  /// At moments of their own, whether or not the server keeps up.
  case open(RateSchedule, Arrivals)
}

/// Connections that break, and calls that are sent twice.
package struct FaultPlan: Hashable, Sendable {
  /// The probability that a connection is dropped at an answer.
  package var dropRate = 0.0
  /// A connection is dropped each time so many seconds have passed; 0: never.
  package var dropEverySeconds = 0.0
  /// The probability that an answered call is sent again under its id, to compare the answers.
  package var duplicateRate = 0.0

  package init() {}

  package var isQuiet: Bool { dropRate == 0 && dropEverySeconds == 0 && duplicateRate == 0 }
}
