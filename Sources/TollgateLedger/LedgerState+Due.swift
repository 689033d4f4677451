// What time brings: holds expire and are forgotten, lots expire and become effective, in one order whatever the tables.

internal import TollgateValues

extension LedgerState {
  // MARK: The wheel's links

  @inline(__always)
  func due(_ slot: Slot) -> Instant { holds[slot].due(lateCaptureWindow: configuration.lateCaptureWindow) }

  @inline(__always)
  mutating func linkDue(_ slot: Slot, _ hold: UnsafeMutablePointer<HoldRecord>) {
    let due = hold.pointee.due(lateCaptureWindow: configuration.lateCaptureWindow)
    let tick = DueWheel.tick(due)
    let next = wheel.push(slot, to: DueWheel.bucket(tick))
    hold.pointee.duePrevious = .none
    hold.pointee.dueNext = next
    if next != .none { holds.element(next).pointee.duePrevious = slot }
    wheel.added(to: tick, due: due, isFirst: next == .none)
  }

  @inline(__always)
  mutating func unlinkDue(_ hold: UnsafeMutablePointer<HoldRecord>) {
    let tick = DueWheel.tick(hold.pointee.due(lateCaptureWindow: configuration.lateCaptureWindow))
    let (previous, next) = (hold.pointee.duePrevious, hold.pointee.dueNext)
    if next != .none { holds.element(next).pointee.duePrevious = previous }
    if previous != .none {
      holds.element(previous).pointee.dueNext = next
    } else {
      wheel.heads[DueWheel.bucket(tick)] = next == .none ? 0 : next + 1
    }
    wheel.removed(from: tick, isLast: previous == .none && next == .none)
  }

  private func forEachHold(in tick: Int64, _ body: (Slot, Instant) -> Bool) {
    var head = wheel.heads[DueWheel.bucket(tick)]
    while head != 0 {
      let slot = head - 1
      guard body(slot, due(slot)) else { return }
      head = holds[slot].dueNext == .none ? 0 : holds[slot].dueNext + 1
    }
  }

  // MARK: What is due

  /// Whether anything is due at or before an instant.
  func isDue(at instant: Instant) -> Bool {
    if let event = events.first, event.at <= instant { return true }
    guard let tick = wheel.firstTick else { return false }
    let tickNow = DueWheel.tick(instant)
    if tick != tickNow { return tick < tickNow }
    if wheel.walkedTick == tick, instant < wheel.walkedBound { return false }
    var found = false
    forEachHold(in: tick) { _, due in
      found = due <= instant
      return !found
    }
    return found
  }

  /// When to look again at the latest: at this instant something is due. Exact, except that for holds of one bucket, if
  /// they are many, it is the bucket's end, up to 1.07 s later. `.never` if nothing ever will be.
  var nextDue: Instant {
    let event = events.first?.at ?? .never
    guard let tick = wheel.firstTick else { return event }
    var (earliest, count) = (Instant.never, 0)
    forEachHold(in: tick) { _, due in
      earliest = min(earliest, due)
      count += 1
      return count < 64
    }
    if count == 64 { earliest = Instant(nanoseconds: (tick + 1) << Int64(DueWheel.bucketBits) - 1) }
    return min(event, earliest)
  }

  /// Before a decision: does all that is due at its instant, so that no decision depends on a timer (rule 7).
  @inline(__always)
  mutating func settle() {
    guard !isSettled else { return }
    memory.forget(at: now)
    _ = processDue(limit: .max)
    isSettled = true
  }

  /// Does what is due at `now`, at most `limit` things, ordered by instant, kind (hold expiry, lot expiry, effective,
  /// forgetting) and id. Returns how many it did.
  mutating func processDue(limit: Int) -> Int {
    var done = 0
    while done < limit {
      let holdsDue = dueHoldsOfFirstBucket(limit: limit - done)
      if holdsDue.isEmpty {
        guard let event = events.first, event.at <= now else { break }
        processEvent(event)
        done += 1
        continue
      }
      for hold in holdsDue {
        while done < limit, let event = events.first, event.at <= now, hold.isAfter(event) {
          processEvent(event)
          done += 1
        }
        guard done < limit else { break }
        if hold.isExpired { forgetHold(hold.slot) } else { expireHold(hold.slot) }
        done += 1
      }
    }
    if done < limit { noteThatNothingIsDue() }
    return done
  }

  private struct DueHold {
    var at: Instant
    var slot: Slot
    var id: HoldID
    var isExpired: Bool

    func isBefore(_ other: DueHold) -> Bool {
      if at != other.at { return at < other.at }
      if isExpired != other.isExpired { return other.isExpired }
      return id < other.id
    }

    /// At one instant holds expire first, then lots, and holds are forgotten last.
    func isAfter(_ event: LotEvent) -> Bool { at != event.at ? at > event.at : isExpired }
  }

  /// The due holds of the first bucket that has any holds, in order. (Later buckets are later altogether.)
  private func dueHoldsOfFirstBucket(limit: Int) -> [DueHold] {
    guard let tick = wheel.firstTick, tick <= DueWheel.tick(now) else { return [] }
    if wheel.walkedTick == tick, now < wheel.walkedBound { return [] }
    var due: [DueHold] = []
    forEachHold(in: tick) { slot, at in
      if at <= now { due.append(DueHold(at: at, slot: slot, id: holds[slot].id, isExpired: holds[slot].isExpired)) }
      return true
    }
    due.sort { $0.isBefore($1) }
    return due.count > limit ? Array(due[..<limit]) : due
  }

  private mutating func noteThatNothingIsDue() {
    let tickNow = DueWheel.tick(now)
    guard let tick = wheel.firstTick, tick == tickNow else { return }
    if wheel.walkedTick == tick, now < wheel.walkedBound { return }
    var earliest = Instant.never
    forEachHold(in: tick) { _, due in
      earliest = min(earliest, due)
      return true
    }
    (wheel.walkedTick, wheel.walkedBound) = (tick, earliest)
  }

  // MARK: Lots

  private mutating func processEvent(_ event: LotEvent) {
    events.removeFirst(lots: lots)
    let (lot, amount, account) = (event.lot, lots[event.lot].available, lots[event.lot].account)
    let start = pen.mark
    if event.kind == LotEventKind.expiry.rawValue {
      guard lots[lot].place == .live else { return }
      move(lot, amount, from: .available, to: .expired)
      replace(lot, into: .spent)
      record(.lotExpired, account: account, since: start)
    } else if lots[lot].place == .pending {
      move(lot, amount, from: .pending, to: .available)
      replace(lot, into: .live)
      record(.effective, account: account, since: start)
      repayOverdraft(from: lot)
    }
  }
}
