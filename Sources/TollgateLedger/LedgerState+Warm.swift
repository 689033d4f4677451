// A batch's cache misses, taken together: touches what its commands will need before any of them is decided.

internal import TollgateValues

/// Where a command's records probably are.
private struct Trail {
  var account = Slot.none
  var hold = Slot.none
  var lot = Slot.none
  var remembered = MemoryPlace(generation: 0, slot: .none)
}

extension LedgerState {
  /// Commands that are warmed together: enough for misses to overlap, few enough to stay in the first cache.
  static let warmedTogether = 32

  /// Reads, in steps of independent loads, the index entries and records that these commands will touch. It decides
  /// nothing and may guess wrong. What it returns only keeps the loads from being optimized away.
  @inline(never)
  func warm(_ commands: [Command], _ range: Range<Int>) -> UInt64 {
    withUnsafeTemporaryAllocation(of: Trail.self, capacity: range.count) { trails in
      var sink: UInt64 = 0
      for (index, position) in range.enumerated() {
        trails.initializeElement(at: index, to: trail(of: commands[position], &sink))
      }
      for index in trails.indices { sink ^= follow(&trails[index]) }
      for index in trails.indices { sink ^= arrive(trails[index]) }
      return sink
    }
  }

  /// The first step: index entries.
  @inline(__always)
  private func trail(of command: Command, _ sink: inout UInt64) -> Trail {
    var trail = Trail()
    let request = command.request
    let hash = key.hash(request.high, request.low)
    sink ^= UInt64(memory.peek(request.high, hash: hash)?.slot ?? 0)
    switch command.operation {
    case .authorize(let authorize):
      trail.account = guessAccount(authorize.spend.account)
      sink ^= UInt64(holdIndex.peek(hash))
    case .charge(let charge): trail.account = guessAccount(charge.spend.account)
    case .capture(let capture): guessHold(capture.hold, &trail, &sink)
    case .void(let void): guessHold(void.hold, &trail, &sink)
    case .extend(let extend): guessHold(extend.hold, &trail, &sink)
    case .increase(let increase): guessHold(increase.hold, &trail, &sink)
    default: break
    }
    return trail
  }

  @inline(__always)
  private func guessAccount(_ id: AccountID) -> Slot { accountIndex.peek(key.hash(id.high, id.low)) &- 1 }

  @inline(__always)
  private func guessHold(_ id: HoldID, _ trail: inout Trail, _ sink: inout UInt64) {
    let hash = key.hash(id.high, id.low)
    trail.hold = holdIndex.peek(hash) &- 1
    if let place = memory.peek(id.high, hash: hash) { trail.remembered = place }
  }

  /// The second step: the records that the index names.
  @inline(__always)
  private func follow(_ trail: inout Trail) -> UInt64 {
    if trail.account != .none { return touchAccount(trail.account, &trail) }
    guard trail.hold != .none else { return 0 }
    let slot = trail.hold
    var sink = holds[slot].id.high ^ holds[slot].project.low
    trail.account = holds[slot].account
    trail.lot = holds[slot].pinLot
    if trail.remembered.slot != .none { sink ^= memory[trail.remembered].high }
    return sink
  }

  @inline(__always)
  private func touchAccount(_ slot: Slot, _ trail: inout Trail) -> UInt64 {
    trail.lot = accounts[slot].liveFirst
    return accounts[slot].id.high ^ UInt64(accounts[slot].state.rawValue)
  }

  /// The last step: what those records name.
  @inline(__always)
  private func arrive(_ trail: Trail) -> UInt64 {
    var sink: UInt64 = 0
    if trail.lot != .none {
      sink = lots[trail.lot].id.high ^ UInt64(lots[trail.lot].place.rawValue)
    }
    guard trail.hold != .none else { return sink }
    sink ^= accounts[trail.account].id.high ^ UInt64(accounts[trail.account].state.rawValue)
    let (previous, next) = (holds[trail.hold].duePrevious, holds[trail.hold].dueNext)
    if previous != .none { sink ^= UInt64(holds[previous].dueNext) }
    if next != .none { sink ^= UInt64(holds[next].duePrevious) }
    return sink
  }
}
