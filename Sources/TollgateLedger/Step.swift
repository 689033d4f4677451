// What deciding needs of a command, read from it once and before the whole group of commands is decided.

internal import CPrefetch
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
  static let preparedTogether = 64

  /// Reads the commands, and asks in rounds for the index entries and records that they will need: what a round reads, the
  /// one before has brought near. It decides nothing and may guess wrong. Mutating, as what is not inlined and does not
  /// mutate is handed a copy of the whole state.
  @inline(never)
  mutating func prepare(_ commands: UnsafePointer<Command>, _ steps: UnsafeMutablePointer<Step>, _ count: Int) {
    for index in 0..<count { prepare(commands + index, steps + index) }
    for index in 0..<count { follow(steps + index) }
    for index in 0..<count { arrive(steps + index) }
  }

  /// What the command says, and the hashes of what it names.
  @inline(__always)
  private mutating func prepare(_ command: UnsafePointer<Command>, _ step: UnsafeMutablePointer<Step>) {
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
    look(step, request.high)
  }

  @inline(never)
  private mutating func rareChecks(_ command: UnsafePointer<Command>) -> (Fingerprint?, Field?) {
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
  private func look(_ step: UnsafePointer<Step>, _ high: UInt64) {
    memory.prefetch(high, hash: step.pointee.hash)
    switch step.pointee.target {
    case .nothing: break
    case .account:
      accountIndex.prefetch(step.pointee.targetHash)
      // Where the hold of an authorize will be entered.
      holdIndex.prefetch(step.pointee.hash)
    case .hold:
      holdIndex.prefetch(step.pointee.targetHash)
      memory.prefetch(step.pointee.targetHigh, hash: step.pointee.targetHash)
    }
  }

  /// The second round: the records that the indices name.
  @inline(__always)
  private func follow(_ step: UnsafeMutablePointer<Step>) {
    switch step.pointee.target {
    case .nothing: break
    case .account:
      step.pointee.account = accountIndex.guess(step.pointee.targetHash)
      if step.pointee.account != .none { tollgate_prefetch(accounts.peek(step.pointee.account)) }
    case .hold:
      step.pointee.hold = holdIndex.guess(step.pointee.targetHash)
      step.pointee.origin = memory.guess(step.pointee.targetHigh, hash: step.pointee.targetHash)
      if step.pointee.hold != .none {
        // Two lines: a hold is longer than one.
        let hold = UnsafeRawPointer(holds.peek(step.pointee.hold))
        tollgate_prefetch(hold)
        tollgate_prefetch(hold + 64)
      }
      if step.pointee.origin.slot != .none { tollgate_prefetch(memory.row(step.pointee.origin)) }
    }
  }

  /// The last round: what those records name.
  @inline(__always)
  private func arrive(_ step: UnsafePointer<Step>) {
    if step.pointee.account != .none {
      let account = accounts.peek(step.pointee.account)
      prefetch(lot: account.pointee.liveFirst)
      prefetch(hold: account.pointee.holdsFirst)
    } else if step.pointee.hold != .none {
      let hold = holds.peek(step.pointee.hold)
      tollgate_prefetch(accounts.peek(hold.pointee.account))
      if hold.pointee.pinCount == 1 { prefetch(lot: hold.pointee.pins) }
      prefetch(hold: hold.pointee.duePrevious)
      prefetch(hold: hold.pointee.dueNext)
      prefetch(hold: hold.pointee.listPrevious)
      prefetch(hold: hold.pointee.listNext)
    }
  }

  @inline(__always)
  private func prefetch(lot slot: Slot) {
    if slot != .none { tollgate_prefetch(lots.peek(slot)) }
  }

  /// The half of a hold in which its links are.
  @inline(__always)
  private func prefetch(hold slot: Slot) {
    if slot != .none { tollgate_prefetch(UnsafeRawPointer(holds.peek(slot)) + 48) }
  }
}
