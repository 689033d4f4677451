// The load of one thread: begins units of work, sends each unit's next call when the one before is answered, and keeps the
// meter and the book. When units begin is in +Pace, what calls say in +Send, what answers mean in +Answers.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

final class LoadDriver: ConnectionDriver {
  let plan: LoadPlan
  let shard: Shard
  @exclusivity(unchecked) var meter = Meter()
  @exclusivity(unchecked) var book: Book
  @exclusivity(unchecked) var random: RunRandom
  let sampler: AccountSampler

  /// No unit begins any more; those that have begun go on to their end.
  @exclusivity(unchecked) var isStopping = false
  /// Calls that were due later are no more recorded, only booked.
  @exclusivity(unchecked) var recordsUntil = UInt64.max
  /// Operations that may still be begun, if their number is bounded.
  @exclusivity(unchecked) var budget = Double.infinity
  /// Units that have begun and not ended.
  @exclusivity(unchecked) var unitsLive = 0
  /// The run cannot go on, and this is why.
  @exclusivity(unchecked) var failure: LoadFailure?
  /// Answers so far, of whatever kind.
  @exclusivity(unchecked) var answers: UInt64 = 0
  /// Those of them that only asked for another try.
  var putOffs: UInt64 = 0
  /// The status of the newest of these.
  var putOffStatus = StatusCode.unavailable
  /// How long calls have been put off while none was done, as far as the samples saw it.
  var standstill = Standstill()
  /// How long calls have been in flight without any answer, as far as the samples saw it.
  var silence = Silence()

  /// Calls that wait for their connection to come back, or to have room, by connection.
  @exclusivity(unchecked) var parked: [[CallRecord]]
  /// Calls that the server put off.
  var delayed = DelayedCalls()
  /// Connections whose closed loops run.
  var hasBegun: [Bool]
  /// When a connection was lost that is not back yet; 0: it is there.
  var lostSince: [UInt64]
  /// Calls whose effect the answers do not tell: the holds will be looked at in the end.
  var doubtful: [CallRecord] = []

  @exclusivity(unchecked) var arrivals: ArrivalClock?
  /// The connection that takes the arrivals of this tick.
  var turn = 0
  /// Due units found no room on any connection.
  @exclusivity(unchecked) var isBlocked = false
  @exclusivity(unchecked) var touched: [Int] = []
  @exclusivity(unchecked) var isTouched: [Bool]
  /// When the loop will call `pump`, if it will.
  var pumpAt = UInt64.max

  @exclusivity(unchecked) var batches = BatchTable()
  @exclusivity(unchecked) var farm = FarmTable()
  let batchItems: Int

  init(plan: LoadPlan, shard: Shard) {
    self.plan = plan
    self.shard = shard
    book = Book(accounts: plan.checksMoney ? plan.accounts : 0)
    random = RunRandom(seed: plan.seed, stream: UInt64(shard.index) + 1)
    sampler = AccountSampler(accounts: plan.accounts, skew: plan.skew)
    let count = shard.connections.count
    parked = Array(repeating: [], count: count)
    hasBegun = Array(repeating: false, count: count)
    lostSince = Array(repeating: 0, count: count)
    isTouched = Array(repeating: false, count: count)
    batchItems = max(1, min(plan.batchItems, shard.batchItemsMax))
  }

  // MARK: Units

  /// Begins a unit on a connection that has room.
  @inline(__always)
  func beginUnit(on connection: WireConnection, due: UInt64) {
    let scenario = plan.mix.next(&random)
    unitsLive += 1
    if budget < .infinity { budget -= plan.operations(of: scenario) }
    if scenario == .batch { return beginBatch(on: connection, due: due) }
    var record = CallRecord()
    record.start = due
    record.scenario = scenario
    record.account = sampler.next(&random)
    switch scenario {
    case .authorizeCapture, .authorizeVoid, .renderFarm, .batch: record.kind = .authorize
    case .charge: record.kind = .charge
    case .quote: record.kind = .quote
    case .balance: record.kind = .balance
    }
    if record.kind.mutates { record.request = shard.ids.next(at: shard.now) }
    send(record, on: connection)
  }

  /// A unit has ended; in a closed loop the next one takes its place.
  @inline(__always)
  func unitEnded(on connection: WireConnection) {
    unitsLive -= 1
    guard arrivals == nil, mayBegin else { return }
    beginUnit(on: connection, due: shard.now)
  }

  var mayBegin: Bool { !isStopping && budget > 0 && failure == nil }

  // MARK: Connections

  override func ready(_ connection: WireConnection) {
    let index = connection.index
    lostSince[index] = 0
    beginClosedLoop(on: connection)
    unpark(connection)
  }

  override func answered(
    _ connection: WireConnection, _ record: CallRecord, _ head: ResponseHead, _ bytes: RawSpan, _ place: MessagePlace
  ) {
    answers &+= 1
    if record.expected != 0 { return compareDuplicate(record, head, bytes, place) }
    do {
      try take(record, head, bytes, place, on: connection)
      injectFaults(record, head, bytes, place, on: connection)
    } catch {
      failure = failure ?? .failed("an answer to \(record.kind.name) cannot be read: \(error)")
    }
  }

  override func readCompleted(_ connection: WireConnection) {
    if !parked[connection.index].isEmpty { unpark(connection) }
    if isBlocked { pump() } else { flushTouched() }
  }

  override func ended(_ connection: WireConnection, unanswered: [CallRecord], _ error: LoadFailure) {
    // A connection that never was open is the business of who opened it.
    guard connection.isWelcomed else { return }
    for var record in unanswered where record.expected == 0 {
      record.attempt &+= record.attempt == .max ? 0 : 1
      record.mayBeDone = true
      parked[connection.index].append(record)
    }
    lostSince[connection.index] = MonotonicClock.now
    reconnect(connection.index, backoffMilliseconds: 0, error)
  }

  /// Nothing is under way: every call was answered.
  var isIdle: Bool {
    unitsLive - farm.resting == 0 && delayed.isEmpty && parked.allSatisfy(\.isEmpty)
      && shard.connections.allSatisfy { $0.inFlight == 0 }
  }

  var callsInFlight: Int { shard.connections.reduce(0) { $0 + $1.inFlight } }

  func park(_ record: CallRecord, for connection: WireConnection) { parked[connection.index].append(record) }

  /// Sends what waited for a connection, as far as there is room, oldest first.
  private func unpark(_ connection: WireConnection) {
    let index = connection.index
    guard connection.isReady, !parked[index].isEmpty else { return }
    let waiting = parked[index]
    parked[index].removeAll(keepingCapacity: true)
    for record in waiting { send(record, on: connection) }
  }
}
