// One batch: each command passes the checks in their fixed order, is decided, and its outcome is remembered.

internal import TollgateValues

extension LedgerState {
  /// Applies a whole batch to the state; a static function, so that the state is accessed exclusively once a batch.
  static func apply(
    _ commands: [Command], at instant: Instant, to state: inout LedgerState, into log: inout EntryLog,
    _ decisions: inout [Decision]
  ) {
    precondition(commands.count <= Int(UInt32.max), "a batch of more than 2^32 commands")
    state.claim()
    swap(&state.log, &log)
    state.now = max(instant, state.lastInstant)
    state.isSettled = false
    decisions.reserveCapacity(decisions.count + commands.count)
    var start = 0
    while start < commands.count {
      let end = min(start + warmedTogether, commands.count)
      if end - start > 1 { state.warmth ^= state.warm(commands, start..<end) }
      for position in start..<end {
        state.command = UInt32(position)
        decisions.append(state.decide(commands[position]))
      }
      start = end
    }
    swap(&state.log, &log)
  }

  /// Rule 16: malformed, id window, duplicate; then whatever the operation checks.
  @inline(__always)
  private mutating func decide(_ command: Command) -> Decision {
    guard let fingerprint = command.operation.fingerprint else { return serve(command.operation) }
    if let field = command.operation.malformedField { return .refused(.malformed(field)) }
    let (earliest, latest) = memory.accepted(at: now)
    guard let time = command.request.embeddedInstant, command.request.hasRepresentableInstant,
      time >= earliest, time <= latest
    else { return .refused(.idOutsideWindow(earliest: earliest, latest: latest)) }
    let hash = key.hash(command.request.high, command.request.low)
    if let place = memory.find(command.request.high, command.request.low, hash: hash) {
      return duplicate(memory[place], fingerprint)
    }
    if case .grant(let grant) = command.operation, let field = grant.lateField(at: now) {
      return .refused(.malformed(field))
    }
    settle()
    lastInstant = now
    let outcome = execute(command)
    var record = RememberedRecord(request: command.request, fingerprint: fingerprint)
    record.note(outcome)
    memory.add(record, hash: hash)
    return Decision(outcome: outcome, standing: .fresh)
  }

  private func duplicate(_ record: RememberedRecord, _ fingerprint: Fingerprint) -> Decision {
    if let field = record.firstDifference(from: fingerprint) { return .refused(.payloadConflict(field)) }
    guard let outcome = record.outcome else { preconditionFailure("a remembered row without an outcome") }
    return Decision(outcome: outcome, standing: .replayed)
  }

  @inline(__always)
  private mutating func execute(_ command: Command) -> Outcome {
    switch command.operation {
    case .authorize(let authorize): self.authorize(command.request, authorize)
    case .capture(let capture): self.capture(capture)
    case .void(let void): self.void(void)
    case .charge(let charge): self.charge(command.request, charge)
    case .extend(let extend): self.extend(extend)
    case .increase(let increase): self.increase(increase)
    default: executeRare(command)
    }
  }

  @inline(never)
  private mutating func executeRare(_ command: Command) -> Outcome {
    switch command.operation {
    case .openAccount(let open): self.open(open)
    case .setAccountState(let set): self.setState(set)
    case .grant(let grant): self.grant(command.request, grant)
    case .captureLate(let late): self.captureLate(late)
    case .refund(let refund): self.refund(refund)
    case .authorize, .capture, .void, .charge, .extend, .increase, .expire, .configure:
      preconditionFailure("an operation that is executed elsewhere")
    }
  }

  /// The service's own operations: nothing is remembered.
  @inline(never)
  private mutating func serve(_ operation: Operation) -> Decision {
    lastInstant = now
    memory.forget(at: now)
    switch operation {
    case .expire(let limit):
      let count = processDue(limit: Int(limit))
      return Decision(outcome: .expired(count: UInt32(count), more: isDue(at: now)), standing: .fresh)
    case .configure(let configuration):
      settle()
      configure(configuration)
      return Decision(outcome: .configured, standing: .fresh)
    default: preconditionFailure("a client's operation without a fingerprint")
    }
  }
}

extension Decision {
  @inline(__always)
  static func refused(_ denial: Denial) -> Decision { Decision(outcome: .denied(denial), standing: .refused) }
}

extension RequestID {
  /// Whether the milliseconds of the id fit our instants at all (until the year 2262).
  @inline(__always)
  var hasRepresentableInstant: Bool { high >> 16 <= UInt64(Int64.max / 1_000_000) }
}
