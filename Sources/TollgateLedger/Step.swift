// What deciding needs of a command, read from it once and before the whole group of commands is decided.

internal import TollgateValues

/// A command in short: its checks that no state enters, the hashes of what it names, and where its records probably are.
struct Step: BitwiseCopyable {
  /// What a command names.
  enum Target: UInt8 {
    case nothing
    case account
    /// An account, in which a hold is made.
    case newHold
    case hold
  }

  /// Of the request's id.
  var high: UInt64
  var hash: UInt32
  var target = Target.nothing
  /// Of the account or hold that the command names.
  var targetHash: UInt32 = 0
  var targetHigh: UInt64 = 0
  /// Nil for the service's own operations.
  var fingerprint: Fingerprint?
  var malformed: Field?
  var account = Slot.none
  var hold = Slot.none
  var lot = Slot.none
  /// The authorize that made the hold.
  var origin = MemoryPlace(generation: 0, slot: .none)
}

extension LedgerState {
  /// Commands that are prepared together: enough for their cache misses to overlap, few enough for the first cache.
  static let preparedTogether = 32

  /// Reads the commands, and touches in rounds of independent loads the index entries and records that they will need.
  /// Each round is short, so that many of its cache misses are under way at once. It decides nothing and may guess wrong.
  /// What it returns only keeps the loads from being optimized away.
  @inline(never)
  func prepare(_ commands: UnsafePointer<Command>, _ steps: UnsafeMutableBufferPointer<Step>) -> UInt64 {
    var sink: UInt64 = 0
    for index in steps.indices { steps.initializeElement(at: index, to: step(of: commands + index)) }
    for index in steps.indices { sink ^= look(&steps[index]) }
    for index in steps.indices { sink ^= follow(&steps[index]) }
    for index in steps.indices { sink ^= arrive(steps[index]) }
    return sink
  }

  /// What the command says, and the hashes of what it names.
  @inline(__always)
  private func step(of command: UnsafePointer<Command>) -> Step {
    let request = command.pointee.request
    var step = Step(high: request.high, hash: key.hash(request.high, request.low))
    switch command.pointee.operation {
    case .authorize(let authorize):
      step.fingerprint = authorize.fingerprint
      step.malformed = Spend.malformedField(authorize.spend.account, authorize.spend.rawAmount, authorize.spend.price)
      aim(&step, at: authorize.spend.account, .newHold)
    case .capture(let capture):
      (step.fingerprint, step.malformed) = (capture.fingerprint, capture.malformedField)
      aim(&step, at: capture.hold, .hold)
    case .void(let void):
      (step.fingerprint, step.malformed) = (void.fingerprint, void.hold.isZero ? .hold : nil)
      aim(&step, at: void.hold, .hold)
    case .charge(let charge):
      step.fingerprint = charge.fingerprint
      step.malformed = Spend.malformedField(charge.spend.account, charge.spend.rawAmount, charge.spend.price)
      aim(&step, at: charge.spend.account, .account)
    default: prepareRare(command.pointee.operation, &step)
    }
    return step
  }

  @inline(never)
  private func prepareRare(_ operation: Operation, _ step: inout Step) {
    (step.fingerprint, step.malformed) = (operation.rareFingerprint, operation.rareMalformedField)
    switch operation {
    case .extend(let extend): aim(&step, at: extend.hold, .hold)
    case .increase(let increase): aim(&step, at: increase.hold, .hold)
    case .captureLate(let late): aim(&step, at: late.hold, .hold)
    default: break
    }
  }

  @inline(__always)
  private func aim(_ step: inout Step, at id: some Identifier, _ target: Step.Target) {
    step.targetHigh = id.high
    step.targetHash = key.hash(id.high, id.low)
    step.target = target
  }

  /// The first round: index entries.
  @inline(__always)
  private func look(_ step: inout Step) -> UInt64 {
    var sink = UInt64(memory.peek(step.high, hash: step.hash).slot)
    switch step.target {
    case .nothing: break
    case .account: step.account = accountIndex.peek(step.targetHash)
    case .newHold:
      step.account = accountIndex.peek(step.targetHash)
      sink ^= UInt64(holdIndex.peek(step.hash))
    case .hold:
      step.hold = holdIndex.peek(step.targetHash)
      step.origin = memory.peek(step.targetHigh, hash: step.targetHash)
    }
    return sink
  }

  /// The second round: the records that the index names.
  @inline(__always)
  private func follow(_ step: inout Step) -> UInt64 {
    if step.account != .none {
      let account = accounts.peek(step.account)
      step.lot = account.pointee.liveFirst
      return account.pointee.id.high ^ UInt64(account.pointee.state.rawValue)
    }
    guard step.hold != .none else { return 0 }
    let hold = holds.peek(step.hold)
    step.account = hold.pointee.account
    if hold.pointee.pinCount == 1 { step.lot = hold.pointee.pins }
    let sink = hold.pointee.id.high ^ UInt64(hold.pointee.images)
    return step.origin.slot == .none ? sink : sink ^ memory[step.origin].high
  }

  /// The last round: what those records name.
  @inline(__always)
  private func arrive(_ step: Step) -> UInt64 {
    var sink: UInt64 = 0
    if step.lot != .none {
      let lot = lots.peek(step.lot)
      sink = lot.pointee.id.high ^ UInt64(lot.pointee.place.rawValue)
    }
    guard step.hold != .none else { return sink }
    let account = accounts.peek(step.account)
    sink ^= account.pointee.id.high ^ UInt64(account.pointee.state.rawValue)
    let hold = holds.peek(step.hold)
    let (previous, next) = (hold.pointee.duePrevious, hold.pointee.dueNext)
    if previous != .none { sink ^= UInt64(holds.peek(previous).pointee.dueNext) }
    if next != .none { sink ^= UInt64(holds.peek(next).pointee.duePrevious) }
    return sink
  }
}
