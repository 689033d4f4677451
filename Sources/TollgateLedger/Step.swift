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
  mutating func prepare(
    _ commands: UnsafePointer<Command>, _ steps: UnsafeMutablePointer<Step>, _ count: Int
  ) -> UInt64 {
    var sink: UInt64 = 0
    for index in 0..<count { prepare(commands + index, steps + index) }
    for index in 0..<count { sink ^= look(steps + index, commands[index].request.high) }
    for index in 0..<count { sink ^= follow(steps + index) }
    for index in 0..<count { sink ^= arrive(steps + index) }
    return sink
  }

  /// What the command says, and the hashes of what it names.
  @inline(__always)
  private func prepare(_ command: UnsafePointer<Command>, _ step: UnsafeMutablePointer<Step>) {
    let request = command.pointee.request
    step.initialize(to: Step(hash: key.hash(request.high, request.low)))
    switch command.pointee.plain {
    case .authorize(let authorize):
      step.pointee.fingerprint = authorize.fingerprint
      step.pointee.malformed = Spend.malformedField(
        authorize.spend.account, authorize.spend.rawAmount, authorize.spend.price)
      aim(step, at: authorize.spend.account, .account)
    case .capture(let capture):
      (step.pointee.fingerprint, step.pointee.malformed) = (capture.fingerprint, capture.malformedField)
      aim(step, at: capture.hold, .hold)
    case .void(let void):
      (step.pointee.fingerprint, step.pointee.malformed) = (void.fingerprint, void.hold.isZero ? .hold : nil)
      aim(step, at: void.hold, .hold)
    case .charge(let charge):
      step.pointee.fingerprint = charge.fingerprint
      step.pointee.malformed = Spend.malformedField(charge.spend.account, charge.spend.rawAmount, charge.spend.price)
      aim(step, at: charge.spend.account, .account)
    case .extend(let extend):
      (step.pointee.fingerprint, step.pointee.malformed) = (extend.fingerprint, extend.hold.isZero ? .hold : nil)
      aim(step, at: extend.hold, .hold)
    case .increase, .captureLate, .expire, .other:
      (step.pointee.fingerprint, step.pointee.malformed) = rareChecks(command)
    }
  }

  @inline(never)
  private func rareChecks(_ command: UnsafePointer<Command>) -> (Fingerprint?, Field?) {
    (command.pointee.rareFingerprint, command.pointee.rareMalformedField)
  }

  @inline(__always)
  private func aim(_ step: UnsafeMutablePointer<Step>, at id: some Identifier, _ target: Step.Target) {
    step.pointee.targetHigh = id.high
    step.pointee.targetHash = key.hash(id.high, id.low)
    step.pointee.target = target
  }

  /// The first round: index entries.
  @inline(__always)
  private func look(_ step: UnsafePointer<Step>, _ high: UInt64) -> UInt64 {
    let sink = memory.touch(high, hash: step.pointee.hash)
    switch step.pointee.target {
    case .nothing: return sink
    case .account:
      // Where the hold of an authorize will be entered.
      return sink ^ accountIndex.touch(step.pointee.targetHash) ^ holdIndex.touch(step.pointee.hash)
    case .hold:
      return sink ^ holdIndex.touch(step.pointee.targetHash)
        ^ memory.touch(step.pointee.targetHigh, hash: step.pointee.targetHash)
    }
  }

  /// The second round: the records that the indices name.
  @inline(__always)
  private func follow(_ step: UnsafeMutablePointer<Step>) -> UInt64 {
    switch step.pointee.target {
    case .nothing: return 0
    case .account:
      step.pointee.account = accountIndex.guess(step.pointee.targetHash)
      return step.pointee.account == .none ? 0 : accounts.peek(step.pointee.account).pointee.id.high
    case .hold:
      step.pointee.hold = holdIndex.guess(step.pointee.targetHash)
      step.pointee.origin = memory.guess(step.pointee.targetHigh, hash: step.pointee.targetHash)
      guard step.pointee.hold != .none else { return 0 }
      // Two lines each: a hold is longer than one.
      let hold = holds.peek(step.pointee.hold)
      let sink = hold.pointee.id.high ^ UInt64(hold.pointee.images)
      return step.pointee.origin.slot == .none ? sink : sink ^ memory.row(step.pointee.origin).pointee.high
    }
  }

  /// The last round: what those records name.
  @inline(__always)
  private func arrive(_ step: UnsafePointer<Step>) -> UInt64 {
    if step.pointee.account != .none {
      let account = accounts.peek(step.pointee.account)
      return touch(lot: account.pointee.liveFirst) ^ touch(hold: account.pointee.holdsFirst)
    }
    guard step.pointee.hold != .none else { return 0 }
    let hold = holds.peek(step.pointee.hold)
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
