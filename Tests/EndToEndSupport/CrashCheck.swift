// The check after a restart: every operation asked again under its id, and every account's sums and entries compared.

internal import Synchronization
package import TollgateClient

/// Finds what a restart has lost, changed or doubled.
package struct CrashCheck: Sendable {
  package let client: TollgateClient
  package private(set) var discrepancies: [String] = []
  /// Operations whose answer the crash had swallowed, and how many of them had been done.
  package private(set) var unanswered = 0
  package private(set) var unansweredDone = 0
  package private(set) var replayed = 0

  package init(client: TollgateClient) { self.client = client }

  /// Repeats operations: known outcomes must come back as they were, unknown ones become known.
  package mutating func replay(_ lines: inout [CrashLine]) async throws {
    let answers = try await CrashCheck.answers(to: lines.map(\.operation), from: client)
    for (place, (outcome, isReplay)) in answers.enumerated() {
      let line = lines[place]
      lines[place].outcome = outcome
      if let known = line.outcome {
        replayed += 1
        if !isReplay { report("acknowledged before the crash, but not known after it", line) }
        if outcome != known { report("was \(known), is \(outcome)", line) }
      } else {
        unanswered += 1
        if isReplay { unansweredDone += 1 }
        if isReplay && line.isRefuted { report("the client promised that it was not processed, but it was", line) }
      }
    }
  }

  /// Compares an account's balance, and its entries since `seen`, with what they must be; returns the newest entry.
  package mutating func compare(
    _ account: AccountID, with expectation: CrashExpectation, since seen: EntryNumber, found: inout Set<RequestID>
  ) async throws -> EntryNumber {
    let balance = try await client.balance(of: account, includingLots: true).get()
    if balance.available != expectation.available || balance.held != expectation.held {
      report(
        "account \(account): available \(balance.available), held \(balance.held); by the book \(expectation.available)"
          + " and \(expectation.held)")
    }
    if balance.openHolds != UInt32(clamping: expectation.left.count) {
      report("account \(account): \(balance.openHolds) open holds; by the book \(expectation.left.count)")
    }
    for lot in balance.lots { judge(lot, of: account) }
    return try await compareEntries(of: account, balance, expectation, since: seen, &found)
  }

  /// A lot's parts add up to what was granted.
  private mutating func judge(_ lot: Balance.Lot, of account: AccountID) {
    let parts = [lot.pending, lot.available, lot.held, lot.captured, lot.expired, lot.voided]
    let total = parts.reduce(Int64(0)) { $0 + $1.microcredits }
    if total != lot.granted.microcredits { report("account \(account): the parts of lot \(lot.lot) do not add up") }
  }

  /// Each operation moves credits once: its request stands in the entries, with each kind of entry at most once.
  private mutating func compareEntries(
    of account: AccountID, _ balance: Balance, _ expectation: CrashExpectation, since seen: EntryNumber,
    _ found: inout Set<RequestID>
  ) async throws -> EntryNumber {
    var newest = EntryNumber.none
    var kinds: Set<EntryKey> = []
    for try await entry in client.entries(of: account, pageSize: 1_000) {
      if entry.number <= seen { break }
      if newest == .none {
        newest = entry.number
        if entry.available != balance.available || entry.held != balance.held {
          report("account \(account): the newest entry \(entry.number) does not end in the balance")
        }
      }
      if !kinds.insert(EntryKey(request: entry.request, kind: entry.kind)).inserted || found.contains(entry.request) {
        report("account \(account): request \(entry.request) counts twice, in entry \(entry.number) (\(entry.kind))")
      }
    }
    found.formUnion(kinds.map(\.request))
    for request in expectation.requests where !found.contains(request) {
      report("account \(account): request \(request) was acknowledged, but has no entry")
    }
    return newest == .none ? seen : newest
  }

  private struct EntryKey: Hashable {
    var request: RequestID
    var kind: EntryKind
  }

  private mutating func report(_ problem: String, _ line: CrashLine) {
    report("round \(line.round), \(line.operation.id) \(line.operation.call): \(problem)")
  }

  private mutating func report(_ problem: String) { discrepancies.append(problem) }

  /// Asks many at once, but those about one hold in their order, so that what a crash swallowed is done in that order too.
  private static func answers(
    to operations: [CrashOperation], from client: TollgateClient
  ) async throws -> [(CrashOutcome, isReplay: Bool)] {
    var chains: [HoldID: [Int]] = [:]
    for (place, operation) in operations.enumerated() { chains[operation.hold, default: []].append(place) }
    let work = WorkQueue(Array(chains.values))
    return try await withThrowingTaskGroup(of: [(Int, CrashOutcome, Bool)].self) { group in
      for _ in 0..<64 {
        group.addTask {
          var done: [(Int, CrashOutcome, Bool)] = []
          while let chain = work.next() {
            for place in chain {
              let (outcome, isReplay) = try await operations[place].perform(on: client)
              done.append((place, outcome, isReplay))
            }
          }
          return done
        }
      }
      var answers = [(CrashOutcome, isReplay: Bool)?](repeating: nil, count: operations.count)
      for try await done in group {
        for (place, outcome, isReplay) in done { answers[place] = (outcome, isReplay) }
      }
      return answers.compactMap { $0 }
    }
  }
}

/// Chains of operations for many tasks to take.
private final class WorkQueue: Sendable {
  private let chains: Mutex<[[Int]]>
  init(_ chains: [[Int]]) { self.chains = Mutex(chains) }
  func next() -> [Int]? { chains.withLock { $0.popLast() } }
}

extension CrashOperation {
  /// The hold that it is about; of others, something of its own.
  fileprivate var hold: HoldID {
    switch call {
    case .capture(let hold, _, _), .void(let hold): hold
    case .authorize, .charge, .grant: HoldID(high: id.high, low: id.low)
    }
  }
}
