// What deciding needs of a command, read from it once and before the whole group of commands is decided.

internal import TollgateValues

/// A command in short: its checks that no state enters, the hashes of what it names, and where its records probably are.
struct Step: BitwiseCopyable {
  /// What a command names.
  enum Target: UInt8 {
    case nothing
    case account
    case hold
  }

  var hash: UInt32
  /// Of the account or hold that the command names.
  var targetHash: UInt32 = 0
  /// The first half of the hold that it names, which says in which generation its authorize is.
  var targetHigh: UInt64 = 0
  var account = Slot.none
  var hold = Slot.none
  /// The authorize that made the hold.
  var origin = MemoryPlace.none
  var target = Target.nothing
  var malformed: Field?
  /// Nil for the service's own operations.
  var fingerprint: Fingerprint?
}

extension LedgerState {
  /// Commands that are prepared together: enough for their cache misses to overlap, few enough for the first cache.
  static let preparedTogether = 32

  /// Reads the commands, and touches in rounds of independent loads the index entries and records that they will need.
  /// Each round is short, so that many of its cache misses are under way at once; what a round reads, the one before has
  /// brought near. It decides nothing and may guess wrong. What it returns only keeps the loads from being optimized away.
  @inline(never)
  func prepare(_ commands: UnsafePointer<Command>, _ steps: UnsafeMutableBufferPointer<Step>) -> UInt64 {
    var sink: UInt64 = 0
    for index in steps.indices { steps.initializeElement(at: index, to: step(of: commands + index)) }
    for index in steps.indices { sink ^= look(steps[index], commands[index].request.high) }
    for index in steps.indices { sink ^= follow(&steps[index]) }
    for index in steps.indices { sink ^= arrive(steps[index]) }
    return sink
  }

  /// What the command says, and the hashes of what it names.
  @inline(__always)
  private func step(of command: UnsafePointer<Command>) -> Step {
    let request = command.pointee.request
    var step = Step(hash: key.hash(request.high, request.low))
    switch command.pointee.plain {
    case .authorize(let authorize):
      step.fingerprint = authorize.fingerprint
      step.malformed = Spend.malformedField(authorize.spend.account, authorize.spend.rawAmount, authorize.spend.price)
      aim(&step, at: authorize.spend.account, .account)
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
    case .extend(let extend):
      (step.fingerprint, step.malformed) = (extend.fingerprint, extend.hold.isZero ? .hold : nil)
      aim(&step, at: extend.hold, .hold)
    case .increase, .captureLate, .expire, .other:
      (step.fingerprint, step.malformed) = rareChecks(command)
    }
    return step
  }

  @inline(never)
  private func rareChecks(_ command: UnsafePointer<Command>) -> (Fingerprint?, Field?) {
    (command.pointee.rareFingerprint, command.pointee.rareMalformedField)
  }

  @inline(__always)
  private func aim(_ step: inout Step, at id: some Identifier, _ target: Step.Target) {
    step.targetHigh = id.high
    step.targetHash = key.hash(id.high, id.low)
    step.target = target
  }

  /// The first round: index entries.
  @inline(__always)
  private func look(_ step: Step, _ high: UInt64) -> UInt64 {
    let sink = memory.touch(high, hash: step.hash)
    switch step.target {
    case .nothing: return sink
    case .account: return sink ^ accountIndex.touch(step.targetHash)
    case .hold:
      return sink ^ holdIndex.touch(step.targetHash) ^ memory.touch(step.targetHigh, hash: step.targetHash)
    }
  }

  /// The second round: the records that the indices name.
  @inline(__always)
  private func follow(_ step: inout Step) -> UInt64 {
    switch step.target {
    case .nothing: return 0
    case .account:
      step.account = accountIndex.guess(step.targetHash)
      return step.account == .none ? 0 : accounts.peek(step.account).pointee.id.high
    case .hold:
      step.hold = holdIndex.guess(step.targetHash)
      step.origin = memory.guess(step.targetHigh, hash: step.targetHash)
      guard step.hold != .none else { return 0 }
      // Two lines each: a hold is longer than one.
      let hold = holds.peek(step.hold)
      let sink = hold.pointee.id.high ^ UInt64(hold.pointee.images)
      return step.origin.slot == .none ? sink : sink ^ memory.row(step.origin).pointee.high
    }
  }

  /// The last round: what those records name.
  @inline(__always)
  private func arrive(_ step: Step) -> UInt64 {
    if step.account != .none {
      let account = accounts.peek(step.account)
      return touch(lot: account.pointee.liveFirst) ^ touch(hold: account.pointee.holdsFirst)
    }
    guard step.hold != .none else { return 0 }
    let hold = holds.peek(step.hold)
    var sink = accounts.peek(hold.pointee.account).pointee.id.high
    if hold.pointee.pinCount == 1 { sink ^= touch(lot: hold.pointee.pins) }
    sink ^= touch(hold: hold.pointee.duePrevious) ^ touch(hold: hold.pointee.dueNext)
    return sink ^ touch(hold: hold.pointee.listPrevious) ^ touch(hold: hold.pointee.listNext)
  }

  @inline(__always)
  private func touch(lot slot: Slot) -> UInt64 { slot == .none ? 0 : lots.peek(slot).pointee.id.high }

  /// The half of a hold in which its links are.
  @inline(__always)
  private func touch(hold slot: Slot) -> UInt64 { slot == .none ? 0 : UInt64(holds.peek(slot).pointee.listNext) }
}
