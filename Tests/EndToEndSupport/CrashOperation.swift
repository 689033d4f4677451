// What the crash test does and remembers: operations under known ids, and what the server said of each.

package import TollgateClient

/// A mutating call that can be repeated word for word.
package struct CrashOperation: Hashable, Sendable {
  package var id: RequestID
  package var account: AccountID
  package var call: Call

  package enum Call: Hashable, Sendable {
    case grant(Credits)
    case authorize(count: UInt16)
    case capture(HoldID, Take, closes: Bool)
    case void(HoldID)
    case charge(count: UInt16)
  }

  /// Calls the server; the outcome, and whether it had been decided before.
  package func perform(on client: TollgateClient) async throws(TollgateError) -> (CrashOutcome, isReplay: Bool) {
    let options = CallOptions(id: id)
    switch call {
    case .grant(let amount):
      let grant = GrantRequest(account: account, source: .package, amount: amount, reason: "crash test")
      return try await CrashOutcome.of(client.grant(grant, options: options)) { .granted($0) }
    case .authorize(let count):
      let request = SpendRequest(account: account, job: CrashOperation.job(count), lifetime: .hours(2))
      return try await CrashOutcome.of(client.authorize(request, options: options)) { .authorized($0) }
    case .capture(let hold, let take, let closes):
      let request = CaptureRequest(hold: hold, take: take, closes: closes)
      return try await CrashOutcome.of(client.capture(request, options: options)) { .captured($0) }
    case .void(let hold):
      return try await CrashOutcome.of(client.void(hold, options: options)) { .voided($0) }
    case .charge(let count):
      let request = SpendRequest(account: account, job: CrashOperation.job(count))
      return try await CrashOutcome.of(client.charge(request, options: options)) { .charged($0) }
    }
  }

  private static func job(_ count: UInt16) -> Job { Job(width: 512, height: 512, count: count, model: 1) }
}

/// What became of an operation.
package enum CrashOutcome: Hashable, Sendable {
  case granted(Granted)
  case authorized(Authorization)
  case captured(Captured)
  case voided(Voided)
  case charged(Charged)
  case denied(Denial)

  fileprivate static func of<Success>(
    _ decision: Decision<Success>, _ outcome: (Success) -> CrashOutcome
  ) -> (CrashOutcome, isReplay: Bool) {
    switch decision {
    case .accepted(let success, let replayed): return (outcome(success), replayed)
    case .denied(var denial):
      let replayed = denial.replayed
      denial.replayed = false
      return (.denied(denial), replayed)
    }
  }
}

/// An operation that was sent, and what is known of it.
package struct CrashLine: Sendable {
  package var operation: CrashOperation
  package var round: Int
  /// Nil while nobody knows.
  package var outcome: CrashOutcome?
  /// The client promised that the server did not carry it out.
  package var isRefuted = false

  package init(operation: CrashOperation, round: Int, outcome: CrashOutcome? = nil) {
    self.operation = operation
    self.round = round
    self.outcome = outcome
  }
}

/// What an account must have by what the server has said, kept with nothing but additions.
package struct CrashExpectation: Hashable, Sendable {
  package var granted = Credits.zero
  package var spent = Credits.zero
  /// What is left of the open holds.
  package var left: [HoldID: Credits] = [:]
  /// Requests of the latest lines that must stand in the account's entries.
  package var requests: Set<RequestID> = []

  package init() {}

  package var held: Credits { left.values.reduce(.zero) { sum($0, $1) } }
  package var available: Credits {
    Credits(microcredits: granted.microcredits - spent.microcredits - held.microcredits)
  }

  package mutating func take(_ line: CrashLine) {
    let operation = line.operation
    switch (operation.call, line.outcome) {
    case (.grant, .granted(let grant)?): granted = sum(granted, grant.amount)
    case (.authorize, .authorized(let hold)?): left[hold.hold] = hold.amount
    case (.capture(let hold, _, _), .captured(let capture)?):
      spent = sum(spent, capture.amount)
      left[hold] = capture.closed ? nil : capture.left
    case (.void(let hold), .voided?): left[hold] = nil
    case (.charge, .charged(let charge)?): spent = sum(spent, charge.amount)
    default: return
    }
    requests.insert(operation.id)
  }
}

private func sum(_ left: Credits, _ right: Credits) -> Credits {
  Credits(microcredits: left.microcredits + right.microcredits)
}
