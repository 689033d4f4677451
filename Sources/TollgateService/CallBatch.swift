// What crosses the border of the gate: everything that one read of a connection brought, and what came of it.

package import TollgateLedger
package import TollgatePricing
package import TollgateValues

/// The place of a group of batches in the journal: 1, 2, 3, …; answers wait until theirs is durable.
package typealias CommitNumber = UInt64

/// Calls that enter the gate together, and come back with their answers. Its arrays keep their memory from batch to batch,
/// so that the hot path allocates nothing.
package struct CallBatch: Sendable {
  /// Mutating calls, not yet priced, in the order of their arrival.
  package var commands: [Command] = []
  /// The instant at which each command is too late to be decided; `.never` where the caller set none.
  package var deadlines: [Instant] = []
  /// Reading calls; they see all commands of the batch.
  package var queries: [QueryCall] = []
  /// The jobs of `quoteBatch` queries, one query's after another's.
  package var jobs = JobColumns()

  /// One decision for each command.
  package internal(set) var decisions: [Decision] = []
  /// Commands whose deadline had passed: not processed, their decision means nothing. Ascending; nearly always empty.
  package internal(set) var dropped: [Int] = []
  /// For commands short of credits: what would fit now (rule 15), by the command's place. Nearly always empty.
  package internal(set) var remedies: [Int: Remedy] = [:]
  /// One answer for each query.
  package internal(set) var answers: [Answer] = []
  /// One price for each of `jobs`, and its quote: zero where it has no price, or its query was refused.
  package internal(set) var prices = PriceColumns()
  package internal(set) var quotes: [QuoteID] = []
  /// The commit that must be durable before anything of this may be told; 0 if it is already.
  package internal(set) var commit: CommitNumber = 0

  package init() {}

  /// Whether there is nothing to do.
  package var isEmpty: Bool { commands.isEmpty && queries.isEmpty }

  /// Queues a mutating call.
  package mutating func append(_ command: consuming Command, deadline: Instant) {
    commands.append(command)
    deadlines.append(deadline)
  }

  /// Empties the batch but keeps its memory.
  package mutating func removeAll() {
    commands.removeAll(keepingCapacity: true)
    deadlines.removeAll(keepingCapacity: true)
    queries.removeAll(keepingCapacity: true)
    decisions.removeAll(keepingCapacity: true)
    answers.removeAll(keepingCapacity: true)
    if jobs.count > 0 { jobs.removeAll() }
    if !dropped.isEmpty { dropped.removeAll() }
    if !remedies.isEmpty { remedies.removeAll() }
    commit = 0
  }
}

/// What would fit where the credits do not suffice (rule 15).
package struct Remedy: Hashable, Sendable {
  /// So many images of the job; 0: not even one.
  package var largestCount: UInt16
  /// The whole job at the next smaller tier that fits, by its longer side in pixels; 0: none.
  package var smallerSide: UInt16

  package init(largestCount: UInt16, smallerSide: UInt16) {
    self.largestCount = largestCount
    self.smallerSide = smallerSide
  }

  package static let none = Remedy(largestCount: 0, smallerSide: 0)
}

/// Where a batch's submitter hears of what comes later. Called on the gate's executor.
package protocol ReplySink: AnyObject, Sendable {
  /// Every commit up to this one is durable: what waited for them may be told.
  func committed(through commit: CommitNumber)
  /// The answer to a query that was answered `.later`; durable already.
  func answered(_ answer: Answer, token: UInt64)
}
