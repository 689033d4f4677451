// The render farm's jobs and the moments at which they do something next.

internal import NIOCore
internal import TollgateValues
internal import TollgateWire

struct FarmJob: BitwiseCopyable {
  var hold: HoldID
  var amount: Int64
  var account: UInt32
  /// The connection of the job's worker.
  var connection: Int32
  var expires: Instant
  /// When the job is done, or its worker dies, by the monotonic clock.
  var end: UInt64
  var crashes: Bool
}

struct FarmTable {
  private(set) var jobs: [FarmJob] = []
  private var free: [Int32] = []
  /// A binary heap, the earliest moment first.
  private var heap: [(due: UInt64, job: Int32)] = []
  private(set) var count = 0

  /// Jobs that have no call in flight: their hold lives, their worker works.
  var resting: Int { heap.count }
  var nextDue: UInt64 { heap.first?.due ?? .max }

  mutating func add(_ job: FarmJob) -> Int32 {
    count += 1
    if let place = free.popLast() {
      jobs[Int(place)] = job
      return place
    }
    jobs.append(job)
    return Int32(jobs.count - 1)
  }

  mutating func remove(_ place: Int32) {
    count -= 1
    free.append(place)
  }

  mutating func extended(_ place: Int32, to expires: Instant) { jobs[Int(place)].expires = expires }

  mutating func wake(_ job: Int32, at due: UInt64) {
    heap.append((due, job))
    var child = heap.count - 1
    while child > 0, heap[child].due < heap[(child - 1) / 2].due {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The next job that is due.
  mutating func next(at now: UInt64) -> (due: UInt64, job: Int32)? {
    guard let first = heap.first, first.due <= now else { return nil }
    removeFirst()
    return first
  }

  /// All jobs that rest, when the run ends.
  mutating func takeResting() -> [Int32] {
    defer { heap.removeAll() }
    return heap.map(\.job)
  }

  private mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1].due < heap[child].due { child += 1 }
      guard heap[child].due < heap[parent].due else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }
}

extension LoadDriver {
  /// A worker has its hold and begins.
  func beginJob(_ record: CallRecord, expires: Instant, on connection: WireConnection) {
    var duration = plan.farm.durations.next(&random)
    let crashes = plan.farm.crashRate > 0 && random.unit() < plan.farm.crashRate
    if crashes { duration = UInt64(Double(duration) * random.unit()) }
    let job = farm.add(
      FarmJob(
        hold: record.hold, amount: record.amount, account: record.account, connection: Int32(connection.index),
        expires: expires, end: shard.now &+ duration, crashes: crashes))
    rest(job)
  }

  /// Waits for the job's end or its next heartbeat.
  private func rest(_ job: Int32) {
    if isStopping { return abandon(job) }
    let beat = shard.now &+ UInt64(plan.farm.heartbeatSeconds * 1e9)
    farm.wake(job, at: min(beat, farm.jobs[Int(job)].end))
    schedulePump(at: farm.nextDue)
  }

  /// Lets every job that is due do its next step.
  func runJobs(at now: UInt64) {
    while let (due, place) = farm.next(at: now) {
      let job = farm.jobs[Int(place)]
      let connection = shard.connections[Int(job.connection)]
      if job.crashes, due >= job.end {
        book.abandon(OpenHold(hold: job.hold, account: job.account, amount: job.amount, expires: job.expires))
        farm.remove(place)
        unitEnded(on: connection)
        touch(connection)
        continue
      }
      var record = CallRecord()
      record.start = due
      record.scenario = .renderFarm
      record.kind = due >= job.end ? .capture : .extend
      record.request = shard.ids.next(at: now)
      (record.hold, record.amount, record.account, record.item) = (job.hold, job.amount, job.account, place)
      send(record, on: connection)
    }
  }

  func extended(_ record: CallRecord, _ reply: ExtendReply, on connection: WireConnection) {
    farm.extended(record.item, to: reply.expires)
    rest(record.item)
  }

  /// The run is over: the jobs that are at work leave their holds to expire.
  func abandonJobs() {
    for place in farm.takeResting() { abandon(place) }
  }

  private func abandon(_ place: Int32) {
    let job = farm.jobs[Int(place)]
    book.abandon(OpenHold(hold: job.hold, account: job.account, amount: job.amount, expires: job.expires))
    farm.remove(place)
    unitsLive -= 1
  }
}
