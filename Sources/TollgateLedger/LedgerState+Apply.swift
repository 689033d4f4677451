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
    state.pen.begin(&log)
    state.now = max(instant, state.lastInstant)
    state.memory.begin(at: state.now)
    state.isSettled = false
    decisions.reserveCapacity(decisions.count + commands.count)
    commands.withUnsafeBufferPointer { commands in
      withUnsafeTemporaryAllocation(of: Step.self, capacity: preparedTogether) { steps in
        withUnsafeTemporaryAllocation(of: Decision.self, capacity: preparedTogether) { made in
          guard let first = commands.baseAddress, let steps = steps.baseAddress, let made = made.baseAddress else {
            return
          }
          var start = 0
          while start < commands.count {
            let count = min(preparedTogether, commands.count - start)
            state.prepare(first + start, steps, count)
            for index in 0..<count {
              state.command = UInt32(truncatingIfNeeded: start + index)
              (made + index).initialize(to: state.decide(first + start + index, steps + index))
            }
            decisions.append(contentsOf: UnsafeBufferPointer(start: made, count: count))
            start += count
          }
        }
      }
    }
    state.pen.end(&log)
  }

  /// Rule 16: malformed, id window, duplicate; then whatever the operation checks.
  @inline(__always)
  private mutating func decide(_ command: UnsafePointer<Command>, _ step: UnsafePointer<Step>) -> Decision {
    guard step.pointee.fingerprint != nil else { return serve(command.pointee.operation) }
    if let field = step.pointee.malformed { return .refused(.malformed(field)) }
    let request = command.pointee.request
    guard memory.takes(request) else { return outsideWindow }
    let probe = memory.probe(request.high, request.low, hash: step.pointee.hash)
    if let place = probe?.found { return duplicate(place, step) }
    if case .other = command.pointee.plain, let field = lateField(of: command.pointee.operation) {
      return .refused(.malformed(field))
    }
    settle()
    lastInstant = now
    let outcome = execute(command, step)
    if let row = memory.add(request, hash: step.pointee.hash, after: probe) {
      row.pointee.begin(request, step.pointee.fingerprint.unsafelyUnwrapped)
      row.pointee.note(outcome)
    }
    return Decision(outcome: outcome, standing: .fresh)
  }

  private var outsideWindow: Decision {
    let (earliest, latest) = memory.accepted(at: now)
    return .refused(.idOutsideWindow(earliest: earliest, latest: latest))
  }

  @inline(never)
  private func lateField(of operation: Operation) -> Field? {
    guard case .grant(let grant) = operation else { return nil }
    return grant.lateField(at: now)
  }

  @inline(never)
  private mutating func duplicate(_ place: MemoryPlace, _ step: UnsafePointer<Step>) -> Decision {
    let record = memory[place]
    guard let fingerprint = step.pointee.fingerprint else { preconditionFailure("an operation that is not remembered") }
    if let field = record.firstDifference(from: fingerprint) { return .refused(.payloadConflict(field)) }
    guard let outcome = record.outcome else { preconditionFailure("a remembered row without an outcome") }
    return Decision(outcome: outcome, standing: .replayed)
  }

  @inline(__always)
  private mutating func execute(_ command: UnsafePointer<Command>, _ step: UnsafePointer<Step>) -> Outcome {
    switch command.pointee.plain {
    case .authorize: self.authorize(command, step)
    case .capture: self.capture(command, step)
    case .void(let void): self.void(void, step)
    case .charge: self.charge(command, step)
    case .extend(let extend): self.extend(extend, step)
    case .increase(let increase): self.increase(increase)
    case .captureLate(let late): self.captureLate(late)
    case .other: executeRare(command.pointee.request, command.pointee.operation)
    case .expire: preconditionFailure("the service's own operation is served elsewhere")
    }
  }

  @inline(never)
  private mutating func executeRare(_ request: RequestID, _ operation: Operation) -> Outcome {
    switch operation {
    case .openAccount(let open): self.open(open)
    case .setAccountState(let set): self.setState(set)
    case .grant(let grant): self.grant(request, grant)
    case .refund(let refund): self.refund(refund)
    case .authorize, .capture, .void, .charge, .extend, .increase, .captureLate, .expire, .configure:
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
